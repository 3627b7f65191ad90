-- Replaces the content of a parcel nobody has begun.
-- ARGV: identity, content
-- Returns 1, or 0 when there is none.
local parcel = parcel_key(ARGV[5])
local state = redis.call('HGET', parcel, 'state')

if not state or state == 'running' then
  return 0
end
redis.call('HSET', parcel, 'content', ARGV[6])
return 1
