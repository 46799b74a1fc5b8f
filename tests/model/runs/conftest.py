"""What the tests of runs share."""

import pytest

from tests.model.runs.undisturbed import Undisturbed, undisturbed_run


@pytest.fixture(scope="session")
def undisturbed(tensorflow: None) -> Undisturbed:
    return undisturbed_run()
