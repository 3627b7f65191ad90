-- Ends the holds whose lease is over, and forgets records that are too old; returns how many lapsed.
-- KEYS: holds, records, up to when records were dropped
-- ARGV: now or '', most records, how many at once, seconds a record is kept
local since = string.format('%.0f', now_ms('') - 1000 * ARGV[4]) -- ids are told by the store's clock
if redis.call('XTRIM', KEYS[2], 'MINID', since) > 0 then
  redis.call('SET', KEYS[3], since)
end
return lapse_some(KEYS[1], KEYS[2], ARGV[2], now_ms(ARGV[1]), ARGV[3])
