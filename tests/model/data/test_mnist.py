"""MNIST: the split, fixed for ever, and a file that is checked before it is used."""

import hashlib
import pickle
import zipfile
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from model.data.mnist import MNIST_PATH, MNIST_SHA256, MNIST_SIZE, DataError, Mnist, load_mnist, read_arrays, split

# Taken once from the split as first released. If this fails, old runs and links no longer give the numbers they gave.
SPLIT_SHA256 = "56a50d5c9ee220afa9e7cbbcbba9a64012a8c1635593bd84b9af8396bce8795c"


@pytest.fixture(scope="module")
def arrays() -> dict[str, np.ndarray]:
    with np.load(MNIST_PATH) as file:
        return {name: file[name] for name in file.files}


@pytest.fixture(scope="module")
def parts(arrays: dict[str, np.ndarray]) -> tuple[np.ndarray, np.ndarray]:
    return split(arrays["y_train"])


@pytest.fixture(scope="module")
def small_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("data") / "small.npz"
    small = np.arange(20, dtype=np.uint8)
    np.savez_compressed(path, x_train=small, y_train=small, x_test=small, y_test=small)
    return path


def refused(path: Path) -> DataError:
    with pytest.raises(DataError) as caught:
        read_arrays(path)
    return caught.value


def test_the_parts_have_55000_and_5000_and_10000_images(mnist: Mnist) -> None:
    assert mnist.training_images.shape == (55_000, 28, 28)
    assert mnist.validation_images.shape == (5_000, 28, 28)
    assert mnist.test_images.shape == (10_000, 28, 28)
    assert mnist.training_labels.shape == (55_000,)
    assert mnist.validation_labels.shape == (5_000,)
    assert mnist.test_labels.shape == (10_000,)


def test_pixels_and_labels_stay_uint8_and_cannot_be_written(mnist: Mnist) -> None:
    for part in vars(mnist).values():
        assert part.dtype == np.uint8
        with pytest.raises(ValueError, match="read-only"):
            part[0] = 0


def test_the_first_digit_of_the_training_file_is_the_famous_five(arrays: dict[str, np.ndarray], mnist: Mnist) -> None:
    assert arrays["y_train"][:5].tolist() == [5, 0, 4, 1, 9]
    assert mnist.test_labels[:5].tolist() == [7, 2, 1, 0, 4]


def test_the_split_uses_each_labelled_image_once(parts: tuple[np.ndarray, np.ndarray]) -> None:
    training, validation = parts
    assert (len(training), len(validation)) == (55_000, 5_000)
    assert np.array_equal(np.sort(np.concatenate(parts)), np.arange(60_000))


def test_images_keep_their_labels(
    arrays: dict[str, np.ndarray], parts: tuple[np.ndarray, np.ndarray], mnist: Mnist
) -> None:
    training, validation = parts
    assert np.array_equal(mnist.training_images, arrays["x_train"][training])
    assert np.array_equal(mnist.training_labels, arrays["y_train"][training])
    assert np.array_equal(mnist.validation_images, arrays["x_train"][validation])
    assert np.array_equal(mnist.validation_labels, arrays["y_train"][validation])
    assert np.array_equal(mnist.test_images, arrays["x_test"])


def test_each_digit_gives_a_twelfth_to_validation(arrays: dict[str, np.ndarray], mnist: Mnist) -> None:
    whole = np.bincount(arrays["y_train"])
    assert np.abs(np.bincount(mnist.validation_labels) - whole / 12).max() <= 1


def test_every_prefix_of_the_training_images_is_balanced(mnist: Mnist) -> None:
    seen = np.cumsum(np.eye(10)[mnist.training_labels], axis=0)
    share = np.bincount(mnist.training_labels) / 55_000
    expected = np.arange(1, 55_001)[:, None] * share
    assert np.abs(seen - expected).max() < 2.5
    assert np.abs(seen[99] - expected[99]).max() < 2


def test_neighbours_in_the_training_order_are_mixed(mnist: Mnist) -> None:
    """Balanced is not enough: the digits must not come round in a fixed order of ten."""
    blocks = mnist.training_labels[:50_000].reshape(-1, 10)
    assert len(np.unique(blocks, axis=0)) > 1_000


def test_the_split_is_the_same_every_time_and_for_ever(
    arrays: dict[str, np.ndarray], parts: tuple[np.ndarray, np.ndarray]
) -> None:
    again = split(arrays["y_train"])
    assert all(np.array_equal(one, other) for one, other in zip(parts, again, strict=True))
    assert hashlib.sha256(np.concatenate(parts).astype("<i4").tobytes()).hexdigest() == SPLIT_SHA256


def test_the_file_is_read_once_a_process() -> None:
    assert load_mnist() is load_mnist()


def test_the_file_has_the_size_and_checksum_the_message_promises() -> None:
    content = MNIST_PATH.read_bytes()
    assert (len(content), hashlib.sha256(content).hexdigest()) == (MNIST_SIZE, MNIST_SHA256)


def test_a_missing_file_is_named_with_the_way_to_restore_it(tmp_path: Path) -> None:
    path = tmp_path / "mnist.npz"
    error = refused(path)
    assert (error.path, error.found_size, error.found_checksum) == (path, None, None)
    assert (error.expected_size, error.expected_checksum) == (MNIST_SIZE, MNIST_SHA256)
    for word in (str(path), "missing", f"{MNIST_SIZE:,}", MNIST_SHA256, "git checkout", "Keras"):
        assert word in str(error)


def test_a_folder_in_place_of_the_file_is_a_data_error(tmp_path: Path) -> None:
    assert refused(tmp_path).found_size is None


@pytest.mark.parametrize("damage", ["truncated", "flipped byte", "empty", "text", "no zip after all"])
def test_a_damaged_file_is_named_with_its_size_and_checksum(damage: str, tmp_path: Path) -> None:
    content = bytearray(MNIST_PATH.read_bytes())
    content[5_000_000] ^= 0xFF
    broken = {
        "truncated": MNIST_PATH.read_bytes()[:7_000_000],
        "flipped byte": bytes(content),
        "empty": b"",
        "text": b"version https://git-lfs.github.com/spec/v1\n",
        "no zip after all": b"PK\x03\x04" + b"\x00" * 100,
    }[damage]
    path = tmp_path / "mnist.npz"
    path.write_bytes(broken)
    error = refused(path)
    checksum = hashlib.sha256(broken).hexdigest()
    assert (error.path, error.found_size, error.found_checksum) == (path, len(broken), checksum)
    for word in (str(path), "damaged", f"{len(broken):,}", checksum, MNIST_SHA256):
        assert word in str(error)


@given(data=st.data())
def test_whichever_byte_of_a_file_is_damaged_the_error_is_a_data_error(small_file: Path, data: st.DataObject) -> None:
    content = bytearray(small_file.read_bytes())
    place = data.draw(st.integers(0, len(content) - 1))
    content[place] ^= data.draw(st.integers(1, 255))
    path = small_file.with_name("damaged.npz")
    path.write_bytes(content)
    assert refused(path).found_size == len(content)


def test_a_single_array_under_the_name_of_the_file_is_a_data_error(tmp_path: Path) -> None:
    path = tmp_path / "mnist.npz"
    with path.open("wb") as file:
        np.save(file, np.zeros(3, np.uint8))
    assert "damaged" in str(refused(path))


def test_a_file_without_one_of_the_arrays_is_a_data_error(arrays: dict[str, np.ndarray], tmp_path: Path) -> None:
    path = tmp_path / "mnist.npz"
    np.savez(path, **{name: array for name, array in arrays.items() if name != "y_test"})
    assert "damaged" in str(refused(path))


def test_arrays_of_objects_are_a_data_error(tmp_path: Path) -> None:
    path = tmp_path / "mnist.npz"
    things = np.array([{}], object)
    np.savez(path, x_train=things, y_train=things, x_test=things, y_test=things)
    assert "damaged" in str(refused(path))


@pytest.mark.parametrize(
    "change", ["one pixel", "two labels swapped", "parts swapped", "flat images", "wrapped values"]
)
def test_other_arrays_under_the_right_names_are_a_data_error(
    arrays: dict[str, np.ndarray], change: str, tmp_path: Path
) -> None:
    other = {name: array.copy() for name, array in arrays.items()}
    if change == "one pixel":
        other["x_train"][30_000, 14, 14] ^= 1
    elif change == "two labels swapped":
        other["y_test"][[0, 1]] = other["y_test"][[1, 0]]
    elif change == "parts swapped":
        other["x_test"], other["y_test"] = other["x_train"][:10_000], other["y_train"][:10_000]
    elif change == "flat images":
        other["x_train"] = other["x_train"].reshape(-1, 784)
    elif change == "wrapped values":
        other["y_train"] = other["y_train"].astype(np.int16) + 256
    path = tmp_path / "mnist.npz"
    np.savez(path, **other)
    assert "damaged" in str(refused(path))


@pytest.mark.parametrize("packing", ["stored", "other order", "wide integers"])
def test_the_same_arrays_packed_differently_are_accepted(
    arrays: dict[str, np.ndarray], packing: str, tmp_path: Path
) -> None:
    path = tmp_path / "mnist.npz"
    if packing == "other order":
        np.savez(path, **dict(reversed(arrays.items())))
    elif packing == "wide integers":
        np.savez(path, **arrays | {"y_train": arrays["y_train"].astype(np.int64)})
    else:
        np.savez(path, **arrays)
    assert zipfile.is_zipfile(path) and path.stat().st_size != MNIST_SIZE
    read = read_arrays(path)
    assert all(array.dtype == np.uint8 for array in read)
    assert np.array_equal(read[0], arrays["x_train"]) and np.array_equal(read[3], arrays["y_test"])


def test_a_data_error_survives_pickling(tmp_path: Path) -> None:
    error = refused(tmp_path / "mnist.npz")
    copy = pickle.loads(pickle.dumps(error))
    assert (copy.path, copy.found_size, str(copy)) == (error.path, None, str(error))
