"""Which model answers, and at what price."""
