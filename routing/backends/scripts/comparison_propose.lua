-- Keeps a question that somebody may ask of two models.
-- KEYS: what a person may ask
-- ARGV: its id, the question, seconds kept
redis.call('HSET', KEYS[1], ARGV[1], ARGV[2])
redis.call('EXPIRE', KEYS[1], ARGV[3])
