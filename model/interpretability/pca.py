"""Flat maps of what a network makes of images, layer by layer, and how well each layer keeps the digits apart; knows no screen."""

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from model.network import Array, FloatArray, Network, as_pixels, layer_outputs
from model.one_thread import one_thread

PERPLEXITY: Final = 30
SEED: Final = 8

Matrix = npt.NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Projection:
    """A plane through a cloud of vectors of H numbers: its ``centre`` (H,), its two ``axes`` (H, 2), and the ``share`` of the cloud's
    variance it keeps, 0 to 1."""

    centre: Matrix
    axes: Matrix
    share: float

    @one_thread()
    def place(self, vectors: Array) -> FloatArray:
        """Where vectors (N, H) lie on the plane, (N, 2)."""
        return np.asarray((vectors - self.centre) @ self.axes, np.float32)


def spaces(network: Network, images: Array) -> list[FloatArray]:
    """What the network makes of each image, from the pixels (N, 784) on to the last hidden layer (N, H)."""
    return [as_pixels(images), *layer_outputs(network, images)[:-1]]


@dataclass(frozen=True, eq=False)
class Space:
    """How one layer sees N labelled images.

    Attributes:
        plane: the flat map of it.
        places: where the images lie on that map, (N, 2).
        pairs: the digits whose means lie nearest to each other in all the layer's numbers, the nearest first; see ``nearest_pairs``.
        flat_pairs: the same on the map.
        alike: how many images have one of their own digit as their nearest; see ``like_neighbours``.
        between: the share of the differences that lies between the digits, 0 to 1; see ``between_share``.
    """

    plane: Projection
    places: FloatArray
    pairs: list[tuple[int, int]]
    flat_pairs: list[tuple[int, int]]
    alike: int
    between: float


@one_thread()
def look_at_space(vectors: Array, labels: Array) -> Space:
    """How a layer that gives vectors (N, H) for images of the digits ``labels`` (N,) sees them."""
    plane = principal_plane(vectors)
    places = plane.place(vectors)
    return Space(
        plane,
        places,
        nearest_pairs(vectors, labels),
        nearest_pairs(places, labels),
        like_neighbours(vectors, labels),
        between_share(vectors, labels),
    )


@one_thread()
def principal_plane(vectors: Array) -> Projection:
    """The plane that keeps most of the variance of vectors (N, H), H at least 1, computed in float64.

    Principal component analysis (Pearson 1901, "On Lines and Planes of Closest Fit to Systems of Points in Space") by the
    eigenvectors of the covariance, which is as exact here as the singular value decomposition of the vectors and faster for many of them.
    Each axis points to where its largest component is positive, so that equal clouds give equal maps.
    """
    centred = vectors.astype(np.float64)
    centre = centred.mean(axis=0)
    centred -= centre
    covariance = centred.T @ centred / len(vectors)
    # NumPy's, for SciPy brings a BLAS library of its own, which ``one_thread`` may not know yet.
    variances, directions = np.linalg.eigh(covariance)
    variances, axes = variances[-2:], directions[:, :-3:-1]
    axes = axes * np.sign(axes[np.abs(axes).argmax(axis=0), np.arange(axes.shape[1])])
    if axes.shape[1] < 2:  # one unit alone: a line, on which everything lies at height zero
        axes = np.concatenate([axes, np.zeros_like(axes)], axis=1)
    total = float(covariance.trace())
    share = min(float(variances.sum()) / total, 1.0) if total > 0 else 1.0
    return Projection(centre, axes, share)


def neighbour_map(vectors: Array) -> FloatArray:
    """Where vectors (N, H) lie on a flat map that keeps neighbours together, (N, 2); takes seconds for thousands of them.

    t-SNE (van der Maaten and Hinton 2008, "Visualizing Data using t-SNE") by scikit-learn, begun at the principal components, so that
    equal vectors give equal maps. Distances between groups and the sizes of groups mean nothing on it.
    """
    from sklearn.manifold import TSNE

    start = principal_plane(vectors).place(vectors).astype(np.float32)
    spread = float(start[:, 0].std())
    method = TSNE(
        perplexity=min(PERPLEXITY, (len(vectors) - 1) / 3),
        init=start / spread * 1e-4 if spread > 0 else "random",
        random_state=SEED,
        n_jobs=1,
    )
    return np.asarray(method.fit_transform(np.asarray(vectors, np.float32)), np.float32)


def nearest_pairs(vectors: Array, labels: Array, count: int = 3) -> list[tuple[int, int]]:
    """The pairs of digits whose means lie nearest to each other among vectors (N, H) with labels (N,) 0..9, the nearest first."""
    digits = np.unique(labels).tolist()
    means = np.stack([vectors[labels == digit].mean(axis=0, dtype=np.float64) for digit in digits])
    distances = np.linalg.norm(means[:, None] - means[None], axis=2)
    first, second = np.triu_indices(len(digits), 1)
    nearest = distances[first, second].argsort(kind="stable")[:count].tolist()
    return [(digits[first[pair]], digits[second[pair]]) for pair in nearest]


def like_neighbours(vectors: Array, labels: Array) -> int:
    """Of N vectors (N, H), N at least 2, how many have one of their own label (N,) as the nearest of all the others."""
    return int((labels[nearest_others(vectors)] == labels).sum())


@one_thread()
def nearest_others(vectors: Array) -> npt.NDArray[np.intp]:
    """The nearest other vector of each of N, (N,), by the straight distance; vectors (N, H), N at least 2."""
    cloud = np.asarray(vectors, np.float32) - np.asarray(vectors, np.float32).mean(axis=0)
    lengths = (cloud * cloud).sum(axis=1)
    distances = lengths[None] - 2 * (
        cloud @ cloud.T
    )  # and the length of the row's own, which is the same along the row
    np.fill_diagonal(distances, np.inf)
    return np.asarray(distances.argmin(axis=1))


def between_share(vectors: Array, labels: Array) -> float:
    """The share of the variance of vectors (N, H) that lies between the means of their labels (N,), not around them, 0 to 1.

    The correlation ratio (Fisher 1925, "Statistical Methods for Research Workers", section 45) over all numbers together.
    """
    cloud = vectors.astype(np.float64)
    cloud -= cloud.mean(axis=0)
    total = float((cloud * cloud).sum())
    between = sum(
        float((members.mean(axis=0) ** 2).sum()) * len(members)
        for members in (cloud[labels == digit] for digit in np.unique(labels))
    )
    return between / total if total > 0 else 0.0
