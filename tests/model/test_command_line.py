"""``python -m model``: what it prints for people and machines, and what it says of nonsense."""

import json
import math
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from model import __main__ as command_line
from model.config import TrainingConfig
from model.data.mnist import Mnist
from model.network import predict
from model.training import train

ROOT = Path(__file__).resolve().parents[2]
pytestmark = pytest.mark.usefixtures("tensorflow")


def no_number(text: str) -> Any:
    raise AssertionError(f"{text} is not JSON")


def read_lines(output: str) -> list[dict[str, Any]]:
    """JSON as RFC 8259 has it: NaN and Infinity are none."""
    return [json.loads(line, parse_constant=no_number) for line in output.splitlines()]


def test_json_lines_end_with_the_test_accuracy() -> None:
    command = [sys.executable, "-m", "model", "--json", "--epochs", "2", "--training-images", "5000", "--seed", "3"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    *points, outcome = read_lines(done.stdout)
    assert len(points) == 10
    assert set(points[0]) == {"epoch", "step", "loss", "accuracy", "validation_loss", "validation_accuracy"}
    assert [point["epoch"] for point in points if point["validation_accuracy"] is not None] == [1, 2]
    assert 0.8 < outcome["test_accuracy"] < 1 and outcome["test_loss"] > 0 and not outcome["diverged"]
    assert outcome["config"]["hidden_sizes"] == [64, 64] and outcome["config"]["seed"] == 3
    assert done.stderr == ""


def test_people_get_a_bar_and_the_test_accuracy(capsys: pytest.CaptureFixture[str]) -> None:
    assert command_line.main(["--epochs", "1", "--training-images", "2000"]) == 0
    output = capsys.readouterr().out
    assert "epoch   1.0/1" in output and "validation" in output
    assert output.count("\n") == 2 and "Test accuracy" in output.splitlines()[-1]


@pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")  # inside Keras
def test_zero_hidden_layers_have_a_word_and_out_saves_what_keras_reads(
    tmp_path: Path, mnist: Mnist, capsys: pytest.CaptureFixture[str]
) -> None:
    import keras

    file = tmp_path / "network.keras"
    assert (
        command_line.main(
            ["--hidden-sizes", "none", "--epochs", "1", "--training-images", "3000", "--json", "--out", str(file)]
        )
        == 0
    )
    outcome = read_lines(capsys.readouterr().out)[-1]
    assert outcome["config"]["hidden_sizes"] == []
    saved = keras.models.load_model(file)
    *_, last = train(TrainingConfig(hidden_sizes=(), epochs=1, training_images=3_000))
    found = np.asarray(saved(mnist.test_images.reshape(-1, 784) / np.float32(255)))
    np.testing.assert_allclose(found, predict(last.network, mnist.test_images), atol=1e-5)
    accuracy = (found.argmax(axis=1) == mnist.test_labels).mean()
    assert outcome["test_accuracy"] == pytest.approx(accuracy, abs=2e-4)


def test_a_run_that_diverges_says_so_in_json_and_in_its_exit_status(capsys: pytest.CaptureFixture[str]) -> None:
    options = ["--hidden-sizes", "20,20", "--activation", "linear", "--optimizer", "sgd", "--batch-size", "50"]
    wild = ["--learning-rate", "0.5", "--training-images", "2000", "--json"]
    assert command_line.main(options + wild) == 1
    *points, outcome = read_lines(capsys.readouterr().out)
    assert outcome["diverged"] and points[-1]["loss"] is None
    assert all(math.isfinite(point["loss"]) for point in points[:-1])


@pytest.mark.parametrize(
    ("option", "value", "limit"),
    [
        ("hidden-sizes", "64,9999", "1 to 1024"),
        ("hidden-sizes", "sixty", "1 to 1024"),
        ("epochs", "0", "1 to 200"),
        ("epochs", "ten", "1 to 200"),
        ("learning-rate", "nan", "1e-06 to 10"),
        ("activation", "swish", "relu, tanh"),
        ("training-images", "99", "100 to 55000"),
        ("seed", "-1", "0 to"),
    ],
)
def test_a_bad_value_exits_with_2_naming_field_value_and_limit(
    option: str, value: str, limit: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert command_line.main([f"--{option}", value]) == 2
    message = capsys.readouterr().err
    wrong = "9999" if "9999" in value else value
    assert option.replace("-", "_") in message and wrong in message and limit in message
    assert "Traceback" not in message and message.count("\n") == 1


def test_five_hidden_layers_are_refused_by_their_number(capsys: pytest.CaptureFixture[str]) -> None:
    assert command_line.main(["--hidden-sizes", "1,2,3,4,5"]) == 2
    assert "hidden_layers = 5" in capsys.readouterr().err


@pytest.mark.parametrize("name", ["network.h5", "network"])
def test_a_file_keras_would_not_save_is_refused_before_training(
    name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert command_line.main(["--out", str(tmp_path / name)]) == 2
    captured = capsys.readouterr()
    assert ".keras" in captured.err and name in captured.err and captured.out == ""


def test_a_folder_that_is_not_there_is_refused_before_training(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert command_line.main(["--out", str(tmp_path / "nowhere" / "network.keras")]) == 2
    captured = capsys.readouterr()
    assert "nowhere" in captured.err and captured.out == ""


def test_an_unknown_option_exits_with_2(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        command_line.main(["--layers", "3"])
    assert caught.value.code == 2 and "--layers" in capsys.readouterr().err


def test_a_place_that_cannot_be_written_is_told_before_training(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def refuse(path: Path, *_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied", str(path))

    monkeypatch.setattr(Path, "open", refuse)
    monkeypatch.setattr(command_line, "train", lambda config: pytest.fail("trained for nothing"))
    assert command_line.main(["--epochs", "1", "--out", str(tmp_path / "mine.keras")]) == 2
    assert "mine.keras: cannot be written: Permission denied" in capsys.readouterr().err


def test_a_full_disk_at_the_end_costs_the_file_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    class Unsaved:
        def save(self, path: Path) -> None:
            path.write_bytes(b"half")
            raise OSError(28, "No space left on device")

    monkeypatch.setattr("model.__main__.to_keras", lambda network: Unsaved())
    file = tmp_path / "mine.keras"
    assert command_line.main(["--epochs", "1", "--training-images", "1000", "--json", "--out", str(file)]) == 2
    told = capsys.readouterr()
    assert read_lines(told.out)[-1]["test_accuracy"] > 0
    assert "No space left" in told.err and list(tmp_path.iterdir()) == []
