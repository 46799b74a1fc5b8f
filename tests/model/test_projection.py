"""The map of the digits against scikit-learn's principal component analysis, and clouds whose plane is known."""

import numpy as np
import pytest
from sklearn.decomposition import PCA

from model.network import layer_outputs
from model.projection import last_hidden, principal_plane
from tests.model.networks import random_network


@pytest.mark.parametrize("width", [2, 20, 90])
def test_the_plane_is_scikit_learns(width, mnist):
    vectors = last_hidden(random_network("relu", (30, width)), mnist.test_images[:500])
    plane = principal_plane(vectors)
    theirs = PCA(2, svd_solver="full").fit(vectors.astype(np.float64))
    signs = np.sign((theirs.components_ * plane.axes.T).sum(axis=1))
    assert np.allclose(plane.place(vectors), theirs.transform(vectors) * signs, atol=1e-3)
    assert plane.share == pytest.approx(theirs.explained_variance_ratio_.sum(), abs=1e-5)


def test_equal_clouds_give_equal_maps_whatever_the_order(chance):
    vectors = chance.normal(size=(300, 7)).astype(np.float32) * np.arange(1, 8, dtype=np.float32)
    order = chance.permutation(300)
    assert np.allclose(principal_plane(vectors).axes, principal_plane(vectors[order]).axes, atol=1e-4)


def test_a_flat_cloud_keeps_all_its_distances(chance):
    flat = (chance.normal(size=(100, 2)) @ chance.normal(size=(2, 12))).astype(np.float32)
    plane = principal_plane(flat)
    places = plane.place(flat)
    assert plane.share == pytest.approx(1, abs=1e-5)
    assert np.linalg.norm(places[3] - places[70]) == pytest.approx(np.linalg.norm(flat[3] - flat[70]), rel=1e-4)


@pytest.mark.parametrize("width", [1, 5])
def test_vectors_that_are_all_alike_lie_in_one_place(width):
    plane = principal_plane(np.ones((20, width), np.float32))
    assert np.isfinite(plane.axes).all() and plane.share == 1.0
    assert not plane.place(np.ones((20, width), np.float32)).any()


def test_the_last_hidden_layer_is_what_the_digits_listen_to(few_images):
    network = random_network("tanh", (9, 6))
    assert np.array_equal(last_hidden(network, few_images), layer_outputs(network, few_images)[1])
    assert last_hidden(random_network("tanh", ()), few_images).shape == (50, 784)
