"""Hints: each rule on a real short run that shows the symptom and on one that does not, and what its remedy does."""

import functools
from collections.abc import Callable
from concurrent.futures import Executor, Future
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from model.config import TrainingConfig
from model.network import Score
from model.runs.diagnostics import RULES, findings
from model.runs.driver import Run
from model.runs.evidence import Evidence, evidence_of
from model.runs.executor import Workers
from model.runs.run import RunView, Status
from model.training.state import Epoch

pytestmark = pytest.mark.usefixtures("tensorflow")

SHORT = TrainingConfig(epochs=5, training_images=10_000)
SOUND = TrainingConfig(
    epochs=12, training_images=20_000, learning_rate=0.003, schedule="cosine", augmentation="gentle", pen_share=0.2
)
BY_HEART = SHORT.changed(training_images=2_000, epochs=30, learning_rate=0.003)


class AtOnce(Executor):
    """Does what it is given before it returns."""

    def submit(self, function: Callable[..., Any], /, *arguments: Any, **_: Any) -> "Future[Any]":
        future: Future[Any] = Future()
        future.set_result(function(*arguments))
        return future


@functools.cache
def trained(config: TrainingConfig) -> RunView:
    """A run of ``config`` after its end; each is trained once for all tests."""
    run = Run("token", config, Workers(AtOnce))
    run.resume()
    return run.view()


def fired(config: TrainingConfig) -> list[str]:
    return [finding.rule for finding in findings(evidence_of(trained(config)))]


SYMPTOMS: dict[str, tuple[TrainingConfig, TrainingConfig]] = {
    "diverged": (
        SHORT.changed(optimizer="sgd", activation="linear", learning_rate=1.0, epochs=1),
        SHORT,
    ),
    "guessing": (
        SHORT.changed(hidden_sizes=(32,) * 4, activation="sigmoid", optimizer="sgd", learning_rate=0.01, epochs=3),
        SHORT,
    ),
    "rate_too_high": (SHORT.changed(learning_rate=0.1), SHORT),
    "rate_too_low": (SHORT.changed(learning_rate=0.00003), SHORT),
    "silent": (SHORT.changed(learning_rate=0.1), SHORT),
    "tiny_batches": (
        SHORT.changed(batch_size=2, training_images=2_000, epochs=6),
        SHORT.changed(batch_size=64, training_images=2_000, epochs=6),
    ),
    "over_regularised": (SHORT.changed(l2=0.1), SHORT.changed(l2=0.0001)),
    "no_bend": (SHORT.changed(activation="linear"), SHORT),
    "underfitting": (SHORT.changed(hidden_sizes=(3,), learning_rate=0.01, epochs=10), SHORT),
    "too_few_images": (SHORT.changed(training_images=500, epochs=20), SHORT),
    "overfitting": (BY_HEART, SHORT),
    "stopped_too_early": (SHORT.changed(epochs=2), SOUND),
    "plateau": (BY_HEART, SHORT),
    "narrow_handwriting": (TrainingConfig(epochs=3), SOUND),
}


def test_there_are_at_least_ten_rules_and_each_is_tried_here() -> None:
    assert len(RULES) >= 10
    assert set(SYMPTOMS) == set(RULES)


@pytest.mark.parametrize("rule", SYMPTOMS)
def test_a_rule_fires_on_a_run_that_shows_the_symptom(rule: str) -> None:
    assert rule in fired(SYMPTOMS[rule][0])


@pytest.mark.parametrize("rule", SYMPTOMS)
def test_a_rule_keeps_silent_on_a_run_that_does_not(rule: str) -> None:
    assert rule not in fired(SYMPTOMS[rule][1])


@pytest.mark.parametrize("rule", SYMPTOMS)
def test_a_remedy_is_another_valid_config_and_its_evidence_is_numbers(rule: str) -> None:
    found = {finding.rule: finding for finding in findings(evidence_of(trained(SYMPTOMS[rule][0])))}[rule]
    assert found.remedy != SYMPTOMS[rule][0]
    assert found.evidence and all(np.isfinite(number) for number in found.evidence.values())


@pytest.mark.parametrize(
    "rule", ["diverged", "guessing", "rate_too_high", "rate_too_low", "over_regularised", "no_bend"]
)
def test_the_remedy_cures_the_symptom_or_brings_it_nearer_to_its_cure(rule: str) -> None:
    ill = trained(SYMPTOMS[rule][0])
    found = {finding.rule: finding for finding in findings(evidence_of(ill))}[rule]
    cured = trained(found.remedy)
    assert cured.score is not None and ill.score is not None
    assert cured.score.accuracy > ill.score.accuracy
    assert rule not in fired(found.remedy)


def test_nothing_is_found_on_a_sound_run() -> None:
    assert fired(SOUND) == []


def test_the_reported_gap_and_best_epoch_are_those_of_the_curves() -> None:
    view = trained(SHORT)
    evidence = evidence_of(view)
    checked = [point for point in view.points if point.validation_loss is not None]
    assert len(evidence.epochs) == len(checked) == 5
    assert evidence.last.validation_loss == checked[-1].validation_loss
    assert checked[evidence.best_epoch - 1].validation_loss == min(point.validation_loss for point in checked)  # type: ignore[type-var]
    inside = [point.accuracy for point in view.points if 4 * 79 < point.step <= 5 * 79]
    # 79 batches of 128 in points of 16, the last of 14 and one of 16 images.
    assert evidence.last.accuracy == pytest.approx(np.average(inside, weights=[2048] * 4 + [1808]))


shares = st.floats(0, 1)
losses = st.floats(0, 50)
evidences = st.builds(
    Evidence,
    config=st.builds(
        TrainingConfig,
        hidden_sizes=st.lists(st.integers(1, 1024), max_size=4).map(tuple),
        epochs=st.integers(1, 200),
        batch_size=st.integers(1, 1024),
        activation=st.sampled_from(["relu", "sigmoid", "linear"]),
        optimizer=st.sampled_from(["adam", "sgd"]),
        learning_rate=st.floats(1e-6, 10),
        dropout=st.floats(0, 0.9),
        l2=st.floats(0, 0.1),
        training_images=st.integers(100, 55_000),
        augmentation=st.sampled_from(["off", "gentle"]),
    ),
    status=st.sampled_from([Status.FINISHED, Status.STOPPED, Status.DIVERGED, Status.FAILED]),
    epochs=st.lists(st.builds(Epoch, losses, shares, losses, shares), max_size=20).map(tuple),
    losses=st.lists(losses, max_size=60).map(tuple),
    step=st.integers(0, 10_000),
    silent_units=st.integers(0, 100),
    hidden_units=st.integers(0, 100),
    score=st.none() | st.builds(Score, losses, st.integers(0, 10_000), st.just(10_000)),
    drawn_score=st.none() | st.builds(Score, losses, st.integers(0, 1_000), st.just(1_000)),
)


@given(evidences)
def test_whatever_the_curves_rules_answer_with_numbers_and_a_valid_remedy(evidence: Evidence) -> None:
    for finding in findings(evidence):
        assert TrainingConfig.from_query(finding.remedy.to_query()) == finding.remedy
        assert all(np.isfinite(number) for number in finding.evidence.values())
