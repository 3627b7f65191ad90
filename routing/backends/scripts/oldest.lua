-- Takes out of a sorted set what is the lowest in it, beyond a number of them; returns what that was.
local function oldest_beyond(number, set)
  local beyond = redis.call('ZCARD', set) - tonumber(number)
  if beyond <= 0 then
    return {}
  end
  local oldest = redis.call('ZRANGE', set, 0, beyond - 1)
  redis.call('ZREMRANGEBYRANK', set, 0, beyond - 1)
  return oldest
end
