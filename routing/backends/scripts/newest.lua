-- Finds what somebody asked last in any of some conversations; returns the number of that one, from 1, and the
-- exchange; 0 and nothing where they asked nothing.
-- KEYS: order, exchanges; of each conversation
-- ARGV: who asked, as it stands in an exchange: nobody's words can hold that, as their quotes are escaped; the
--   version of an exchange: what another version wrote is passed over; how many of the latest exchanges of a
--   conversation are looked at
local function asked_at(exchange)
  local is_theirs = exchange and string.find(exchange, ARGV[1], 1, true)
  local is_readable = is_theirs and string.match(exchange, '"v": (%d+)') == ARGV[2]
  return is_readable and string.match(exchange, '"asked_at": "([^"]*)"')
end

local newest, at, number = false, '', 0
for i = 1, #KEYS, 2 do
  local replies = redis.call('LRANGE', KEYS[i], -ARGV[3], -1)
  for n = #replies, 1, -1 do
    local exchange = redis.call('HGET', KEYS[i + 1], replies[n])
    local moment = asked_at(exchange)
    if moment then
      if moment > at then -- in UTC all of them: as texts they sort by time
        newest, at, number = exchange, moment, (i + 1) / 2
      end
      break
    end
  end
end
return {number, newest}
