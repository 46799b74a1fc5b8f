"""A flat map of what a network makes of images: principal components of its last hidden layer; knows no screen."""

from dataclasses import dataclass

import numpy as np

from model.network import Array, FloatArray, Network, as_pixels, layer_outputs
from model.one_thread import one_thread


@dataclass(frozen=True, eq=False)
class Projection:
    """A plane through a cloud of vectors of H numbers: its ``centre`` (H,), its two ``axes`` (H, 2), and the ``share`` of the cloud's
    variance it keeps, 0 to 1."""

    centre: FloatArray
    axes: FloatArray
    share: float

    @one_thread()
    def place(self, vectors: FloatArray) -> FloatArray:
        """Where vectors (N, H) lie on the plane, (N, 2)."""
        return np.asarray((vectors - self.centre) @ self.axes, np.float32)


def last_hidden(network: Network, images: Array) -> FloatArray:
    """What the last hidden layer gives for each image, (N, H); the pixels themselves where there is no hidden layer."""
    return layer_outputs(network, images)[-2] if len(network.weights) > 1 else as_pixels(images)


@one_thread()
def principal_plane(vectors: FloatArray) -> Projection:
    """The plane that keeps most of the variance of vectors (N, H), H at least 1.

    Principal component analysis (Pearson 1901, "On Lines and Planes of Closest Fit to Systems of Points in Space") by the singular
    value decomposition of the covariance, which is as exact here as that of the vectors and faster for many of them. Each axis points
    to where its largest component is positive, so that equal clouds give equal maps.
    """
    centre = vectors.mean(axis=0)
    centred = (vectors - centre).astype(np.float64)
    directions, variances, _ = np.linalg.svd(centred.T @ centred / len(vectors), hermitian=True)
    axes = directions[:, :2]
    axes = axes * np.sign(axes[np.abs(axes).argmax(axis=0), np.arange(axes.shape[1])])
    if axes.shape[1] < 2:  # one unit alone: a line, on which everything lies at height zero
        axes = np.concatenate([axes, np.zeros_like(axes)], axis=1)
    total = float(variances.sum())
    share = float(variances[:2].sum()) / total if total > 0 else 1.0
    return Projection(centre, axes.astype(np.float32), share)
