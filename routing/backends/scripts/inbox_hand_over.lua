-- Lets another worker have a parcel at once.
-- ARGV: identity, delivery
-- Returns 1, also to whoever has handed it over before; 0 when the claim is lost.
local identity, delivery = ARGV[5], ARGV[6]
local parcel = parcel_key(identity)

if not is_held(identity, delivery) then
  return redis.call('HGET', parcel, 'handed') == delivery and 1 or 0
end
redis.call('HSET', parcel, 'handed', delivery)
redis.call('ZADD', LEASES, 0, identity)
return 1
