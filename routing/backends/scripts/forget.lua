-- What the scripts that forget a person share; it is put in front of each of them.
--
-- Each looks at a page of all keys, as SCAN gives them, in one step; what would take longer it only names.
--
-- KEYS: replies, places, scopes: what is found out of the person while they are forgotten
-- ARGV: cursor, keys of a page, what every key begins with, the person (JSON), 'remove' or 'count', a token
--   no other run has
-- The person is told as: platform, person, asker (as they stand in keys), raw_asker, in_exchange, in_post,
--   in_hold (texts that are there where it is about them), nobody (what stands for them from now on),
--   with_budgets
-- Returns the next cursor, what is counted (kind and number in turn), and what is named (kind and key in turn).

local REPLIES, PLACES, SCOPES = KEYS[1], KEYS[2], KEYS[3]
local PREFIX, WHO, IS_REMOVED, TOKEN = ARGV[3], cjson.decode(ARGV[4]), ARGV[5] == 'remove', ARGV[6]
local KEPT_S = 3600

local counts, named = {}, {}

local function count(kind, number)
  counts[kind] = (counts[kind] or 0) + (number or 1)
end

local function name(kind, key)
  named[#named + 1] = kind
  named[#named + 1] = key
end

local function remove(...)
  if IS_REMOVED then
    redis.call('DEL', ...)
  end
end

local function has(text, wanted)
  return text and string.find(text, wanted, 1, true) ~= nil
end

-- Names what belongs to the same conversation, comparison or house as a key.
local function beside(key, parts, kind)
  return PREFIX .. kind .. string.sub(key, #PREFIX + #parts[1] + 1)
end

-- Returns the replies of a conversation that answer what the person asked.
local function asked_in(key)
  local found, replies = redis.call('HGETALL', key), {}
  for i = 1, #found, 2 do
    if has(found[i + 1], WHO.in_exchange) then
      replies[#replies + 1] = found[i]
    end
  end
  return replies
end

local function walk(handlers)
  local page = redis.call('SCAN', ARGV[1], 'COUNT', ARGV[2])
  for _, key in ipairs(page[2]) do
    if string.sub(key, 1, #PREFIX) == PREFIX then
      local parts = {}
      for part in string.gmatch(string.sub(key, #PREFIX + 1) .. ':', '([^:]*):') do
        parts[#parts + 1] = part
      end
      local handler = handlers[parts[1]]
      if handler then
        handler(key, parts)
      end
    end
  end
  local counted = {}
  for kind, number in pairs(counts) do
    counted[#counted + 1] = kind
    counted[#counted + 1] = number
  end
  return {page[1], counted, named}
end
