"""One compute thread in every test process, set before anything computes, as workers have it: equal numbers to the last bit."""

import os

from hypothesis import settings

from model.runs.executor import COMPUTE_ENVIRONMENT

os.environ.update(COMPUTE_ENVIRONMENT)

# How long an example takes is no matter of right or wrong: machines are noisy.
settings.register_profile("patient", deadline=None)
settings.load_profile("patient")
