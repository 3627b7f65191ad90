-- Gives an order or takes one back, and writes down who did it.
-- KEYS: orders of the realm, audit, mark of this change, last personas of the target, digests of all realms,
--   audits, the realm's personas by when they were changed
-- ARGV: field, kind, whom it is for, 1 to give it or 0 to take it back, value, who, name of the new
--   version, platform and tenant, orders allowed, versions of a persona kept, seconds they are kept, changes kept, seconds
--   they are
-- Returns {1, value before or nil} when it was done, also earlier; {0} when there are too many.
local field, kind, is_given, value = ARGV[1], ARGV[2], ARGV[4] == '1', ARGV[5]
local done = redis.call('GET', KEYS[3])
if done then
  return {1, string.sub(done, 1, 1) == '+' and string.sub(done, 2)}
end
local old = redis.call('HGET', KEYS[1], field)
if is_given and not old and redis.call('HLEN', KEYS[1]) > tonumber(ARGV[10]) then
  return {0}
end
redis.call('SET', KEYS[3], old and '+' .. old or '-', 'EX', 86400)
if not is_given and not old then
  return {1, false}
end
local function number(persona)
  return tonumber(persona and string.match(persona, '^%d+') or 0)
end
if is_given and kind == 'persona' then
  local last = redis.call('LINDEX', KEYS[4], 0)
  value = math.max(number(last), number(old)) + 1 .. '\n' .. value
end
local function told(said)
  if kind == 'persona' then
    return 'version ' .. number(said)
  end
  return said == '' and 'without a reason' or said
end
if is_given then
  redis.call('HSET', KEYS[1], field, value)
else
  redis.call('HDEL', KEYS[1], field)
end
redis.call('HSET', KEYS[1], 'version', ARGV[7])
if redis.call('HLEN', KEYS[1]) > 1 then
  redis.call('PERSIST', KEYS[1])
else -- none is left: without its version, too, nothing is ordered
  redis.call('EXPIRE', KEYS[1], 86400)
end
if kind == 'digest' and is_given then
  redis.call('HSET', KEYS[5], ARGV[8] .. '\n' .. ARGV[9], value)
elseif kind == 'digest' then
  redis.call('HDEL', KEYS[5], ARGV[8] .. '\n' .. ARGV[9])
end
local at = note_change(KEYS[2], KEYS[6], ARGV[13], ARGV[14], 'what', kind, 'field', ARGV[3],
  'old', old and told(old) or '', 'new', is_given and told(value) or '', 'by', ARGV[6],
  'platform', ARGV[8], 'tenant', ARGV[9])
if is_given and kind == 'persona' then
  -- The number, when, who and the text, a line each; only the text has more lines.
  local text = string.match(value, '\n(.*)$')
  local version = number(value) .. '\n' .. at .. '\n' .. ARGV[6] .. '\n' .. text
  redis.call('LPUSH', KEYS[4], version)
  redis.call('LTRIM', KEYS[4], 0, ARGV[11] - 1)
  redis.call('EXPIRE', KEYS[4], ARGV[12])
  redis.call('ZADD', KEYS[7], at, KEYS[4])
  redis.call('EXPIRE', KEYS[7], ARGV[12])
  -- As many of a realm as there may be orders: those changed longest ago go first.
  for _, personas in ipairs(oldest_beyond(ARGV[10], KEYS[7])) do
    redis.call('DEL', personas)
  end
end
return {1, old}
