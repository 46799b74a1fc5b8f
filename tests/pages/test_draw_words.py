"""Draw says only what is true now: doubt before the answer, hints for what was drawn, and how teaching stands."""

import re
from concurrent.futures import Future
from dataclasses import replace

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from model.config import TrainingConfig
from model.data.synthetic_digits import generate
from model.runs.run import Status
from model.runs.store import RUNS
from model.training.fine_tuning import OwnDigit
from tests.pages.conftest import finished, words
from tests.pages.test_tabs import ONE, SEVEN, drawn, trained

SMALL_EIGHT = [
    ["M", 140, 120], ["L", 125, 130], ["L", 140, 140], ["L", 155, 150], ["L", 140, 162], ["L", 125, 150], ["L", 155, 130],
    ["L", 140, 120],
]  # fmt: skip


@pytest.fixture
def doubting(monkeypatch):
    """Every picture is doubted, or none."""
    from ui.prediction import prediction

    answers = {"doubts": True}
    monkeypatch.setattr(prediction, "prepare", lambda workers: answers["doubts"] is not None)
    monkeypatch.setattr(prediction, "doubts", lambda network, picture: answers["doubts"])
    return answers


def test_what_nobody_can_check_any_more_is_said_and_not_waited_for(open_page, monkeypatch):
    from ui.prediction import prediction

    monkeypatch.setattr(prediction, "prepare", lambda workers: False)
    monkeypatch.setattr(prediction, "given_up", lambda: True)
    page = drawn(open_page("pages/draw.py", run=trained()), SEVEN)
    assert not page.exception
    assert "cannot be checked" in words(page) and "Checking whether" not in words(page)
    assert re.search(r"\d% sure", words(page))


def order(page: AppTest) -> list[str]:
    """Every text on the page from top to bottom."""
    found = []

    def walk(block):
        for child in block.children.values():
            if hasattr(child, "children"):
                walk(child)
            elif child.type in ("header", "markdown", "caption"):
                found.append(str(child.value))

    walk(page.main)
    return found


def test_a_doubt_comes_before_what_it_doubts_and_certainty_is_not_claimed(open_page, doubting):
    page = drawn(open_page("pages/draw.py", run=trained()), ONE)
    told = order(page)
    doubt = next(index for index, text in enumerate(told) if "not sure this is a digit" in text)
    assert doubt < told.index(page.header[0].value)
    assert not any(re.search(r"\d% sure", text) for text in told)
    doubting["doubts"] = False
    page.run()
    assert "not sure this is a digit" not in words(page)
    assert re.search(r"\d% sure", words(page))


def test_while_doubt_cannot_be_told_the_page_says_so(open_page, doubting):
    doubting["doubts"] = None
    page = drawn(open_page("pages/draw.py", run=trained()), ONE)
    assert "Checking whether this looks like a digit" in words(page)


def test_the_same_places_stand_there_with_and_without_a_drawing(open_page, doubting):
    page = open_page("pages/draw.py", run=trained())

    def keys():
        return [button.key for button in page.button]

    blank = keys()
    drawn(page, SEVEN)
    assert keys() == blank
    assert not page.button(key="teach_7").disabled
    page.button(key="clear").click().run()
    assert keys() == blank
    assert page.button(key="teach_7").disabled and page.button(key="pin").disabled and page.button(key="undo").disabled


def test_following_a_drawing_is_offered_once_there_is_one(open_page):
    page = open_page("pages/draw.py", run=trained())
    assert "Follow your drawing through" not in words(page)
    drawn(page, SEVEN)
    assert "Follow your drawing through" in words(page)


def test_gaps_that_the_brush_filled_are_told_and_a_usual_digit_gets_no_hint(open_page, doubting):
    doubting["doubts"] = False
    page = drawn(open_page("pages/draw.py", run=trained()), SMALL_EIGHT)
    assert re.search("brush has filled gaps|brush is wide for so small a digit", words(page))
    drawn(page, SEVEN)
    assert not re.search("brush has filled gaps|brush is wide for so small a digit", words(page))


@pytest.mark.parametrize("status", [Status.PAUSED, Status.STOPPED])
def test_a_run_that_will_not_go_on_by_itself_is_not_said_to_get_ready(open_page, monkeypatch, status):
    with monkeypatch.context() as patch:  # its first slice never comes
        first_slice = never()
        patch.setattr(RUNS.workers, "submit", lambda function, *arguments: first_slice)
        run = RUNS.start(TrainingConfig(epochs=200, hidden_sizes=(16,)))
    run.pause() if status == Status.PAUSED else run.stop()
    first_slice.set_exception(RuntimeError("no memory left"))
    assert (run.view().status, run.view().network, run.view().busy) == (status, None, False)
    page = open_page("pages/draw.py", run=run.token)
    assert "getting ready" not in words(page)
    assert "before it had learned anything" in words(page)


def test_a_named_digit_says_as_what_it_was_kept_until_the_next_is_drawn(open_page):
    page = drawn(open_page("pages/draw.py", run=trained()), SEVEN)
    page.button(key="teach_7").click().run()
    assert "Kept as a 7." in words(page)
    assert any('content: "7"' in str(html.proto.body) for html in page.get("html"))
    drawn(page, ONE)
    assert "Kept as" not in words(page)


def teaching_page(open_page, run) -> AppTest:
    """Draw with five digits kept, two sevens called fours among them."""
    from ui.state.visitors import VISITORS

    page = open_page("pages/draw.py", run=run)
    images, labels = generate(5, seed=3)
    own = [OwnDigit(image, int(label)) for image, label in zip(images, labels, strict=True)]
    VISITORS.find(page.session_state["_visitor"]).own_digits.extend(own)
    return page.run()


SAYS = {
    Status.TRAINING: "As soon as it has finished, it can be taught",
    Status.PAUSED: "Go on or stop it on the Train page",
    Status.FAILED: "Try again on the Train page",
    Status.DIVERGED: "nothing to build on",
}


@pytest.mark.parametrize("status", list(Status))
def test_what_keeps_a_network_from_being_taught_is_true_of_it(open_page, monkeypatch, status):
    run = RUNS.find(trained())
    seen_as(monkeypatch, run, status)
    page = teaching_page(open_page, run.token)
    ready = status in (Status.FINISHED, Status.STOPPED)
    assert page.button(key="teach").disabled is not ready
    for other, says in SAYS.items():
        assert (says in words(page)) is (other == status)


def test_teaching_shows_how_far_it_is_then_before_and_after_side_by_side(open_page, monkeypatch):
    run = RUNS.find(trained())
    page = teaching_page(open_page, run.token)
    held = []
    monkeypatch.setattr(RUNS.workers, "submit", lambda function, *arguments: held.append(function) or never())
    page.button(key="teach").click().run()
    assert not page.exception
    assert page.button(key="teach").disabled
    assert "Getting ready to learn your digits" in " ".join(str(bar.proto.text) for bar in page.get("progress"))
    assert "can be taught" not in words(page)
    assert list(page.table[0].value.columns)[1:] == ["before", "now"]
    taught = RUNS.find(page.query_params["run"])
    assert taught.view().parent.token == run.token
    for status, says in ((Status.PAUSED, "Teaching is paused"), (Status.FAILED, "Teaching broke off")):
        seen_as(monkeypatch, taught, status)
        page.run()
        assert says in " ".join(str(bar.proto.text) for bar in page.get("progress"))


def seen_as(monkeypatch, run, status):
    """Have the run look as if it had this status."""
    view = run.view()
    monkeypatch.setattr(run, "view", lambda token=None: replace(view, status=status))


def never():
    """The future of work that does not come back."""
    return Future()


def test_after_teaching_the_words_are_true_of_the_numbers(open_page):
    page = teaching_page(open_page, trained())
    page.button(key="teach").click().run()
    view = finished(page).view()
    page.run()
    assert list(page.table[0].value.columns)[1:] == ["before", "after"]
    change = view.score.correct - view.parent.score.correct
    says = f"{abs(change):,} fewer than before" if change < 0 else f"{change:,} more" if change else "as many as before"
    assert says in words(page)
    each = next(str(html.proto.body) for html in page.get("html") if "before_after" in str(html.proto.body))
    assert each.count("<li>") == 5
    assert not page.get("progress")


def test_more_digits_than_are_kept_are_refused_with_a_sentence(open_page):
    from model.training.fine_tuning import OWN_DIGITS_MOST
    from ui.state.visitors import VISITORS

    page = drawn(open_page("pages/draw.py", run=trained()), SEVEN)
    digit = OwnDigit(np.zeros((28, 28), np.uint8), 3)
    VISITORS.find(page.session_state["_visitor"]).own_digits.extend([digit] * OWN_DIGITS_MOST)
    page.run()
    assert f"You have {OWN_DIGITS_MOST} digits, the most that are kept" in words(page)
    assert page.button(key="teach_3").disabled
