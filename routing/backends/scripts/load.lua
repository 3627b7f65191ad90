-- Returns the choice, then the latest exchanges, oldest first.
-- KEYS: order, exchanges, wanted
-- ARGV: exchanges wanted
local found = {redis.call('GET', KEYS[3])}
local most = tonumber(ARGV[1])

if most > 0 then
  for _, reply_id in ipairs(redis.call('LRANGE', KEYS[1], -most, -1)) do
    found[#found + 1] = redis.call('HGET', KEYS[2], reply_id)
  end
end
return found
