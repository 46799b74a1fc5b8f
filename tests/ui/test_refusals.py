"""Whoever is refused for want of room reads which limit it was, and what moves it."""

import pytest

from model.runs.limits import RUN_MEGABYTES_SETTING, RUNS_SETTING
from model.runs.store import MemoryFull
from model.runs.token_registry import RegistryFull
from ui.runs.setting_words import refusal_message
from ui.state import language
from ui.state.visitors import OwnRunsFull


@pytest.mark.parametrize("code", ["en", "zh"])
@pytest.mark.parametrize(
    ("error", "words"),
    [
        (RegistryFull(420), ["420", f"{RUNS_SETTING}=840 make run"]),
        (MemoryFull(1_000_000_000), ["1,000 MB", f"{RUN_MEGABYTES_SETTING}=2000 make run"]),
        (OwnRunsFull(20), ["20"]),
    ],
)
def test_a_refusal_names_the_limit_and_the_way_out(
    code: str, error: RegistryFull, words: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(language, "current_language", lambda: code)
    said = refusal_message(error).replace("\\", "")
    assert [word for word in words if word not in said] == []
