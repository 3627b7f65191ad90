-- Counts the length of an answer; of very many, all count half from then on.
-- KEYS: lengths
-- ARGV: field of the answers, field of their tokens, tokens, most answers, seconds kept
local answers = redis.call('HINCRBY', KEYS[1], ARGV[1], 1)
local tokens = redis.call('HINCRBY', KEYS[1], ARGV[2], ARGV[3])
if answers >= tonumber(ARGV[4]) then
  redis.call('HSET', KEYS[1], ARGV[1], math.floor(answers / 2), ARGV[2], math.floor(tokens / 2))
end
redis.call('EXPIRE', KEYS[1], ARGV[5])
