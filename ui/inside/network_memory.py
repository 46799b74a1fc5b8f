"""Remembers what was computed of a network without keeping the network alive; knows nothing of what is computed."""

import functools
import weakref
from collections.abc import Callable
from typing import Any, Concatenate, ParamSpec, TypeVar, cast

from model.network import Network

P = ParamSpec("P")
R = TypeVar("R")
Of = Callable[Concatenate[Network, P], R]


def remembered(most: int) -> Callable[[Of[P, R]], Of[P, R]]:
    """A function of a network and of hashable values computes each answer once, and keeps the ``most`` last asked for."""

    def decorate(compute: Of[P, R]) -> Of[P, R]:
        @functools.lru_cache(maxsize=most)
        def by_reference(reference: "weakref.ref[Network]", *values: Any, **named: Any) -> R:
            network = reference()
            assert network is not None, "whoever asks holds the network"
            return compute(network, *values, **named)

        @functools.wraps(compute)
        def of(network: Network, /, *values: P.args, **named: P.kwargs) -> R:
            return by_reference(weakref.ref(network), *cast(Any, values), **cast(Any, named))

        return of

    return decorate
