"""What a run and its settings are called: titles, values, what differs from the run before; knows nothing of how they are shown."""

from collections.abc import Iterable
from typing import Any

from model.config import DEFAULTS, TrainingConfig
from model.runs import Run, RunView, Status
from ui import session
from ui.controls import option_text
from ui.language import t
from ui.run_table import Setting
from ui.visitors import RaceEntry


def value_text(name: str, value: Any) -> str:
    """A value of any knob as the visitor reads it."""
    if name == "hidden_sizes":
        return "-".join(map(str, value)) if value else t("compare.no_hidden")
    return option_text(name, value)


def setting_text(name: str, value: Any) -> str:
    """A knob's short name and its value."""
    if name == "hidden_sizes" and not value:
        return value_text(name, value)
    return f"{t(f'knob.{name}.short')} {value_text(name, value)}"


def settings_of(config: TrainingConfig, before: TrainingConfig | None) -> list[Setting]:
    """The sizes, the epochs, whatever is not standard, and whatever differs from the run before."""
    found = []
    for name, standard in DEFAULTS.items():
        value = getattr(config, name)
        changed = before is not None and value != getattr(before, name)
        if changed or value != standard or name in ("hidden_sizes", "epochs"):
            found.append(Setting(setting_text(name, value), changed))
    return found


def listed(texts: Iterable[str]) -> str:
    """Texts one after the other, as the visitor's language parts them."""
    return t("compare.comma").join(texts)


def run_title(token: str) -> str:
    """What the visitor calls a run; else what it is in its race; else its number."""
    owner = session.visitor()
    if token in owner.run_names:
        return owner.run_names[token]
    entry = race_of(token)
    if entry is None:
        return t("compare.run", number=owner.run_numbers.get(token, 0))
    seed, variant = next((row, place.index(token)) for row, place in enumerate(entry.tokens) if token in place)
    title = setting_text(entry.race.knob, entry.race.values[variant])
    if len(entry.tokens) == 1:
        return title
    return t("compare.seed_title", title=title, number=entry.race.base.seed + seed)


def lane_title(token: str) -> str:
    """The title of a run that stands for all seeds of its variant; else the run's own."""
    entry = race_of(token)
    if entry is None or len(entry.tokens) == 1 or token in session.visitor().run_names:
        return run_title(token)
    variant = next(row.index(token) for row in entry.tokens if token in row)
    return setting_text(entry.race.knob, entry.race.values[variant])


def race_of(token: str) -> RaceEntry | None:
    """The race a run belongs to."""
    return next((entry for entry in session.visitor().races if token in entry.all_tokens), None)


def status_words(view: RunView) -> str:
    """What a run is doing; while it trains, how far it is."""
    if view.status == Status.TRAINING:
        epoch = t("train.epoch_of", epoch=f"{round(view.epoch, 1):g}", epochs=view.config.epochs)
        return f"{t('status.training')}, {epoch}"
    return t(f"status.{view.status}")


def last_accuracy(view: RunView) -> tuple[float | None, float | None]:
    """The latest training and validation accuracy of a run."""
    checked = [point.validation_accuracy for point in view.points if point.validation_accuracy is not None]
    return (view.points[-1].accuracy if view.points else None), (checked[-1] if checked else None)


def number_words(view: RunView) -> list[tuple[str, str]]:
    """The columns of numbers of a run, each with its name: four accuracies, seconds of training, weights."""
    training, validation = last_accuracy(view)
    test = view.score.accuracy if view.score else None
    drawn = view.drawn_score.accuracy if view.drawn_score else None
    shares = {"training": training, "validation": validation, "test": test, "drawn": drawn}
    words = {name: f"{share:.1%}" if share is not None else "–" for name, share in shares.items()}
    words["seconds"] = t("compare.seconds_value", seconds=f"{view.seconds[-1]:.1f}") if view.seconds else "–"
    words["weights"] = f"{view.config.weight_count:,}"
    return [(t(f"compare.column_{name}"), told) for name, told in words.items()]


def siblings(run: Run) -> list[str]:
    """The run's token and those of the runs that differ from it in the seed alone, in its race."""
    entry = race_of(run.token)
    if entry is None:
        return [run.token]
    variant = next(row.index(run.token) for row in entry.tokens if run.token in row)
    return [run.token, *(token for token in entry.lane(variant) if token != run.token)]
