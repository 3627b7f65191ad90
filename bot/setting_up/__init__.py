"""`pointsman init`: from nothing to a configuration that runs."""
