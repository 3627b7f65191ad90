-- Tells how far counters are used.
-- KEYS: version
-- ARGV: now or '', version, limits
-- Returns {'levels', spent, held, ...}, {'stale', version} or {'clock', now}.
local now = now_ms(ARGV[1])
local version = redis.call('GET', KEYS[1]) or '0'
if version ~= ARGV[2] then
  return {'stale', version}
end
local answer = {'levels'}
for _, limit in ipairs(cjson.decode(ARGV[3])) do
  if limit[1] == 'calendar' and (now < limit[4] or now >= limit[5]) then
    return {'clock', now}
  end
  local spent, held = level(limit, now)
  answer[#answer + 1] = spent
  answer[#answer + 1] = held
end
return answer
