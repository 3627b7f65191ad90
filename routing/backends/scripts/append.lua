-- Remembers an exchange and its explanation, once, and forgets the oldest beyond the limit.
--
-- An answer may end just after its person was forgotten: what was asked up to then is not remembered.
-- KEYS: order, exchanges, explanations, wanted, conversations its person asked something in, when they were
--   forgotten
-- ARGV: reply id, exchange, explanation, exchanges kept, seconds kept, the conversation as it is named in
--   the fifth, empty when nobody knows who asked; when it was asked, in ms
if tonumber(ARGV[7]) <= (tonumber(redis.call('GET', KEYS[6])) or 0) then
  return
end
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
for i = 1, 5 do
  redis.call('EXPIRE', KEYS[i], ARGV[5])
end
