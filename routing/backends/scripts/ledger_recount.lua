-- Sets what a counter says is spent to what the records say, unless there are newer ones.
-- KEYS: counter, records
-- ARGV: now or '', limit, id of the last record that was counted or '', sums (JSON list of [bucket, sum])
-- Returns 1, or 0 when there is a newer record.
local last = redis.call('XREVRANGE', KEYS[2], '+', '-', 'COUNT', 1)
if (last[1] and last[1][1] or '') ~= ARGV[3] then
  return 0
end
local limit = cjson.decode(ARGV[2])
local _, held, bucket = level(limit, now_ms(ARGV[1]))
local live, total = bucket - BUCKETS, 0
if limit[1] == 'rolling' then
  for old = live, bucket do
    redis.call('HDEL', KEYS[1], 's' .. old)
  end
  redis.call('HSETNX', KEYS[1], 'f', live)
end
for _, each in ipairs(cjson.decode(ARGV[4])) do
  if limit[1] ~= 'rolling' then
    total = total + each[2]
  elseif each[1] >= live then
    total = total + each[2]
    redis.call('HSET', KEYS[1], 's' .. each[1], each[2])
  end
end
redis.call('HSET', KEYS[1], 's', total, 'h', held)
if limit[1] == 'calendar' then
  redis.call('PEXPIREAT', KEYS[1], limit[5] + REMEMBERED_MS)
elseif limit[1] == 'rolling' then
  redis.call('PEXPIRE', KEYS[1], 2 * BUCKETS * limit[4])
end
return 1
