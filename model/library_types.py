"""Names for things of libraries that have no types, TensorFlow's, Dask's, BLAS's: they say which is meant; imports none of them."""

from collections.abc import Callable, Mapping
from concurrent.futures import Future
from typing import Any, Protocol

Tensor = Any  # a tensor or a variable of TensorFlow
KerasNetwork = Any
KerasLayer = Any
KerasOptimizer = Any

DaskClient = Any
DaskFuture = Any
DaskWorker = Any
DaskAnswer = Mapping[str, Any]  # what a scheduler says of something, by name
Work = Callable[..., Any]  # a function that a worker calls
Answer = Future[Any]  # what it will give
Argument = Any


class BlasLibrary(Protocol):
    """A loaded library of linear algebra, as threadpoolctl knows it."""

    def get_num_threads(self) -> int:
        """On how many threads it computes."""

    def set_num_threads(self, count: int) -> object:
        """Have it compute on so many."""
