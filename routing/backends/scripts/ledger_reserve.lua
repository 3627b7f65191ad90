-- Sets aside what a call may use, in all counters or in none.
-- KEYS: holds, hold, records, version, deliveries, hold of the first delivery
-- ARGV: now or '', version, lease ms, most records, call, about, model, usage, amounts known, at most and
--   at least, output tokens, floor tokens, limits, delivery
-- Returns {'held' or 'again', output tokens, 1 if the request is counted already}, {'stale', version},
-- {'clock', now}, {'superseded'} by a later delivery, {'over', asked, answered} when an earlier one settled
-- this call, or {'refused', number of counter, spent, held, free at ms or -1, ...} for each counter without
-- room.
-- Up to here a double is exact; a larger product may be a little less than it should be.
local EXACT = 2 ^ 53
local holds, hold_key, stream = KEYS[1], KEYS[2], KEYS[3]
local now = now_ms(ARGV[1])

local deliveries, call, delivery = KEYS[5], ARGV[5], tonumber(ARGV[15])
local seen = redis.call('HMGET', deliveries, 'latest', call)
if delivery < (tonumber(seen[1]) or 1) then
  return {'superseded'}
end
local before = redis.call('HMGET', hold_key, 'granted', 'asked')
if before[1] then
  return {'again', tonumber(before[1]), tonumber(before[2]) or 0}
end
local version = redis.call('GET', KEYS[4]) or '0'
if version ~= ARGV[2] then
  return {'stale', version}
end
-- Take over: what an earlier worker is known to have used is charged, and its hold is over.
local asked = 0
if delivery > 1 then
  redis.call('HSET', deliveries, 'latest', delivery)
  redis.call('PEXPIRE', deliveries, REMEMBERED_MS)
  local holder = tonumber(seen[2]) or 1
  local old_key = holder == 1 and KEYS[6] or KEYS[6] .. ':' .. holder
  lapse(holds, old_key, stream, ARGV[4])
  local old = redis.call('HMGET', old_key, 'state', 'asked', 'answered', 'amounts')
  asked = tonumber(old[2]) or 0
  if old[1] == 'settled' then
    return {'over', asked, tonumber(old[3]) or 0}
  elseif old[1] and amounts_of(old[4])[3] > 0 then
    asked = 1
  end
end
lapse_some(holds, stream, ARGV[4], now, 4)

local known, at_most, at_least = ARGV[9], amounts_of(ARGV[10]), amounts_of(ARGV[11])
if asked == 1 then
  at_most[3], at_least[3] = 0, 0
  local used = amounts_of(known)
  used[3] = 0
  known = written(used)
end
local output, floor = tonumber(ARGV[12]), tonumber(ARGV[13])
local limits = cjson.decode(ARGV[14])

-- Returns when a rolling window will have room, by dropping its oldest buckets.
local function free_at(key, missing, bucket, width)
  for old = bucket - BUCKETS, bucket do
    local found = redis.call('HMGET', key, 's' .. old, 'h' .. old)
    missing = missing - (tonumber(found[1]) or 0) - (tonumber(found[2]) or 0)
    if missing <= 0 then
      return (old + BUCKETS + 1) * width
    end
  end
  return -1
end

local free, helds, is_unused, buckets, in_bucket, refused, share = {}, {}, {}, {}, {}, {'refused'}, 1
for i = 1, #limits do
  local limit = limits[i]
  local kind, amount, from, till = limit[1], limit[3], limit[4], limit[5]
  if kind == 'calendar' and (now < from or now >= till) then
    return {'clock', now}
  end
  local most, least = at_most[limit[2]], at_least[limit[2]]
  local spent, held
  spent, held, buckets[i], in_bucket[i] = level(limit, now)
  helds[i], free[i], is_unused[i] = held, amount - spent - held, spent == 0 and held == 0
  -- What needs nothing of a unit is not refused for it: a free model answers the penniless.
  if least > free[i] and least > 0 then
    local again = -1
    if least <= amount and kind == 'calendar' then
      again = till
    elseif least <= amount and kind == 'rolling' then
      again = free_at(limit[6], least - free[i], buckets[i], from)
    end
    for _, each in ipairs({i, spent, held, again}) do
      refused[#refused + 1] = each
    end
  elseif most > free[i] and most > least then
    share = math.min(share, math.max(free[i] - least, 0) / (most - least))
  end
end
if #refused > 1 then
  return refused
end

-- Between the floor and the whole answer, every amount grows with its length in a straight line.
local granted = floor + math.floor((output - floor) * share)
local function needed(unit)
  local most, least = at_most[unit], at_least[unit]
  if granted == output or most == least then
    return most
  end
  local product = (most - least) * (granted - floor)
  local rounding = product > EXACT and 1 or 0
  return math.min(least + math.ceil(product / (output - floor)) + rounding, most)
end
if granted < output then
  for i = 1, #limits do
    while granted > floor and needed(limits[i][2]) > free[i] do
      granted = granted - 1
    end
  end
end

local held = {}
for unit = 0, #at_most do
  held[unit] = needed(unit)
end
for i = 1, #limits do
  local limit, key = limits[i], limits[i][6]
  local amount = held[limit[2]]
  if limit[1] == 'rolling' then
    local bucket, first = buckets[i], in_bucket[i]
    redis.call('HSET', key, 'h', helds[i] + amount, 'h' .. bucket, (first or 0) + amount)
    if not first then
      redis.call('HSETNX', key, 'f', bucket - BUCKETS)
      redis.call('PEXPIRE', key, 2 * BUCKETS * limit[4])
    end
  elseif amount > 0 then
    redis.call('HINCRBY', key, 'h', amount)
    if limit[1] == 'at_once' then -- no answer takes as long: should a hold be lost, this ends it
      redis.call('PEXPIRE', key, LONGEST_ANSWER_MS)
    elseif is_unused[i] and limit[1] == 'calendar' then
      let_end(limit, now)
    end
  end
end
redis.call('HSET', hold_key, 'state', 'open', 'granted', granted, 'call', ARGV[5], 'at', now,
  'limits', ARGV[14], 'held', written(held), 'amounts', known, 'about', ARGV[6],
  'model', ARGV[7], 'usage', ARGV[8], 'asked', asked)
redis.call('ZADD', holds, now + tonumber(ARGV[3]), hold_key)
if delivery > 1 then
  redis.call('HSET', deliveries, call, delivery)
end
return {'held', granted, asked}
