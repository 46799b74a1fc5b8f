"""The state of a run: what each thing that can happen makes of it, and what is to be done next; without threads and workers."""

import numpy as np
import pytest

from model.config import TrainingConfig
from model.runs.run import Status
from model.runs.run_state import RunState, ScoreWork, SliceWork
from model.runs.throughput import Throughput
from model.training.state import Point, State
from tests.model.runs.hand_executor import SCORE

# Five steps an epoch, each with a point.
CONFIG = TrainingConfig(hidden_sizes=(), epochs=4, batch_size=200, training_images=1_000)
SCORES = (SCORE, SCORE)


def trained_to(step: int, diverged: bool = False) -> State:
    return State(step, ((np.zeros((784, 10), np.float32), np.zeros(10, np.float32)),), (), diverged=diverged)


def submitted(state: RunState) -> RunState:
    work = state.next_work()
    assert work is not None
    return state.submitted(work, now=0.0)


def done(state: RunState, step: int, diverged: bool = False) -> RunState:
    points = tuple(Point(number, 1.0, 0.5) for number in range(state.step + 1, step + 1))
    return state.slice_done(trained_to(step, diverged), points, seconds=0.1, now=1.0)


@pytest.fixture
def training() -> RunState:
    return submitted(RunState(CONFIG).resumed())


@pytest.fixture
def at_its_end(training: RunState) -> RunState:
    return submitted(done(training, CONFIG.total_steps))


def test_nothing_is_to_be_done_beside_what_is_in_flight(training: RunState) -> None:
    assert training.next_work() is None
    assert training.paused().resumed().next_work() is None
    assert training.paused().stepped().next_work() is None
    assert training.stopped().next_work() is None


def test_a_state_stays_as_it_was_whatever_becomes_of_it(training: RunState) -> None:
    before = training.view("token", None)
    done(training, 3).changed(learning_rate=0.5).stopped()
    training.failed()
    assert vars(training.view("token", None)) == vars(before)


def test_a_single_block_ends_at_the_next_point_however_much_a_slice_could_hold(training: RunState) -> None:
    long = done(training, 1)
    assert long.throughput.slice_points > 1
    work = long.paused().stepped().next_work()
    assert isinstance(work, SliceWork) and (work.steps, work.single) == (1, True)


def test_a_run_that_diverges_while_a_step_is_wanted_is_tested_and_trains_no_further(training: RunState) -> None:
    diverged = done(training.paused().stepped(), 1, diverged=True)
    assert diverged.status == Status.DIVERGED and not diverged.step_wanted
    assert isinstance(diverged.next_work(), ScoreWork)


def test_a_stopped_run_whose_last_slice_diverges_stays_stopped_and_can_train_longer(training: RunState) -> None:
    stopped = done(training.stopped(), 1, diverged=True)
    assert stopped.status == Status.STOPPED and stopped.longer(1).status == Status.TRAINING


def test_a_failed_run_that_is_tried_again_has_three_more_tries(training: RunState) -> None:
    failed = submitted(submitted(training.failed()).failed()).failed()
    assert failed.status == Status.FAILED and failed.next_work() is None
    again = submitted(submitted(failed.resumed()).failed()).failed()
    assert (again.status, again.failures) == (Status.TRAINING, 2)


def test_a_change_in_the_last_slice_counts_from_the_end_and_not_from_beyond_it(training: RunState) -> None:
    last = submitted(done(done(training, 1), 18))
    assert isinstance(last.in_flight, SliceWork) and last.in_flight.steps > 2
    assert [change.step for change in last.changed(l2=0.01).changes] == [20]
    tested = submitted(done(last.changed(l2=0.01), 20)).changed(l2=0.02)
    assert [change.step for change in tested.changes] == [20, 20]


def test_a_change_in_a_slice_that_diverged_counts_from_no_later_than_where_it_ended(training: RunState) -> None:
    sliced = submitted(done(training, 1)).changed(l2=0.01)
    assert [change.step for change in sliced.changes] == [3]
    assert [change.step for change in done(sliced, 2, diverged=True).changes] == [2]


def test_a_step_wanted_while_the_end_is_tested_is_nothing_more_to_do_once_it_is_finished(at_its_end: RunState) -> None:
    finished = at_its_end.paused().stepped().resumed().tested(SCORES)
    assert finished.status == Status.FINISHED and not finished.step_wanted
    assert finished.next_work() is None


def test_a_test_that_succeeds_ends_the_row_of_failures_before_it(at_its_end: RunState) -> None:
    tested = submitted(submitted(at_its_end.failed()).failed()).tested(SCORES)
    assert (tested.status, tested.failures) == (Status.FINISHED, 0)


def test_the_first_slice_tells_nothing_of_the_speed_and_an_interruption_makes_it_unknown() -> None:
    first = Throughput().measured(steps=1, points=1, seconds=0.1, wall=5.0, first=True)
    assert (first.steps_per_second, first.slice_points) == (None, 2)
    second = first.measured(steps=2, points=2, seconds=0.1, wall=0.5, first=False)
    assert (second.steps_per_second, second.slice_points) == (4.0, 4)
    third = second.measured(steps=4, points=4, seconds=0.1, wall=0.5, first=False)
    assert third.steps_per_second == pytest.approx(0.7 * 4.0 + 0.3 * 8.0)
    assert (third.interrupted().steps_per_second, third.interrupted().slice_points) == (None, third.slice_points)


def test_a_slice_grows_fourfold_at_most_and_holds_a_point_at_least() -> None:
    assert Throughput().measured(1, 1, seconds=1e-9, wall=1.0, first=True).slice_points == 4
    assert Throughput(None, 16).measured(16, 16, seconds=100.0, wall=100.0, first=False).slice_points == 1
