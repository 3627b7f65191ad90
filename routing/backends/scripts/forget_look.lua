-- Finds out which replies were given to a person, in which places, and on which days they used something.
local handlers = {}

function handlers.exchanges(key, parts)
  if parts[2] ~= WHO.platform then
    return
  end
  local replies = parts[6] == WHO.person and redis.call('HKEYS', key) or asked_in(key)
  if #replies > 0 then
    redis.call('SADD', REPLIES, unpack(replies))
    redis.call('EXPIRE', REPLIES, KEPT_S)
    redis.call('SADD', PLACES, parts[3] .. ':' .. parts[4])
    redis.call('EXPIRE', PLACES, KEPT_S)
  end
end

function handlers.usage(key, parts)
  if parts[2] == WHO.platform and parts[4] == WHO.person then
    name('usage', key)
  end
end

return walk(handlers)
