-- Notes something of a parcel.
-- ARGV: identity, name, text, delivery; none: of a parcel nobody has begun, without such a note
-- Returns 1, also when it is noted already; 0 when the claim is lost, or it is not as it has to be.
local identity, field, text = ARGV[5], 'n:' .. ARGV[6], ARGV[7]
local parcel = parcel_key(identity)

if ARGV[8] ~= '' then
  if not is_held(identity, ARGV[8]) then
    return 0
  end
  redis.call('HSET', parcel, field, text)
  return 1
end
local state = redis.call('HGET', parcel, 'state')
if state and state ~= 'running' then
  redis.call('HSETNX', parcel, field, text)
end
return redis.call('HGET', parcel, field) == text and 1 or 0
