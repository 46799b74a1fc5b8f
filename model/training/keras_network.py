"""Networks as Keras has them: the untrained one that learns, and a trained one to take away; imports Keras when it makes one."""

from collections.abc import Callable, Sequence

import numpy as np

from model.library_types import KerasLayer, KerasNetwork
from model.network import Network
from model.sizes import DIGITS, PIXELS


def build_keras(
    hidden_sizes: Sequence[int],
    activation: str,
    seed: int,
    hidden_layer_end: Callable[[int], KerasLayer] | None = None,
    **dense: object,
) -> KerasNetwork:
    """The untrained Keras Sequential network with ten logits at its end. Imports Keras.

    Args:
        hidden_sizes: units of each hidden layer.
        activation: a key of ``model.activations.ACTIVATIONS``.
        seed: decides the starting weights; layer i depends on (seed, i) alone, so equal shapes start equal.
        hidden_layer_end: makes a layer to put after hidden layer i, such as dropout.
        dense: further arguments of every Dense layer, such as a regulariser.
    """
    import keras

    layers = [keras.Input((PIXELS,), name="pixels")]
    for index, size in enumerate((*hidden_sizes, DIGITS)):
        hidden = index < len(hidden_sizes)
        start = keras.initializers.GlorotUniform(seed=starting_seed(seed, index))
        name = f"hidden_{index + 1}" if hidden else "digits"
        function = activation if hidden else None
        layers.append(keras.layers.Dense(size, activation=function, kernel_initializer=start, name=name, **dense))
        if hidden and hidden_layer_end:
            layers.append(hidden_layer_end(index))
    return keras.Sequential(layers, name="digit_network")


def starting_seed(seed: int, layer: int) -> int:
    """The seed of the starting weights of one layer, 0 to 2**31 - 1."""
    return int(np.random.SeedSequence((seed, layer)).generate_state(1)[0] >> 1)


def to_keras(network: Network) -> KerasNetwork:
    """The same network as a Keras model that takes (N, 784) floats 0..1 and gives ten probabilities. Imports Keras."""
    import keras

    hidden_sizes = [bias.shape[0] for _, bias in network.weights[:-1]]
    keras_network = build_keras(hidden_sizes, network.activation, seed=0)
    keras_network.set_weights([array for pair in network.weights for array in pair])
    return keras.Sequential(
        [keras.Input((PIXELS,), name="pixels"), *keras_network.layers, keras.layers.Softmax(name="probabilities")],
        name="digit_network",
    )
