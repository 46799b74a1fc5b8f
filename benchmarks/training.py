"""``python -m benchmarks.training``: seconds an epoch through a run, against Keras ``fit``, scikit-learn and NumPy by hand."""

import argparse
import statistics
from collections.abc import Sequence

from benchmarks.measuring import in_a_process, machine, ratio, spread


def main() -> None:
    """Alternate the contestants, each in a process of its own, and print medians and the ratios pair by pair."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("--pairs", type=int, default=5)
    parser.add_argument("--only", choices=("64", "512"))
    options = parser.parse_args()
    pairs = options.pairs
    print(machine())
    print(f"Seconds an epoch of 60,000 images, batch 128, Adam; {pairs} rounds, in turn, one process each")
    print("ours and keras_fit validate on 5,000 images after each epoch, the other two do not")
    if options.only != "512":
        compare("64,64", ("ours", "keras_fit", "scikit_learn", "numpy_by_hand"), pairs, cores=None)
    if options.only != "64":
        compare("512,512", ("ours", "keras_fit"), pairs, cores=[0])


def compare(hidden: str, contestants: Sequence[str], pairs: int, cores: Sequence[int] | None) -> None:
    """Print what each contestant takes for one architecture and how many times faster ours is."""
    seconds: dict[str, list[float]] = {name: [] for name in contestants}
    for _ in range(pairs):
        for name in contestants:
            epochs = in_a_process("benchmarks.contestants", name, hidden, cores=cores)
            seconds[name].append(statistics.median(epochs))
    print(f"\n784-{hidden.replace(',', '-')}-10, {'one core each' if cores else 'all cores'}")
    for name, values in seconds.items():
        faster = "" if name == "ours" else f"  ours is {ratio(values, seconds['ours']):.1f} times as fast"
        print(f"  {name:<14} {spread(values)}{faster}")


if __name__ == "__main__":
    main()
