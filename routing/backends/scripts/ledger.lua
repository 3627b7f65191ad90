-- What the ledger's scripts share; it is put in front of each of them.
--
-- A counter is a hash. Of a calendar window, of all time and of answers at once: s is what is spent,
-- h what is held. Of a rolling window these are sums over its live buckets, each of which has its own
-- s<n> and h<n>; f is the first live bucket.
--
-- A limit is told as [kind, unit, amount, from ms or bucket's width in ms, until ms, key of its counter];
-- its unit is a place in the list of amounts, or 0 for answers at once.
--
-- A hold is a hash: state (open, settled or lapsed), granted, call, at (when it was made, in ms), limits
-- (JSON), held (JSON list of amounts), amounts (the same of what it is known to have used, or was charged),
-- about (JSON for the record), model, usage (JSON list: the two usage hashes, the seconds they are kept,
-- place and person in the second of them, the set of the person's tenants, this tenant), asked (1: the
-- question's request is counted, by this call or by an earlier worker's), answered (1: its answer is).
--
-- A question may be delivered to one worker after another. Each has a hold of its own for a call: the first
-- under the call's name, a later one with its number behind a colon. Deliveries is a hash for a question:
-- latest (the number of the last worker that reserved anything), and by call, who holds it, if not the first.
--
-- Counters are in no KEYS: a hold that lapses knows its own. They share the hash tag with all that is.

local BUCKETS = 60
-- A hold is remembered for so long after its end: within it a repeated or late settle is put right.
local REMEMBERED_MS = 7 * 24 * 3600000
local LONGEST_ANSWER_MS = 24 * 3600000
-- The order of amounts wherever they stand in a list.
local AMOUNTS = {'cost_microusd', 'tokens', 'requests', 'input_tokens', 'output_tokens',
  'cached_input_tokens', 'reasoning_tokens', 'answers', 'saved_microusd',
  'saved_by_cache_microusd'}
local OF_A_PERSON, OF_A_TENANT = {1, 3, 4, 5, 6, 7, 8, 9, 10}, {1, 2, 8, 9, 10}

local function now_ms(told)
  if told ~= '' then
    return tonumber(told)
  end
  local time = redis.call('TIME')
  return tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)
end

-- Reads a list of amounts; of answers at once it is always one.
local function amounts_of(text)
  local found = cjson.decode(text)
  found[0] = 1
  return found
end

-- Writes a list of amounts; cjson would write large ones with an exponent.
local function written(amounts)
  local texts = {}
  for i = 1, #amounts do
    texts[i] = string.format('%.0f', amounts[i])
  end
  return '[' .. table.concat(texts, ',') .. ']'
end

-- Drops the buckets that have left a rolling window; returns what is spent and held in the rest.
local function rolled(key, spent, held, first, live)
  if live - first > BUCKETS then
    redis.call('DEL', key)
    return 0, 0
  end
  local fields = {}
  for old = first, live - 1 do
    fields[#fields + 1] = 's' .. old
    fields[#fields + 1] = 'h' .. old
  end
  local amounts = redis.call('HMGET', key, unpack(fields))
  for i = 1, #amounts, 2 do
    spent = spent - (tonumber(amounts[i]) or 0)
    held = held - (tonumber(amounts[i + 1]) or 0)
  end
  redis.call('HDEL', key, unpack(fields))
  redis.call('HSET', key, 's', spent, 'h', held, 'f', live)
  return spent, held
end

-- Returns what is spent and held of a counter, and of a rolling one the bucket and what is held in it.
local function level(limit, now)
  local key = limit[6]
  if limit[1] ~= 'rolling' then
    local found = redis.call('HMGET', key, 's', 'h')
    return tonumber(found[1]) or 0, tonumber(found[2]) or 0, 0
  end
  local bucket = math.floor(now / limit[4])
  local found = redis.call('HMGET', key, 's', 'h', 'f', 'h' .. bucket)
  local spent, held, first = tonumber(found[1]) or 0, tonumber(found[2]) or 0, tonumber(found[3])
  if first and first < bucket - BUCKETS then
    spent, held = rolled(key, spent, held, first, bucket - BUCKETS)
  end
  return spent, held, bucket, tonumber(found[4])
end

-- Lets a calendar window's counter end some time after its window; `at` is a moment in it that is past.
-- Told as a distance: the scripts' time need not be the store's.
local function let_end(limit, at)
  redis.call('PEXPIRE', limit[6], limit[5] - at + REMEMBERED_MS)
end

-- Moves an amount from held to spent in the window of a moment; returns what is spent and held then.
local function move(limit, at, spent, held)
  local key = limit[6]
  if limit[1] == 'at_once' and held == 0 then
    return 0, tonumber(redis.call('HGET', key, 'h') or '0')
  elseif limit[1] == 'at_once' then
    held = redis.call('HINCRBY', key, 'h', -held)
    if held <= 0 then
      redis.call('DEL', key)
    end
    return 0, held
  end
  if limit[1] ~= 'rolling' and spent == 0 and held == 0 then
    local found = redis.call('HMGET', key, 's', 'h')
    return tonumber(found[1]) or 0, tonumber(found[2]) or 0
  elseif limit[1] ~= 'rolling' then
    local freed = 0 - held -- of nothing, -held would be -0, which Redis does not take
    local all_spent = redis.call('HINCRBY', key, 's', spent)
    local all_held = redis.call('HINCRBY', key, 'h', freed)
    if limit[1] == 'calendar' and all_spent == spent and all_held == freed then -- it may be new
      let_end(limit, at)
    end
    return all_spent, all_held
  end
  local bucket = math.floor(at / limit[4])
  local s, h = 's' .. bucket, 'h' .. bucket
  local found = redis.call('HMGET', key, 's', 'h', 'f', s, h)
  local all_spent, all_held, first = tonumber(found[1]) or 0, tonumber(found[2]) or 0, tonumber(found[3])
  if not first or bucket < first then
    return all_spent, all_held -- it has left the window
  end
  all_spent, all_held = all_spent + spent, all_held - held
  redis.call('HSET', key, 's', all_spent, 'h', all_held,
    s, (tonumber(found[4]) or 0) + spent, h, (tonumber(found[5]) or 0) - held)
  return all_spent, all_held
end

local function count(key, seconds, suffix, places, amounts)
  local fields, new = {}, {}
  for _, i in ipairs(places) do
    if amounts[i] ~= 0 then
      fields[#fields + 1] = AMOUNTS[i] .. suffix
      new[#new + 1] = amounts[i]
    end
  end
  if #fields == 0 then
    return
  end
  local found, changes = redis.call('HMGET', key, unpack(fields)), {}
  for i = 1, #fields do
    changes[2 * i - 1], changes[2 * i] = fields[i], (tonumber(found[i]) or 0) + new[i]
  end
  redis.call('HSET', key, unpack(changes))
  if not found[1] then
    redis.call('EXPIRE', key, seconds)
  end
end

-- Adds what a call used to the usage of its person and of its tenant; notes that the one used it in the other.
local function count_usage(usage, model, amounts)
  local person, tenant, seconds, where, used_in, tenant_id = unpack(cjson.decode(usage))
  count(person, seconds, ':' .. model, OF_A_PERSON, amounts)
  count(tenant, seconds, ':' .. model .. where, OF_A_TENANT, amounts)
  if used_in then -- an earlier version did not say so
    redis.call('SADD', used_in, tenant_id)
    redis.call('EXPIRE', used_in, seconds)
  end
end

-- Writes a line of the exact ledger; `at` says in which windows it counts.
local function record(stream, most, kind, call, about, model, amounts, at)
  redis.call('XADD', stream, 'MAXLEN', '~', most, '*', 'kind', kind, 'call', call, 'model', model,
    'about', about, 'amounts', amounts, 'at', at)
end

-- Ends an open hold that nobody renewed: it is charged what it is known to have used.
local function lapse(holds, hold_key, stream, most)
  local hold = redis.call('HMGET', hold_key, 'state', 'limits', 'held', 'at', 'amounts', 'about', 'model',
    'usage', 'call')
  redis.call('ZREM', holds, hold_key)
  if hold[1] ~= 'open' then
    return
  end
  local held, known = amounts_of(hold[3]), amounts_of(hold[5])
  for _, limit in ipairs(cjson.decode(hold[2])) do
    move(limit, hold[4], known[limit[2]], held[limit[2]])
  end
  count_usage(hold[8], hold[7], known)
  record(stream, most, 'lapsed', hold[9], hold[6], hold[7], hold[5], hold[4])
  redis.call('HSET', hold_key, 'state', 'lapsed')
  redis.call('HDEL', hold_key, 'about', 'usage') -- whoever settles it after all says so anew
  redis.call('PEXPIRE', hold_key, REMEMBERED_MS)
end

local function lapse_some(holds, stream, most, now, count)
  local due = redis.call('ZRANGEBYSCORE', holds, '-inf', now, 'LIMIT', 0, count)
  for i = 1, #due do
    lapse(holds, due[i], stream, most)
  end
  return #due
end
