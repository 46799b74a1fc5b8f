"""What the engine's tests share: TensorFlow as workers have it, and a small data set to train on quickly."""

import numpy as np
import numpy.typing as npt
import pytest

from model.data.mnist import Mnist, load_mnist


@pytest.fixture(scope="session")
def tensorflow() -> None:
    """TensorFlow with one compute thread, before anything is computed with it."""
    from model.runs.executor import prepare_process

    prepare_process()


@pytest.fixture(scope="session")
def mnist() -> Mnist:
    return load_mnist()


@pytest.fixture
def rng() -> np.random.Generator:
    return np.random.default_rng(7)


@pytest.fixture(scope="session")
def few_images(mnist: Mnist) -> npt.NDArray[np.uint8]:
    return mnist.test_images[:50]
