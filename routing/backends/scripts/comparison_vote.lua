-- Notes how somebody votes on two answers, if they have not; returns how.
-- KEYS: the votes on a comparison
-- ARGV: who votes, how, seconds kept
redis.call('HSETNX', KEYS[1], ARGV[1], ARGV[2])
redis.call('EXPIRE', KEYS[1], ARGV[3])
return redis.call('HGET', KEYS[1], ARGV[1])
