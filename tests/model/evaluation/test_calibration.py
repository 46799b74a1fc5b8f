"""Reliability against scikit-learn and SciPy, and networks whose sureness is known."""

import numpy as np
import pytest
from scipy.stats import binomtest
from sklearn.calibration import calibration_curve

from model.evaluation.calibration import about, calibration


def answers_of(rng, sureness, right):
    """Labels and probabilities of a network that is so sure of 0, which is the right answer where ``right``."""
    probabilities = np.repeat((1 - sureness)[:, None] / 9, 10, axis=1)
    probabilities[:, 0] = sureness
    return np.where(right, 0, rng.integers(1, 10, len(right))), probabilities.astype(np.float32)


def test_the_bands_are_scikit_learns(rng):
    sureness = rng.uniform(0.2, 1, 5_000).astype(np.float32)
    right = rng.random(5_000) < sureness**2
    found = calibration(*answers_of(rng, sureness, right))
    share, mean = calibration_curve(right, sureness, n_bins=10)
    assert np.allclose([band.share for band in found.bands], share)
    assert np.allclose([band.sureness for band in found.bands], mean, atol=1e-6)
    assert sum(band.count for band in found.bands) == found.all.count == 5_000


@pytest.mark.parametrize(("right", "count"), [(0, 7), (3, 7), (7, 7), (950, 1_000)])
def test_the_interval_is_wilsons(right, count, rng):
    band = calibration(*answers_of(rng, np.full(count, 0.95), np.arange(count) < right)).bands[0]
    theirs = binomtest(right, count).proportion_ci(method="wilson")
    assert band.interval == pytest.approx((theirs.low, theirs.high), abs=1e-6)


def test_who_is_as_often_right_as_sure_is_seldom_called_anything_else(rng):
    verdicts = []
    for _ in range(300):
        sureness = rng.uniform(0.3, 1, 400)
        verdicts.append(calibration(*answers_of(rng, sureness, rng.random(400) < sureness)).too_sure)
    assert sum(verdict is not None for verdict in verdicts) <= 30


@pytest.mark.parametrize(("sureness", "share", "expected"), [(0.99, 0.8, True), (0.6, 0.9, False)])
def test_who_is_surer_or_less_sure_than_right_is_told(sureness, share, expected, rng):
    right = np.arange(1_000) < 1_000 * share
    assert calibration(*answers_of(rng, np.full(1_000, sureness), right)).too_sure is expected


def test_of_few_images_nothing_is_said(rng):
    labels, probabilities = answers_of(rng, np.linspace(0.5, 1, 101), np.ones(101, bool))
    assert about(labels, probabilities, 0.9, 0.03) is None
    assert about(labels, probabilities, 0.8, 0.2).count > 20
