"""The batches of an epoch: every image once, in an order that seed and epoch decide."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from model.config import TrainingConfig
from model.training.batches import epoch_batches


@settings(max_examples=50)
@given(
    images=st.integers(100, 2_000), size=st.integers(1, 1024), epoch=st.integers(0, 199), seed=st.integers(0, 2**31 - 1)
)
def test_every_image_of_an_epoch_is_used_exactly_once(images: int, size: int, epoch: int, seed: int) -> None:
    config = TrainingConfig(training_images=images, batch_size=size, seed=seed)
    batches, counts = epoch_batches(config, epoch)
    assert batches.shape == (config.steps_per_epoch, size)
    used = np.concatenate([batch[:count] for batch, count in zip(batches, counts, strict=True)])
    assert np.array_equal(np.sort(used), np.arange(images))
    assert (counts[:-1] == size).all() and 1 <= counts[-1] <= size


def test_every_epoch_has_another_order_and_always_the_same() -> None:
    config = TrainingConfig(training_images=10_507, batch_size=16, seed=3)
    orders = [epoch_batches(config, epoch)[0].tobytes() for epoch in range(6)]
    assert len(set(orders)) == 6
    assert epoch_batches(config, 0)[0].tobytes() == orders[0]
