"""The run that ships with the app: it is what it says it is, and anything else in its file is refused."""

import io

import numpy as np
import pytest

from model.config import PRESETS
from model.data.mnist import load_mnist
from model.data.synthetic_digits import drawn_set
from model.network import evaluate, predict
from model.runs.ready import READY_PATH, ReadyError, packed, unpacked
from model.runs.run import RunView, Status


@pytest.fixture(scope="module")
def ready() -> RunView:
    return unpacked(READY_PATH.read_bytes())


def test_it_is_a_finished_run_of_the_handwriting_settings(ready: RunView) -> None:
    assert ready.config == PRESETS["handwriting"]
    assert ready.status == Status.FINISHED
    assert not ready.busy
    assert len(ready.epochs) == ready.config.epochs
    assert ready.points[-1].step == ready.config.total_steps


def test_the_scores_it_carries_are_those_of_its_network(ready: RunView) -> None:
    assert ready.network is not None
    mnist = load_mnist()
    found = evaluate(ready.network, mnist.test_images, mnist.test_labels)
    assert ready.score is not None
    assert (ready.score.correct, ready.score.count) == (found.correct, found.count)
    assert ready.score.loss == pytest.approx(found.loss, rel=1e-5)


@pytest.mark.slow
def test_so_is_the_score_on_pen_drawn_digits(ready: RunView) -> None:
    assert ready.network is not None
    assert ready.drawn_score is not None
    found = evaluate(ready.network, *drawn_set())
    assert (ready.drawn_score.correct, ready.drawn_score.count) == (found.correct, found.count)


def test_its_moments_go_from_noise_to_what_it_is_now(ready: RunView) -> None:
    images, labels = load_mnist().validation_images[:500], load_mnist().validation_labels[:500]
    right = [float((predict(one.network(), images).argmax(axis=1) == labels).mean()) for one in ready.snapshots]
    assert [one.step for one in ready.snapshots] == sorted(one.step for one in ready.snapshots)
    assert right[0] < 0.5 < 0.95 < right[-1]
    assert ready.snapshots[-1].step == ready.config.total_steps


def test_packed_and_unpacked_it_is_the_same(ready: RunView) -> None:
    again = unpacked(packed(ready))
    assert (again.config, again.points, again.score, again.drawn_score) == (
        ready.config,
        ready.points,
        ready.score,
        ready.drawn_score,
    )
    assert again.network is not None
    assert ready.network is not None
    for (weight, bias), (other_weight, other_bias) in zip(again.network.weights, ready.network.weights, strict=True):
        assert np.array_equal(weight, other_weight)
        assert np.array_equal(bias, other_bias)


def test_an_unfinished_run_is_not_packed(ready: RunView) -> None:
    from dataclasses import replace

    with pytest.raises(ValueError, match="finished"):
        packed(replace(ready, score=None))


def changed(**arrays: np.ndarray | None) -> bytes:
    """The file with some arrays replaced or, where they are None, left out."""
    with np.load(READY_PATH) as file:
        kept = {name: file[name] for name in file.files}
    kept = {name: array for name, array in (kept | arrays).items() if array is not None}
    content = io.BytesIO()
    np.savez(content, **kept)
    return content.getvalue()


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(lambda: b"", id="empty"),
        pytest.param(lambda: b"no archive", id="no archive"),
        pytest.param(lambda: READY_PATH.read_bytes()[:5_000], id="cut off"),
        pytest.param(lambda: changed(settings=None), id="no settings"),
        pytest.param(lambda: changed(settings=np.array("{")), id="no JSON"),
        pytest.param(lambda: changed(settings=np.array('{"epochs": "-1"}')), id="settings outside their limits"),
        pytest.param(lambda: changed(weight_0=np.zeros((3, 3), np.float32)), id="other shape"),
        pytest.param(lambda: changed(weight_0=np.full((784, 64), np.nan, np.float32)), id="no numbers"),
        pytest.param(lambda: changed(weight_0=np.zeros((784, 64))), id="other precision"),
        pytest.param(lambda: changed(points=np.zeros((4, 2))), id="points of two numbers"),
        pytest.param(lambda: changed(scores=np.zeros((1, 3))), id="one score"),
        pytest.param(lambda: changed(weights_then_0=np.zeros((1, 784, 64), np.float16)), id="too few moments"),
    ],
)
def test_anything_else_is_refused_with_one_error(content) -> None:
    with pytest.raises(ReadyError):
        unpacked(content())
