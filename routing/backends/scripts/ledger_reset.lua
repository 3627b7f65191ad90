-- Forgives what a counter says is spent; what is held stays held.
-- KEYS: counter, records, audit, mark of this change, audits
-- ARGV: now or '', limit, most records, about, who, the limit's name for the audit, changes kept, seconds they are
-- Returns what was spent, also when it was forgiven earlier by the same change.
local done = redis.call('GET', KEYS[4])
if done then
  return tonumber(done)
end
local limit = cjson.decode(ARGV[2])
local now = now_ms(ARGV[1])
local spent, held, bucket = level(limit, now)
if limit[1] == 'rolling' then
  for old = bucket - BUCKETS, bucket do
    redis.call('HDEL', KEYS[1], 's' .. old)
  end
end
if spent ~= 0 then
  redis.call('HSET', KEYS[1], 's', 0)
end
local amounts = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0}
amounts[limit[2]] = -spent
record(KEYS[2], ARGV[3], 'reset', KEYS[1], ARGV[4], '', written(amounts), now)
note_change(KEYS[3], KEYS[5], ARGV[7], ARGV[8], 'what', 'reset', 'field', ARGV[6], 'old', spent, 'new', '0',
  'by', ARGV[5])
redis.call('SET', KEYS[4], string.format('%.0f', spent), 'EX', 86400)
return spent
