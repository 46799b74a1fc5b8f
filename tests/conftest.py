"""One compute thread in every test process, set before anything computes, as workers have it: equal numbers to the last bit."""

import os

from model.runs.executor import COMPUTE_ENVIRONMENT

os.environ.update(COMPUTE_ENVIRONMENT)
