-- Takes a parcel in, once.
-- ARGV: handing in, identity, lane, asker, place, content, most waiting in all, most of an asker,
--   most of a place, most that nothing but a worker is missing to, ms between two notices, seconds a parcel
--   is known, seconds one refused is known
-- Returns 'ready', 'waiting', 'full', 'full told' or 'again'; the same to the same handing in.
local handing_in, identity, asker, place = ARGV[5], ARGV[6], ARGV[8], ARGV[9]
local known = known_key(identity)

local before = redis.call('GET', known)
if before then
  local same = handing_in .. ' '
  return string.sub(before, 1, #same) == same and string.sub(before, #same + 1) or 'again'
end

-- The store may have lost some of those who wait: they do not count.
local function is_full(kind, name, most)
  local key = share_key(kind, name)
  if redis.call('SCARD', key) >= most then
    for _, each in ipairs(redis.call('SMEMBERS', key)) do
      if redis.call('EXISTS', parcel_key(each)) == 0 then
        redis.call('SREM', key, each)
      end
    end
  end
  return redis.call('SCARD', key) >= most
end

-- Half as many as are being answered may be ready: then nobody waits longer than an answer takes.
local running = redis.call('ZCARD', LEASES)
local is_crowded = redis.call('XLEN', STREAM) - running >= math.max(math.floor(running / 2), tonumber(ARGV[14]))

if is_crowded or redis.call('ZCARD', WAITING) >= tonumber(ARGV[11]) or is_full('asker', asker, tonumber(ARGV[12]))
  or is_full('place', place, tonumber(ARGV[13])) then
  local is_first = redis.call('SET', BASE .. ':told:' .. asker, 1, 'NX', 'PX', ARGV[15])
  local answer = is_first and 'full told' or 'full'
  redis.call('SET', known, handing_in .. ' ' .. answer, 'EX', ARGV[17])
  return answer
end

local parcel = parcel_key(identity)
redis.call('DEL', parcel)
redis.call('HSET', parcel, 'state', 'waiting', 'lane', ARGV[7], 'asker', asker, 'place', place,
  'content', ARGV[10], 'passed', 0, 'delivery', 0)
redis.call('EXPIRE', parcel, KEPT_S)
begin_to_wait(identity, asker, place)
local answer = go_on(identity)
redis.call('SET', known, handing_in .. ' ' .. answer, 'EX', ARGV[16])
return answer
