"""The compiled program: one call trains block after block, and copies weights out only where somebody wants them."""

import numpy as np
import pytest

from model.config import TrainingConfig
from model.training.batches import BLOCK_STEPS, Block, blocks
from model.training.compiled_loop import Program, Shape, TrainedBlock, program_for
from model.training.loop import initial_state, train_steps

pytestmark = pytest.mark.usefixtures("tensorflow")

CONFIG = TrainingConfig(hidden_sizes=(6,), training_images=10_507, batch_size=16, epochs=1, seed=3)


def advanced(program: Program, goal: int) -> list[tuple[Block, TrainedBlock]]:
    return list(program.advance(CONFIG, initial_state(CONFIG), None, blocks(CONFIG, 0, goal)))


def test_weights_are_given_at_points_and_at_the_end_and_the_optimizer_at_the_end_alone() -> None:
    given = advanced(program_for(Shape.of(CONFIG)), 200)
    assert [(len(block.counts), len(block.rates)) for block, _ in given] == [(128, 128), (4, 4), (68, 68)]
    assert [len(trained.weights) for _, trained in given] == [0, 2, 2]
    assert [bool(trained.optimizer) for _, trained in given] == [False, False, True]
    state, _ = train_steps(CONFIG, None, 200)
    assert all(
        np.array_equal(a, b)
        for one, other in zip(given[-1][1].weights, state.weights, strict=True)
        for a, b in zip(one, other, strict=True)
    )


def test_what_was_given_stays_as_it_was_when_training_goes_on() -> None:
    given, kept = [], []
    for _, trained in program_for(Shape.of(CONFIG)).advance(
        CONFIG, initial_state(CONFIG), None, blocks(CONFIG, 0, 400)
    ):
        given.append(trained)
        kept.append([array.copy() for pair in trained.weights for array in pair])
    for trained, copies in zip(given, kept, strict=True):
        for array, copy in zip([array for pair in trained.weights for array in pair], copies, strict=True):
            assert np.array_equal(array, copy)


def test_a_state_goes_into_the_program_once_a_call_however_many_blocks_follow(monkeypatch: pytest.MonkeyPatch) -> None:
    loaded = []
    load = Program.load
    monkeypatch.setattr(Program, "load", lambda self, *given: (loaded.append(1), load(self, *given)))
    assert len(advanced(program_for(Shape.of(CONFIG)), 3 * BLOCK_STEPS)) > 3
    assert loaded == [1]
