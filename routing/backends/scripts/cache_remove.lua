-- Forgets answers under the keys given and under all others they are kept under.
-- KEYS: answers, ...
for i = 1, #KEYS do
  local others = redis.call('HGET', KEYS[i], 'kept_under') or ''
  for key in string.gmatch(others, '%S+') do
    redis.call('DEL', key)
  end
  redis.call('DEL', KEYS[i])
end
