-- Returns the generation and an answer with the number of the key it was found under, from 1; else
-- 0 and whether it is the caller's turn to get one.
-- KEYS: generation, turn, answers, ...
-- ARGV: caller, milliseconds a turn lasts
local generation = tonumber(redis.call('GET', KEYS[1])) or 0

for i = 3, #KEYS do
  local kept = redis.call('HMGET', KEYS[i], 'generation', 'answer')
  if tonumber(kept[1]) == generation then
    return {generation, i - 2, kept[2]}
  end
end
local turn = redis.call('GET', KEYS[2])
if turn == 'open' then
  return {generation, 0, 1}
elseif turn == ARGV[1] then
  redis.call('PEXPIRE', KEYS[2], ARGV[2])
  return {generation, 0, 1}
end
local is_taken = redis.call('SET', KEYS[2], ARGV[1], 'NX', 'PX', ARGV[2])
return {generation, 0, is_taken and 1 or 0}
