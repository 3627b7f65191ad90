-- Remembers an exchange and its explanation, once, and forgets the oldest beyond the limit.
-- KEYS: order, exchanges, explanations, wanted, conversations its person asked something in
-- ARGV: reply id, exchange, explanation, exchanges kept, seconds kept, the conversation as it is named in
--   the last; empty when nobody knows who asked
local order, exchanges, explanations = KEYS[1], KEYS[2], KEYS[3]
local reply_id, kept = ARGV[1], tonumber(ARGV[4])

if redis.call('HSETNX', exchanges, reply_id, ARGV[2]) == 1 then
  redis.call('RPUSH', order, reply_id)
  redis.call('HSET', explanations, reply_id, ARGV[3])
  while redis.call('LLEN', order) > kept do
    local oldest = redis.call('LPOP', order)
    redis.call('HDEL', exchanges, oldest)
    redis.call('HDEL', explanations, oldest)
  end
  if ARGV[6] ~= '' then
    redis.call('SADD', KEYS[5], ARGV[6])
  end
end
for _, key in ipairs(KEYS) do
  redis.call('EXPIRE', key, ARGV[5])
end
