-- Takes a person out of what is kept under keys of its own.
local handlers = {}

-- ---- conversations

-- Of a conversation of theirs alone everything goes.
local function of_a_conversation(kind)
  return function(key, parts)
    if parts[2] == WHO.platform and parts[6] == WHO.person then
      if kind then
        count(kind)
      end
      remove(key)
    end
  end
end

handlers.order = of_a_conversation()
handlers.explanations = of_a_conversation()
handlers.wanted = of_a_conversation('choices')

function handlers.exchanges(key, parts)
  if parts[2] ~= WHO.platform then
    return
  elseif parts[6] == WHO.person then
    count('questions', redis.call('HLEN', key))
    remove(key)
    return
  end
  local replies = asked_in(key)
  if #replies == 0 then
    return
  end
  count('questions', #replies)
  if IS_REMOVED then
    redis.call('HDEL', key, unpack(replies))
    redis.call('HDEL', beside(key, parts, 'explanations'), unpack(replies))
    for _, reply in ipairs(replies) do
      redis.call('LREM', beside(key, parts, 'order'), 0, reply)
    end
  end
end

handlers['asked-in'] = function(key, parts)
  if parts[2] == WHO.platform and parts[3] == WHO.person then
    count('places', redis.call('SCARD', key))
    remove(key)
  end
end

function handlers.post(key, parts)
  local line = parts[2] == WHO.platform and redis.call('GET', key) or ''
  local reply = string.match(line, '"reply_id": "([^"]*)"')
  if has(line, WHO.in_post) or (reply and redis.call('SISMEMBER', REPLIES, reply) == 1) then
    count('posts')
    remove(key)
  end
end

handlers['cache-answer'] = function(key, parts)
  if redis.call('SISMEMBER', SCOPES, parts[2]) == 1 then
    count('cached')
    remove(key)
  end
end

-- ---- votes and comparisons

function handlers.votes(key, parts)
  if parts[2] ~= WHO.platform then
    return
  end
  local theirs = 0
  for _, each in ipairs(redis.call('HKEYS', key)) do
    if string.sub(each, 1, #WHO.asker + 1) == WHO.asker .. ':' then
      theirs = theirs + 1
      if IS_REMOVED then
        redis.call('HDEL', key, each)
        redis.call('ZREM', beside(key, parts, 'votes-order'), each)
      end
    end
  end
  if theirs == 0 then
    return
  end
  count('votes', theirs)
  if IS_REMOVED then
    redis.call('SET', beside(key, parts, 'votes-state'), TOKEN, 'KEEPTTL')
  end
end

function handlers.compared(key, parts)
  local is_theirs = false
  for reply in string.gmatch(redis.call('GET', key) or '', '"reply_id": "([^"]*)"') do
    is_theirs = is_theirs or redis.call('SISMEMBER', REPLIES, reply) == 1
  end
  if not is_theirs then
    return
  end
  count('comparisons')
  local last = table.concat({PREFIX .. 'compared-last', parts[2], parts[3], parts[4], ''}, ':')
  if redis.call('GET', last) == parts[5] then
    remove(last)
  end
  remove(key)
end

handlers['compared-votes'] = function(key, parts)
  if parts[2] == WHO.platform then
    name('compared-votes', key) -- a vote's name is a digest that no script can make
  end
end

function handlers.proposals(key, parts)
  if parts[2] == WHO.platform and parts[3] == WHO.person then
    count('comparisons', redis.call('HLEN', key))
    remove(key)
  end
end

-- ---- budgets

handlers['used-in'] = function(key, parts)
  if parts[2] == WHO.platform and parts[3] == WHO.person then
    remove(key)
  end
end

function handlers.counter(key, parts)
  if parts[2] == 'asker' and parts[5] == WHO.asker then
    count('budgets')
    if WHO.with_budgets then
      remove(key)
    end
  end
end

function handlers.hold(key)
  local state, about = unpack(redis.call('HMGET', key, 'state', 'about'))
  if has(about, WHO.in_hold) and state == 'open' then
    count('running')
  end
end

function handlers.link(key, parts)
  local what, is_theirs = parts[2], parts[3] == WHO.asker
  if what == 'code' then
    local asker, taken_by = unpack(redis.call('HMGET', key, 'asker', 'taken_by'))
    is_theirs = asker == WHO.raw_asker or taken_by == WHO.raw_asker
  end
  if is_theirs and what == 'took' then
    count('budgets')
    if WHO.with_budgets then
      remove(key)
    end
  elseif is_theirs then
    count('links')
    remove(key)
  end
end

-- ---- what was ordered

function handlers.orders(key, parts)
  local found, changed = redis.call('HGETALL', key), 0
  for i = 1, #found, 2 do
    local field, value = found[i], found[i + 1]
    if field == 'access\nuser\n' .. WHO.raw_asker then
      changed = changed + 1
      if IS_REMOVED then
        redis.call('HDEL', key, field)
      end
    elseif parts[2] == WHO.platform and string.sub(field, 1, 7) == 'digest\n' and has(value, WHO.in_post) then
      changed = changed + 1
      if IS_REMOVED then
        redis.call('HSET', key, field, without(value, WHO.in_post, WHO.of_nobody))
      end
    end
  end
  if changed == 0 then
    return
  end
  count('orders', changed)
  if IS_REMOVED then
    redis.call('HSET', key, 'version', TOKEN)
    if redis.call('HLEN', key) == 1 then
      redis.call('EXPIRE', key, 86400)
    end
  end
end

function handlers.personas(key)
  for i, version in ipairs(redis.call('LRANGE', key, 0, -1)) do
    local before, by, after = string.match(version, '^(%d+\n%d+\n)([^\n]*)(\n.*)$')
    if by == WHO.raw_asker then
      count('changes')
      if IS_REMOVED then
        redis.call('LSET', key, i - 1, before .. WHO.nobody .. after)
      end
    end
  end
end

function handlers.audit(key)
  name('audit', key)
end

-- What was there before a change, for who makes it twice.
function handlers.change(key)
  local before = redis.call('GET', key)
  if has(before, '"' .. WHO.raw_asker .. '"') or has(before, WHO.in_post) then
    remove(key)
  end
end

-- ---- what is on its way

function handlers.inbox(key, parts)
  local is_parcel, is_gone = parts[2] == 'parcel', parts[2] == 'cancelled'
  if (is_parcel or is_gone) and redis.call('HGET', key, 'asker') == WHO.raw_asker then
    if is_parcel then
      count('running')
    else
      remove(key)
    end
  elseif key == PREFIX .. 'inbox:told:' .. WHO.raw_asker then
    remove(key)
  end
end

local function installed(key)
  name('installed', key)
end

handlers.workspace, handlers.organisation = installed, installed

return walk(handlers)
