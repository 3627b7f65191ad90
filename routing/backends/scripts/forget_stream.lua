-- Looks for a person in entries of a stream, or copies them without that name, some at a time.
--
-- What a stream has cannot be changed: so it is copied, under the same ids, and the copy takes its place in the
-- step that reaches its end. What is added meanwhile is copied, too.
-- KEYS: stream, copy, whose copy it is, replies, places
-- ARGV: the person (JSON), from which id on, entries at a time, token of who copies or '' to count, seconds
--   what is found out is kept, seconds a copy is that nobody goes on with
-- The person is told as: whole (texts by what is to stand there instead), within (pairs of such texts),
--   and of a platform: within_theirs; asked (what stands where they asked themselves).
-- Returns the id to go on from, or '' at the end, and how many entries name the person; or 'lost'.
local WHO, TOKEN, KEPT_S = cjson.decode(ARGV[1]), ARGV[4], ARGV[5]
local found, at_most = 0, tonumber(ARGV[3])

if TOKEN ~= '' and redis.call('SISMEMBER', KEYS[4], TOKEN) == 1 then
  return {'', 0} -- the last step, whose answer was lost, is taken again
end
if TOKEN ~= '' and redis.call('GET', KEYS[3]) ~= TOKEN then
  return {'lost', 0}
end

local function changed(text, pairs_of)
  for _, each in ipairs(pairs_of) do
    text = without(text, each[1], each[2])
  end
  return text
end

-- What else belongs to the person leads there by the reply; not that of who is only linked with them.
local function note(fields)
  for i = 2, #fields, 2 do
    local reply = string.match(fields[i], '"reply_id": "([^"]*)"')
    local tenant, place = string.match(fields[i], '"tenant": ("[^"]*"), "place": ("[^"]*")')
    if reply and place and string.find(fields[i], WHO.asked, 1, true) then
      redis.call('SADD', KEYS[4], reply)
      redis.call('SADD', KEYS[5], '[' .. tenant .. ',' .. place .. ']')
      redis.call('EXPIRE', KEYS[4], KEPT_S)
      redis.call('EXPIRE', KEYS[5], KEPT_S)
    end
  end
end

local function without_name(fields)
  local named, is_there = {}, false
  for i = 1, #fields, 2 do
    is_there = is_there or (fields[i] == 'platform' and fields[i + 1] == WHO.platform)
  end
  for i = 1, #fields, 2 do
    local text = WHO.whole[fields[i + 1]] or changed(fields[i + 1], WHO.within)
    named[i], named[i + 1] = fields[i], is_there and changed(text, WHO.within_theirs) or text
    if named[i + 1] ~= fields[i + 1] then
      named.is_new = true
    end
  end
  return named
end

local entries = redis.call('XRANGE', KEYS[1], ARGV[2], '+', 'COUNT', at_most)
local copied, top = 0, redis.call('XREVRANGE', KEYS[2], '+', '-', 'COUNT', 1)[1]
for i, entry in ipairs(entries) do -- the same step may be taken twice
  copied = top and top[1] == entry[1] and i or copied
end
for i, entry in ipairs(entries) do
  local fields = without_name(entry[2])
  if fields.is_new then
    found = found + 1
    note(entry[2])
  end
  if TOKEN ~= '' and i > copied then
    redis.call('XADD', KEYS[2], entry[1], unpack(fields))
  end
end
if #entries == at_most then
  if TOKEN ~= '' then
    redis.call('EXPIRE', KEYS[2], ARGV[6])
    redis.call('EXPIRE', KEYS[3], ARGV[6])
  end
  return {'(' .. entries[#entries][1], found}
end
if TOKEN ~= '' then
  if redis.call('EXISTS', KEYS[2]) == 1 then
    local left_ms = redis.call('PTTL', KEYS[1])
    redis.call('RENAME', KEYS[2], KEYS[1])
    if left_ms > 0 then
      redis.call('PEXPIRE', KEYS[1], left_ms)
    else
      redis.call('PERSIST', KEYS[1])
    end
  end
  redis.call('DEL', KEYS[3])
  redis.call('SADD', KEYS[4], TOKEN) -- no reply is called so
  redis.call('EXPIRE', KEYS[4], KEPT_S)
end
return {'', found}
