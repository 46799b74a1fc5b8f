"""Runs that never trained, made up number by number, for checks that only read them."""

import numpy as np

from model.config import TrainingConfig
from model.network import Network, Score
from model.runs.run import RunView, Status
from model.training.state import Point


def scripted_run(
    config=TrainingConfig(),  # noqa: B008  frozen
    losses=((2.0, 2.1), (0.5, 0.6), (0.3, 0.4)),
    accuracies=((0.3, 0.3), (0.85, 0.8), (0.9, 0.88)),
    status=Status.FINISHED,
    network=None,
    score=None,
    drawn=None,
    parent=None,
):
    """A run whose epochs had these (training, validation) losses and accuracies."""
    steps = config.steps_per_epoch
    points = tuple(
        Point(steps * number, loss, accuracy, validation_loss, validation_accuracy)
        for number, ((loss, validation_loss), (accuracy, validation_accuracy)) in enumerate(
            zip(losses, accuracies, strict=True), 1
        )
    )
    return RunView(
        token="t",
        config=config,
        status=status,
        step=steps * len(points),
        points=points,
        changes=(),
        seconds=tuple(float(number) for number in range(1, len(points) + 1)),
        network=network or guessing(0),
        score=score or (None if status in (Status.TRAINING, Status.PAUSED) else Score(0.3, 9_000, 10_000)),
        drawn_score=drawn or Score(0.5, 800, 1_000),
        parent=parent,
        images_per_second=None,
        seconds_left=None,
        step_wanted=False,
        busy=status == Status.TRAINING,
    )


def guessing(digit, sure=3.0):
    """A network that says the same digit of every picture."""
    bias = np.zeros(10, np.float32)
    bias[digit] = sure
    return Network("relu", ((np.zeros((784, 10), np.float32), bias),))


def by_place(left, right):
    """A network that says ``left`` when ink lies in the left half of the picture and ``right`` when in the right half."""
    weight = np.zeros((28, 28, 10), np.float32)
    weight[:, :14, left] = 1
    weight[:, 14:, right] = 1
    return Network("relu", ((weight.reshape(784, 10), np.zeros(10, np.float32)),))
