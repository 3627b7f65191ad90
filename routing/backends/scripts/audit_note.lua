-- Writes down, once, something that was done.
-- KEYS: audit of the realm, audits, mark of this change
-- ARGV: changes kept, seconds they are kept, what, about, new, who, platform, tenant
if redis.call('SET', KEYS[3], '-', 'NX', 'EX', 86400) then
  note_change(KEYS[1], KEYS[2], ARGV[1], ARGV[2], 'what', ARGV[3], 'field', ARGV[4], 'old', '', 'new', ARGV[5],
    'by', ARGV[6], 'platform', ARGV[7], 'tenant', ARGV[8])
end
