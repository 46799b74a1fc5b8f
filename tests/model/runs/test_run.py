"""Runs: what each button does, over an executor worked by hand; then the same over real processes, killed ones too."""

import os
import signal
from collections.abc import Iterator
from concurrent.futures import Executor
from dataclasses import replace

import numpy as np
import pytest

from model.config import ConfigError
from model.runs import driver
from model.runs.driver import Run
from model.runs.executor import Workers, worker_count
from model.runs.run import RunView, Status
from model.runs.store import Runs
from model.runs.token_registry import RegistryFull
from model.training.fine_tuning import OwnDigit
from tests.model.runs.hand_executor import CONFIG, SCORE, Broken, HandExecutor, fake_slice
from tests.model.runs.undisturbed import REAL, Undisturbed, assert_undisturbed
from tests.patience import PATIENCE


@pytest.fixture
def executor(monkeypatch: pytest.MonkeyPatch) -> HandExecutor:
    monkeypatch.setattr(driver, "timed_slice", fake_slice)
    monkeypatch.setattr(driver, "final_scores", lambda network: (SCORE, SCORE))
    return HandExecutor()


@pytest.fixture
def run(executor: HandExecutor) -> Run:
    return Run("token", CONFIG, Workers(lambda: executor))


def steps_of(view: RunView) -> list[int]:
    return [point.step for point in view.points]


def test_the_network_of_a_view_stays_the_same_object_until_it_has_learned_on(run: Run, executor: HandExecutor) -> None:
    run.resume()
    executor.work()
    first = run.view().network
    assert first is not None and run.view().network is first
    executor.work()
    assert run.view().network is not first


# --- from Train to the test ----------------------------------------------------------------------------------------


def test_a_run_trains_to_its_end_and_is_then_tested_once(run: Run, executor: HandExecutor) -> None:
    run.resume()
    assert run.view().waiting and run.view().step == 0 and run.view().network is None
    while not executor.tests_next:
        assert run.view().status == Status.TRAINING and run.view().score is None
        executor.work()
        assert len(executor.queue) == 1
    executor.work()
    view = run.view()
    assert (view.status, view.score, view.step, view.epoch) == (Status.FINISHED, SCORE, 20, 4.0)
    assert steps_of(view) == list(range(1, 21))
    assert view.ended and not view.waiting and not executor.queue
    assert view.network is not None and view.network.weights[0][0][0, 0] == 20


def test_slices_begin_with_one_point_and_grow_no_further_than_fits_the_time(run: Run, executor: HandExecutor) -> None:
    run.resume()
    executor.work_off()
    slices = [steps for _, _, steps in (done for done in executor.done if len(done) == 3)]
    # A point takes 0.1 s in the first slice, so that two fit into 0.22 s; then 0.1 s for two: four.
    assert slices[:3] == [1, 2, 4]


def test_speed_and_time_left_are_told_from_the_second_slice_on(executor: HandExecutor) -> None:
    now = [0.0]
    run = Run("token", CONFIG, Workers(lambda: executor), clock=lambda: now[0])
    run.resume()
    now[0] += 5.0  # a cold start must not count
    executor.work()
    assert run.view().images_per_second is None and run.view().seconds_left is None
    steps = executor.next_slice[2]
    now[0] += 0.5
    executor.work()
    view = run.view()
    assert view.images_per_second == pytest.approx(200 * steps / 0.5)
    assert view.seconds_left == pytest.approx((20 - view.step) * 0.5 / steps)


def test_every_point_has_its_seconds_of_training_and_pauses_do_not_count(executor: HandExecutor) -> None:
    now = [0.0]
    run = Run("token", CONFIG, Workers(lambda: executor), clock=lambda: now[0])
    run.resume()
    executor.work(2)
    run.pause()
    executor.work()
    now[0] += 1_000
    run.resume()
    executor.work_off()
    view = run.view()
    slices = [done for done in executor.done if len(done) == 3]
    assert len(view.seconds) == len(view.points)
    assert list(view.seconds) == sorted(set(view.seconds))
    assert view.seconds[-1] == pytest.approx(0.1 * len(slices))
    # The second slice holds two points: half of its tenth of a second each.
    assert view.seconds[:3] == pytest.approx([0.1, 0.15, 0.2])


def test_however_often_buttons_are_pressed_one_slice_is_in_flight(run: Run, executor: HandExecutor) -> None:
    rng = np.random.default_rng(3)
    for _ in range(300):
        button = rng.choice(["resume", "pause", "step", "change", "work", "fail"])
        if button == "change":
            run.change(learning_rate=float(rng.uniform(0.001, 1)))
        elif button == "work" and executor.queue:
            executor.work()
        elif button == "fail" and executor.queue:
            executor.work(error=Broken())
        elif button not in ("work", "fail"):
            getattr(run, button)()
        assert len(executor.queue) <= 1
        assert executor.queue or run.view().status != Status.TRAINING
    assert steps_of(run.view()) == list(range(1, run.view().step + 1))


# --- pause, resume, step, stop -------------------------------------------------------------------------------------


def test_pause_lets_the_slice_under_way_count_and_submits_no_other(run: Run, executor: HandExecutor) -> None:
    run.resume()
    executor.work(2)
    run.pause()
    before = run.view().step
    executor.work()
    view = run.view()
    assert view.status == Status.PAUSED and not view.ended
    assert view.step > before and not executor.queue


def test_resume_goes_on_from_where_pause_left(run: Run, executor: HandExecutor) -> None:
    run.resume()
    executor.work(2)
    run.pause()
    executor.work()
    step = run.view().step
    run.resume()
    assert run.view().status == Status.TRAINING
    state = executor.next_slice[1]
    assert state is not None and state.step == step
    executor.work_off()
    assert steps_of(run.view()) == list(range(1, 21))


def test_one_step_trains_to_the_next_point_and_pauses_again(run: Run, executor: HandExecutor) -> None:
    run.resume()
    executor.work(3)
    run.pause()
    executor.work()
    step = run.view().step
    run.step()
    run.step()
    assert run.view().step_wanted and run.view().status == Status.PAUSED
    assert executor.next_slice[2] == 1
    executor.work()
    view = run.view()
    assert (view.step, view.status, view.step_wanted) == (step + 1, Status.PAUSED, False)
    assert not executor.queue


def test_one_step_at_the_end_tests_and_finishes(run: Run, executor: HandExecutor) -> None:
    for _ in range(20):
        run.step()
        executor.work()
    assert run.view().status == Status.PAUSED and run.view().step == 20
    run.step()
    executor.work()
    assert (run.view().status, run.view().score, run.view().step) == (Status.FINISHED, SCORE, 20)


def test_one_step_while_training_does_nothing(run: Run, executor: HandExecutor) -> None:
    run.resume()
    run.step()
    assert not run.view().step_wanted
    executor.work_off()
    assert run.view().status == Status.FINISHED


def test_stop_tests_the_network_as_it_is_then(run: Run, executor: HandExecutor) -> None:
    run.resume()
    executor.work(2)
    run.stop()
    assert run.view().status == Status.STOPPED
    executor.work()
    assert executor.tests_next
    executor.work()
    view = run.view()
    assert (view.status, view.score) == (Status.STOPPED, SCORE) and 0 < view.step < 20
    run.resume()
    run.step()
    run.pause()
    assert run.view().status == Status.STOPPED and not executor.queue


def test_stop_while_paused_tests_at_once(run: Run, executor: HandExecutor) -> None:
    run.step()
    executor.work()
    run.stop()
    assert executor.tests_next
    executor.work_off()
    assert (run.view().status, run.view().step, run.view().score) == (Status.STOPPED, 1, SCORE)


def test_stop_before_anything_was_trained_ends_in_peace(run: Run, executor: HandExecutor) -> None:
    run.stop()
    assert run.view().status == Status.STOPPED and run.view().score is None and not executor.queue


def test_pause_during_the_test_keeps_the_score_and_resume_finishes(run: Run, executor: HandExecutor) -> None:
    run.resume()
    while not executor.tests_next:
        executor.work()
    run.pause()
    executor.work_off()
    assert run.view().status == Status.PAUSED
    run.resume()
    executor.work_off()
    assert (run.view().status, run.view().score, run.view().step) == (Status.FINISHED, SCORE, 20)


# --- train longer --------------------------------------------------------------------------------------------------


def test_train_longer_goes_on_in_the_same_run_and_tests_again(run: Run, executor: HandExecutor) -> None:
    run.resume()
    executor.work_off()
    run.train_longer(3)
    view = run.view()
    assert (view.status, view.score, view.config) == (Status.TRAINING, None, CONFIG.changed(epochs=7))
    executor.work_off()
    view = run.view()
    assert (view.status, view.score, view.step) == (Status.FINISHED, SCORE, 35)
    assert steps_of(view) == list(range(1, 36))


def test_train_longer_after_stop_counts_from_the_epoch_begun(run: Run, executor: HandExecutor) -> None:
    run.resume()
    executor.work(2)
    run.stop()
    executor.work_off()
    assert run.view().step == 7
    run.train_longer(3)
    executor.work_off()
    assert (run.view().status, run.view().step) == (Status.FINISHED, 25)


def test_train_longer_pressed_while_a_stopped_run_is_tested_still_trains(run: Run, executor: HandExecutor) -> None:
    run.resume()
    executor.work(2)
    run.stop()
    executor.work()
    assert executor.tests_next
    run.train_longer(3)
    executor.work()
    assert run.view().status == Status.TRAINING and run.view().score is None
    executor.work_off()
    assert (run.view().status, run.view().step) == (Status.FINISHED, 25)


@pytest.mark.parametrize("epochs", [199, 0, -1])
def test_train_longer_beyond_the_limit_is_refused_and_leaves_the_run(
    epochs: int, run: Run, executor: HandExecutor
) -> None:
    run.resume()
    executor.work_off()
    with pytest.raises(ConfigError) as caught:
        run.train_longer(epochs)
    assert caught.value.field == "epochs"
    assert (run.view().status, run.view().score, run.view().config) == (Status.FINISHED, SCORE, CONFIG)


def test_train_longer_while_training_does_nothing(run: Run, executor: HandExecutor) -> None:
    run.resume()
    run.train_longer(5)
    assert run.view().config == CONFIG and len(executor.queue) == 1


# --- changes -------------------------------------------------------------------------------------------------------


def test_a_change_counts_from_the_next_slice_on_and_the_run_remembers_where(run: Run, executor: HandExecutor) -> None:
    run.resume()
    executor.work(2)
    run.change(learning_rate=0.5, dropout=0.0, l2=0.01)
    assert executor.next_slice[0] == CONFIG
    executor.work()
    assert executor.next_slice[0] == CONFIG.changed(learning_rate=0.5, l2=0.01)
    executor.work_off()
    view = run.view()
    assert [(change.field, change.before, change.after) for change in view.changes] == [
        ("learning_rate", 0.001, 0.5),
        ("l2", 0.0, 0.01),
    ]
    last_before = max(point.step for point in view.points if point.loss == 0.001)
    first_after = min(point.step for point in view.points if point.loss == 0.5)
    assert first_after == last_before + 1
    assert {change.step for change in view.changes} == {last_before}


def test_a_change_made_while_paused_is_marked_where_the_run_stands(run: Run, executor: HandExecutor) -> None:
    run.step()
    executor.work()
    run.change(learning_rate=0.5)
    assert [change.step for change in run.view().changes] == [1]


def test_a_change_whose_slice_was_lost_counts_from_the_step_before_it(run: Run, executor: HandExecutor) -> None:
    run.resume()
    executor.work(2)
    step = run.view().step
    run.change(learning_rate=0.5)
    executor.work(error=Broken())
    executor.work_off()
    view = run.view()
    assert [change.step for change in view.changes] == [step]
    assert [point.loss for point in view.points] == [0.001] * step + [0.5] * (20 - step)


def test_what_cannot_change_during_a_run_is_refused_by_name(run: Run, executor: HandExecutor) -> None:
    run.resume()
    with pytest.raises(ValueError, match="batch_size"):
        run.change(batch_size=3)
    with pytest.raises(ConfigError, match="dropout"):
        run.change(learning_rate=0.5, dropout=0.95)
    assert run.view().config == CONFIG and run.view().changes == ()


def test_a_change_after_the_end_is_ignored(run: Run, executor: HandExecutor) -> None:
    run.resume()
    executor.work_off()
    run.change(learning_rate=0.5)
    assert run.view().config == CONFIG and run.view().changes == ()


# --- faults --------------------------------------------------------------------------------------------------------


def test_a_lost_slice_is_run_again_and_nothing_is_missing(run: Run, executor: HandExecutor) -> None:
    run.resume()
    executor.work(2)
    lost = executor.next_slice
    executor.work(error=Broken())
    assert run.view().status == Status.TRAINING
    assert executor.next_slice == lost and len(executor.queue) == 1
    executor.work_off()
    assert (run.view().status, steps_of(run.view())) == (Status.FINISHED, list(range(1, 21)))


def test_three_failures_in_a_row_stop_the_run_and_keep_its_weights(run: Run, executor: HandExecutor) -> None:
    run.resume()
    executor.work(2)
    before = run.view()
    executor.work(2, error=Broken())
    assert run.view().status == Status.TRAINING
    executor.work(error=Broken())
    view = run.view()
    assert view.status == Status.FAILED and view.ended and not executor.queue
    assert (view.step, view.points) == (before.step, before.points)
    assert view.network is not None and view.network.weights[0][0][0, 0] == before.step


def test_failures_that_are_not_in_a_row_do_not_add_up(run: Run, executor: HandExecutor) -> None:
    run.resume()
    for _ in range(3):
        executor.work(2, error=Broken())
        executor.work()
    assert run.view().status == Status.TRAINING


def test_resume_after_failure_tries_three_times_again_and_can_finish(run: Run, executor: HandExecutor) -> None:
    run.resume()
    executor.work()
    executor.work(3, error=Broken())
    run.resume()
    executor.work(2, error=Broken())
    assert run.view().status == Status.TRAINING
    executor.work_off()
    assert (run.view().status, steps_of(run.view())) == (Status.FINISHED, list(range(1, 21)))


def test_a_lost_step_is_stepped_again(run: Run, executor: HandExecutor) -> None:
    run.step()
    executor.work(error=Broken())
    assert run.view().step_wanted
    executor.work()
    assert (run.view().step, run.view().status) == (1, Status.PAUSED)


def test_a_lost_test_is_run_again(run: Run, executor: HandExecutor) -> None:
    run.resume()
    while not executor.tests_next:
        executor.work()
    executor.work(2, error=Broken())
    assert run.view().status == Status.TRAINING
    executor.work()
    assert (run.view().status, run.view().score) == (Status.FINISHED, SCORE)


def test_a_slice_that_was_cancelled_is_run_again(run: Run, executor: HandExecutor) -> None:
    run.resume()
    executor.queue.popleft()[0].cancel()
    executor.work_off()
    assert (run.view().status, steps_of(run.view())) == (Status.FINISHED, list(range(1, 21)))


def test_an_executor_that_takes_nothing_fails_the_run_and_resume_tries_again(executor: HandExecutor) -> None:
    broken = [True]

    def make() -> Executor:
        if broken[0]:
            raise OSError("no more processes")
        return executor

    run = Run("token", CONFIG, Workers(make))
    run.resume()
    assert run.view().status == Status.FAILED
    broken[0] = False
    run.resume()
    executor.work_off()
    assert run.view().status == Status.FINISHED


def test_a_run_that_diverges_is_tested_and_keeps_its_last_good_weights(executor: HandExecutor) -> None:
    run = Run("token", CONFIG.changed(seed=666), Workers(lambda: executor))
    run.resume()
    executor.work()
    assert run.view().status == Status.DIVERGED and executor.tests_next
    executor.work_off()
    view = run.view()
    assert (view.status, view.score, view.step) == (Status.DIVERGED, SCORE, 1)
    run.resume()
    assert run.view().status == Status.DIVERGED and not executor.queue


def test_whoever_waits_is_woken_and_nobody_waits_for_ever(run: Run, executor: HandExecutor) -> None:
    run.resume()
    assert not run.wait_until(lambda view: view.ended, timeout=0.01)
    executor.work_off()
    assert run.wait_until(lambda view: view.ended, timeout=0.01)


# --- many runs -----------------------------------------------------------------------------------------------------


def test_thirty_runs_take_turns(executor: HandExecutor) -> None:
    many = Runs(Workers(lambda: executor))
    started = [many.start(CONFIG) for _ in range(30)]
    at_once = worker_count() + 1
    assert many.training_count() == 30 and len(executor.queue) == at_once
    for turn in range(1, 4):
        executor.work(30)
        assert {run.view().step for run in started} == {started[0].view().step}, f"turn {turn}"
        assert len(executor.queue) == at_once
    executor.work_off()
    assert all(run.view().status == Status.FINISHED for run in started)
    assert many.training_count() == 0


def test_a_newcomer_among_thirty_runs_waits_for_one_turn_only(executor: HandExecutor) -> None:
    many = Runs(Workers(lambda: executor))
    for _ in range(29):
        many.start(CONFIG.changed(epochs=200))
    executor.work(100)
    newcomer = many.start(CONFIG)
    executor.work(30)
    assert newcomer.view().points


def test_a_run_is_found_by_its_token_alone(executor: HandExecutor) -> None:
    many = Runs(Workers(lambda: executor))
    one, other = many.start(CONFIG), many.start(CONFIG)
    assert many.find(one.token) is one and many.find(other.token) is other
    assert one.token != other.token
    assert many.find(None) is None and many.find("nonsense") is None and many.find(one.token[:-1]) is None


def test_a_dropped_run_is_forgotten_and_trains_no_further(executor: HandExecutor) -> None:
    many = Runs(Workers(lambda: executor))
    run = many.start(CONFIG)
    many.drop(run.token)
    assert many.find(run.token) is None
    executor.work_off()
    assert run.view().status == Status.STOPPED and run.view().step < 20


def test_a_full_server_refuses_a_run_until_one_has_ended(executor: HandExecutor) -> None:
    many = Runs(Workers(lambda: executor), kept=2)
    first = many.start(CONFIG)
    many.start(CONFIG)
    with pytest.raises(RegistryFull) as caught:
        many.start(CONFIG)
    assert caught.value.capacity == 2
    executor.work_off()
    many.start(CONFIG)
    assert many.find(first.token) is None


# --- taught handwriting --------------------------------------------------------------------------------------------


def own_digits(count: int) -> list[OwnDigit]:
    return [OwnDigit(np.full((28, 28), number, np.uint8), number % 10) for number in range(count)]


def test_a_taught_run_goes_on_from_its_parents_weights_and_remembers_what_it_was_given(executor: HandExecutor) -> None:
    all_runs = Runs(Workers(lambda: executor))
    parent = all_runs.start(CONFIG)
    executor.work_off()
    digits = own_digits(9)
    taught = all_runs.fine_tune(parent, digits, frozen_layers=0)
    _, state, _, teaching = executor.next_slice
    assert state is not None and state.step == 0 and state.weights is parent.view().network.weights
    assert teaching.labels.tolist() == [0, 1, 2, 4, 5, 6, 8]
    digits.clear()
    executor.work_off()
    origin = taught.view().parent
    assert origin is not None
    assert (origin.token, origin.network, origin.score) == (parent.token, parent.view().network, SCORE)
    assert [digit.label for digit in origin.taught] == [0, 1, 2, 4, 5, 6, 8]
    assert [digit.label for digit in origin.held_back] == [3, 7]
    assert taught.view().status == Status.FINISHED and parent.view().parent is None


@pytest.mark.parametrize(("count", "frozen_layers"), [(0, 0), (4, 1), (4, -1)])
def test_what_cannot_be_taught_is_refused_and_no_run_is_made(
    executor: HandExecutor, count: int, frozen_layers: int
) -> None:
    all_runs = Runs(Workers(lambda: executor))
    parent = all_runs.start(CONFIG)
    with pytest.raises(ValueError, match="ended"):
        all_runs.fine_tune(parent, own_digits(4))
    executor.work_off()
    with pytest.raises(ValueError, match=r"frozen_layers|own digits"):
        all_runs.fine_tune(parent, own_digits(count), frozen_layers)
    assert not executor.queue


def test_runs_started_together_are_all_there_or_none_is(executor: HandExecutor) -> None:
    many = Runs(Workers(lambda: executor), kept=3)
    waiting = many.start(CONFIG)
    with pytest.raises(RegistryFull):
        many.start_together([CONFIG] * 3)
    assert many.training_count() == 1 and many.find(waiting.token) is waiting
    pair = many.start_together([CONFIG, CONFIG.changed(seed=1)])
    assert [run.view().config.seed for run in pair] == [0, 1]
    assert all(run.view().status == Status.TRAINING for run in pair)
    executor.work_off()
    assert all(run.view().status == Status.FINISHED for run in pair)


# --- real processes ------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def workers() -> Iterator[Workers]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DIGIT_LAB_WORKERS", "1")
        workers = Workers()
        workers.start()
        yield workers
        workers.shutdown()


def process_of(workers: Workers) -> int:
    """The one process of these workers, when it has done what came before."""
    return int(workers.submit(os.getpid).result(PATIENCE))


def is_alive(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    return True


def test_a_run_over_workers_is_bit_equal_to_train_with_pauses_and_steps(
    workers: Workers, undisturbed: Undisturbed
) -> None:
    run = Runs(workers).start(REAL)
    assert run.wait_until(lambda view: len(view.points) >= 3, timeout=PATIENCE)
    run.pause()
    assert run.wait_until(lambda view: not view.busy, timeout=PATIENCE)
    run.step()
    assert run.wait_until(lambda view: not view.step_wanted, timeout=PATIENCE)
    assert run.view().status == Status.PAUSED
    run.resume()
    assert run.wait_until(lambda view: view.ended, timeout=PATIENCE)
    assert workers.ready
    assert_undisturbed(run, undisturbed)


def test_a_killed_worker_costs_nothing(workers: Workers, undisturbed: Undisturbed) -> None:
    runs_here = Runs(workers)
    run, other = runs_here.start(REAL), runs_here.start(REAL)
    assert run.wait_until(lambda view: len(view.points) >= 3, timeout=PATIENCE)
    process = process_of(workers)
    os.kill(process, signal.SIGKILL)
    assert run.view().step < REAL.total_steps
    assert run.wait_until(lambda view: view.ended, timeout=PATIENCE)
    assert other.wait_until(lambda view: view.ended, timeout=PATIENCE)
    assert process != process_of(workers)
    assert_undisturbed(run, undisturbed)
    assert_undisturbed(other, undisturbed)


def test_shutdown_during_a_run_returns_leaves_no_process_and_keeps_the_weights(workers: Workers) -> None:
    process = process_of(workers)
    run = Runs(workers).start(replace(REAL, epochs=200))
    assert run.wait_until(lambda view: len(view.points) >= 1, timeout=PATIENCE)
    workers.shutdown()
    assert not is_alive(process)
    assert run.wait_until(lambda view: view.ended, timeout=PATIENCE)
    assert run.view().status == Status.FAILED and run.view().network is not None
    assert not workers.ready
