"""Names for things of libraries that have no types, TensorFlow's, Keras's and BLAS's: they say which is meant; imports none of them."""

from typing import Any, Protocol

Tensor = Any  # a tensor or a variable of TensorFlow
KerasNetwork = Any
KerasLayer = Any
KerasOptimizer = Any


class BlasLibrary(Protocol):
    """A loaded library of linear algebra, as threadpoolctl knows it."""

    def get_num_threads(self) -> int:
        """On how many threads it computes."""

    def set_num_threads(self, count: int) -> object:
        """Have it compute on so many."""
