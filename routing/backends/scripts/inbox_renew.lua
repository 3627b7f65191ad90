-- Goes on holding claims.
-- ARGV: worker, then identity and delivery of each claim in turn
-- Returns for each: 'lost', or what is wished of it, '' for nothing.
local worker, told = ARGV[5], {}

redis.call('ZADD', WORKERS, NOW, worker)
for i = 6, #ARGV, 2 do
  local identity = ARGV[i]
  if is_held(identity, ARGV[i + 1]) then
    redis.call('ZADD', LEASES, NOW + LEASE_MS, identity)
    told[#told + 1] = redis.call('HGET', parcel_key(identity), 'wish') or ''
  else
    told[#told + 1] = 'lost'
  end
end
return told
