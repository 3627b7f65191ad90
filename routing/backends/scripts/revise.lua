-- Replaces an exchange that is still remembered; returns whether it is.
-- KEYS: exchanges
-- ARGV: reply id, exchange
if redis.call('HEXISTS', KEYS[1], ARGV[1]) == 0 then
  return 0
end
redis.call('HSET', KEYS[1], ARGV[1], ARGV[2])
return 1
