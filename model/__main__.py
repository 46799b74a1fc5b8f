"""``python -m model``: trains one network from the command line; a caller of ``train`` like any other."""

import argparse
import json
import math
import sys
import time
from collections.abc import Sequence
from contextlib import nullcontext
from dataclasses import asdict
from pathlib import Path

from model.config import DEFAULTS, FIELDS, LIMITS, ConfigError, TrainingConfig
from model.data.mnist import DataError
from model.data.whole_file import whole_file
from model.runs.executor import prepare_process
from model.training.keras_network import to_keras
from model.training.loop import Progress, test_score, train

BAR_WIDTH = 24


def main(arguments: Sequence[str] | None = None) -> int:
    """Train, show progress, print the test accuracy; returns the exit status."""
    options = vars(_parser().parse_args(arguments))
    try:
        config = TrainingConfig.from_query(
            {name: text for name, text in options.items() if name in DEFAULTS and text is not None}
        )
        return _run(config, as_json=options["json"], out=options["out"])
    except (ConfigError, DataError) as error:
        print(f"python -m model: {error}", file=sys.stderr)
        return 2


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m model", description="Train a digit network on MNIST.")
    for field in FIELDS:
        name = "--" + field.name.replace("_", "-")
        default = TrainingConfig().to_query()[field.name]
        parser.add_argument(name, dest=field.name, metavar="VALUE", help=f"{LIMITS[field.name]} (default: {default})")
    parser.add_argument("--json", action="store_true", help="print one JSON object a line instead of a bar")
    parser.add_argument("--out", type=Path, metavar="FILE.keras", help="save the trained network for Keras")
    return parser


def _run(config: TrainingConfig, as_json: bool, out: Path | None) -> int:
    if out is not None and out.suffix != ".keras":
        print(f"python -m model: --out {out}: the name must end in .keras", file=sys.stderr)
        return 2
    if out is not None and not out.parent.is_dir():
        print(f"python -m model: --out {out}: there is no folder {out.parent}", file=sys.stderr)
        return 2
    try:
        with whole_file(out) if out is not None else nullcontext() as part:
            return _train(config, as_json, part)
    except OSError as error:
        print(f"python -m model: --out {out}: cannot be written: {error.strerror or error}", file=sys.stderr)
        return 2


def _train(config: TrainingConfig, as_json: bool, out: Path | None) -> int:
    prepare_process()
    started = time.perf_counter()
    last: Progress | None = None
    for last in train(config):
        _tell(config, last, as_json)
    assert last is not None
    seconds = time.perf_counter() - started
    score = test_score(last.network)
    outcome = {
        "test_accuracy": score.accuracy,
        "test_loss": score.loss,
        "seconds": round(seconds, 2),
        "diverged": last.diverged,
    }
    if as_json:
        print(_json({"config": asdict(config), **outcome}))
    else:
        print(
            f"\n{'Diverged. ' if last.diverged else ''}Test accuracy {score.accuracy:.2%} on 10,000 images, {seconds:.1f} s"
        )
    if out is not None:  # last: should there be no room left, the numbers have been told
        to_keras(last.network).save(out)
    return 1 if last.diverged else 0


def _tell(config: TrainingConfig, progress: Progress, as_json: bool) -> None:
    numbers: dict[str, object] = {
        name: getattr(progress, name)
        for name in ("epoch", "step", "loss", "accuracy", "validation_loss", "validation_accuracy")
    }
    if as_json:
        print(_json(numbers), flush=True)
        return
    done = round(BAR_WIDTH * progress.step / config.total_steps)
    validation = f"  validation {progress.validation_accuracy:.2%}" if progress.validation_accuracy is not None else ""
    bar = "#" * done + "." * (BAR_WIDTH - done)
    line = f"[{bar}] epoch {progress.epoch:5.1f}/{config.epochs}  loss {progress.loss:.4f}{validation}"
    print(f"\r{line:<100}", end="", flush=True)


def _json(values: dict[str, object]) -> str:
    """One line of JSON, which has no NaN and no infinity: null stands for them."""
    unreal = {name: None for name, value in values.items() if isinstance(value, float) and not math.isfinite(value)}
    return json.dumps(values | unreal, allow_nan=False)


if __name__ == "__main__":
    sys.exit(main())
