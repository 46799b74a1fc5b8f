"""The batches of an epoch: every image once, in an order that seed and epoch decide."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from model.config import TrainingConfig
from model.training.batches import BLOCK_STEPS, blocks, epoch_batches
from model.training.state import next_point


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


@settings(max_examples=50)
@given(first=st.integers(0, 1_500), more=st.integers(1, 1_500))
def test_blocks_hold_every_step_once_and_never_reach_over_a_point_or_the_end_of_an_epoch(first: int, more: int) -> None:
    config = TrainingConfig(training_images=10_507, batch_size=16, epochs=5, schedule="cosine")
    cut = list(blocks(config, first, first + more))
    assert [block.first_step for block in cut[1:]] == [block.first_step + len(block.counts) for block in cut[:-1]]
    assert cut[0].first_step == first
    assert cut[-1].first_step + len(cut[-1].counts) == first + more
    assert [block.is_last for block in cut] == [False] * (len(cut) - 1) + [True]
    for block in cut:
        end = block.first_step + len(block.counts)
        assert 1 <= len(block.counts) == len(block.batches) == len(block.rates) <= BLOCK_STEPS
        assert end <= next_point(config, block.first_step)
        assert block.ends_at_point == (end == next_point(config, block.first_step))
        epoch, row = divmod(end - 1, config.steps_per_epoch)
        assert np.array_equal(block.batches[-1], epoch_batches(config, epoch)[0][row])


def test_there_is_no_block_to_a_goal_that_is_reached() -> None:
    assert list(blocks(TrainingConfig(), 5, 5)) == []
