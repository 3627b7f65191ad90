-- What the scripts that change something share; it is put in front of each of them.
--
-- Changes of each server or workspace are a stream of their own, those of the operator another: nobody's many
-- push out anybody else's. Audits has the names of all the streams by when they were written to.

-- Returns a moment in ms: now, or as soon as nothing else was changed, so that changes have an order.
local function own_moment(stream, audits)
  local time = redis.call('TIME')
  local now = tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)
  local latest = redis.call('ZREVRANGE', audits, 0, 0, 'WITHSCORES')[2]
  local last = redis.call('XREVRANGE', stream, '+', '-', 'COUNT', 1)[1]
  local of_stream = last and string.match(last[1], '^%d+')
  return math.max(now, (tonumber(latest) or 0) + 1, (tonumber(of_stream) or 0) + 1)
end

-- Writes a change down; returns when, in ms.
local function note_change(stream, audits, most, seconds, ...)
  local moment = own_moment(stream, audits)
  local at, since = string.format('%.0f', moment), string.format('%.0f', moment - 1000 * seconds)
  redis.call('XADD', stream, 'MAXLEN', '~', most, at .. '-0', ...)
  redis.call('XTRIM', stream, 'MINID', since)
  redis.call('EXPIRE', stream, seconds)
  redis.call('ZADD', audits, at, stream)
  redis.call('ZREMRANGEBYSCORE', audits, '-inf', since)
  redis.call('EXPIRE', audits, seconds)
  return at
end
