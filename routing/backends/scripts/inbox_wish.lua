-- Wishes something of a parcel; one that waits and is cancelled is ended.
-- ARGV: identity, wish
-- Returns 'running' or 'waiting', content, then the notes, name and text in turn; or 'gone'.
local identity, wish = ARGV[5], ARGV[6]
local parcel, gone = parcel_key(identity), BASE .. ':cancelled:' .. identity
local REMEMBERED_S = 60

local state = redis.call('HGET', parcel, 'state')
if not state then
  -- An answer may have been lost: the same is told again.
  local content = redis.call('HGET', gone, 'content')
  return content and with_notes({'waiting', content}, gone) or {'gone', ''}
end
if state == 'running' or wish ~= 'cancel' then
  -- To cancel is more than to stop.
  if redis.call('HGET', parcel, 'wish') ~= 'cancel' then
    redis.call('HSET', parcel, 'wish', wish)
  end
  return with_notes({state == 'running' and state or 'waiting', ''}, parcel)
end
leave(identity)
redis.call('RENAME', parcel, gone)
redis.call('EXPIRE', gone, REMEMBERED_S)
return with_notes({'waiting', redis.call('HGET', gone, 'content')}, gone)
