-- Returns the next cursor, and which keys of a page of all keys, as SCAN gives them, begin in one way.
-- KEYS: any, to say on which node
-- ARGV: cursor, keys of a page, what the keys begin with
local page = redis.call('SCAN', ARGV[1], 'COUNT', ARGV[2])
local found = {}
for _, key in ipairs(page[2]) do
  if string.sub(key, 1, #ARGV[3]) == ARGV[3] then
    found[#found + 1] = key
  end
end
return {page[1], found}
