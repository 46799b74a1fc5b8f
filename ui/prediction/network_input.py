"""What the network is given to see, handed from the canvas or the samples to the reading; knows no widget."""

from dataclasses import dataclass

from model.drawing import Placement
from model.network import FloatArray


@dataclass(frozen=True, eq=False)
class NetworkInput:
    """What is read: the ``picture`` (28, 28) float 0..1, and of a drawing its ``ink`` (H, W) and where the picture lies on it.

    ``prepared`` tells whether it was prepared as MNIST was; ``thinner`` is the picture a thinner brush would have made, where it matters.
    """

    picture: FloatArray
    ink: FloatArray | None = None
    placement: Placement | None = None
    prepared: bool = True
    thinner: FloatArray | None = None
