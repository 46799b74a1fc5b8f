"""Every lesson that ships is read and walked through; a file with a mistake says where it is and what would be right."""

import math
import tomllib
from dataclasses import replace
from pathlib import Path

import pytest

from model.config import TrainingConfig
from model.lessons.checks import CHECKS
from model.lessons.facts import Facts, Where
from model.lessons.reader import LessonError, read_lesson, read_lessons
from model.runs.run import Status
from tests.model.scripted import scripted_run

FOLDER = Path(__file__).resolve().parents[3] / "assets" / "lessons"
PAGES = {"home", "train", "draw", "inside", "compare", "by_hand"}
LANGUAGES = ("en", "zh")
LESSONS = read_lessons(FOLDER, PAGES, LANGUAGES)
OF_RUNS = {"trained", "compared", "overfits"}


def test_there_are_at_least_eight_of_ten_minutes():
    assert len(LESSONS) >= 8
    assert all(lesson.minutes <= 15 for lesson in LESSONS.values())
    assert [lesson.order for lesson in LESSONS.values()] == list(range(1, len(LESSONS) + 1))


@pytest.mark.parametrize("name", LESSONS)
def test_every_step_of_runs_can_be_done_with_the_knobs_it_sets(name):
    """Walk the lesson: train what each step's link sets, and its check must find exactly that, and one prediction come true."""
    runs = []
    for step in LESSONS[name].steps:
        assert step.page in PAGES
        if step.check.name not in OF_RUNS:
            continue
        assert step.page == "train" and step.knobs is not None
        before = step.check.find(Facts(runs=runs))
        overfitted = ((1.0, 1.0), (0.4, 0.5), (0.01, 0.9))
        run = scripted_run(step.knobs, losses=overfitted, status=Status.FINISHED)
        runs.append(replace(run, token=f"run {len(runs)}"))
        found = step.check.find(Facts(runs=runs))
        assert found.passed, (name, step.knobs, found)
        assert found.value is not None and 0 <= step.outcome(found.value) < len(step.choices)
        if step.check.name == "compared":
            assert not before.passed or runs[-1].config in [run.config for run in runs[:-1]]
            where, other = step.check.parameters["where"], step.check.parameters["other"]
            assert step.check.compared, "the two sides are compared in nothing"
            assert not other.matches(step.knobs), "the run just trained stands on both sides"
            assert where.matches(step.knobs)
            assert any(other.matches(run.config) for run in runs[:-1]), (
                "nothing trained before stands on the other side"
            )


@pytest.mark.parametrize("name", LESSONS)
def test_every_number_makes_exactly_one_prediction_come_true(name):
    for step in LESSONS[name].steps:
        for value in (-1e9, -3.0, -1.0, -0.5, 0.0, 0.5, 1.0, 3.0, 20.0, 50.0, 85.0, 90.0, 95.0, 100.0, 1e9):
            assert sum(choice.low <= value < choice.high for choice in step.choices) == 1


def test_the_lessons_use_every_check():
    assert {step.check.name for lesson in LESSONS.values() for step in lesson.steps} == set(CHECKS)


def test_what_a_lesson_moves_must_stay_free_and_the_rest_may_be_locked():
    assert LESSONS["learning_rate"].moved_knobs >= {"learning_rate", "schedule"}
    assert "seed" not in LESSONS["learning_rate"].moved_knobs
    assert "epochs" not in LESSONS["heads"].moved_knobs
    assert "hidden_sizes" in LESSONS["hidden_layer"].moved_knobs


def test_a_lesson_is_as_long_as_a_class_has_patience_for_training():
    """An epoch of 55,000 images takes 0.2 s; no lesson trains for more than a minute in all."""
    for name, lesson in LESSONS.items():
        images = sum(s.knobs.training_images * s.knobs.epochs for s in lesson.steps if s.knobs is not None)
        assert images < 1_700_000, name


@pytest.fixture
def written(tmp_path):
    """Writes a changed copy of a good lesson."""

    def write(old, new, name="mine"):
        text = (FOLDER / "heads.toml").read_text("utf-8")
        assert old in text
        path = tmp_path / f"{name}.toml"
        path.write_text(text.replace(old, new, 1), "utf-8")
        return read_lesson(path, PAGES, LANGUAGES)

    return write


def test_a_new_file_is_a_new_lesson_without_any_code(written):
    lesson = written('en = "Several heads know more"', 'en = "Four eyes see more"')
    assert lesson.name == "mine" and lesson.title["en"] == "Four eyes see more"
    assert lesson.steps[0].knobs == TrainingConfig(hidden_sizes=(32,), epochs=5, seed=1)
    assert lesson.steps[0].check.parameters == {"where": Where({"seed": 1, "hidden_sizes": (32,), "epochs": 5})}
    assert lesson.steps[0].choices[0].low == -math.inf


@pytest.mark.parametrize(
    ("old", "new", "field", "right"),
    [
        ("order = 9", "order = 0", "order", "whole number"),
        ("minutes = 10", "seconds = 10", "minutes", "minutes"),
        ('page = "train"', 'page = "tarin"', "steps[1].do.page", "train"),
        ("epochs = 5, seed = 1", "epochs = 500, seed = 1", "steps[1].do.knobs.epochs", "1 to 200"),
        ("epochs = 5, seed = 1", "epoch = 5, seed = 1", "steps[1].do.knobs.epoch", "epochs"),
        ('name = "trained"', 'name = "traind"', "steps[1].check.name", "trained"),
        ("where = { seed = 1,", "were = { seed = 1,", "steps[1].check.were", "where"),
        ('name = "trained"', 'name = "trained"\nsince = 1', "steps[1].check.since", "earlier step"),
        ("to = 90", "to = 80", "steps[1].predict.choices", "where another ends"),
        ("to = 90", 'to = "90"', "steps[1].predict.choices[1]", "numbers"),
        ('zh = "三个臭皮匠"', "", "title.zh", "every language"),
        ('zh = "三个臭皮匠"', 'zh = "三个臭皮匠"\nfr = "Trois"', "title.fr", "en, zh"),
        ("[steps.meaning]", "[steps.moral]", "steps[1].meaning", "meaning"),
        ("order = 9", "order = = 9", "the file", "TOML"),
    ],
)
def test_a_mistake_in_a_file_is_named_with_file_field_and_what_would_be_right(written, old, new, field, right):
    with pytest.raises(LessonError) as caught:
        written(old, new)
    error = caught.value
    assert (error.file, error.field) == ("mine.toml", field)
    assert right in error.right
    for part in (error.file, error.field, error.right):
        assert part in str(error)


def test_too_few_steps_are_refused(tmp_path):
    text = (FOLDER / "heads.toml").read_text("utf-8")
    second = text.index("[[steps]]", text.index("[[steps]]") + 1)
    path = tmp_path / "short.toml"
    path.write_text(text[:second], "utf-8")
    with pytest.raises(LessonError, match="3 to 6"):
        read_lesson(path, PAGES, LANGUAGES)


@pytest.mark.parametrize("path", sorted(FOLDER.glob("*.toml")), ids=lambda path: path.stem)
def test_both_languages_say_something_of_their_own(path):
    def pairs(tree):
        if isinstance(tree, list):
            for item in tree:
                yield from pairs(item)
        elif isinstance(tree, dict):
            if "en" in tree:
                yield tree["en"], tree["zh"]
            for value in tree.values():
                yield from pairs(value)

    for english, chinese in pairs(tomllib.loads(path.read_text("utf-8"))):
        assert english != chinese
        assert any("\u4e00" <= letter <= "\u9fff" for letter in chinese)
        assert not any("\u4e00" <= letter <= "\u9fff" for letter in english)
