"""A run as nothing and nobody disturbs it, for those that are: they end with the same numbers, to the last bit."""

from model.config import TrainingConfig
from model.network import Network
from model.runs.driver import Run
from model.runs.run import Status
from model.training.loop import train
from model.training.state import Point

REAL = TrainingConfig(epochs=4, dropout=0.1, schedule="cosine", seed=5)  # as shaped as what workers warm up with
Undisturbed = tuple[tuple[Point, ...], Network]


def undisturbed_run() -> Undisturbed:
    """The points and the last network of ``train`` in this process."""
    progress = list(train(REAL))
    fields = ("step", "loss", "accuracy", "validation_loss", "validation_accuracy")
    return tuple(Point(*(getattr(p, field) for field in fields)) for p in progress), progress[-1].network


def assert_undisturbed(run: Run, undisturbed: Undisturbed) -> None:
    points, network = undisturbed
    view = run.view()
    assert view.status == Status.FINISHED
    assert view.points == points
    assert view.network is not None
    for found, expected in zip(view.network.weights, network.weights, strict=True):
        assert all(a.tobytes() == b.tobytes() for a, b in zip(found, expected, strict=True))
    assert view.score is not None and view.score.accuracy > 0.95
