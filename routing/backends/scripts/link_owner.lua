-- Tells whose a code is, and lets nobody guess.
-- KEYS: the code, the tries of who gives it, who was linked by a code, the mark that who gives it took one
-- ARGV: who gives it, the most tries, in how many seconds, 1: it is taken, seconds until another may be
-- Returns {'of', asker}, {'unknown'}, {'too many tries'} or {'too soon'}.
if (tonumber(redis.call('GET', KEYS[2])) or 0) >= tonumber(ARGV[2]) then
  return {'too many tries'}
end
local asker, taken_by = unpack(redis.call('HMGET', KEYS[1], 'asker', 'taken_by'))
if not asker or (taken_by and taken_by ~= ARGV[1]) then
  if redis.call('INCR', KEYS[2]) == 1 then
    redis.call('EXPIRE', KEYS[2], ARGV[3])
  end
  return {'unknown'}
end
if ARGV[4] == '1' and not taken_by then
  if not redis.call('SET', KEYS[4], '1', 'NX', 'EX', ARGV[5]) then
    return {'too soon'}
  end
  redis.call('HSET', KEYS[1], 'taken_by', ARGV[1])
  redis.call('HSET', KEYS[3], ARGV[1], asker)
end
return {'of', asker}
