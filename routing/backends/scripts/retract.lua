-- Forgets exchanges and their explanations; returns how many there were.
-- KEYS: order, exchanges, explanations; and maybe the conversations somebody asked something in
-- ARGV: the conversation as it is named there, how many exchanges are left if nobody asked anything
--   meanwhile, reply ids
local order, exchanges, explanations, asked_in = unpack(KEYS, 1, 4)
local forgotten = 0
for i = 3, #ARGV do
  forgotten = forgotten + redis.call('HDEL', exchanges, ARGV[i])
  redis.call('HDEL', explanations, ARGV[i])
  redis.call('LREM', order, 0, ARGV[i])
end
if asked_in and redis.call('HLEN', exchanges) == tonumber(ARGV[2]) then
  redis.call('SREM', asked_in, ARGV[1])
end
return forgotten
