-- Ends a parcel, and lets go on what waited for it.
-- ARGV: identity, delivery, seconds it is known, 'withdrawn' or ''
-- Returns 'done', also to whoever has ended it before; 'lost'; or 'cancelled', when that is wished and
-- what is to be seen of it is not withdrawn.
local identity, delivery = ARGV[5], ARGV[6]
local mark = 'done ' .. delivery

if not is_held(identity, delivery) then
  return redis.call('GET', known_key(identity)) == mark and 'done' or 'lost'
end
if ARGV[8] == '' and redis.call('HGET', parcel_key(identity), 'wish') == 'cancel' then
  return 'cancelled'
end
leave(identity)
redis.call('DEL', parcel_key(identity))
redis.call('SET', known_key(identity), mark, 'EX', ARGV[7])
return 'done'
