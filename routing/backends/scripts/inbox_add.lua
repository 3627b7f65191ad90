-- Takes a parcel in, once.
-- ARGV: handing in, identity, lane, asker, place, content, most waiting in all, most of an asker,
--   ms between two notices, seconds a parcel is known, seconds one refused is known
-- Returns 'ready', 'waiting', 'full', 'full told' or 'again'; the same to the same handing in.
local handing_in, identity, asker = ARGV[5], ARGV[6], ARGV[8]
local known = known_key(identity)

local before = redis.call('GET', known)
if before then
  local same = handing_in .. ' '
  return string.sub(before, 1, #same) == same and string.sub(before, #same + 1) or 'again'
end

-- The store may have lost some of those who wait: they do not count.
local function waiting_of_asker(most)
  local key = asker_key(asker)
  if redis.call('SCARD', key) >= most then
    for _, each in ipairs(redis.call('SMEMBERS', key)) do
      if redis.call('EXISTS', parcel_key(each)) == 0 then
        redis.call('SREM', key, each)
      end
    end
  end
  return redis.call('SCARD', key)
end

local most, most_of_asker = tonumber(ARGV[11]), tonumber(ARGV[12])
if redis.call('ZCARD', WAITING) >= most or waiting_of_asker(most_of_asker) >= most_of_asker then
  local is_first = redis.call('SET', BASE .. ':told:' .. asker, 1, 'NX', 'PX', ARGV[13])
  local answer = is_first and 'full told' or 'full'
  redis.call('SET', known, handing_in .. ' ' .. answer, 'EX', ARGV[15])
  return answer
end

local parcel = parcel_key(identity)
redis.call('DEL', parcel)
redis.call('HSET', parcel, 'state', 'waiting', 'lane', ARGV[7], 'asker', asker, 'place', ARGV[9],
  'content', ARGV[10], 'passed', 0, 'delivery', 0)
redis.call('EXPIRE', parcel, KEPT_S)
redis.call('ZADD', WAITING, NOW + LEASE_MS, identity)
redis.call('SADD', asker_key(asker), identity)
redis.call('EXPIRE', asker_key(asker), KEPT_S)
local answer = go_on(identity)
redis.call('SET', known, handing_in .. ' ' .. answer, 'EX', ARGV[14])
return answer
