-- Keeps an open hold for another lease, and notes what is known to be used by now.
-- KEYS: holds, hold
-- ARGV: now or '', lease ms, amounts known
if redis.call('HGET', KEYS[2], 'state') ~= 'open' then
  return 0
end
redis.call('HSET', KEYS[2], 'amounts', ARGV[3])
redis.call('ZADD', KEYS[1], now_ms(ARGV[1]) + tonumber(ARGV[2]), KEYS[2])
return 1
