-- Writes down what a call used, once, in the windows of its reservation.
--
-- A worker that another has taken over from may have gone on for a moment: what that cost is charged. But
-- the other one counts the request and the answer.
-- KEYS: holds, hold, records, deliveries
-- ARGV: most records, call, about, model, usage, amounts, delivery; and for a hold that the store has lost:
--   when it was made in ms, limits
-- Returns {'settled', what is spent and held of each counter, in one text}, {'again'} or {'lost'}.
local holds, hold_key, stream = KEYS[1], KEYS[2], KEYS[3]
local hold = redis.call('HMGET', hold_key, 'state', 'granted', 'at', 'limits', 'held', 'amounts', 'asked')
local state, granted, at, limits = unpack(hold, 1, 4)
if state == 'settled' then
  return {'again'}
elseif not state and not ARGV[8] then
  return {'lost'}
elseif not state then
  at, limits = ARGV[8], ARGV[9]
end
local amounts = amounts_of(ARGV[6])
local held = state == 'open' and amounts_of(hold[5]) or {}
local charged = state == 'lapsed' and amounts_of(hold[6])
if tonumber(ARGV[7]) < (tonumber(redis.call('HGET', KEYS[4], 'latest')) or 1) then
  amounts[3], amounts[8], amounts[9], amounts[10] = charged and charged[3] or amounts[3], 0, 0, 0
end
local asked = (amounts[3] > 0 or hold[7] == '1') and 1 or 0
local answered = amounts[8] > 0 and 1 or 0
amounts[0] = 0
if charged then
  for i = 1, #amounts do
    amounts[i] = amounts[i] - (charged[i] or 0)
  end
end

local levels = {}
for i, limit in ipairs(cjson.decode(limits)) do
  if not state and limit[1] == 'rolling' then -- its counter may be lost as well
    redis.call('HSETNX', limit[6], 'f', math.floor(at / limit[4]) - BUCKETS)
    redis.call('PEXPIRE', limit[6], 2 * BUCKETS * limit[4])
  end
  local spent, left = move(limit, at, amounts[limit[2]], held[limit[2]] or 0)
  levels[2 * i - 1], levels[2 * i] = string.format('%.0f', spent), string.format('%.0f', left)
end
count_usage(ARGV[5], ARGV[4], amounts)
local kind = state == 'lapsed' and 'corrected' or 'settled'
record(stream, ARGV[1], kind, ARGV[2], ARGV[3], ARGV[4], written(amounts), at)
redis.call('DEL', hold_key)
redis.call('HSET', hold_key, 'state', 'settled', 'granted', granted or 0, 'asked', asked, 'answered', answered)
redis.call('PEXPIRE', hold_key, REMEMBERED_MS)
redis.call('ZREM', holds, hold_key)
return {'settled', table.concat(levels, ' ')}
