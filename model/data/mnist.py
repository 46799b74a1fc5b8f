"""MNIST: loads the file, checks it, and splits it once and for all; knows nothing of networks or screens."""

import functools
import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt

from model.data.whole_file import whole_file
from model.sizes import DIGITS, SIDE

MNIST_PATH: Final = Path(__file__).resolve().parent.parent.parent / "assets" / "mnist.npz"
MNIST_SIZE: Final = 11_490_519
MNIST_SHA256: Final = "06af5dfe73b70e3bc1c36439982b18a8d76803db9b544f6fdf838a37fbb01b64"
VALIDATION_SHARE: Final = 5_000 / 60_000
SPLIT_SEED: Final = 2026
ARRAY_NAMES: Final = ("x_train", "y_train", "x_test", "y_test")
ARRAY_SHAPES: Final = ((60_000, SIDE, SIDE), (60_000,), (10_000, SIDE, SIDE), (10_000,))
ARRAYS_SHA256: Final = "06b0d1f124c4e5fa796686ade41a9b778edacc8622f2195a352ef479ad44fc16"

Images = npt.NDArray[np.uint8]
Labels = npt.NDArray[np.uint8]


class DataError(RuntimeError):
    """The MNIST file is missing, unreadable or damaged; carries what was found and what would be right.

    Attributes:
        path: the file.
        found_size, expected_size: bytes; ``found_size`` is None for a missing file.
        found_checksum, expected_checksum: SHA-256; ``found_checksum`` is None for a missing file.
        unreadable: what the system says of a file that is there and cannot be read; else None.
    """

    def __init__(
        self, path: Path, found_size: int | None, found_checksum: str | None, unreadable: str | None = None
    ) -> None:
        self.path = path
        self.unreadable = unreadable
        self.found_size = found_size
        self.found_checksum = found_checksum
        self.expected_size = MNIST_SIZE
        self.expected_checksum = MNIST_SHA256
        state = "is missing" if found_size is None else f"is damaged: {found_size:,} bytes, SHA-256 {found_checksum}"
        if unreadable is not None:
            state = f"cannot be read: {unreadable}"
        super().__init__(
            f"{path} {state}. It should have {MNIST_SIZE:,} bytes and SHA-256 {MNIST_SHA256}. "
            f"Restore it from the project's repository (git checkout -- assets/mnist.npz), or let Keras download the same "
            f"arrays: python -m model.data"
        )

    def __reduce__(self) -> tuple[type["DataError"], tuple[Path, int | None, str | None, str | None]]:
        return type(self), (self.path, self.found_size, self.found_checksum, self.unreadable)


@dataclass(frozen=True, eq=False)
class Mnist:
    """The three parts of MNIST; images are (N, 28, 28) uint8, white ink on black, labels (N,) uint8 0..9.

    The 55,000 training images stand in such an order that every prefix holds the ten digits in nearly equal measure as the whole.
    """

    training_images: Images
    training_labels: Labels
    validation_images: Images
    validation_labels: Labels
    test_images: Images
    test_labels: Labels


def load_mnist(path: Path = MNIST_PATH) -> Mnist:
    """The data set, split; read and checked once a process, then kept.

    Raises:
        DataError: when the file is missing or holds anything but MNIST.
    """
    return _load(Path(path))


def forget_mnist() -> None:
    """Have the file read anew when it is next asked for."""
    _load.cache_clear()


@functools.lru_cache(maxsize=1)
def _load(path: Path) -> Mnist:
    images, labels, test_images, test_labels = read_arrays(path)
    training, validation = split(labels)
    parts = (images[training], labels[training], images[validation], labels[validation], test_images, test_labels)
    for part in parts:
        part.flags.writeable = False
    return Mnist(*parts)


def read_arrays(path: Path) -> list[npt.NDArray[np.uint8]]:
    """The four arrays of the file in the order of ``ARRAY_NAMES``, each pixel checked against the checksum.

    Raises:
        DataError: when there is no such file, it cannot be read, or it holds anything but MNIST.
    """
    try:
        with path.open("rb") as content, np.load(content) as file:
            found = [file[name] for name in ARRAY_NAMES]
        arrays = [np.ascontiguousarray(array, np.uint8) for array in found]
    except Exception as error:  # one wrong byte in a zip or in an array's header can raise nearly anything
        raise _damaged(path) from error
    same_values = all(map(np.array_equal, found, arrays))
    same_shapes = tuple(array.shape for array in arrays) == ARRAY_SHAPES
    if not (same_values and same_shapes and arrays_checksum(arrays) == ARRAYS_SHA256):
        raise _damaged(path)
    return arrays


def arrays_checksum(arrays: Iterable[npt.NDArray[np.uint8]]) -> str:
    """SHA-256 over the bytes of the arrays, one after the other; the same however a file packs them."""
    checksum = hashlib.sha256()
    for array in arrays:
        checksum.update(array.data)
    return checksum.hexdigest()


def split(labels: Labels) -> tuple[npt.NDArray[np.intp], npt.NDArray[np.intp]]:
    """Indices of the 55,000 training and 5,000 validation images of the 60,000 labelled ones, fixed for ever.

    Stratified: each digit gives a twelfth of its images to validation. The training indices are shuffled so that
    every prefix holds the digits in the proportions of the whole, to within one image a digit.
    """
    rng = np.random.default_rng(SPLIT_SEED)
    ends = np.cumsum(np.bincount(labels, minlength=10)) * VALIDATION_SHARE
    held_out_counts = np.diff(np.rint(ends).astype(int), prepend=0)
    position = np.empty(len(labels))
    validation = []
    for digit in range(DIGITS):
        members = rng.permutation(np.flatnonzero(labels == digit))
        held_out = held_out_counts[digit]
        validation.append(members[:held_out])
        position[members[:held_out]] = -1
        rest = members[held_out:]
        position[rest] = (np.arange(len(rest)) + rng.random()) / len(rest)
    order = np.argsort(position, kind="stable")
    held_out_total = sum(map(len, validation))
    return order[held_out_total:], rng.permutation(np.concatenate(validation))


def restore(path: Path = MNIST_PATH) -> None:
    """Write the file anew from Keras's own download, whole or not at all; needs a network and imports Keras.

    Raises:
        OSError: when it cannot be written; what was there before is still there.
    """
    import keras

    (images, labels), (test_images, test_labels) = keras.datasets.mnist.load_data()
    with whole_file(path) as part:
        np.savez_compressed(part, x_train=images, y_train=labels, x_test=test_images, y_test=test_labels)


def _damaged(path: Path) -> DataError:
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        return DataError(path, None, None)
    except OSError as error:
        return DataError(path, None, None, error.strerror or str(error))
    return DataError(path, len(content), hashlib.sha256(content).hexdigest())


@functools.cache
def sample_picture(digit: int) -> npt.NDArray[np.float32]:
    """The validation image of a digit that is nearest to the mean of its kind, (28, 28) float32 in [0, 1]."""
    mnist = load_mnist()
    images = np.asarray(mnist.validation_images[mnist.validation_labels == digit] / 255, np.float32)
    distances = np.square(images - images.mean(axis=0)).sum(axis=(1, 2))
    return np.asarray(images[distances.argmin()], np.float32)
