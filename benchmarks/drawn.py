"""``python -m benchmarks.drawn --strokes PATH [--quick]``: how well drawings by real pens are read, and non-digits doubted.

PATH is a file of one JSON object a line: ``label``, ``source``, ``strokes`` (lists of [x, y] in the unit square, y down).
"""

import argparse
import json
import os
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt

from model.augmentation import AUGMENTATIONS
from model.config import PRESETS, TrainingConfig
from model.data.mnist import load_mnist
from model.data.rasterizer import render
from model.data.synthetic_digits import drawn_set, training_pool
from model.data.synthetic_nondigits import KINDS, MEASURED, generate_nondigits
from model.drawing import resize_only, to_mnist
from model.evaluation.out_of_distribution import Detector, detector_of, reference_set
from model.evaluation.significance import wilson_interval
from model.network import Array, FloatArray, Network, predict
from model.runs.executor import COMPUTE_ENVIRONMENT
from model.training.loop import test_score, train_steps
from model.training.state import network_of

SIZE, BRUSH, SPAN = 280, 20, 200
QUICK_EPOCHS: Final = 3
NONDIGITS: Final = 500
SIZES: Final = ((40, 8), (40, 20), (80, 20), (120, 36), (200, 8), (200, 20), (200, 36), (260, 8), (260, 20))


@dataclass(frozen=True, eq=False)
class Drawings:
    """Real drawings: ``strokes`` of each, ``labels`` (N,) int, ``sources`` (N,) text."""

    strokes: list[list[list[list[float]]]]
    labels: npt.NDArray[np.int_]
    sources: npt.NDArray[np.str_]

    def prepared(
        self, prepare: Callable[..., FloatArray | None], span: float = SPAN, brush: float = BRUSH
    ) -> FloatArray:
        """Every drawing on a canvas of 280 pixels, prepared: (N, 28, 28) float32."""
        pictures = [prepare(render(drawing, SIZE, brush, span)) for drawing in self.strokes]
        return np.stack([np.zeros((28, 28), np.float32) if picture is None else picture for picture in pictures])


def read_drawings(path: Path) -> Drawings:
    """The drawings of a file in the form this module describes."""
    rows = [json.loads(line) for line in path.read_text().splitlines() if line]
    labels = np.array([row["label"] for row in rows])
    return Drawings([row["strokes"] for row in rows], labels, np.array([row["source"] for row in rows]))


def shown(right: npt.NDArray[np.bool_]) -> str:
    """A share in words: percent, 95 % interval, count."""
    low, high = wilson_interval(int(right.sum()), len(right))
    return f"{right.mean():6.1%} [{low:5.1%}, {high:6.1%}] of {len(right)}"


def trainings(quick: bool) -> Mapping[str, TrainingConfig]:
    """What is trained, by name: standard, standard with each augmentation, the other presets."""
    named = {
        f"standard, augmentation {name}": TrainingConfig(augmentation=name) for name in AUGMENTATIONS if name != "off"
    }
    named = {"standard": PRESETS["standard"]} | named | {name: PRESETS[name] for name in PRESETS if name != "standard"}
    return {name: config.changed(epochs=QUICK_EPOCHS) for name, config in named.items()} if quick else named


def trained(config: TrainingConfig) -> tuple[Network, float]:
    """The trained network and the seconds it took, compiling included."""
    started = time.perf_counter()
    state, _ = train_steps(config, None, config.total_steps)
    return network_of(config, state), time.perf_counter() - started


def tell_reading(network: Network, drawings: Drawings, pictures: Mapping[str, FloatArray]) -> None:
    """By preparation: all, each source, each digit."""
    for name, images in pictures.items():
        right = predict(network, images).argmax(axis=1) == drawings.labels
        print(f"  {name}: {shown(right)}")
        for source in np.unique(drawings.sources):
            print(f"    {source}: {shown(right[drawings.sources == source])}")
        for digit in range(10):
            print(f"    {digit}: {shown(right[drawings.labels == digit])}")


def tell_doubt(doubt: Detector, drawings: FloatArray, nondigits: Mapping[str, Array]) -> None:
    """How many digits are refused and how many non-digits are caught."""
    digits: dict[str, Array] = {
        "MNIST test images": load_mnist().test_images,
        "drawings": drawings,
        "generated digits": drawn_set()[0],
    }
    for name, images in digits.items():
        print(f"  refused, {name}: {shown(_doubted(doubt, images))}")
    for name, images in nondigits.items():
        print(f"  caught, {name}: {shown(_doubted(doubt, images))}")


def tell_sizes(network: Network, drawings: Drawings) -> None:
    """Drawn small and large, with thin and thick pens."""
    for span, brush in SIZES:
        right = predict(network, drawings.prepared(to_mnist, span, brush)).argmax(axis=1) == drawings.labels
        print(f"  longer side {span} px, pen {brush} px: {shown(right)}")


def main(arguments: Sequence[str] | None = None) -> int:
    """Train, measure, print."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.drawn", description=__doc__)
    parser.add_argument("--strokes", type=Path, required=True, help="file of drawings, one JSON object a line")
    parser.add_argument("--quick", action="store_true", help=f"{QUICK_EPOCHS} epochs of every training, no sizes")
    options = parser.parse_args(arguments)
    from model.training.compiled_loop import use_one_thread

    use_one_thread()
    drawings = read_drawings(options.strokes)
    pictures = {"resize only": drawings.prepared(resize_only), "prepared like MNIST": drawings.prepared(to_mnist)}
    nondigits = {kind: generate_nondigits(kind, NONDIGITS, MEASURED) for kind in KINDS}
    print(
        f"{len(drawings.labels)} drawings of {options.strokes.name}, canvas {SIZE} px, pen {BRUSH} px, longer side {SPAN} px"
    )
    print(
        f"generating the training pool: {_seconds(training_pool):.1f} s; what doubt compares with: {_seconds(reference_set):.1f} s"
    )
    for name, config in trainings(options.quick).items():
        network, seconds = trained(config)
        score = test_score(network)
        images, labels = drawn_set()
        drawn = predict(network, images).argmax(axis=1) == labels
        print(
            f"\n{name}: {config.hidden_sizes}, {config.epochs} epochs, seed {config.seed}, {seconds:.1f} s on one core"
        )
        print(f"  MNIST test: {score.accuracy:.2%} of {score.count}; drawn score: {shown(drawn)}")
        tell_reading(network, drawings, pictures)
        tell_doubt(detector_of(network), pictures["prepared like MNIST"], nondigits)
        if not options.quick and name in PRESETS:
            tell_sizes(network, drawings)
    return 0


def _doubted(doubt: Detector, images: Array) -> npt.NDArray[np.bool_]:
    return np.concatenate([doubt.exceeds(images[start : start + 500]) for start in range(0, len(images), 500)])


def _seconds(make: Callable[[], object]) -> float:
    started = time.perf_counter()
    make()
    return time.perf_counter() - started


if __name__ == "__main__":
    os.environ.update(COMPUTE_ENVIRONMENT)
    sys.exit(main())
