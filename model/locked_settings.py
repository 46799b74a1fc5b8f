"""Settings that a lesson holds fast: which, at what values, and which of them are not even shown; knows no screen."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Final

from model.config import DEFAULTS, ConfigError, Limit, Setting, Settings, TrainingConfig

LOCK, HIDE = "lock", "hide"


class LockError(ConfigError):
    """A setting that differs from what a lesson holds it at; ``locked`` is the one value allowed."""

    def __init__(self, field: str, value: object, locked: object) -> None:
        super().__init__(field, value, Limit(choices=(str(locked),)))
        self.args = (f"{field} = {value!r} is refused: it is locked at {locked!r}",)
        self.locked = locked

    def __reduce__(self) -> tuple[type["LockError"], tuple[str, object, object]]:  # type: ignore[override]
        return type(self), (self.field, self.value, self.locked)


@dataclass(frozen=True)
class Locks:
    """What is held fast.

    Attributes:
        values: locked fields of ``TrainingConfig`` and the one value of each.
        hidden: those of them that are not shown.
    """

    values: Settings = field(default_factory=lambda: MappingProxyType({}))
    hidden: frozenset[str] = frozenset()

    def __bool__(self) -> bool:
        return bool(self.values)

    def check(self, config: TrainingConfig) -> None:
        """Refuse a config that differs from the locked values.

        Raises:
            LockError: naming the first such field, its value and the value it is locked at.
        """
        for name, locked in self.values.items():
            if getattr(config, name) != locked:
                raise LockError(name, getattr(config, name), locked)

    def applied_to(self, config: TrainingConfig) -> TrainingConfig:
        """The config with every locked field at its locked value."""
        return config.changed(**self.values)

    def without(self, names: Collection[str]) -> "Locks":
        """The same locks, but for these fields, which are free again."""
        values = {name: value for name, value in self.values.items() if name not in names}
        return Locks(MappingProxyType(values), self.hidden & set(values))

    def to_query(self) -> dict[str, str]:
        """The locks as a link carries them: ``lock``, ``hide`` and the values; ``from_query`` reads them back."""
        if not self.values:
            return {}
        texts = TrainingConfig().changed(**self.values).to_query()
        shown = [name for name in self.values if name not in self.hidden]
        names = {LOCK: ",".join(shown), HIDE: ",".join(name for name in self.values if name in self.hidden)}
        return {key: text for key, text in names.items() if text} | {name: texts[name] for name in self.values}

    @classmethod
    def from_query(cls, mapping: Mapping[str, str]) -> "Locks":
        """The locks a URL query describes: ``lock=epochs,seed&hide=dropout&epochs=3``; a field without a value is held at its default.

        A value that cannot be used counts as none; whoever reads the knobs from the same query reports it.

        Raises:
            ConfigError: with the field ``lock`` or ``hide``, for a name that is no field of ``TrainingConfig``.
        """
        values: dict[str, Setting] = {}
        names = {
            key: [name.strip() for name in mapping.get(key, "").split(",") if name.strip()] for key in (LOCK, HIDE)
        }
        for key, asked in names.items():
            for name in asked:
                if name not in DEFAULTS:
                    raise ConfigError(key, name, Limit(choices=tuple(DEFAULTS)))
                values[name] = _value(name, mapping)
        return cls(MappingProxyType(values), frozenset(names[HIDE]))


FREE: Final = Locks()


def config_of_link(
    texts: Mapping[str, str], base: TrainingConfig, locks: Locks
) -> tuple[TrainingConfig, list[tuple[str, str, ConfigError]]]:
    """What a link sets the settings to, one field after the other.

    Args:
        texts: what the link says, each by the name of its field.
        base: what holds where it says nothing, or nothing that can be used.
        locks: what it cannot change.

    Returns:
        The settings, with every locked field at its locked value; and (field, text, error) of every text that could not be used: a
        ``LockError`` for one that differs from what its field is locked at.
    """
    errors = []
    for name, text in texts.items():
        try:
            changed = base.changed(**{name: getattr(TrainingConfig.from_query({name: text}), name)})
            if name in locks.values:
                locks.check(locks.applied_to(base).changed(**{name: getattr(changed, name)}))
            base = changed
        except ConfigError as error:
            errors.append((name, text, error))
    return locks.applied_to(base), errors


def _value(name: str, mapping: Mapping[str, str]) -> Setting:
    given = {name: mapping[name]} if name in mapping else {}
    try:
        found: Setting = getattr(TrainingConfig.from_query(given), name)
        return found
    except ConfigError:
        return DEFAULTS[name]
