"""Adds an activation that the project does not have, in one line, and goes with it wherever activations are used; run by itself.

It must be the first to import anything of the project, for what is offered is read from the registry when a module is imported.
"""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np

from model.activations import ACTIVATIONS, Activation, sigmoid

ACTIVATIONS["softplus"] = Activation(
    lambda z: np.asarray(np.logaddexp(0, z), z.dtype),
    sigmoid,
    "softplus",
    r"\ln\left(1 + e^{z}\right)",
    r"\ln\!\left(1 + e^{{{bare}}}\right)",
    r"\sigma(z)",
)

from streamlit.testing.v1 import AppTest  # noqa: E402

from model.config import TrainingConfig  # noqa: E402
from model.data.mnist import load_mnist  # noqa: E402
from model.interpretability.attribution import TOLERANCE, explain  # noqa: E402
from model.interpretability.unit_statistics import inspect_network  # noqa: E402
from model.network import Network, predict  # noqa: E402
from model.runs.executor import prepare_process  # noqa: E402
from model.runs.store import RUNS  # noqa: E402
from model.textbook.backpropagation import LOSSES  # noqa: E402
from model.textbook.gradient_step import step_on_batch, step_on_digit  # noqa: E402
from model.textbook.sheet import Sheet  # noqa: E402
from model.textbook.worked_example import STEP_NAMES, sheet_differences, sheet_gradients  # noqa: E402
from model.training.keras_network import to_keras  # noqa: E402

ROOT = Path(__file__).resolve().parents[1]
PATIENCE = 300


def trained() -> tuple[str, Network]:
    """A run with it, in this process, and its network."""
    RUNS.workers.shutdown()
    executor = ThreadPoolExecutor(1, initializer=prepare_process)
    RUNS.workers.__init__(lambda: executor)  # type: ignore[misc]
    run = RUNS.start(
        TrainingConfig(
            hidden_sizes=(12, 8), activation="softplus", epochs=3, training_images=5_000, learning_rate=0.003
        )
    )
    assert run.wait_until(lambda view: view.ended and view.score is not None, PATIENCE)
    network = run.view().network
    assert network is not None
    return run.token, network


def check_training(network: Network) -> None:
    images, labels = load_mnist().validation_images[:500], load_mnist().validation_labels[:500]
    told = predict(network, images)
    assert (told.argmax(axis=1) == labels).mean() > 0.5
    pixels = images.reshape(-1, 784).astype(np.float32) / 255
    np.testing.assert_allclose(told, np.asarray(to_keras(network)(pixels)), atol=1e-5)
    assert len(inspect_network(network, images, labels).layers) == 2
    assert explain(network, images[0], 3).residual <= TOLERANCE


def check_textbook(network: Network) -> None:
    images, labels = load_mnist().validation_images[:16], load_mnist().validation_labels[:16]
    assert step_on_digit(network, images[0], int(labels[0]), 0.01).next_loss < 10
    step = step_on_batch(network, images, labels, 1e-4, images, labels)
    assert abs((step.next_loss - step.loss) / step.first_order_prediction - 1) < 0.01
    for loss in LOSSES:
        sheet = Sheet(activation="softplus", loss=loss)
        for by_formula, by_difference in zip(sheet_gradients(sheet), sheet_differences(sheet), strict=True):
            for formula, difference in zip(by_formula, by_difference, strict=True):
                np.testing.assert_allclose(formula, difference, atol=1e-8)


def opened(name: str, **query: str) -> AppTest:
    page = AppTest.from_file(str(ROOT / name), default_timeout=PATIENCE)
    page.query_params.update(query)
    page.run()
    assert not page.exception, (name, query, page.exception)
    return page


def check_pages(token: str) -> None:
    for language in ("en", "zh"):
        page = opened("pages/by_hand.py", hand_bend="softplus", lang=language)
        for _ in STEP_NAMES[1:]:
            page.button(key="hand_next").click().run()
            assert not page.exception
        inside = opened("pages/inside.py", run=token, lang=language)
        for part in ("flow", "tiles", "map", "mistakes", "break"):
            inside.session_state["inside_part"] = part
            inside.run()
            assert not inside.exception, part
        opened("pages/train.py", run=token, activation="softplus", lang=language)
        opened("pages/draw.py", run=token, lang=language)
        by_hand = opened("pages/by_hand.py", run=token, lang=language)
        for part in ("network", "hill"):
            by_hand.session_state["hand_part"] = part
            by_hand.run()
            assert not by_hand.exception, part


if __name__ == "__main__":
    made = trained()
    check_training(made[1])
    check_textbook(made[1])
    check_pages(made[0])
