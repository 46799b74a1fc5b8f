"""Home and Draw through AppTest."""

import base64

import numpy as np
import pytest

from benchmarks.canvas_state import canvas_state
from model.config import TrainingConfig
from model.data.mnist import DataError
from model.runs.store import RUNS
from tests.pages.conftest import finished, words
from tests.patience import PATIENCE


def trained(epochs=1):
    run = RUNS.start(TrainingConfig(epochs=epochs))
    assert run.wait_until(lambda view: view.ended, PATIENCE)
    return run.token


def pictures(page):
    """What the stations of the ring show."""
    shown = [element.proto.body for element in page.get("html") if 'class="thumbnail' in element.proto.body]
    assert len(shown) == 8
    return shown


def test_home_reads_a_drawing_before_anything_was_trained(open_page):
    page = open_page("app.py")
    assert not page.exception
    assert page.title[0].value == "Digit Lab"
    assert "Continue where you were" not in words(page)
    assert "Its answer stands here" in words(page)
    page.session_state["canvas"] = canvas_state([(140, 40), (138, 120), (135, 240)])
    page.run()
    assert not page.exception
    assert "The network reads" in words(page)
    assert [heading.value for heading in page.header if heading.value.isdigit()] == ["1"]
    assert "that comes with this app" in words(page)


def test_the_ring_has_a_picture_at_every_station_from_the_first_visit_on(open_page):
    assert all("<img" in picture for picture in pictures(open_page("app.py")))


def test_home_reads_with_the_visitors_own_network_once_there_is_one(open_page):
    page = open_page("app.py", run=trained())
    page.session_state["canvas"] = canvas_state([(140, 40), (138, 120), (135, 240)])
    page.run()
    assert "Your network reads" in words(page)
    assert "Read by your network 784 → 64 → 64 → 10" in words(page)
    assert "that comes with this app" not in words(page).partition("How a machine learns")[0]
    assert all("<img" in picture for picture in pictures(page))


@pytest.mark.parametrize("content", [None, b"", b"no run at all", b"PK\x03\x04"])
def test_without_the_network_of_the_app_home_says_so_and_the_rest_is_alive(open_page, monkeypatch, tmp_path, content):
    from ui.prediction import first_reading

    path = tmp_path / "ready_run.npz"
    if content is not None:
        path.write_bytes(content)
    monkeypatch.setattr(first_reading, "READY_PATH", path)
    first_reading.ready_view.cache_clear()
    page = open_page("app.py")
    first_reading.ready_view.cache_clear()
    assert not page.exception
    assert [error.value for error in page.error if "ready_run.npz" in error.value]
    assert "How a machine learns, from start to finish" in [heading.value for heading in page.header]
    assert page.button(key="clear") is not None


def test_home_leads_back_to_the_run(open_page):
    page = open_page("app.py", run=trained())
    assert "Continue where you were" in words(page)
    assert "784 → 64 → 64 → 10 · finished" in words(page)


def test_draw_without_a_network_offers_to_train_the_standard_one(open_page):
    page = open_page("pages/draw.py")
    assert not page.exception
    assert "No network yet" in words(page)
    page.button(key="train").click().run()
    assert finished(page).view().config == TrainingConfig()


def test_a_blank_canvas_predicts_nothing_and_says_so(open_page):
    page = open_page("pages/draw.py", run=trained())
    assert "Nothing drawn yet" in words(page)
    assert not page.header


def test_a_drawn_one_is_read_as_a_one(open_page):
    page = open_page("pages/draw.py", run=trained())
    page.session_state["canvas"] = canvas_state([(140, 40), (138, 120), (135, 240)])
    page.run()
    assert not page.exception
    assert page.header[0].value == "1"
    assert "Why 1?" in words(page)
    assert "speaks most for 1" in words(page)


def test_clear_forgets_the_drawing(open_page):
    page = open_page("pages/draw.py", run=trained())
    page.session_state["canvas"] = canvas_state([(140, 40), (138, 120), (135, 240)])
    page.run()
    page.button(key="clear").click().run()
    assert "Nothing drawn yet" in words(page)


def test_every_sample_digit_can_be_read(open_page):
    page = open_page("pages/draw.py", run=trained(2))
    answers = []
    for digit in range(10):
        page.button(key=f"sample_{digit}").click().run()
        answers.append(page.header[0].value)
    assert answers == [str(digit) for digit in range(10)]


def test_damaged_data_is_named_with_file_size_and_checksum(open_page, monkeypatch):
    import ui.frame

    def damaged():
        raise DataError(ui.frame.ASSETS / "mnist.npz", 123, "abc")

    monkeypatch.setattr(ui.frame, "load_mnist", damaged)
    page = open_page("app.py")
    assert not page.exception
    for part in ("mnist.npz", "123", "abc", "11,490,519", "06af5dfe", "git checkout", "python -m model.data"):
        assert part in page.error[0].value


def test_the_picture_is_what_the_engine_makes_of_the_pixels():
    from model.drawing import to_mnist
    from ui.draw.canvas import pixels
    from ui.state.visitors import Drawing

    state = canvas_state([(60, 60), (200, 60), (120, 220)])
    png = base64.b64decode(state["drawing"]["data"].split(",")[1])
    seen = to_mnist(pixels(Drawing(state["drawing"]["raw"], png)))
    assert seen.shape == (28, 28)
    assert np.flatnonzero(seen.any(axis=1)).size in (19, 20, 21)


def draw_one(page, slant=0):
    page.session_state["canvas"] = canvas_state([(140 + slant, 40), (138, 120), (135 - slant, 240)])
    return page.run()


def test_preparation_can_be_switched_off(open_page):
    page = open_page("pages/draw.py", run=trained())
    page.session_state["canvas"] = canvas_state([(20, 20), (60, 20), (35, 70)])
    page.run()
    prepared = page.header[0].value
    page.toggle(key="prepare").set_value(False).run()
    assert not page.exception
    page.toggle(key="prepare").set_value(True).run()
    assert page.header[0].value == prepared


def test_named_drawings_collect_and_can_be_removed_one_by_one_or_all(open_page):
    page = open_page("pages/draw.py", run=trained())
    for slant in (0, 8, 16):
        draw_one(page, slant)
        page.button(key="teach_1").click().run()
        assert not page.header
    assert "Remove this 1" in page.button(key="own_2").label
    page.button(key="own_1").click().run()
    assert not page.exception
    assert "You have 2; teaching takes at least 3" in words(page)
    page.button(key="remove_all").click().run()
    assert "Draw a digit and say above which one it is" in words(page)


def test_taught_drawings_make_a_new_run_with_a_report_and_a_way_back(open_page):
    page = open_page("pages/draw.py", run=trained())
    before = page.query_params["run"]
    for slant in (0, 4, 8, 12, 16):
        draw_one(page, slant)
        page.button(key="teach_7").click().run()
    page.button(key="teach").click().run()
    after = page.query_params["run"]
    assert after != before
    view = finished(page).view()
    assert view.parent.token == before
    page.run()
    assert not page.exception
    assert "What teaching did" in words(page)
    assert [row[1] for row in page.table[0].value.values.tolist()][:2] == ["0 / 4", "0 / 1"]
    assert [row[2] for row in page.table[0].value.values.tolist()][:2] == ["4 / 4", "1 / 1"]
    page.button(key="back_to_parent").click().run()
    assert page.query_params["run"] == before


def test_a_followed_drawing_stands_on_the_train_page_and_says_when_it_was_understood(open_page):
    from ui.state.visitors import VISITORS

    page = open_page("pages/train.py", epochs="2", training_images="2000", batch_size="32")
    visitor = VISITORS.find(page.session_state["_visitor"])
    visitor.last_picture = np.zeros((28, 28), np.float32)
    visitor.last_picture[4:24, 13:15] = 1
    page.run()
    page.button(key="train").click().run()
    run = finished(page)
    page.run()
    assert not page.exception
    told = run.readings(visitor.token, "last")
    assert len(told) > 1
    assert told[-1].step == run.view().config.total_steps
    assert run.readings("somebody else", "last") == ()
