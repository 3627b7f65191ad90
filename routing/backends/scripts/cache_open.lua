-- Ends the caller's turn so that whoever waits may seek an answer, all at once, for a moment.
-- KEYS: turn
-- ARGV: caller, milliseconds the moment lasts
if redis.call('GET', KEYS[1]) == ARGV[1] then
  redis.call('SET', KEYS[1], 'open', 'PX', ARGV[2])
end
