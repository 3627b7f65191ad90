-- Makes a turn last on, or ends it, if it is still the caller's.
-- KEYS: turn
-- ARGV: caller, milliseconds it lasts from now; 0 ends it
if redis.call('GET', KEYS[1]) == ARGV[1] then
  redis.call('PEXPIRE', KEYS[1], ARGV[2])
end
