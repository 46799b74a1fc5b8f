"""Maps of the layers against scikit-learn, and clouds of which everything is known."""

import numpy as np
import pytest
from scipy.spatial.distance import pdist, squareform
from sklearn.decomposition import PCA
from sklearn.neighbors import NearestNeighbors

from model.interpretability.pca import (
    between_share,
    like_neighbours,
    look_at_space,
    nearest_others,
    nearest_pairs,
    neighbour_map,
    principal_plane,
    spaces,
)
from model.network import layer_outputs
from tests.model.networks import random_network


@pytest.mark.parametrize("width", [2, 20, 90])
def test_the_plane_is_scikit_learns(width, mnist):
    vectors = spaces(random_network("relu", (30, width)), mnist.test_images[:500])[-1]
    plane = principal_plane(vectors)
    theirs = PCA(2, svd_solver="full").fit(vectors.astype(np.float64))
    signs = np.sign((theirs.components_ * plane.axes.T).sum(axis=1))
    assert np.allclose(plane.axes.T, theirs.components_ * signs[:, None], atol=1e-9)
    assert np.allclose(plane.place(vectors), theirs.transform(vectors) * signs, atol=1e-3)
    assert plane.share == pytest.approx(theirs.explained_variance_ratio_.sum(), abs=1e-9)


def test_a_cloud_far_from_zero_has_the_plane_of_the_same_cloud_at_zero(rng):
    vectors = rng.normal(size=(2_000, 6)) * np.arange(1, 7)
    far = (vectors + 3_000).astype(np.float32)
    theirs = PCA(2, svd_solver="full").fit(far.astype(np.float64))
    plane = principal_plane(far)
    assert np.allclose(np.abs(plane.axes.T), np.abs(theirs.components_), atol=1e-9)
    assert np.allclose(plane.centre, theirs.mean_, atol=1e-9)


def test_equal_clouds_give_equal_maps_whatever_the_order(rng):
    vectors = rng.normal(size=(300, 7)).astype(np.float32) * np.arange(1, 8, dtype=np.float32)
    order = rng.permutation(300)
    assert np.allclose(principal_plane(vectors).axes, principal_plane(vectors[order]).axes, atol=1e-9)


def test_a_flat_cloud_keeps_all_its_distances(rng):
    flat = (rng.normal(size=(100, 2)) @ rng.normal(size=(2, 12))).astype(np.float32)
    plane = principal_plane(flat)
    places = plane.place(flat)
    assert plane.share == pytest.approx(1, abs=1e-5)
    assert np.linalg.norm(places[3] - places[70]) == pytest.approx(np.linalg.norm(flat[3] - flat[70]), rel=1e-4)


@pytest.mark.parametrize("width", [1, 5])
def test_vectors_that_are_all_alike_lie_in_one_place(width):
    vectors = np.ones((20, width), np.float32)
    space = look_at_space(vectors, np.arange(20) % 10)
    assert np.isfinite(space.plane.axes).all() and space.plane.share == 1.0
    assert not space.places.any() and space.between == 0
    assert np.isfinite(neighbour_map(vectors)).all()


def test_the_spaces_are_the_pixels_and_what_every_hidden_layer_says(few_images):
    network = random_network("tanh", (9, 6))
    found = spaces(network, few_images)
    outputs = layer_outputs(network, few_images)
    assert np.array_equal(found[0], few_images.reshape(50, 784) * np.float32(1 / 255))
    assert len(found) == 3 and np.array_equal(found[1], outputs[0]) and np.array_equal(found[2], outputs[1])
    assert len(spaces(random_network("tanh", ()), few_images)) == 1


def test_the_nearest_other_image_is_scikit_learns(mnist):
    vectors = mnist.test_images[:400].reshape(400, 784) / np.float32(255)
    _, neighbours = NearestNeighbors(n_neighbors=2).fit(vectors).kneighbors(vectors)
    assert np.array_equal(nearest_others(vectors), neighbours[:, 1])
    labels = mnist.test_labels[:400]
    assert like_neighbours(vectors, labels) == (labels[neighbours[:, 1]] == labels).sum()


def test_the_nearest_pairs_are_those_of_all_the_numbers_and_not_those_of_the_plane(rng):
    """Digits 0 and 1 lie apart in a direction that the plane leaves out; in it they seem to be one."""
    means = np.zeros((10, 4))
    means[:, 0] = 100 * np.arange(10)
    means[:, 1] = 100 * (np.arange(10) % 2)
    means[1] = [0, 0, 90, 0]
    means[3] = means[2] + [30, 30, 0, 0]
    labels = np.repeat(np.arange(10), 40)
    vectors = (means[labels] + rng.normal(size=(400, 4))).astype(np.float32)
    space = look_at_space(vectors, labels)
    assert space.pairs[0] == (2, 3)
    assert space.flat_pairs[0] == (0, 1)


def test_the_nearest_pair_of_real_digits_is_that_of_the_nearest_centroids(mnist):
    vectors, labels = mnist.test_images[:2_000].reshape(2_000, 784) / 255, mnist.test_labels[:2_000]
    apart = squareform(pdist([vectors[labels == digit].mean(axis=0) for digit in range(10)]))
    apart[np.tril_indices(10)] = np.inf
    assert nearest_pairs(vectors, labels, 1)[0] == np.unravel_index(apart.argmin(), (10, 10))


def test_the_share_between_digits_is_one_for_points_and_none_for_noise(rng):
    labels = np.repeat(np.arange(10), 200)
    points = np.eye(10)[labels]
    assert between_share(points, labels) == pytest.approx(1)
    assert between_share(rng.normal(size=(2_000, 5)), labels) < 0.02


def test_the_share_between_and_the_share_within_digits_add_up_to_all_differences(mnist):
    vectors, labels = mnist.test_images[:500].reshape(500, 784) / 255, mnist.test_labels[:500]
    within = sum(((vectors[labels == d] - vectors[labels == d].mean(axis=0)) ** 2).sum() for d in range(10))
    total = ((vectors - vectors.mean(axis=0)) ** 2).sum()
    assert between_share(vectors, labels) == pytest.approx(1 - within / total)


def test_a_map_of_neighbours_keeps_groups_together_and_comes_out_the_same_twice(rng):
    labels = np.repeat(np.arange(3), 30)
    vectors = (20 * np.eye(3, 8)[labels] + rng.normal(size=(90, 8))).astype(np.float32)
    places = neighbour_map(vectors)
    assert like_neighbours(places, labels) == 90
    assert np.array_equal(places, neighbour_map(vectors))
