-- Ends the holds whose lease is over; returns how many.
-- KEYS: holds, records
-- ARGV: now or '', most records, how many at once
return lapse_some(KEYS[1], KEYS[2], ARGV[2], now_ms(ARGV[1]), ARGV[3])
