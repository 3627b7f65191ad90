-- Keeps an answer under each key, unless it was begun in another generation; ends the turn.
-- KEYS: generation, turn, answers, ...
-- ARGV: caller, generation, seconds kept, answer
-- Returns 1 when it is kept.
local is_kept = 0
if (tonumber(redis.call('GET', KEYS[1])) or 0) == tonumber(ARGV[2]) then
  local answers = table.concat(KEYS, ' ', 3)
  for i = 3, #KEYS do
    local fields = {'generation', ARGV[2], 'answer', ARGV[4], 'kept_under', answers}
    redis.call('HSET', KEYS[i], unpack(fields))
    redis.call('EXPIRE', KEYS[i], ARGV[3])
  end
  is_kept = 1
end
if redis.call('GET', KEYS[2]) == ARGV[1] then
  redis.call('DEL', KEYS[2])
end
return is_kept
