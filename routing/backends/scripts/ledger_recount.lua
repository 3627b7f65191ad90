-- Sets what a counter says is spent to what the records say, unless there are newer ones.
-- KEYS: counter, records, audit, audits
-- ARGV: now or '', limit, id of the last record that was counted or '', sums (JSON list of [bucket, sum]), and
--   'all' unless older records that count may have been dropped: then nothing is forgiven; who wants it, or
--   '' where it is part of another change, and the limit's name for the audit; changes kept, seconds they are
-- Returns {1, what is spent}, or {0} when there is a newer record.
local last = redis.call('XREVRANGE', KEYS[2], '+', '-', 'COUNT', 1)
if (last[1] and last[1][1] or '') ~= ARGV[3] then
  return {0}
end
local limit, sums = cjson.decode(ARGV[2]), cjson.decode(ARGV[4])
local now = now_ms(ARGV[1])
local spent, held, bucket = level(limit, now)
local live, total = bucket - BUCKETS, 0
for _, each in ipairs(sums) do
  if limit[1] ~= 'rolling' or each[1] >= live then
    total = total + each[2]
  end
end
if ARGV[5] ~= 'all' and total < spent then
  return {1, spent}
end
if limit[1] == 'rolling' then
  for old = live, bucket do
    redis.call('HDEL', KEYS[1], 's' .. old)
  end
  redis.call('HSETNX', KEYS[1], 'f', live)
end
for _, each in ipairs(sums) do
  if limit[1] == 'rolling' and each[1] >= live then
    redis.call('HSET', KEYS[1], 's' .. each[1], each[2])
  end
end
redis.call('HSET', KEYS[1], 's', total, 'h', held)
if limit[1] == 'calendar' then
  let_end(limit, now)
elseif limit[1] == 'rolling' then
  redis.call('PEXPIRE', KEYS[1], 2 * BUCKETS * limit[4])
end
if ARGV[6] ~= '' and total ~= spent then
  note_change(KEYS[3], KEYS[4], ARGV[8], ARGV[9], 'what', 'recount', 'field', ARGV[7], 'old', spent, 'new', total,
    'by', ARGV[6])
end
return {1, total}
