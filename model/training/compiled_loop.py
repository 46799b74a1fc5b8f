"""The compiled training loop of one architecture; imports TensorFlow, so only workers and the command line import it."""

import functools
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import keras
import numpy as np
import numpy.typing as npt
import tensorflow as tf

from model.augmentation import AUGMENTATIONS, augment
from model.config import TRAINING_IMAGES, TrainingConfig
from model.data.mnist import load_mnist
from model.data.synthetic_digits import POOL_SIZE, training_pool
from model.library_types import KerasNetwork, Tensor
from model.network import FloatArray, Weights
from model.optimizers import OPTIMIZERS
from model.sizes import PIXELS
from model.training.batches import BLOCK_STEPS, Block
from model.training.fine_tuning import OWN_DIGITS_MOST, FineTuning
from model.training.keras_network import build_keras
from model.training.state import State

PROGRAMS_KEPT: Final = 32


def use_one_thread() -> None:
    """One compute thread in this process, so that equal configs give equal numbers on any number of cores.

    Takes effect only before TensorFlow's first computation.

    Raises:
        RuntimeError: when TensorFlow has already computed something with more threads.
    """
    tf.config.threading.set_intra_op_parallelism_threads(1)
    tf.config.threading.set_inter_op_parallelism_threads(1)


@functools.lru_cache(maxsize=2)
def training_tensors(with_synthetic: bool) -> tuple[Tensor, Tensor]:
    """The training images and labels, uint8, as TensorFlow tensors made once a process: (N, 98) int64 of 8 pixels each, and (N,).

    MNIST's 55,000, and after them, ``with_synthetic``, the pen-drawn ones of ``model.data.synthetic_digits.training_pool``. Eight pixels go
    as one number, because XLA gathers number by number.
    """
    mnist = load_mnist()
    images, labels = mnist.training_images, mnist.training_labels
    if with_synthetic:
        drawn_images, drawn_labels = training_pool()
        images, labels = np.concatenate([images, drawn_images]), np.concatenate([labels, drawn_labels])
    return tf.constant(images.reshape(-1, PIXELS).view(np.int64)), tf.constant(labels)


@dataclass(frozen=True)
class Shape:
    """What a compiled program depends on; every other setting can change without compiling."""

    hidden_sizes: tuple[int, ...]
    activation: str
    optimizer: str
    batch_size: int
    augmentation: str
    with_synthetic: bool
    with_own: bool

    @classmethod
    def of(cls, config: TrainingConfig, with_own: bool = False) -> "Shape":
        """The shape of the program that trains ``config``."""
        return cls(
            config.hidden_sizes,
            config.activation,
            config.optimizer,
            config.batch_size,
            config.augmentation,
            config.pen_images > 0,
            with_own,
        )


@functools.lru_cache(maxsize=PROGRAMS_KEPT)
def program_for(shape: Shape) -> "Program":
    """The compiled program of a shape, made at first use and kept while it is among the most recently used."""
    return Program(shape)


class AdjustableDropout(keras.layers.Layer):  # type: ignore[misc]
    """Keras's dropout with a rate that can change without compiling and masks that depend on (seed, step, layer) alone."""

    def __init__(self, rate: Tensor, key: Tensor, layer: int) -> None:
        super().__init__(name=f"dropout_{layer + 1}")
        self._rate, self._key, self._layer = rate, key, layer

    def call(self, inputs: Tensor, training: bool = False) -> Tensor:
        """Scale up what stays by 1 / (1 - rate); outside training, or at rate 0, pass everything on."""
        if not training:
            return inputs
        key = self._key + tf.constant([0, 1 + self._layer])

        def drop() -> Tensor:
            return tf.nn.experimental.stateless_dropout(inputs, self._rate, key, rng_alg="threefry")

        return tf.cond(self._rate > 0, drop, lambda: inputs)


class AdjustableL1L2(keras.regularizers.Regularizer):  # type: ignore[misc]
    """Keras's L1L2 penalty with weights that are variables of the program."""

    def __init__(self, l1: Tensor, l2: Tensor) -> None:
        self._l1, self._l2 = l1, l2

    def __call__(self, weights: Tensor) -> Tensor:  # noqa: D102
        return self._l1 * tf.reduce_sum(tf.abs(weights)) + self._l2 * tf.reduce_sum(tf.square(weights))


@dataclass(frozen=True, eq=False)
class TrainedBlock:
    """What came of one block.

    Attributes:
        losses: mean cross-entropy of each batch, (steps,) float32, without penalties.
        correct: how many of each batch it read right, (steps,) int32.
        weights: after the block, as in ``Network``; empty where the block neither ends at a point nor is the last.
        optimizer: the optimiser's variables after the last block; empty after any other.
    """

    losses: FloatArray
    correct: npt.NDArray[np.int32]
    weights: Weights = ()
    optimizer: tuple[FloatArray, ...] = ()


class Program:
    """A Keras network and optimiser inside one XLA-compiled loop over up to ``BLOCK_STEPS`` batches."""

    def __init__(self, shape: Shape) -> None:
        self._augmentation = AUGMENTATIONS[shape.augmentation]
        self._batch_size = shape.batch_size
        self._l1, self._l2, self._rate = (tf.Variable(0.0, trainable=False) for _ in range(3))
        self._key = tf.Variable([0, 0], dtype=tf.int32, trainable=False)
        self._shape = shape
        self._images, self._labels = training_tensors(shape.with_synthetic)
        self._own_images = tf.Variable(np.zeros((OWN_DIGITS_MOST, PIXELS), np.uint8), trainable=False)
        self._own_labels = tf.Variable(np.zeros(OWN_DIGITS_MOST, np.uint8), trainable=False)
        self._network = self._build(seed=0)
        self._layer_trains = tf.Variable(np.ones(len(shape.hidden_sizes) + 1, np.float32), trainable=False)
        self._optimizer = OPTIMIZERS[shape.optimizer].build()
        self._optimizer.build(self._network.trainable_variables)
        self._fresh_optimizer = self._optimizer_arrays()
        self._loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True, reduction=None)
        self._compiled = tf.function(self._train_block, jit_compile=True)
        self._ready = False

    @property
    def traces(self) -> int:
        """How many times the loop was traced, and so compiled, up to now."""
        return int(self._compiled.experimental_get_tracing_count())

    def _build(self, seed: int) -> KerasNetwork:
        return build_keras(
            self._shape.hidden_sizes,
            self._shape.activation,
            seed,
            hidden_layer_end=lambda layer: AdjustableDropout(self._rate, self._key, layer),
            kernel_regularizer=AdjustableL1L2(self._l1, self._l2),
        )

    def fresh(self, seed: int) -> tuple[Weights, tuple[FloatArray, ...]]:
        """Starting weights of ``seed`` and the optimiser's starting variables."""
        arrays = [variable.numpy() for variable in self._build(seed).trainable_variables]
        return _in_pairs(arrays), self._fresh_optimizer

    def compile(self) -> None:
        """Compile the loop by going round it no times, unless that was done; changes no number."""
        if not self._ready:
            nothing = np.zeros(0, np.int32)
            self._run(Block(0, np.zeros((0, self._batch_size), np.int32), nothing, np.zeros(0, np.float32)), seed=0)
            self._ready = True

    def advance(
        self, config: TrainingConfig, start: State, fine_tuning: FineTuning | None, blocks: Iterable[Block]
    ) -> Iterator[tuple[Block, TrainedBlock]]:
        """Train on from a state, block by block.

        Each block is trained when it is asked for, so whoever has seen enough stops asking; until then the program's variables belong to
        this training alone.

        Args:
            config: the settings; those that are no part of the program's shape may be any.
            start: where the blocks begin.
            fine_tuning: a visitor's own digits and what keeps its weights; None exactly where the shape is one without.
            blocks: from ``model.training.batches.blocks``.
        """
        self.load(config, start)
        self._load_own(fine_tuning)
        for block in blocks:
            losses, correct = self._run(block, config.seed)
            weights = self._weights() if block.ends_at_point or block.is_last else ()
            optimizer = self._optimizer_arrays() if block.is_last else ()
            yield block, TrainedBlock(losses, correct, weights, optimizer)

    def load(self, config: TrainingConfig, state: State) -> None:
        """Put a state and the changeable settings into the program's variables."""
        variables = [*self._network.trainable_variables, *self._optimizer.variables]
        arrays = [*_flat(state.weights), *(state.optimizer or self._fresh_optimizer)]
        for variable, array in zip(variables, arrays, strict=True):
            variable.value.assign(array)  # TensorFlow's own variable: Keras's assign takes three times as long
        self._l1.assign(config.l1)
        self._l2.assign(config.l2)
        self._rate.assign(config.dropout)

    def _load_own(self, fine_tuning: FineTuning | None) -> None:
        """Put a visitor's own digits and the layers that are to keep their weights into the program's variables."""
        trains = np.ones(self._layer_trains.shape[0], np.float32)
        if fine_tuning is not None:
            count = len(fine_tuning.labels)
            images, labels = np.zeros((OWN_DIGITS_MOST, PIXELS), np.uint8), np.zeros(OWN_DIGITS_MOST, np.uint8)
            images[:count], labels[:count] = fine_tuning.images.reshape(count, PIXELS), fine_tuning.labels
            self._own_images.assign(images)
            self._own_labels.assign(labels)
            trains[: fine_tuning.frozen_layers] = 0
        self._layer_trains.assign(trains)

    def _weights(self) -> Weights:
        return _in_pairs([variable.numpy().copy() for variable in self._network.trainable_variables])

    def _run(self, block: Block, seed: int) -> tuple[FloatArray, npt.NDArray[np.int32]]:
        """Loss and right answers of each step of a block, if it has any; ``seed`` and the step decide dropout and augmentation."""
        steps = len(block.counts)
        spare = BLOCK_STEPS - steps
        losses, correct = self._compiled(
            np.pad(block.batches, ((0, spare), (0, 0))),
            np.pad(block.counts, (0, spare)),
            np.pad(block.rates, (0, spare)),
            np.int32(steps),
            np.int32(seed),
            np.int32(block.first_step),
        )
        return losses.numpy()[:steps], correct.numpy()[:steps]

    def _train_block(
        self, batches: Tensor, counts: Tensor, learning_rates: Tensor, steps: Tensor, seed: Tensor, first_step: Tensor
    ) -> Tensor:
        losses = tf.TensorArray(tf.float32, BLOCK_STEPS)
        correct = tf.TensorArray(tf.int32, BLOCK_STEPS)
        step = tf.constant(0)
        while step < steps:  # not tf.range(steps): that compiles anew for every number of steps
            self._key.assign(tf.stack([seed, (first_step + step) * 8]))
            self._optimizer.learning_rate.assign(learning_rates[step])
            loss, right = self._train_step(batches[step], counts[step])
            losses = losses.write(step, loss)
            correct = correct.write(step, right)
            step += 1
        return losses.stack(), correct.stack()

    def _train_step(self, batch: Tensor, count: Tensor) -> tuple[Tensor, Tensor]:
        images, targets = self._picked(batch)
        bounds = self._augmentation
        pixels = augment(images, bounds, self._key) if bounds else tf.cast(images, tf.float32) / 255.0
        real = tf.sequence_mask(count, self._batch_size)
        with tf.GradientTape() as tape:
            scores = self._network(pixels, training=True)
            loss = tf.reduce_sum(tf.where(real, self._loss(targets, scores), 0.0)) / tf.cast(count, tf.float32)
            objective = loss + tf.add_n(self._network.losses)
        variables = self._network.trainable_variables
        gradients = tape.gradient(objective, variables)
        if self._shape.with_own:
            gradients = [gradient * self._layer_trains[index // 2] for index, gradient in enumerate(gradients)]
        self._optimizer.apply(gradients, variables)
        right = tf.equal(tf.argmax(scores, axis=1, output_type=tf.int32), targets)
        return loss, tf.reduce_sum(tf.cast(tf.logical_and(real, right), tf.int32))

    def _picked(self, batch: Tensor) -> tuple[Tensor, Tensor]:
        """Images (B, 784) uint8 and labels (B,) int32 of the numbers in ``batch``, the visitor's own among them."""
        if not self._shape.with_own:
            return self._gathered(batch), tf.cast(tf.gather(self._labels, batch), tf.int32)
        own = batch >= TRAINING_IMAGES + POOL_SIZE
        common, own_batch = tf.where(own, 0, batch), tf.where(own, batch - TRAINING_IMAGES - POOL_SIZE, 0)
        images = tf.where(own[:, None], tf.gather(self._own_images, own_batch), self._gathered(common))
        labels = tf.where(own, tf.gather(self._own_labels, own_batch), tf.gather(self._labels, common))
        return images, tf.cast(labels, tf.int32)

    def _gathered(self, batch: Tensor) -> Tensor:
        """The training images of a batch's numbers, (B, 784) uint8."""
        return tf.reshape(tf.bitcast(tf.gather(self._images, batch), tf.uint8), (-1, PIXELS))

    def _optimizer_arrays(self) -> tuple[FloatArray, ...]:
        return tuple(variable.numpy().copy() for variable in self._optimizer.variables)


def _in_pairs(arrays: Sequence[FloatArray]) -> Weights:
    return tuple(zip(arrays[::2], arrays[1::2], strict=True))


def _flat(weights: Weights) -> list[FloatArray]:
    return [array for pair in weights for array in pair]
