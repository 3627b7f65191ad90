-- Changes one limit or link and writes down who did it.
-- KEYS: version, limits or links, audit, mark of this change, audits
-- ARGV: field, new value or '' to take it away, value expected before or '*', what is changed, who,
--   the version from now on: never used before, so that one the store has lost is not taken for it;
--   what the configuration says, for the audit, where nothing else was there; changes kept, seconds they are
-- Returns {1, value before, or else what the configuration says} when it was done, also earlier;
--   {0, value now} when another was there.
local done = redis.call('GET', KEYS[4])
if done then
  return {1, done}
end
local old = redis.call('HGET', KEYS[2], ARGV[1]) or ''
if ARGV[3] ~= '*' and ARGV[3] ~= old then
  return {0, old}
end
local was = old ~= '' and old or ARGV[7]
if ARGV[2] == 'none' and (was == '' or was == 'none') then
  return {1, ''}  -- there is no limit to take away
end
if ARGV[2] == '' then
  redis.call('HDEL', KEYS[2], ARGV[1])
else
  redis.call('HSET', KEYS[2], ARGV[1], ARGV[2])
end
redis.call('SET', KEYS[1], ARGV[6])
note_change(KEYS[3], KEYS[5], ARGV[8], ARGV[9], 'what', ARGV[4], 'field', ARGV[1], 'old', was, 'new', ARGV[2],
  'by', ARGV[5])
redis.call('SET', KEYS[4], was, 'EX', 86400)
return {1, was}
