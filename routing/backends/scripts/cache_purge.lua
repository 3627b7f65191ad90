-- Begins a new generation: what was kept or begun in the one before is never found again.
-- KEYS: generation
-- ARGV: seconds kept
redis.call('INCR', KEYS[1])
redis.call('EXPIRE', KEYS[1], ARGV[1])
