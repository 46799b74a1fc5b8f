"""The vote of several networks, against sums done by hand."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from model.evaluation.ensemble import gain, vote, votes
from model.network import Network, evaluate, predict, softmax


def always(scores):
    """A network without hidden layer that gives the same logits for every picture."""
    return Network("relu", ((np.zeros((784, 10), np.float32), np.array(scores, np.float32)),))


def sees_pixels(*strengths):
    """A network that hears of pixel i being white as strongly as (digit, strength) number i says."""
    weight = np.zeros((784, 10), np.float32)
    for pixel, (digit, strength) in enumerate(strengths):
        weight[pixel, digit] = strength
    return Network("relu", ((weight, np.zeros(10, np.float32)),))


def logits_for(probabilities):
    return np.log(np.array(probabilities, np.float32))


A = [0.6, 0.4, *[1e-9] * 8]
B = [0.1, 0.9, *[1e-9] * 8]
PICTURES = np.zeros((3, 28, 28), np.float32)


def test_the_vote_is_the_mean_of_the_probabilities_and_not_of_the_answers():
    told = vote([always(logits_for(A)), always(logits_for(B))], PICTURES)
    assert told.shape == (3, 10) and told.dtype == np.float32
    assert told[0, :2] == pytest.approx([0.35, 0.65], abs=1e-6)
    # Two of three would answer 0; the mean of what they say is 0.4333 for 0 and 0.5667 for 1.
    told = vote([always(logits_for(A)), always(logits_for(A)), always(logits_for(B))], PICTURES)
    assert told[0, :2] == pytest.approx([1.3 / 3, 1.7 / 3], abs=1e-6)
    assert told[0].argmax() == 1


def test_each_ballot_is_what_the_network_says_alone():
    networks = [always(logits_for(A)), sees_pixels((3, 5))]
    told = votes(networks, PICTURES)
    for network, ballot in zip(networks, told, strict=True):
        assert np.array_equal(ballot, predict(network, PICTURES))


def test_networks_that_err_differently_read_together_what_none_reads_alone():
    images = np.zeros((2, 28, 28), np.float32)
    images[0, 0, 0] = images[1, 0, 1] = 1
    # Each is sure of the one it knows and hardly sure of its mistake, so the mean follows whoever knows.
    knows_three, knows_five = sees_pixels((3, 5), (9, 1)), sees_pixels((8, 1), (5, 5))
    found = gain([knows_three, knows_five], images, np.array([3, 5], np.uint8))
    assert [score.correct for score in found.alone] == [1, 1]
    assert found.together.correct == 2
    assert found.over_mean == found.over_best == 0.5


def test_the_gain_is_the_difference_of_the_accuracies():
    right, wrong = always(logits_for(B)), always(logits_for(A))
    found = gain([wrong, right], PICTURES, np.array([1, 1, 0], np.uint8))
    assert [score.correct for score in found.alone] == [1, 2]
    assert found.together.correct == 2
    assert found.over_mean == pytest.approx(2 / 3 - 0.5)
    assert found.over_best == 0
    assert found.together.loss == pytest.approx(-(2 * np.log(0.65) + np.log(0.35)) / 3, rel=1e-5)


def test_scores_alone_agree_with_evaluate_across_the_thousands(rng):
    images = rng.integers(0, 256, (2300, 28, 28), dtype=np.uint8)
    labels = rng.integers(0, 10, 2300, dtype=np.uint8)
    networks = [
        Network("tanh", ((rng.normal(0, 0.02, (784, 10)).astype(np.float32), np.zeros(10, np.float32)),))
        for _ in range(3)
    ]
    found = gain(networks, images, labels)
    for network, score in zip(networks, found.alone, strict=True):
        expected = evaluate(network, images, labels)
        assert score.correct == expected.correct and score.count == 2300
        assert score.loss == pytest.approx(expected.loss, rel=1e-4)


@given(st.lists(st.lists(st.floats(-8, 8), min_size=10, max_size=10), min_size=1, max_size=5))
def test_a_vote_is_a_distribution_between_its_voters(rows):
    networks = [always(row) for row in rows]
    told = vote(networks, PICTURES[:1])[0]
    alone = np.stack([softmax(np.array([row], np.float32))[0] for row in rows])
    assert told.sum() == pytest.approx(1, abs=1e-5)
    assert (told <= alone.max(axis=0) + 1e-6).all() and (told >= alone.min(axis=0) - 1e-6).all()


def test_nobody_cannot_vote_and_nothing_cannot_be_scored():
    with pytest.raises(ValueError, match="no network"):
        vote([], PICTURES)
    with pytest.raises(ValueError, match="no image"):
        gain([always(A)], PICTURES[:0], np.zeros(0, np.uint8))
