"""Confusion matrix, precision and recall against scikit-learn on a run that was really trained, and against hand-made cases."""

import numpy as np
import pytest
import sklearn.metrics
from hypothesis import given
from hypothesis import strategies as st

from model.config import TrainingConfig
from model.evaluation.confusion import cell_members, confusion_matrix, mistakes, precision, recall
from model.interpretability.unit_statistics import inspect_network
from model.training.loop import train_steps
from model.training.state import network_of

pytestmark = pytest.mark.slow

CONFIG = TrainingConfig(hidden_sizes=(16,), epochs=1, training_images=10_000)


@pytest.fixture(scope="module")
def trained(tensorflow, mnist):
    """A network after one short epoch, looked at with the test images."""
    state, _ = train_steps(CONFIG, None, CONFIG.total_steps)
    return inspect_network(network_of(CONFIG, state), mnist.test_images, mnist.test_labels)


def test_the_matrix_is_scikit_learns(trained, mnist):
    found = confusion_matrix(mnist.test_labels, trained.answers)
    assert np.array_equal(found, sklearn.metrics.confusion_matrix(mnist.test_labels, trained.answers))
    assert found.trace() < found.sum() == 10_000


def test_precision_and_recall_are_scikit_learns(trained, mnist):
    found = confusion_matrix(mnist.test_labels, trained.answers)
    theirs = sklearn.metrics.precision_recall_fscore_support(mnist.test_labels, trained.answers)
    assert np.allclose(precision(found), theirs[0])
    assert np.allclose(recall(found), theirs[1])


@given(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9)), min_size=1, max_size=60))
def test_precision_and_recall_of_any_answers_are_scikit_learns(pairs):
    labels, answers = np.array(pairs, np.uint8).T
    theirs = sklearn.metrics.precision_recall_fscore_support(labels, answers, labels=range(10), zero_division=np.nan)
    found = confusion_matrix(labels, answers)
    assert np.allclose(precision(found), theirs[0], equal_nan=True)
    assert np.allclose(recall(found), theirs[1], equal_nan=True)


def test_mistakes_are_all_wrong_answers_with_the_surest_first(trained, mnist):
    found = mistakes(mnist.test_labels, trained.probabilities)
    assert set(found) == set(np.flatnonzero(trained.answers != mnist.test_labels))
    sureness = trained.probabilities[found].max(axis=1)
    assert (np.diff(sureness) <= 0).all()


def test_the_members_of_all_cells_are_all_images_once(trained, mnist):
    cells = [
        cell_members(mnist.test_labels, trained.probabilities, row, column) for row in range(10) for column in range(10)
    ]
    counts = confusion_matrix(mnist.test_labels, trained.answers)
    assert [len(cell) for cell in cells] == counts.ravel().tolist()
    assert np.array_equal(np.sort(np.concatenate(cells)), np.arange(10_000))


def test_right_answers_stand_with_the_least_sure_first_and_mistakes_with_the_surest():
    probabilities = np.full((4, 10), 0.01, np.float32)
    probabilities[[0, 1], 3], probabilities[[2, 3], 5] = (0.6, 0.9), (0.6, 0.9)
    labels = np.array([3, 3, 3, 3])
    assert cell_members(labels, probabilities, 3, 3).tolist() == [0, 1]
    assert cell_members(labels, probabilities, 3, 5).tolist() == [3, 2]


def test_labels_and_answers_of_different_number_are_refused():
    with pytest.raises(ValueError, match="one answer a label"):
        confusion_matrix(np.zeros(3, np.uint8), np.zeros(4, np.uint8))
