-- Takes a person out of what there is once: limits, links, digests.
-- KEYS: version, limits, links, linked by code, digests
-- ARGV: the person (JSON), 'remove' or 'count', the version from now on
-- Returns what is counted, kind and number in turn.
local WHO, IS_REMOVED = cjson.decode(ARGV[1]), ARGV[2] == 'remove'
local limits, links = 0, 0

local function drop(key, field)
  if IS_REMOVED then
    redis.call('HDEL', key, field)
  end
end

for _, identity in ipairs(redis.call('HKEYS', KEYS[2])) do
  local scope, who = string.match(identity, '^([^\n]*)\n[^\n]*\n([^\n]*)\n')
  if scope == 'asker' and who == WHO.raw_asker then
    limits = limits + 1
    drop(KEYS[2], identity)
  end
end
for number = 3, 4 do
  local found = redis.call('HGETALL', KEYS[number])
  for i = 1, #found, 2 do
    if found[i] == WHO.raw_asker or found[i + 1] == WHO.raw_asker then
      links = links + (number == 3 and 1 or 0)
      drop(KEYS[number], found[i])
    end
  end
end
local ordered = redis.call('HGETALL', KEYS[5])
for i = 1, #ordered, 2 do
  local is_there = string.sub(ordered[i], 1, #WHO.platform + 1) == WHO.platform .. '\n'
  if IS_REMOVED and is_there and string.find(ordered[i + 1], WHO.in_post, 1, true) then
    redis.call('HSET', KEYS[5], ordered[i], without(ordered[i + 1], WHO.in_post, WHO.of_nobody))
  end
end
if IS_REMOVED and limits + links > 0 then
  redis.call('SET', KEYS[1], ARGV[3])
end
return {'limits', limits, 'links', links}
