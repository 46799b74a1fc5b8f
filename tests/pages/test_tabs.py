"""Two tabs of one browser: each keeps its own drawing and run; the browser's memory only begins a new one."""

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from model.config import TrainingConfig
from model.runs.store import RUNS
from tests.pages.conftest import ROOT, finished, words
from tests.patience import PATIENCE

SEVEN = [["M", 70, 70], ["L", 205, 70], ["L", 130, 230]]
KEPT = ("_visitor", "_drawing", "_picture", "_first_drawing", "_redrawn", "_sample", "_tab", "_run")
ONE = [["M", 140, 50], ["L", 135, 230]]


def strokes(*paths):
    """What the canvas sends of these paths, the pixels falsified by a browser that protects privacy."""
    objects = [{"type": "Path", "path": path, "strokeWidth": 20} for path in paths]
    return {"drawing": {"raw": {"objects": objects}, "data": None}, "backgroundFit": None}


def drawn(page: AppTest, *paths) -> AppTest:
    state = strokes(*paths)
    state["drawing"]["data"] = "data:image/png;base64,"
    page.session_state["canvas"] = state
    return page.run()


def trained(seed=0) -> str:
    run = RUNS.start(TrainingConfig(epochs=1, seed=seed))
    assert run.wait_until(lambda view: view.ended, PATIENCE)
    return run.token


def page_of(name: str, state: dict, run: str | None = None) -> AppTest:
    """A page in a tab whose session state is ``state``; what belongs to widgets of another page is gone, as Streamlit has it."""
    page = AppTest.from_file(str(ROOT / name), default_timeout=PATIENCE)
    if run is not None:
        page.query_params["run"] = run
    for key, value in state.items():
        page.session_state[key] = value
    return page.run()


def left(page: AppTest) -> dict:
    """What a tab keeps of its drawing and run when it leaves a page: its own state, not that of widgets."""
    return {key: page.session_state[key] for key in KEPT if key in page.session_state}


@pytest.fixture
def two_tabs(open_page):
    """Two tabs of one browser on Draw: the first has drawn a seven, the second, later, a one."""
    run = trained()
    first = open_page("pages/draw.py", run=run)
    drawn(first, SEVEN)
    second = page_of("pages/draw.py", {"_visitor": first.session_state["_visitor"]}, run)
    assert second.header[0].value == first.header[0].value, "a new tab begins with what the browser drew last"
    drawn(second, ONE)
    return first, second


def test_a_tab_that_leaves_the_page_comes_back_to_its_own_drawing(two_tabs):
    first, second = two_tabs
    assert second.header[0].value == "1"
    again = page_of("pages/draw.py", left(first), first.query_params["run"])
    assert not again.exception
    assert again.header[0].value == "7"
    assert again.session_state["_first_drawing"]["objects"][0]["path"] == SEVEN


def test_every_page_shows_a_tab_its_own_drawing(two_tabs):
    first, second = two_tabs
    pictures = [page.session_state["_picture"] for page in two_tabs]
    assert not np.array_equal(*pictures)
    for page, digit in ((first, "7"), (second, "1")):
        state = left(page) | {"flow_source": "drawing"}
        inside = page_of("pages/inside.py", state, page.query_params["run"])
        assert f"Your network reads a **{digit}**" in words(inside)


def test_a_cleared_canvas_stays_clear_whatever_the_other_tab_draws(two_tabs):
    first, _ = two_tabs
    first.button(key="clear").click().run()
    again = page_of("pages/draw.py", left(first), first.query_params["run"])
    assert "Nothing drawn yet" in words(again)


def test_two_tabs_that_follow_different_drawings_do_not_take_each_others_story(two_tabs):
    from ui.state.visitors import VISITORS

    token = two_tabs[0].session_state["_visitor"]
    config = TrainingConfig(epochs=1, training_images=2_000, batch_size=64)
    run = RUNS.start(config, owner=token)
    run.pause()
    VISITORS.find(token).runs.append(run.token)
    trains = [page_of("pages/train.py", left(tab), run.token) for tab in two_tabs]
    visitor = VISITORS.find(token)
    names = run.watched(token)
    assert len(names) == 2
    run.resume()
    assert run.wait_until(lambda view: view.ended, PATIENCE)
    before = {name: len(run.readings(token, name)) for name in names}
    for _ in range(2):
        for page in trains:
            page.run()
            assert not page.exception
    assert {name: len(run.readings(token, name)) for name in names} == before
    assert all(count > 1 for count in before.values())
    assert visitor.last_picture is two_tabs[1].session_state["_picture"]


def test_a_tab_keeps_its_own_run_though_the_other_started_one(open_page):
    first = open_page("pages/train.py", epochs="1", training_images="500")
    first.button(key="train").click().run()
    own = finished(first).token
    second = page_of("pages/train.py", {"_visitor": first.session_state["_visitor"]})
    second.button(key="train").click().run()
    assert finished(second).token != own
    again = page_of("pages/draw.py", left(first))
    assert again.query_params["run"] == own


def test_a_drawing_is_followed_once_however_often_it_is_asked_for(open_page):
    page = open_page("pages/draw.py", run=trained())
    drawn(page, SEVEN)
    page.button(key="pin").click().run()
    pins = [button for button in page.button if (button.key or "").startswith("unpin_")]
    assert len(pins) == 1
    assert page.button(key="pin").disabled
    train = page_of("pages/train.py", left(page), page.query_params["run"])
    assert not train.exception


def test_undo_takes_off_the_last_stroke_and_reads_what_is_left(open_page):
    page = open_page("pages/draw.py", run=trained())
    drawn(page, ONE, [["M", 40, 40], ["L", 240, 40]])
    page.button(key="undo").click().run()
    assert page.header[0].value == "1"
    page.button(key="undo").click().run()
    assert "Nothing drawn yet" in words(page)
    assert page.button(key="undo").disabled


def test_what_was_pressed_is_not_undone_by_a_browser_that_asks_with_the_address_of_before(open_page):
    page = open_page("pages/train.py", lang="zh", seed="2", training_images="500", epochs="1")
    page.segmented_control(key="language_zh").set_value("en")
    page.number_input(key="seed").set_value(3)
    page.run()
    page.query_params["lang"], page.query_params["seed"] = "zh", "2"  # asked before it was told
    page.run()
    assert page.title[0].value == "Train a network" and page.number_input(key="seed").value == 3
    assert page.query_params["lang"] == "en" and page.query_params["seed"] == "3"
    page.button(key="train").click().run()
    first = page.query_params["run"]
    finished(page)
    page.run()
    page.button(key="train").click().run()
    second = page.query_params["run"]
    assert second != first
    page.query_params["run"] = first
    page.run()
    assert page.query_params["run"] == second and "You are looking at another run" not in words(page)


def test_an_address_is_followed_back_once_the_browser_has_heard_of_the_newer_one(open_page):
    page = open_page("pages/train.py", lang="zh", seed="2")
    page.segmented_control(key="language_zh").set_value("en").run()
    page.number_input(key="seed").set_value(3).run()
    page.run()
    page.query_params["lang"], page.query_params["seed"] = "zh", "2"
    page.run()
    assert page.title[0].value != "Train a network" and page.number_input(key="seed").value == 2


def test_a_number_changed_by_hand_is_not_undone_by_a_browser_that_asks_with_the_address_of_before(open_page):
    page = open_page("pages/by_hand.py", hand_rate="2")
    page.run()
    page.number_input(key="hand_learning_rate").set_value(3.0).run()
    page.query_params["hand_rate"] = "2.0"  # asked before it was told
    page.run()
    assert page.number_input(key="hand_learning_rate").value == 3.0 and page.query_params["hand_rate"] == "3.0"
    page.run()
    page.query_params["hand_rate"] = "2.0"  # and now it goes back
    page.run()
    assert page.number_input(key="hand_learning_rate").value == 2.0
