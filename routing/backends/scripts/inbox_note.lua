-- Notes something of a parcel.
-- ARGV: identity, name, text, delivery; none: for a parcel without such a note
-- Returns 1; 0 when the claim is lost, when another such note is there, or when the parcel is gone.
local identity, field, text = ARGV[5], 'n:' .. ARGV[6], ARGV[7]
local parcel = parcel_key(identity)

if ARGV[8] ~= '' then
  if not is_held(identity, ARGV[8]) then
    return 0
  end
  redis.call('HSET', parcel, field, text)
  return 1
end
if redis.call('EXISTS', parcel) == 0 then
  return 0
end
redis.call('HSETNX', parcel, field, text)
return redis.call('HGET', parcel, field) == text and 1 or 0
