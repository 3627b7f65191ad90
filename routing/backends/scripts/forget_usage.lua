-- Counts what a person used on a day as nobody's, some fields at a time: the sums stay.
-- KEYS: usage of a tenant on a day, places
-- ARGV: cursor, fields looked at, the person as it ends a field, 'remove' or 'count', seconds places are kept,
--   the tenant as it stands in places
-- Returns the next cursor.
local page = redis.call('HSCAN', KEYS[1], ARGV[1], 'MATCH', '*:' .. ARGV[3], 'COUNT', ARGV[2])
for i = 1, #page[2], 2 do
  local field = page[2][i]
  local rest = string.sub(field, 1, -#ARGV[3] - 1)
  redis.call('SADD', KEYS[2], ARGV[6] .. ':' .. string.match(rest, ':([^:]*):$'))
  redis.call('EXPIRE', KEYS[2], ARGV[5])
  if ARGV[4] == 'remove' then
    redis.call('HINCRBY', KEYS[1], rest, page[2][i + 1])
    redis.call('HDEL', KEYS[1], field)
  end
end
return page[1]
