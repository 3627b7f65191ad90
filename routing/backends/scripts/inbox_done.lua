-- Ends a parcel, and lets go on what waited for it.
-- ARGV: identity, delivery, seconds it is known
-- Returns 1, also to whoever has ended it before; 0 when the claim is lost.
local identity, delivery = ARGV[5], ARGV[6]
local mark = 'done ' .. delivery

if not is_held(identity, delivery) then
  return redis.call('GET', known_key(identity)) == mark and 1 or 0
end
leave(identity)
redis.call('DEL', parcel_key(identity))
redis.call('SET', known_key(identity), mark, 'EX', ARGV[7])
return 1
