-- Lets any other worker have a parcel that this one cannot answer at once; where none does, any at all later.
-- ARGV: identity, delivery, worker, ms until then
-- Returns 1, also to whoever has passed it on before; 0 when the claim is lost.
local identity, delivery = ARGV[5], ARGV[6]
local parcel = parcel_key(identity)

if not is_held(identity, delivery) then
  return redis.call('HGET', parcel, 'handed') == delivery and 1 or 0
end
redis.call('HSET', parcel, 'handed', delivery, 'not:' .. ARGV[7], 1)
redis.call('HINCRBY', parcel, 'n:passed-on', 1)
redis.call('ZADD', LEASES, NOW + tonumber(ARGV[8]), identity)
redis.call('ZADD', PASSED_ON, NOW, identity)
return 1
