"""Why a run went as it did: rules that look at its curves, each with its evidence and a remedy; knows no words and no screen."""

import itertools
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from model.config import LIMITS, TRAINING_IMAGES, Settings, TrainingConfig
from model.runs.evidence import Evidence
from model.runs.run import Status
from model.sizes import DIGITS

GUESSING: Final = 0.2
BLIND_LOSS: Final = math.log(DIGITS)
SATURATING: Final = ("sigmoid", "tanh", "linear")
PLAIN_STEPS: Final = ("sgd", "momentum")


@dataclass(frozen=True, eq=False)
class Finding:
    """A rule that fired: its name, the numbers it saw, by name, and the settings that should do better."""

    rule: str
    evidence: Mapping[str, float]
    remedy: TrainingConfig


def findings(evidence: Evidence) -> tuple[Finding, ...]:
    """What the rules find, the gravest first; empty for a run in good order, and for one too short to say anything of."""
    found = []
    for name, rule in RULES.items():
        told = rule(evidence) if evidence.epochs or name in WITHOUT_EPOCHS else None
        if told is not None:
            numbers, changes = told
            found.append(Finding(name, MappingProxyType(dict(numbers)), evidence.config.changed(**changes)))
    return tuple(found)


# The numbers a rule saw, and the settings it would change.
Told = tuple[Mapping[str, float], Settings]


def diverged(e: Evidence) -> Told | None:
    """The loss was no longer a number."""
    if e.status != Status.DIVERGED:
        return None
    return {"learning_rate": e.config.learning_rate, "step": e.step}, _slower(e.config)


def guessing(e: Evidence) -> Told | None:
    """After a hundred steps and a whole epoch it still does little better than guessing one digit in ten."""
    if e.step < 100 or max(e.last.accuracy, e.last.validation_accuracy) >= GUESSING:
        return None
    deep_and_flat = e.config.activation in SATURATING and len(e.config.hidden_sizes) > 1
    changes = {"activation": "relu"} if deep_and_flat else _faster(e.config) if _too_slow(e) else _slower(e.config)
    return {"training_accuracy": e.last.accuracy, "step": e.step}, changes


def rate_too_high(e: Evidence) -> Told | None:
    """The steps threw it so far off that for a while it was worse than blind guessing, and it has not fully recovered."""
    worst = max(e.losses, default=0.0)
    if worst < 1.1 * BLIND_LOSS or e.last.accuracy > 0.97 or e.config.dropout >= 0.5:
        return None
    return {"worst_loss": worst, "blind_loss": BLIND_LOSS, "training_accuracy": e.last.accuracy}, _slower(e.config)


def rate_too_low(e: Evidence) -> Told | None:
    """The training loss goes down all the way, but in steps so small that it is still high at the end."""
    if not _too_slow(e) or e.last.accuracy < GUESSING:
        return None
    return {"learning_rate": e.config.learning_rate, "training_loss": e.last.loss}, _faster(e.config)


def tiny_batches(e: Evidence) -> Told | None:
    """So few images a step that each step goes by their chance: the validation loss goes up and down."""
    if e.config.batch_size > 8 or e.rises < 2:
        return None
    return {"batch_size": e.config.batch_size, "rises": e.rises, "epochs": len(e.epochs)}, {"batch_size": 64}


def overfitting(e: Evidence) -> Told | None:
    """The validation loss rises again while the training loss goes on falling."""
    rise = e.last.validation_loss / max(e.best.validation_loss, 1e-9) - 1
    if rise < 0.1 or e.last.accuracy < 0.95 or e.gap < 0.01 or e.last.loss >= e.best.loss:
        return None
    numbers = {
        "best_epoch": e.best_epoch,
        "best_validation_loss": e.best.validation_loss,
        "validation_loss": e.last.validation_loss,
        "training_loss": e.last.loss,
    }
    if e.config.augmentation == "off":
        return numbers, {"augmentation": "gentle"}
    return numbers, {"epochs": e.best_epoch}


def too_few_images(e: Evidence) -> Told | None:
    """It knows the few images it learned from by heart and reads others clearly worse."""
    if e.config.training_images > 10_000 or e.last.accuracy < 0.95 or e.gap < 0.03:
        return None
    numbers = {
        "training_images": e.config.training_images,
        "training_accuracy": e.last.accuracy,
        "validation_accuracy": e.last.validation_accuracy,
    }
    return numbers, {"training_images": TRAINING_IMAGES}


def over_regularised(e: Evidence) -> Told | None:
    """Dropout, L1 or L2 hold it back so much that it cannot even learn the training images."""
    strong = {
        name: getattr(e.config, name)
        for name, bound in (("dropout", 0.5), ("l1", 0.001), ("l2", 0.01))
        if getattr(e.config, name) >= bound
    }
    if not strong or e.last.validation_accuracy > 0.9 or e.gap > 0.02:
        return None
    return {"training_accuracy": e.last.accuracy} | strong, dict.fromkeys(strong, 0.0)


def no_bend(e: Evidence) -> Told | None:
    """Hidden layers without a bend add up to a single layer."""
    if e.config.activation != "linear" or not e.config.hidden_sizes:
        return None
    return {"layers": len(e.config.hidden_sizes), "training_accuracy": e.last.accuracy}, {"activation": "relu"}


def underfitting(e: Evidence) -> Told | None:
    """It has stopped improving, reads its own training images badly, and is small."""
    if not _small(e.config) or len(e.epochs) < 4 or e.last.accuracy > 0.95 or e.gap > 0.02 or _still_falls(e):
        return None
    numbers = {"training_accuracy": e.last.accuracy, "units": sum(e.config.hidden_sizes)}
    return numbers, {"hidden_sizes": (64, 64)}


def silent(e: Evidence) -> Told | None:
    """A fifth of the hidden units or more say nothing, and no regularisation silenced them."""
    if not e.hidden_units or e.silent_units < max(2, 0.2 * e.hidden_units) or _held_back(e.config):
        return None
    changes = _slower(e.config) if _fast(e.config) else {"activation": "gelu"}
    return {"silent_units": e.silent_units, "units": e.hidden_units}, changes


def stopped_too_early(e: Evidence) -> Told | None:
    """The validation loss was still falling when the run ended."""
    if not _still_falls(e) or _too_slow(e) or e.config.epochs >= LIMITS["epochs"].high:
        return None
    before, after = e.epochs[-2].validation_loss, e.last.validation_loss
    longer = min(int(LIMITS["epochs"].high), max(10, 2 * len(e.epochs)))
    return {"validation_loss_before": before, "validation_loss": after, "epochs": len(e.epochs)}, {"epochs": longer}


def plateau(e: Evidence) -> Told | None:
    """For the second half of the run nothing got better on the validation images."""
    half = len(e.epochs) // 2
    if half < 4:
        return None
    earlier, later = e.epochs[:half], e.epochs[half:]
    gain = max(x.validation_accuracy for x in later) - max(x.validation_accuracy for x in earlier)
    if gain > 0.002:
        return None
    numbers = {"epochs": len(later), "gain": gain, "validation_accuracy": e.last.validation_accuracy}
    return numbers, {"schedule": "cosine"} if e.config.schedule == "constant" else {"epochs": half}


def narrow_handwriting(e: Evidence) -> Told | None:
    """It reads MNIST's writers well and others clearly worse, having seen no variation."""
    if e.score is None or e.drawn_score is None or e.score.accuracy < 0.95:
        return None
    varied = e.config.augmentation != "off" and e.config.pen_share > 0
    if varied or e.score.accuracy - e.drawn_score.accuracy < 0.02:
        return None
    numbers = {"test_accuracy": e.score.accuracy, "drawn_accuracy": e.drawn_score.accuracy}
    return numbers, {"augmentation": "gentle", "pen_share": 0.2}


def _too_slow(e: Evidence) -> bool:
    """Whether the loss falls from epoch to epoch, yet has not come far in two hundred steps."""
    falls = all(later.loss < earlier.loss for earlier, later in itertools.pairwise(e.epochs))
    excused = _fast(e.config) or _held_back(e.config) or _small(e.config)
    return e.step >= 200 and falls and e.last.loss > 0.6 and not excused


def _small(config: TrainingConfig) -> bool:
    return sum(config.hidden_sizes) < 32


def _held_back(config: TrainingConfig) -> bool:
    return config.dropout >= 0.5 or config.l1 >= 0.001 or config.l2 >= 0.01


def _still_falls(e: Evidence) -> bool:
    """Whether the last epoch took more than a twentieth off a validation loss worth speaking of, and none before had done better."""
    if len(e.epochs) < 2 or e.best_epoch < len(e.epochs):
        return False
    before = e.epochs[-2].validation_loss
    return before > 0.05 and e.last.validation_loss < 0.95 * before


def _fast(config: TrainingConfig) -> bool:
    """Whether the learning rate is above what its optimiser usually bears."""
    return config.learning_rate > (0.1 if config.optimizer in PLAIN_STEPS else 0.003)


def _slower(config: TrainingConfig) -> dict[str, float]:
    return {"learning_rate": float(f"{max(config.learning_rate / 10, LIMITS['learning_rate'].low):.3g}")}


def _faster(config: TrainingConfig) -> dict[str, float]:
    return {"learning_rate": float(f"{min(config.learning_rate * 10, LIMITS['learning_rate'].high):.3g}")}


WITHOUT_EPOCHS: Final = ("diverged",)
RULES: Final[Mapping[str, Callable[[Evidence], Told | None]]] = MappingProxyType(
    {
        "diverged": diverged,
        "guessing": guessing,
        "rate_too_high": rate_too_high,
        "rate_too_low": rate_too_low,
        "silent": silent,
        "tiny_batches": tiny_batches,
        "over_regularised": over_regularised,
        "no_bend": no_bend,
        "underfitting": underfitting,
        "too_few_images": too_few_images,
        "overfitting": overfitting,
        "stopped_too_early": stopped_too_early,
        "plateau": plateau,
        "narrow_handwriting": narrow_handwriting,
    }
)
