-- Tells which form all that is kept has. Whoever is there for a while says so; once all who are there
-- know a newer form, that one is in force.
-- KEYS: schema, present: who is there, by when they are forgotten
-- ARGV: now or '', the oldest and the newest form the caller knows, ms it is there or 0, its name: the newest
--   form, and what tells it apart
-- Returns the form in force.
local time = redis.call('TIME')
local now = tonumber(ARGV[1]) or tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)
local least, newest, stays_ms = tonumber(ARGV[2]), tonumber(ARGV[3]), tonumber(ARGV[4])
local in_force = tonumber(redis.call('GET', KEYS[1]) or 1)
if stays_ms == 0 or in_force < least or in_force > newest then
  return in_force
end
redis.call('ZREMRANGEBYSCORE', KEYS[2], '-inf', now)
redis.call('ZADD', KEYS[2], now + stays_ms, ARGV[5])
redis.call('PEXPIRE', KEYS[2], stays_ms)
local common = newest
for _, name in ipairs(redis.call('ZRANGE', KEYS[2], 0, -1)) do
  common = math.min(common, tonumber(string.match(name, '^%d+')))
end
if common > in_force then
  redis.call('SET', KEYS[1], common)
end
return math.max(common, in_force)
