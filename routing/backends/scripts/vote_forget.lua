-- Forgets the votes whose names begin as given.
-- KEYS: votes, order, state
-- ARGV: beginning of the names, seconds kept, name of the new state
for _, name in ipairs(redis.call('HKEYS', KEYS[1])) do
  if string.sub(name, 1, #ARGV[1]) == ARGV[1] then
    redis.call('HDEL', KEYS[1], name)
    redis.call('ZREM', KEYS[2], name)
  end
end
redis.call('SET', KEYS[3], ARGV[3], 'EX', ARGV[2])
