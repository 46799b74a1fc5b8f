"""Scores and shown numbers are equal to the last bit on any number of threads."""

import functools
import json
import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from threadpoolctl import ThreadpoolController

from model.one_thread import one_thread
from tests.patience import PATIENCE

pytestmark = pytest.mark.slow

ROOT = Path(__file__).resolve().parents[2]
# Everything that is computed with matrix products and shown; printed so that no bit is lost.
TOLD = """
import hashlib, json
import numpy as np
from model.evaluation.confusion import confusion_matrix
from model.interpretability.corruption import ImageDamage, answers_to_damaged
from model.data.mnist import load_mnist
from model.evaluation.out_of_distribution import stroke_directions
from model.interpretability.attribution import explain
from model.interpretability.unit_statistics import effect_on_scores, inspect_network
from model.network import evaluate, logits, predict
from model.interpretability.pca import principal_plane, spaces
from model.runs.driver import final_scores
from model.data.synthetic_digits import drawn_set
from tests.model.networks import random_network

def bits(array):
    return hashlib.sha256(np.ascontiguousarray(array).tobytes()).hexdigest()

def score(found):
    return [found.loss.hex(), found.correct]

mnist, told = load_mnist(), {"drawn set": bits(drawn_set()[0])}
images, labels = mnist.test_images, mnist.test_labels
for hidden in ((64, 64), (9,), (200, 100), ()):
    network = random_network(hidden=hidden)
    probabilities = predict(network, images)
    told[str(hidden)] = {
        "evaluate": score(evaluate(network, images[:7_321], labels[:7_321])),
        "test and drawn": [score(found) for found in final_scores(network)],
        "all at once": bits(probabilities),
        "one alone": bits(logits(network, images[:1])),
        "confusion": confusion_matrix(labels, probabilities.argmax(axis=1)).tolist(),
        "turned": bits(answers_to_damaged(network, images, ImageDamage(rotation=20))),
        "map": bits(principal_plane(spaces(network, images[:2_000])[-1]).axes),
        "why": bits(explain(network, images[0], 7, 1).contributions),
    }
    if hidden:
        told[str(hidden)]["units"] = [bits(layer.mean) for layer in inspect_network(network, images, labels).layers]
        told[str(hidden)]["effect"] = bits(effect_on_scores(network, images, 0, 3))
told["strokes"] = bits(stroke_directions(images[:500]))
print(json.dumps(told))
"""


@functools.cache
def told_with(threads: int) -> dict[str, object]:
    """What a fresh process computes whose BLAS was given so many threads."""
    environment = os.environ | {
        name: str(threads) for name in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS")
    }
    done = subprocess.run(
        [sys.executable, "-c", TOLD], cwd=ROOT, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


@pytest.mark.parametrize("threads", [2, 8])
def test_scores_and_shown_numbers_do_not_depend_on_the_number_of_threads(threads: int) -> None:
    assert told_with(threads) == told_with(1)


def threads_now() -> list[int]:
    return [library.num_threads for library in ThreadpoolController().select(user_api="blas").lib_controllers]


def test_within_it_one_thread_computes_and_afterwards_as_many_as_before() -> None:
    with ThreadpoolController().limit(limits=2, user_api="blas"):
        before = threads_now()
        with one_thread():
            assert set(threads_now()) == {1}
            with one_thread():
                assert set(threads_now()) == {1}
            assert set(threads_now()) == {1}
        assert threads_now() == before


def test_an_error_within_it_gives_the_threads_back() -> None:
    with ThreadpoolController().limit(limits=2, user_api="blas"):
        before = threads_now()
        with pytest.raises(ZeroDivisionError), one_thread():
            raise ZeroDivisionError
        assert threads_now() == before


def test_of_two_that_overlap_the_first_to_leave_does_not_end_it_for_the_other() -> None:
    entered, leave = threading.Event(), threading.Event()

    def stay() -> None:
        with one_thread():
            entered.set()
            assert leave.wait(PATIENCE)

    other = threading.Thread(target=stay)
    with ThreadpoolController().limit(limits=2, user_api="blas"):
        before = threads_now()
        other.start()
        assert entered.wait(PATIENCE)
        with one_thread():
            pass
        assert set(threads_now()) == {1}
        leave.set()
        other.join()
        assert threads_now() == before
