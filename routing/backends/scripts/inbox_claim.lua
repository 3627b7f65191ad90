-- Gives a worker parcels: first those whose lease is over, then those others cannot answer, then new ones.
-- ARGV: worker, turn, at most
-- Returns for each: identity, content, delivery, then its notes, name and text in turn. The same turn
-- again is given the same parcels, so that none is lost with an answer.
local worker, turn, wanted = ARGV[5], ARGV[6], tonumber(ARGV[7])
local FORGOTTEN_MS, TENDED, LOOKED_AT, LAST_HOUR_S = 3600000, 4, 100, 3600
local turn_key = BASE .. ':turn:' .. worker
local taken, told = {}, {}

local function tell(identity)
  local parcel = parcel_key(identity)
  local found = redis.call('HMGET', parcel, 'content', 'delivery')
  told[#told + 1] = with_notes({identity, found[1], found[2]}, parcel)
end

local function take(identity)
  local parcel = parcel_key(identity)
  redis.call('HINCRBY', parcel, 'delivery', 1)
  redis.call('HSET', parcel, 'state', 'running', 'turn', turn)
  redis.call('HDEL', parcel, 'handed')
  if redis.call('HEXISTS', parcel, 'n:passed-on') == 0 then
    redis.call('EXPIRE', parcel, KEPT_S) -- else it would live as long as it is passed on
  end
  redis.call('ZADD', LEASES, NOW + LEASE_MS, identity)
  wait_no_more(identity, unpack(redis.call('HMGET', parcel, 'asker', 'place')))
  taken[#taken + 1] = identity
  tell(identity)
end

-- Puts right what the store has lost of a gate: those within it that are no more.
local function mend_gate(number, name)
  local gate = gate_keys(number, name)
  for _, each in ipairs(redis.call('SMEMBERS', gate)) do
    local state = redis.call('HGET', parcel_key(each), 'state')
    if not state then
      redis.call('SREM', gate, each)
    elseif state == 'running' and not redis.call('ZSCORE', LEASES, each) then
      redis.call('ZADD', LEASES, NOW + LEASE_MS, each)
    end
  end
  let_in(number, name)
end

-- Looks whether a parcel that waits is where it should be.
local function tend(identity)
  local found = redis.call('HMGET', parcel_key(identity), 'lane', 'asker', 'place', 'passed', 'state', 'entry')
  if not found[5] then
    redis.call('ZREM', WAITING, identity)
    return
  end
  redis.call('ZADD', WAITING, NOW + LEASE_MS, identity)
  if found[5] == 'ready' then
    if #redis.call('XRANGE', STREAM, found[6], found[6]) == 0 then
      make_ready(identity)
    end
    return
  end
  local number = tonumber(found[4]) + 1
  local _, queue = gate_keys(number, found[number])
  if not redis.call('LPOS', queue, identity) then
    redis.call('RPUSH', queue, identity)
    redis.call('EXPIRE', queue, KEPT_S)
  end
  mend_gate(number, found[number])
end

-- Forgets a worker that was not seen for long and has nothing in hand.
local function forget_worker()
  local name = redis.call('ZRANGEBYSCORE', WORKERS, '-inf', NOW - FORGOTTEN_MS, 'LIMIT', 0, 1)[1]
  if name then
    redis.call('ZREM', WORKERS, name)
    if #redis.call('XPENDING', STREAM, GROUP, '-', '+', 1, name) == 0 then
      redis.call('XGROUP', 'DELCONSUMER', STREAM, GROUP, name)
    end
  end
end

-- A lease that is over; its parcel may be gone, or its entry.
local function take_over(identity)
  local entry = redis.call('HGET', parcel_key(identity), 'entry')
  if not entry then
    redis.call('ZREM', LEASES, identity)
  elseif redis.call('XCLAIM', STREAM, GROUP, worker, 0, entry)[1] then
    take(identity)
  else
    redis.call('ZREM', LEASES, identity)
    make_ready(identity)
  end
end

-- What nobody there had in time is overdue, and taken over; what is about to be forgotten ends before.
local function take_overdue(identity)
  local parcel = parcel_key(identity)
  if redis.call('TTL', parcel) < LAST_HOUR_S then
    leave(identity)
    redis.call('DEL', parcel)
    return
  end
  redis.call('HSET', parcel, 'n:overdue', 1)
  take_over(identity)
end

-- Takes over what others passed on, unless this worker was one of them.
local function take_passed_on()
  for _, identity in ipairs(redis.call('ZRANGE', PASSED_ON, 0, LOOKED_AT - 1)) do
    if #told >= wanted then
      return
    end
    if redis.call('HEXISTS', parcel_key(identity), 'not:' .. worker) == 0 then
      redis.call('ZREM', PASSED_ON, identity)
      take_over(identity)
    end
  end
end

local function take_new(entry, identity)
  if redis.call('HGET', parcel_key(identity), 'entry') == entry then
    take(identity)
  else
    redis.call('XACK', STREAM, GROUP, entry)
    redis.call('XDEL', STREAM, entry)
  end
end

local same = redis.call('LRANGE', turn_key, 0, -1)
if same[1] == turn then
  for i = 2, #same do
    if redis.call('HGET', parcel_key(same[i]), 'turn') == turn then
      redis.call('ZADD', LEASES, NOW + LEASE_MS, same[i])
      tell(same[i])
    end
  end
  return told
end

with_stream()
redis.call('ZADD', WORKERS, NOW, worker)
forget_worker()
for _, identity in ipairs(redis.call('ZRANGEBYSCORE', WAITING, '-inf', NOW, 'LIMIT', 0, TENDED)) do
  tend(identity)
end
for _, identity in ipairs(redis.call('ZRANGEBYSCORE', LEASES, '-inf', NOW, 'LIMIT', 0, wanted)) do
  if redis.call('ZREM', PASSED_ON, identity) == 1 and redis.call('EXISTS', parcel_key(identity)) == 1 then
    take_overdue(identity)
  else
    take_over(identity)
  end
end
take_passed_on()
if wanted > #told then
  local read = redis.call('XREADGROUP', 'GROUP', GROUP, worker, 'COUNT', wanted - #told, 'STREAMS', STREAM, '>')
  -- One pair of stream and entries; fakeredis leaves out the list of pairs around it.
  local pair = read and (type(read[1]) == 'table' and read[1] or read) or {}
  for _, entry in ipairs(pair[2] or {}) do
    take_new(entry[1], entry[2][2])
  end
end
if #taken > 0 then
  redis.call('DEL', turn_key)
  redis.call('RPUSH', turn_key, turn, unpack(taken))
  redis.call('PEXPIRE', turn_key, 10 * LEASE_MS)
end
return told
