"""Chinese as it is set: full-width punctuation, a space between Chinese and Latin or digits, none between Chinese and Chinese."""

import ast
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from model.config import DEFAULTS, LIMITS, TrainingConfig
from model.lessons.facts import Finding
from ui.lessons.panel import finding_in_words, settings_in_words
from ui.runs.run_names import setting_text, value_text
from ui.state import language
from ui.state.language import listed, listed_apart, t, texts, told_of

ROOT = Path(__file__).resolve().parents[2]
HAN = "[\u3400-\u9fff]"
FAULTS = {
    "no space between Chinese and Latin or digits": re.compile(rf"{HAN}[A-Za-z0-9]|[A-Za-z0-9%]{HAN}"),
    "half-width punctuation beside Chinese": re.compile(rf"{HAN}[,;:?!]|[,;:?!]\s*{HAN}|{HAN}\.(?!\w)"),
    "a half-width bracket in Chinese": re.compile(rf"{HAN}\(|\){HAN}"),
}
# What is put into texts: numbers, shares, Latin and Chinese words, settings, titles of runs.
SAMPLES = ("12.5", "97.3%", "≥99%", "-2.9", "+3", "Adam", "没有隐藏层", "笔写比例 0", "训练 3", "轮数 5，批大小 32")
KNOBS = {"hidden_sizes": [(), (64,), (64, 64)], "epochs": [1], "batch_size": [32], "seed": [7], "pen_share": [0.0, 0.2]}


@pytest.fixture(autouse=True)
def in_chinese(monkeypatch):
    monkeypatch.setattr(language, "current_language", lambda: "zh")


def faults(text: str) -> list[str]:
    """What is wrong with a text as it is read: without the marks of Markdown and HTML."""
    plain = re.sub(r"<[^>]*>|\*\*|`[^`]*`", "", text.replace("<br>", "\n"))
    return [name for name, pattern in FAULTS.items() if pattern.search(plain)]


def strings(tree: Any, path: str = "") -> Iterator[tuple[str, str]]:
    if isinstance(tree, dict):
        for key, value in tree.items():
            yield from strings(value, f"{path}.{key}")
    elif isinstance(tree, list):
        for number, value in enumerate(tree, 1):
            yield from strings(value, f"{path}[{number}]")
    elif isinstance(tree, str):
        yield path, tree


def written() -> dict[str, str]:
    """Every Chinese sentence of the lessons, the glossary and the README."""
    found = {}
    for path in sorted((ROOT / "assets" / "lessons").glob("*.toml")):
        lesson = tomllib.loads(path.read_text("utf-8"))
        found |= {f"{path.stem}{place}": text for place, text in strings(lesson) if place.endswith(".zh")}
    glossary = tomllib.loads((ROOT / "assets" / "glossary.toml").read_text("utf-8"))
    found |= {f"glossary{place}": text for place, text in strings(glossary) if ".zh." in place}
    readme = (ROOT / "README.zh-CN.md").read_text("utf-8").splitlines()
    return found | {f"README.zh-CN.md:{number}": line for number, line in enumerate(readme, 1)}


def fields_of(text: str) -> list[str]:
    return re.findall(r"\{(\w+)", text)


def test_what_is_written_is_set_as_chinese_is():
    assert {place: wrong for place, text in written().items() if (wrong := faults(text))} == {}


@pytest.mark.parametrize("sample", SAMPLES)
def test_whatever_is_put_into_a_text_it_is_set_as_chinese_is(sample):
    wrong = {}
    for key, template in texts("zh").items():
        if "}{" in template:  # whole sentences, one after the other
            continue
        told = t(key, **dict.fromkeys(fields_of(template), sample))
        parted = re.sub(rf"({HAN}) (?={HAN})", r"\1", template)  # spaces that stand in the text itself
        if faults(told) or (re.search(rf"{HAN} {HAN}", told) and parted == template and "} {" not in template):
            wrong[key] = told
    assert wrong == {}


@pytest.mark.parametrize(
    ("key", "values", "told"),
    [
        ("lesson.let_read", {"run": "训练 3"}, "让训练 3 来认"),
        ("lesson.let_read", {"run": "小明"}, "让小明来认"),
        ("lesson.let_read", {"run": "Ada"}, "让 Ada 来认"),
        ("lesson.setting", {"name": "学习率调度", "value": "不变"}, "学习率调度 不变"),
        ("check.trained", {"accuracy": "97.0%", "loss": "0.1", "steps": "9"}, None),
    ],
)
def test_a_space_stands_where_latin_meets_chinese_and_only_there(key, values, told):
    assert faults(t(key, **values)) == []
    assert told is None or t(key, **values) == told


def test_every_setting_in_a_sentence_is_set_as_chinese_is(monkeypatch):
    monkeypatch.setattr("ui.lessons.panel.run_title", lambda token: "训练 3")
    for name in DEFAULTS:
        for value in KNOBS.get(name) or LIMITS[name].choices or [getattr(TrainingConfig(), name)]:
            settings = {"where": {name: value}, "has": {"epochs": 5, name: value}}
            sentence = finding_in_words(Finding(False, "run_other", settings=settings, runs={"run": "any"}))
            alone = (settings_in_words({name: value}), setting_text(name, value), value_text(name, value))
            within = [t("check.no_run", where=words) for words in alone]
            assert [told for told in (sentence, *alone, *within) if faults(told)] == []


def test_lists_are_parted_as_chinese_parts_them():
    assert listed(["1", "2"]) == "1，2"
    assert listed_apart([told_of("损失", "0.5"), told_of("7", "98%")]) == "损失：0.5；7：98%"


def test_no_module_parts_a_list_with_the_punctuation_of_one_language():
    """Lists and pairs of words for the visitor come from ``ui.state.language``, which knows how each language parts them."""
    guilty = []
    for path in sorted((ROOT / "ui").glob("*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            joins = isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "join"
            if joins and isinstance(node.func.value, ast.Constant) and re.search(r"[,;:]\s", node.func.value.value):
                guilty.append(f"{path.name}:{node.lineno}")
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "t":
                continue
            if isinstance(node, ast.JoinedStr) and any(_speaks(part) for part in node.values):
                parts = [part.value for part in node.values if isinstance(part, ast.Constant)]
                guilty += [f"{path.name}:{node.lineno}" for part in parts if re.fullmatch(r"[,;:] ", part)]
    assert guilty == []


def _speaks(part: ast.expr) -> bool:
    """Whether a part of an f-string is a text for the visitor."""
    return any(isinstance(n, ast.Call) and isinstance(n.func, ast.Name) and n.func.id == "t" for n in ast.walk(part))


def test_words_that_were_agreed_on_are_used_everywhere():
    everything = "\n".join([*texts("zh").values(), *written().values()])
    for word in ("笔写得分", "学习率计划", "Choose"):
        assert word not in everything
    assert t("preset.best.name") == "最准"
