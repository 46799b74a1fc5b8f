"""Checks of a visitor's runs: trained, compared, overfitting, together, fine-tuned, each with its numbers; knows no screen or language."""

from collections.abc import Callable, Collection, Mapping, Sequence
from types import MappingProxyType
from typing import Final

import numpy as np

from model.config import Settings
from model.data.mnist import load_mnist
from model.evaluation.ensemble import gain
from model.lessons.facts import ANY, Facts, Finding, NotDone, Where, differing, made, not_done, unfit, varied_between
from model.runs.run import RunView, Status
from model.training.fine_tuning import read_right
from model.training.state import Epoch


def validation_accuracy(run: RunView) -> float:
    """Share of the 5,000 validation images read right after the last whole epoch, percent."""
    return 100 * _last_epoch(run).validation_accuracy


def validation_loss(run: RunView) -> float:
    """Mean cross-entropy on the validation images after the last whole epoch."""
    return _last_epoch(run).validation_loss


def drawn_accuracy(run: RunView) -> float:
    """Share of the pen-drawn digits read right, percent."""
    return 100 * run.drawn_score.accuracy if run.drawn_score else 0.0


MEASURES: Final[Mapping[str, tuple[Callable[[RunView], float], str]]] = MappingProxyType(
    {
        "validation_accuracy": (validation_accuracy, ".2f"),
        "validation_loss": (validation_loss, ".3f"),
        "drawn_accuracy": (drawn_accuracy, ".1f"),
    }
)


def _last_epoch(run: RunView) -> Epoch:
    """The last whole epoch; a run trained to its end has one."""
    return run.epochs[-1]


def trained(facts: Facts, where: Where = ANY, may_run_off: bool = False) -> Finding:
    """A run of these settings was trained to its end; the value is its validation accuracy in percent, 0 when it ran off."""
    run = made(facts, where.held(facts.locked), may_run_off)[0]
    runs = {"run": run.token}
    if run.status == Status.DIVERGED:
        rate = np.format_float_positional(run.config.learning_rate, trim="-")
        return Finding(True, "ran_off", {"rate": rate}, {}, 0.0, runs, run.config)
    accuracy = validation_accuracy(run)
    numbers = {"accuracy": f"{accuracy:.1f}%", "loss": f"{validation_loss(run):.3f}", "steps": f"{run.step:,}"}
    return Finding(True, "trained", numbers, {}, accuracy, runs, run.config)


def compared(facts: Facts, where: Where, other: Where, measure: str = "validation_accuracy") -> Finding:
    """A run of ``where`` was made, and there is one of ``other`` that is equal to it but for what the two name differently.

    The second may be older. Both were trained to their end. The value is ``measure`` of the first less that of the second.
    """
    varied = varied_between(where, other)
    wanted, beside = where.held(facts.locked, varied), other.held(facts.locked, varied)
    firsts = made(facts, wanted)
    seconds = [run for run in reversed(facts.runs) if run.parent is None and beside.matches(run.config)]
    pairs = ((a, b) for a in firsts for b in seconds if unfit(b) is None and not differing(a.config, b.config, varied))
    first, second = next(pairs, (firsts[0], None))
    settings = {"where": _telling(wanted, varied), "other": _telling(beside, varied)}
    if second is None:
        raise _no_partner(first, beside, seconds, varied, settings)
    number, form = MEASURES[measure]
    a, b = number(first), number(second)
    apart = round(a - b, 6)
    numbers = {"first": format(a, form), "second": format(b, form), "difference": format(abs(apart), form)}
    says = f"compared_{measure}_{'more' if apart > 0 else 'less' if apart < 0 else 'same'}"
    runs = {"run": first.token, "other_run": second.token}
    return Finding(True, says, numbers, settings, a - b, runs, first.config)


def _no_partner(
    first: RunView,
    beside: Where,
    seconds: Sequence[RunView],
    varied: frozenset[str],
    settings: Mapping[str, Settings],
) -> NotDone:
    """What keeps ``first`` from being compared: one under way, only runs that differ in more, or none at all."""
    for run in seconds:
        if not run.ended and not differing(first.config, run.config, varied):
            return not_done("still_training", run)
    wants = first.config.changed(**beside.values)
    whole = next((run for run in seconds if unfit(run) is None), None)
    if whole is None:
        return not_done("no_partner", first, settings=settings, wants=wants)
    unequal = {
        "has": differing(first.config, whole.config, varied),
        "other_has": differing(whole.config, first.config, varied),
    }
    runs = {"run": first.token, "other_run": whole.token}
    return NotDone(Finding(False, "unequal", settings={**settings, **unequal}, runs=runs, wants=wants))


def overfits(facts: Facts, where: Where = ANY, rise: float = 10.0) -> Finding:
    """The validation loss of a run rose by ``rise`` percent from its lowest while the training loss fell."""
    run = made(facts, where.held(facts.locked))[0]
    number, lowest = min(enumerate(run.epochs, 1), key=lambda epoch: epoch[1].validation_loss)
    last = _last_epoch(run)
    low, high = lowest.validation_loss, last.validation_loss
    rose = 100 * (high / max(low, 1e-9) - 1)
    numbers = {
        "low": f"{low:.3f}",
        "epoch": f"{number}",
        "last": f"{high:.3f}",
        "rise": f"{rose:.0f}%",
        "training_before": f"{lowest.loss:.3f}",
        "training_after": f"{last.loss:.3f}",
    }
    found = rose >= rise and last.loss < lowest.loss
    says = "overfits" if found else "no_overfitting"
    return Finding(found, says, numbers, {}, rose if found else None, {"run": run.token}, run.config)


def ensemble(facts: Facts, where: Where, count: int = 3) -> Finding:
    """A run of ``where`` was made, and there are others equal to it but for the seed, ``count`` in all; the others may be older.

    The value is what their vote gains over their mean, percentage points.
    """
    newest = made(facts, where.held(facts.locked))[0]
    by_seed = {newest.config.seed: newest}
    for run in reversed(facts.runs):
        if run.parent is None and unfit(run) is None and not differing(run.config, newest.config, {"seed"}):
            by_seed.setdefault(run.config.seed, run)
    chosen = list(by_seed.values())[:count]
    if len(chosen) < count:
        seed = next(seed for seed in range(1, count + 1) if seed not in by_seed)
        numbers = {"have": str(len(chosen)), "count": str(count)}
        raise not_done("too_few_networks", numbers=numbers, wants=newest.config.changed(seed=seed))
    networks = [run.network for run in chosen if run.network is not None]
    found = gain(networks, load_mnist().test_images, load_mnist().test_labels)
    gained = 100 * found.over_mean
    numbers = {
        "alone": ", ".join(f"{score.accuracy:.2%}" for score in found.alone),
        "together": f"{found.together.accuracy:.2%}",
        "gain": f"{abs(gained):.2f}",
        "count": str(count),
    }
    runs = {"run": newest.token}
    return Finding(True, "ensemble" if gained > 0 else "ensemble_no_gain", numbers, {}, gained, runs, newest.config)


def taught(facts: Facts) -> Finding:
    """A run of own handwriting was made; the value is how many of the digits it was taught with it reads more than before."""
    return _fine_tuning(facts, "taught")


def forgot(facts: Facts) -> Finding:
    """A run of own handwriting was made; the value is how many of the 10,000 test digits it reads more than before."""
    return _fine_tuning(facts, "forgot")


def _fine_tuning(facts: Facts, says: str) -> Finding:
    runs = [run for run in reversed(facts.runs) if run.parent is not None]
    new = [run for run in runs if run.token not in facts.before.runs]
    run = next((run for run in new if unfit(run) is None), None)
    if run is None or run.parent is None or run.network is None or run.score is None:
        raise _no_fine_tuning(new, runs)
    digits = [*run.parent.taught, *run.parent.held_back]
    before, after = (read_right(network, digits) for network in (run.parent.network, run.network))
    numbers = {
        "before": str(before),
        "after": str(after),
        "count": str(len(digits)),
        "test_before": f"{run.parent.score.accuracy:.2%}",
        "test_after": f"{run.score.accuracy:.2%}",
    }
    change = after - before if says == "taught" else run.score.correct - run.parent.score.correct
    return Finding(True, says, numbers, {}, float(change), {"run": run.token})


def _no_fine_tuning(new: Sequence[RunView], runs: Sequence[RunView]) -> NotDone:
    if new:
        return not_done(unfit(new[0]) or "still_training", new[0])
    return not_done("taught_older", runs[0]) if runs else not_done("not_taught")


def _telling(where: Where, varied: Collection[str]) -> Settings:
    """What a sentence about two runs need name of one of them; without a hidden layer there is nothing to activate."""
    idle = {"activation"} if where.values.get("hidden_sizes") == () else set()
    return {name: value for name, value in where.values.items() if name in varied and name not in idle}
