"""What a run and its settings are called: titles, values, what differs from the run before; knows nothing of how they are shown."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from model.config import DEFAULTS, TrainingConfig
from model.runs.run import RunView, Status
from model.runs.store import RUNS
from ui.elements.numerals import decimal, percent
from ui.runs.run_table import Setting
from ui.runs.setting_words import option_text
from ui.state.language import listed, plain_words, t
from ui.state.own_runs import own_runs
from ui.state.visitor import current_visitor
from ui.state.visitors import RaceEntry


def layers_in_words(config: TrainingConfig) -> str:
    """The units of every layer, such as 784 → 64 → 64 → 10."""
    return " → ".join(f"{size:,}" for size in config.layer_sizes)


def value_text(name: str, value: object) -> str:
    """A value of any knob as the visitor reads it."""
    if name == "hidden_sizes":
        return "-".join(map(str, value)) if isinstance(value, Sequence) and value else t("compare.no_hidden")
    return option_text(name, value)


def setting_text(name: str, value: object) -> str:
    """A knob's short name and its value."""
    if name == "hidden_sizes" and not value:
        return value_text(name, value)
    return f"{t(f'knob.{name}.short')} {value_text(name, value)}"


def every_setting(configs: Sequence[TrainingConfig]) -> list[tuple[str, str]]:
    """Each setting of runs that are alike but for some: its name and its value in words, or its several values."""

    def values(name: str) -> Iterable[str]:
        return dict.fromkeys(value_text(name, getattr(config, name)) for config in configs)

    return [(t(f"knob.{name}.short"), listed(values(name))) for name in DEFAULTS]


def settings_of(config: TrainingConfig, before: TrainingConfig | None) -> list[Setting]:
    """The sizes, the epochs, whatever is not standard, and whatever differs from the run before."""
    found = []
    for name, standard in DEFAULTS.items():
        value = getattr(config, name)
        changed = before is not None and value != getattr(before, name)
        if changed or value != standard or name in ("hidden_sizes", "epochs"):
            found.append(Setting(setting_text(name, value), changed))
    return found


@dataclass(frozen=True)
class Curve:
    """What is drawn as one line: a run alone, or the runs of one variant of a race, one a seed.

    Attributes:
        tokens: those of its runs that still exist, the first seed first.
        title: what it is called; no other curve and no other run is called the same.
        look: its colour and dashes, see ``ui.state.looks``.
        ever: the tokens of all runs it ever had.
    """

    tokens: tuple[str, ...]
    title: str
    look: int
    ever: tuple[str, ...]

    @property
    def head(self) -> str:
        """The run that stands for the curve."""
        return self.tokens[0]


def own_curves() -> list[Curve]:
    """Every curve of this visitor, oldest first."""
    owner = current_visitor()
    titles = _titles()
    return [Curve(lane, titles[lane], owner.looks[lane[0]], _lane_of(lane[0])) for lane in _lanes()]


def shown_title(token: str) -> str:
    """What a run that is looked at is called, whether it is this visitor's or came by a link."""
    return run_titles().get(token, t("run.unnamed"))


def run_titles() -> dict[str, str]:
    """What each run of this visitor is called, by token: no two the same, nor one like a curve of several."""
    return {run[0]: title for run, title in _titles().items() if len(run) == 1}


def _titles() -> dict[tuple[str, ...], str]:
    """The titles of all runs and of all variants of several runs; where two would be the same, their numbers are added."""
    numbers = current_visitor().run_numbers
    titles: dict[tuple[str, ...], str] = {(run.token,): run_title(run.token) for run in own_runs()}
    titles |= {lane: lane_title(lane) for lane in _lanes() if len(lane) > 1}
    while twice := {title for title, count in Counter(titles.values()).items() if count > 1}:
        titles |= {
            things: plain_words(t("compare.numbered", title=title, number=numbers[things[0]]))
            for things, title in titles.items()
            if title in twice
        }
    return titles


def _lanes() -> list[tuple[str, ...]]:
    """The visitor's runs that still exist, the seeds of one variant together; oldest first."""
    there = [run.token for run in own_runs()]
    lanes: dict[tuple[str, ...], None] = {}
    for token in there:
        lanes[tuple(one for one in _lane_of(token) if one in there)] = None
    return list(lanes)


def _lane_of(token: str) -> tuple[str, ...]:
    """The tokens of all seeds of a run's variant in its race; of a run alone its own."""
    entry = race_of(token)
    return entry.lanes[entry.variant(token)] if entry is not None else (token,)


def run_title(token: str) -> str:
    """What the visitor calls a run, as it was typed; else what it is in its race; else its number. Two may be called the same."""
    owner = current_visitor()
    if token in owner.run_names:
        return owner.run_names[token]
    entry = race_of(token)
    if entry is None:
        return t("compare.run", number=owner.run_numbers.get(token, 0))
    title = setting_text(entry.race.knob, entry.race.values[entry.variant(token)])
    if len(entry.tokens) == 1:
        return title
    return plain_words(t("compare.seed_title", title=title, number=entry.seed(token)))


def lane_title(lane: Sequence[str]) -> str:
    """The title of a variant of a race that was trained with several seeds; of a run alone its own."""
    entry = race_of(lane[0])
    if entry is None or len(lane) == 1:
        return run_title(lane[0])
    return setting_text(entry.race.knob, entry.race.values[entry.variant(lane[0])])


def race_of(token: str) -> RaceEntry | None:
    """The race a run belongs to."""
    return next((entry for entry in current_visitor().races if token in entry.all_tokens), None)


def status_words(view: RunView) -> str:
    """What a run is doing; while it trains, how far it is."""
    if view.status == Status.TRAINING:
        epoch = t("train.epoch_of", epoch=f"{round(view.epoch, 1):g}", epochs=view.config.epochs)
        return listed([t("status.training"), epoch])
    return t(f"status.{view.status}")


def last_accuracy(view: RunView) -> tuple[float | None, float | None]:
    """Training and validation accuracy of a run's last whole epoch; before the first is whole, training so far and None."""
    return latest_number(view, "accuracy"), latest_number(view, "validation_accuracy")


def latest_number(view: RunView, value: str) -> float | None:
    """``value``, a field of ``Epoch``, of a run's last whole epoch; before the first is whole, of training so far, else None."""
    if view.epochs:
        return float(getattr(view.epochs[-1], value))
    so_far = view.latest_training
    return None if so_far is None or value.startswith("validation") else so_far[value == "accuracy"]


def number_words(view: RunView) -> list[tuple[str, str]]:
    """The columns of numbers of a run, each with its name: four accuracies, seconds of training, weights.

    What a run of a race reads of the test images is told once all of the race have ended: a race is not judged by it.
    """
    training, validation = last_accuracy(view)
    entry = race_of(view.token)
    tested = view.score is not None and not (entry is not None and race_goes_on(entry))
    test = view.score.accuracy if tested and view.score else None
    drawn = view.drawn_score.accuracy if tested and view.drawn_score else None
    shares = {"training": training, "validation": validation, "test": test, "drawn": drawn}
    words = {name: percent(share, 1) if share is not None else "–" for name, share in shares.items()}
    words["seconds"] = t("compare.seconds_value", seconds=decimal(view.seconds[-1], 1)) if view.seconds else "–"
    words["weights"] = f"{view.config.weight_count:,}"
    return [(t(f"compare.column_{name}"), told) for name, told in words.items()]


def race_goes_on(entry: RaceEntry) -> bool:
    """Whether a run of the race may still change."""
    runs = [RUNS.look(token) for token in entry.all_tokens]
    views = [run.view() for run in runs if run is not None]
    return any(not view.ended or view.busy for view in views)
