-- Adds to counters unless the reply is already marked as settled.
-- KEYS: mark, counters
-- ARGV: seconds the mark is kept, seconds the counters are kept, then field and amount in turn
if not redis.call('SET', KEYS[1], 1, 'NX', 'EX', ARGV[1]) then
  return
end
for i = 3, #ARGV, 2 do
  redis.call('HINCRBY', KEYS[2], ARGV[i], ARGV[i + 1])
end
redis.call('EXPIRE', KEYS[2], ARGV[2])
