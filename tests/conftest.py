"""What holds for every test."""

from hypothesis import settings

# A machine that does something else for a moment must not fail a test.
settings.register_profile("pointsman", deadline=None)
settings.load_profile("pointsman")
