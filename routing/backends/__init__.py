"""The outside of the core: one file for each outside library."""
