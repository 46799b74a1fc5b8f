"""The run that ships with the app, so that the first drawing finds a reader: how it is made, packed into one file, and read again."""

import io
import json
import math
import time
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from model.config import ConfigError, TrainingConfig
from model.network import Network, Score, Weights
from model.runs.driver import final_scores, timed_slice
from model.runs.run import RunView, Status
from model.runs.run_state import RunState, ScoreWork, SliceWork
from model.runs.snapshots import Snapshot
from model.training.state import Point

READY_PATH: Final = Path(__file__).resolve().parents[2] / "assets" / "ready_run.npz"
TOKEN: Final = "ready"
SNAPSHOTS: Final = 12
Arrays = Mapping[str, npt.NDArray[Any]]


class ReadyError(ValueError):
    """What was read is no packed run."""


def make(config: TrainingConfig) -> RunView:
    """Train a whole run in this process, tests included, and give it as it stands at its end. Imports TensorFlow."""
    state = RunState(config).resumed()
    while (work := state.next_work()) is not None:
        state = state.submitted(work, time.monotonic())
        if isinstance(work, SliceWork):
            training, points, seconds = timed_slice(work.config, work.start, work.steps)
            state = state.slice_done(training, points, seconds, time.monotonic())
        elif isinstance(work, ScoreWork):
            state = state.tested(final_scores(work.network))
    return state.view(TOKEN, None)


def packed(view: RunView) -> bytes:
    """A finished run as the bytes of an ``.npz`` file: settings, curves, scores, weights and twelve of its snapshots.

    Raises:
        ValueError: for a run that has not finished.
    """
    if view.network is None or view.score is None or view.drawn_score is None:
        raise ValueError("only a run that has finished and was tested can be packed")
    places = np.linspace(0, len(view.snapshots) - 1, min(SNAPSHOTS, len(view.snapshots))).round().astype(int)
    kept = [view.snapshots[place] for place in dict.fromkeys(places.tolist())]
    arrays: dict[str, npt.NDArray[Any]] = {
        "settings": np.array(json.dumps(view.config.to_query())),
        "points": np.array([_numbers(point) for point in view.points], np.float64),
        "seconds": np.array(view.seconds, np.float64),
        "scores": np.array([_score(view.score), _score(view.drawn_score)], np.float64),
        "moments": np.array([one.step for one in kept], np.int64),
    }
    for layer, (weight, bias) in enumerate(view.network.weights):
        arrays |= {f"weight_{layer}": weight, f"bias_{layer}": bias}
        arrays[f"weights_then_{layer}"] = np.stack([one.weights[layer][0] for one in kept])
        arrays[f"biases_then_{layer}"] = np.stack([one.weights[layer][1] for one in kept])
    file = io.BytesIO()
    np.savez_compressed(file, allow_pickle=False, **arrays)
    return file.getvalue()


def unpacked(content: bytes) -> RunView:
    """The run that ``packed`` made these bytes of.

    Raises:
        ReadyError: for any other bytes.
    """
    try:
        with np.load(io.BytesIO(content), allow_pickle=False) as file:
            arrays = {name: file[name] for name in file.files}
        return _view(arrays)
    except (
        OSError, EOFError, zipfile.BadZipFile, KeyError, IndexError, TypeError, ValueError, ConfigError, NotImplementedError,
    ) as error:  # fmt: skip
        raise ReadyError(f"no packed run: {error}") from error


def _view(arrays: Arrays) -> RunView:
    config = TrainingConfig.from_query(json.loads(str(arrays["settings"])))
    layers = range(len(config.layer_sizes) - 1)
    points = tuple(_point(row) for row in arrays["points"].tolist())
    test, drawn = (Score(loss, int(correct), int(count)) for loss, correct, count in arrays["scores"].tolist())
    moments = arrays["moments"].tolist()
    snapshots = tuple(
        Snapshot(
            step,
            config.activation,
            tuple(
                (arrays[f"weights_then_{layer}"][number], arrays[f"biases_then_{layer}"][number]) for layer in layers
            ),
        )
        for number, step in enumerate(moments)
    )
    network = Network(
        config.activation, _checked(config, tuple((arrays[f"weight_{n}"], arrays[f"bias_{n}"]) for n in layers))
    )
    for one in snapshots:
        _checked(config, one.network().weights)
    return RunView(
        token=TOKEN,
        config=config,
        status=Status.FINISHED,
        step=config.total_steps,
        points=points,
        seconds=tuple(arrays["seconds"].tolist()),
        changes=(),
        network=network,
        score=test,
        drawn_score=drawn,
        parent=None,
        images_per_second=None,
        seconds_left=None,
        step_wanted=False,
        busy=False,
        snapshots=snapshots,
    )


def _checked(config: TrainingConfig, weights: Weights) -> Weights:
    """The weights, if they are those of a network of this config.

    Raises:
        ValueError: for any others.
    """
    for layer, (weight, bias) in enumerate(weights):
        shape = config.layer_sizes[layer : layer + 2]
        if weight.shape != shape or bias.shape != shape[1:] or weight.dtype != np.float32 or bias.dtype != np.float32:
            raise ValueError(f"layer {layer} has weights {weight.shape} {weight.dtype}; expected {shape} float32")
        if not (np.isfinite(weight).all() and np.isfinite(bias).all()):
            raise ValueError(f"layer {layer} holds what is no number")
    return weights


def _numbers(point: Point) -> list[float]:
    values = (point.loss, point.accuracy, point.validation_loss, point.validation_accuracy)
    return [point.step, *(math.nan if value is None else value for value in values)]


def _point(row: list[float]) -> Point:
    step, *values = row
    loss, accuracy, *checked = values
    return Point(int(step), loss, accuracy, *(None if math.isnan(value) else value for value in checked))


def _score(score: Score) -> list[float]:
    return [score.loss, score.correct, score.count]
