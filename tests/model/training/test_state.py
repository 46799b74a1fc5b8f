"""Points and epochs of the curves: where they lie, and that they count every training image once."""

import numpy as np
import pytest

from model.config import TrainingConfig
from model.training.loop import train_steps
from model.training.state import next_point, steps_per_point, training_so_far, whole_epochs
from tests.model.counted import counted_epochs

pytestmark = pytest.mark.usefixtures("tensorflow")

# Points that stand for unequally many images: a last batch of four, of one, and points of four batches and of one.
UNEVEN = {
    "four_in_the_last_batch": TrainingConfig(training_images=100, batch_size=32, epochs=8),
    "one_in_the_last_batch": TrainingConfig(training_images=129, batch_size=128, epochs=8),
    "a_point_of_fewer_batches": TrainingConfig(training_images=1_050, batch_size=50, epochs=2, hidden_sizes=(20,)),
}


def test_points_never_straddle_the_end_of_an_epoch_and_are_five_an_epoch() -> None:
    config = TrainingConfig(epochs=2)
    steps = [next_point(config, 0)]
    while steps[-1] < config.total_steps:
        steps.append(next_point(config, steps[-1]))
    assert config.steps_per_epoch in steps and steps[-1] == config.total_steps
    assert len(steps) == 10


def test_a_point_of_the_largest_network_is_not_far_away() -> None:
    config = TrainingConfig(hidden_sizes=(1024,) * 4, batch_size=1024)
    assert 1 <= steps_per_point(config) <= 2


@pytest.mark.parametrize("config", UNEVEN.values(), ids=UNEVEN)
def test_loss_and_accuracy_of_an_epoch_count_every_training_image_once(config: TrainingConfig) -> None:
    _, points = train_steps(config, None, config.total_steps)
    counted = counted_epochs(config)
    found = whole_epochs(config, points)
    assert [epoch.accuracy for epoch in found] == [accuracy for _, accuracy in counted]
    assert [epoch.loss for epoch in found] == pytest.approx([loss for loss, _ in counted], rel=1e-5)
    assert [(epoch.validation_loss, epoch.validation_accuracy) for epoch in found] == [
        (point.validation_loss, point.validation_accuracy) for point in points if point.validation_loss is not None
    ]
    # The kind of run this is about: the last point alone, and the plain mean of the points, say something else.
    last = [point.accuracy for point in points if point.step > config.total_steps - config.steps_per_epoch]
    assert round(found[-1].accuracy, 4) not in (round(last[-1], 4), round(float(np.mean(last)), 4))


def test_before_the_first_epoch_is_whole_the_images_met_so_far_count_once_each() -> None:
    config = TrainingConfig(training_images=1_050, batch_size=50, epochs=1, hidden_sizes=(20,))
    _, points = train_steps(config, None, config.total_steps)
    assert [training_so_far(config, points[:count])[1] for count in (1, 2, 5)] == pytest.approx(
        [
            np.average([p.accuracy for p in points[:count]], weights=[250, 250, 250, 250, 50][:count])
            for count in (1, 2, 5)
        ]
    )
    assert training_so_far(config, ()) is None
    assert whole_epochs(config, points[:4]) == ()
