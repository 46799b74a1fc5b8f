"""Ways to train the same network, each printing the seconds of its epochs; run one a process by benchmarks.training."""

import json
import sys
import time
from collections.abc import Callable
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    from model.config import TrainingConfig
    from model.network import FloatArray
    from model.runs.store import Runs

EPOCHS = 3
BATCH = 128
IMAGES = 60_000


def all_images() -> "tuple[FloatArray, npt.NDArray[np.int64]]":
    """All 60,000 labelled images as floats 0..1, (60000, 784) float32, and their labels."""
    from model.data.mnist import MNIST_PATH, read_arrays

    images, labels, _, _ = read_arrays(MNIST_PATH)
    return np.asarray(images.reshape(-1, 784).astype(np.float32) / 255, np.float32), labels.astype(np.int64)


def keras_fit(hidden: list[int]) -> list[float]:
    """Keras ``fit`` as a tutorial writes it, doing what ours does: 55,000 images, validation on 5,000 after each epoch.

    The first epoch, which compiles, is not counted; the seconds are scaled to 60,000 images.
    """
    import keras

    images, labels = all_images()
    layers = [keras.layers.Dense(size, activation="relu") for size in hidden]
    network = keras.Sequential([keras.Input((784,)), *layers, keras.layers.Dense(10, activation="softmax")])
    network.compile(optimizer="adam", loss="sparse_categorical_crossentropy", metrics=["accuracy"])

    def epoch() -> None:
        network.fit(images, labels, batch_size=BATCH, epochs=1, validation_split=1 / 12)

    epoch()
    return [timed(epoch) * 12 / 11 for _ in range(EPOCHS)]


def ours(hidden: list[int]) -> list[float]:
    """A whole run as the app does it: workers, slices, states sent both ways, live points, validation after each epoch.

    55,000 images an epoch; the seconds are scaled to 60,000.
    """
    from model.config import TrainingConfig
    from model.runs.executor import Workers
    from model.runs.store import Runs

    runs = Runs(Workers())
    config = TrainingConfig(hidden_sizes=tuple(hidden), epochs=1)
    try:
        for _ in range(4):  # both workers have met the architecture
            run_seconds(runs, config)
        time.sleep(6)  # the server has been up for a moment: workers have made their pen-drawn digits
        seconds = run_seconds(runs, config.changed(epochs=1 + 2 * EPOCHS)) - run_seconds(runs, config)
        return [seconds / (2 * EPOCHS) * IMAGES / config.training_images]
    finally:
        runs.workers.shutdown()


def run_seconds(runs: "Runs", config: "TrainingConfig") -> float:
    """Seconds from Train to the test accuracy of one run."""
    started = time.perf_counter()
    run = runs.start(config)
    if not run.wait_until(lambda view: view.ended, 600):
        raise RuntimeError("the run did not end within ten minutes")
    return time.perf_counter() - started


def scikit_learn(hidden: list[int]) -> list[float]:
    """scikit-learn's ``MLPClassifier`` with Adam."""
    import warnings

    from sklearn.exceptions import ConvergenceWarning
    from sklearn.neural_network import MLPClassifier

    warnings.simplefilter("ignore", ConvergenceWarning)
    images, labels = all_images()
    network = MLPClassifier(hidden, batch_size=BATCH, max_iter=EPOCHS, tol=0, n_iter_no_change=EPOCHS + 1)
    return [timed(lambda: network.fit(images, labels)) / EPOCHS]


def numpy_by_hand(hidden: list[int]) -> list[float]:
    """Forward, backward and Adam written out in NumPy, float32."""
    images, labels = all_images()
    rng = np.random.default_rng(0)
    sizes = [784, *hidden, 10]
    weights = [rng.normal(0, np.sqrt(2 / below), (below, above)).astype(np.float32) for below, above in pairwise(sizes)]
    biases = [np.zeros(size, np.float32) for size in sizes[1:]]
    parameters = weights + biases
    moments = [(np.zeros_like(p), np.zeros_like(p)) for p in parameters]
    step = 0

    def epoch() -> None:
        nonlocal step
        order = rng.permutation(IMAGES)
        for start in range(0, IMAGES, BATCH):
            step += 1
            batch = order[start : start + BATCH]
            gradients = _gradients(images[batch], labels[batch], weights, biases)
            rate = np.float32(0.001 * np.sqrt(1 - 0.999**step) / (1 - 0.9**step))
            for parameter, gradient, (first, second) in zip(parameters, gradients, moments, strict=True):
                first += np.float32(0.1) * (gradient - first)
                second += np.float32(0.001) * (gradient * gradient - second)
                parameter -= rate * first / (np.sqrt(second) + np.float32(1e-7))

    return [timed(epoch) for _ in range(EPOCHS)]


def _gradients(
    images: "FloatArray", labels: npt.NDArray[np.int64], weights: "list[FloatArray]", biases: "list[FloatArray]"
) -> "list[FloatArray]":
    outputs = [images]
    for index, (weight, bias) in enumerate(zip(weights, biases, strict=True)):
        z = outputs[-1] @ weight + bias
        outputs.append(np.maximum(z, 0) if index < len(weights) - 1 else z)
    scores = outputs.pop()
    delta = np.exp(scores - scores.max(axis=1, keepdims=True))
    delta /= delta.sum(axis=1, keepdims=True)
    delta[np.arange(len(labels)), labels] -= 1
    delta /= len(labels)
    by_weight, by_bias = [], []
    for index in reversed(range(len(weights))):
        by_weight.append(outputs[index].T @ delta)
        by_bias.append(delta.sum(axis=0))
        delta = (delta @ weights[index].T) * (outputs[index] > 0)
    return by_weight[::-1] + by_bias[::-1]


def timed(work: Callable[[], object]) -> float:
    """Seconds that ``work`` takes."""
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


CONTESTANTS: dict[str, Callable[[list[int]], list[float]]] = {
    "ours": ours,
    "keras_fit": keras_fit,
    "scikit_learn": scikit_learn,
    "numpy_by_hand": numpy_by_hand,
}

if __name__ == "__main__":
    print(json.dumps(CONTESTANTS[sys.argv[1]]([int(size) for size in sys.argv[2].split(",")])))
