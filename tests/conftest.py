"""What holds for every test."""

import os

from hypothesis import settings

# Threads that wait for one another by spinning take the time of the tests beside them.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

# A machine that does something else for a moment must not fail a test.
settings.register_profile("pointsman", deadline=None)
settings.load_profile("pointsman")
