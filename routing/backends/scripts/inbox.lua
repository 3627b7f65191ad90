-- What the inbox's scripts share; it is put in front of each of them.
--
-- A parcel is a hash: state (waiting, ready or running), lane, asker, place, content, passed (how many
-- gates it is through), entry (its entry in the stream), delivery, turn (in which it was claimed last), wish,
-- handed (the delivery that was handed over), n:<name> for each note, and not:<worker> for each worker that
-- cannot answer it.
--
-- It passes three gates, always in this order, so that none wait for one another in a circle. A gate is
-- the set of the parcels within it, and a queue of those before it. A parcel waits in one queue only.
-- Behind the last gate it is an entry of the stream.
--
-- KEYS: the inbox's name, which begins every key
-- ARGV: now or '', at once of an asker, at once of a place, lease ms; then what each script says

local BASE = KEYS[1]
local STREAM, LEASES = BASE .. ':stream', BASE .. ':leases'
local WAITING, WORKERS = BASE .. ':waiting', BASE .. ':workers'
local PASSED_ON = BASE .. ':passed-on'
local GROUP = 'workers'
local GATES, ROOM = {'lane', 'asker', 'place'}, {1, tonumber(ARGV[2]), tonumber(ARGV[3])}
local LEASE_MS = tonumber(ARGV[4])
-- Whatever is forgotten elsewhere is forgotten by the store in the end.
local KEPT_S = 7 * 24 * 3600
-- No parcel is older: more entries than this are of parcels that are gone.
local MOST_ENTRIES = 2000000

local NOW = tonumber(ARGV[1])
if not NOW then
  local time = redis.call('TIME')
  NOW = tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)
end

local function parcel_key(identity)
  return BASE .. ':parcel:' .. identity
end

local function known_key(identity)
  return BASE .. ':known:' .. identity
end

-- Names what is not begun of an asker, or of a place.
local function share_key(kind, name)
  return BASE .. ':of:' .. kind .. ':' .. name
end

local function gate_keys(number, name)
  local about = GATES[number] .. ':' .. name
  return BASE .. ':gate:' .. about, BASE .. ':queue:' .. about
end

local function with_stream()
  if redis.call('EXISTS', STREAM) == 0 then
    redis.call('XGROUP', 'CREATE', STREAM, GROUP, '0', 'MKSTREAM')
  end
end

local function make_ready(identity)
  with_stream()
  local entry = redis.call('XADD', STREAM, 'MAXLEN', '~', MOST_ENTRIES, '*', 'identity', identity)
  redis.call('HSET', parcel_key(identity), 'state', 'ready', 'entry', entry)
  redis.call('ZADD', WAITING, NOW + LEASE_MS, identity)
end

local function begin_to_wait(identity, asker, place)
  redis.call('ZADD', WAITING, NOW + LEASE_MS, identity)
  for _, key in ipairs({share_key('asker', asker), share_key('place', place)}) do
    redis.call('SADD', key, identity)
    redis.call('EXPIRE', key, KEPT_S)
  end
end

local function wait_no_more(identity, asker, place)
  redis.call('ZREM', WAITING, identity)
  redis.call('SREM', share_key('asker', asker), identity)
  redis.call('SREM', share_key('place', place), identity)
end

local function enter(gate, identity, number)
  redis.call('SADD', gate, identity)
  redis.call('EXPIRE', gate, KEPT_S)
  redis.call('HSET', parcel_key(identity), 'passed', number)
end

-- Lets a parcel through the gates before it as far as they are open; returns its state then.
local function go_on(identity)
  local found = redis.call('HMGET', parcel_key(identity), 'lane', 'asker', 'place', 'passed')
  for number = tonumber(found[4]) + 1, #GATES do
    local gate, queue = gate_keys(number, found[number])
    if redis.call('SCARD', gate) >= ROOM[number] or redis.call('EXISTS', queue) == 1 then
      redis.call('RPUSH', queue, identity)
      redis.call('EXPIRE', queue, KEPT_S)
      return 'waiting'
    end
    enter(gate, identity, number)
  end
  make_ready(identity)
  return 'ready'
end

-- Lets in those who wait before a gate, as many as there is room for.
local function let_in(number, name)
  local gate, queue = gate_keys(number, name)
  while redis.call('SCARD', gate) < ROOM[number] do
    local identity = redis.call('LPOP', queue)
    if not identity then
      return
    end
    if redis.call('EXISTS', parcel_key(identity)) == 1 then
      enter(gate, identity, number)
      go_on(identity)
    end
  end
end

-- Takes a parcel out of wherever it is, but for its own hash, and lets go on what waited for it.
local function leave(identity)
  local found = redis.call('HMGET', parcel_key(identity), 'lane', 'asker', 'place', 'passed', 'entry')
  local passed = tonumber(found[4])
  for number = 1, passed do
    redis.call('SREM', (gate_keys(number, found[number])), identity)
  end
  if passed < #GATES then
    local _, queue = gate_keys(passed + 1, found[passed + 1])
    redis.call('LREM', queue, 1, identity)
  end
  if found[5] then
    redis.call('XACK', STREAM, GROUP, found[5])
    redis.call('XDEL', STREAM, found[5])
  end
  redis.call('ZREM', LEASES, identity)
  wait_no_more(identity, found[2], found[3])
  for number = 1, passed do
    let_in(number, found[number])
  end
end

-- A delivery number belongs to one claim only.
local function is_held(identity, delivery)
  local found = redis.call('HMGET', parcel_key(identity), 'state', 'delivery', 'handed')
  return found[1] == 'running' and found[2] == delivery and not found[3]
end

-- Returns the notes of a parcel, name and text in turn, behind what is there already.
local function with_notes(told, key)
  local found = redis.call('HGETALL', key)
  for i = 1, #found, 2 do
    if string.sub(found[i], 1, 2) == 'n:' then
      told[#told + 1] = string.sub(found[i], 3)
      told[#told + 1] = found[i + 1]
    end
  end
  return told
end
