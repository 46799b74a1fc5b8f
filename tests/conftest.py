"""One compute thread in every test process, set before anything computes, as workers have it: equal numbers to the last bit."""

import os
from collections.abc import Iterable

import pytest
from hypothesis import settings

from model.runs.executor import COMPUTE_ENVIRONMENT

os.environ.update(COMPUTE_ENVIRONMENT)

# How long an example takes is no matter of right or wrong: machines are noisy.
settings.register_profile("patient", deadline=None)
settings.load_profile("patient")

# Whoever asks for one of these trains, runs whole pages or visits them with a browser.
COSTLY = {"tensorflow", "threads_for_workers", "workers", "browser"}


def pytest_collection_modifyitems(items: Iterable[pytest.Function]) -> None:
    """``make test-fast`` leaves out what is slow: what says so of itself, and what a costly fixture gives away."""
    for item in items:
        if COSTLY & set(getattr(item, "fixturenames", ())):
            item.add_marker(pytest.mark.slow)
