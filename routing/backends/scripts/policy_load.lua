-- Returns the version, the overrides of limits and the linked askers, each as fields and values.
-- KEYS: version, limits, links
return {redis.call('GET', KEYS[1]) or '0', redis.call('HGETALL', KEYS[2]), redis.call('HGETALL', KEYS[3])}
