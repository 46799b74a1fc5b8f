"""The way back through a run, on Train, Draw and Look inside through AppTest: what is shown is the network as it was then."""

import numpy as np
import pytest

from benchmarks.canvas_state import canvas_state
from model.config import TrainingConfig
from model.data.mnist import load_mnist
from model.network import predict
from model.runs.store import RUNS
from tests.pages.conftest import words
from tests.patience import PATIENCE

ONE = canvas_state([(140, 40), (138, 120), (135, 240)])


@pytest.fixture
def run():
    started = RUNS.start(TrainingConfig(epochs=3, training_images=5_000))
    assert started.wait_until(lambda view: view.ended and not view.busy, PATIENCE)
    assert len(started.view().snapshots) > 3
    return started


def slider(page):
    (found,) = [one for one in page.slider if one.key.startswith("rewound_")]
    return found


def test_the_slider_stands_at_now_and_goes_back_to_the_first_moment(open_page, run):
    page = open_page("pages/train.py", run=run.token)
    snapshots = run.view().snapshots
    assert (slider(page).min, slider(page).max, slider(page).value) == (1, len(snapshots), len(snapshots))
    assert "Everything is shown as it is now" in words(page)
    slider(page).set_value(1).run()
    assert not page.exception
    assert "as they were at epoch 0.0" in words(page)
    assert f"after {snapshots[0].step} update" in words(page)


def test_draw_reads_with_the_network_of_then(open_page, run):
    page = open_page("pages/draw.py", run=run.token)
    page.session_state["canvas"] = ONE
    page.run()
    now = page.header[0].value
    slider(page).set_value(1).run()
    assert not page.exception
    picture = page.session_state["_picture"]
    first = run.view().snapshots[0].network()
    assert page.header[0].value == str(int(predict(first, picture[None])[0].argmax()))
    slider(page).set_value(len(run.view().snapshots)).run()
    assert page.header[0].value == now


@pytest.mark.parametrize("part", ["flow", "tiles", "map", "mistakes", "break"])
def test_look_inside_shows_the_network_of_then_on_validation_images(open_page, run, part):
    page = open_page("pages/inside.py", run=run.token)
    page.session_state["inside_part"] = part
    page.run()
    assert "10,000 test images" in words(page)
    slider(page).set_value(1).run()
    assert not page.exception
    assert "5,000 validation images" in words(page)


def test_the_mistakes_are_those_of_then(open_page, run):
    page = open_page("pages/inside.py", run=run.token)
    page.session_state["inside_part"] = "break"
    page.run()
    slider(page).set_value(1).run()
    mnist = load_mnist()
    first = run.view().snapshots[0].network()
    right = np.mean(predict(first, mnist.validation_images).argmax(axis=1) == mnist.validation_labels)
    assert float(page.metric[0].value.rstrip("%")) == pytest.approx(100 * right, abs=0.06)


def test_the_moment_goes_along_from_page_to_page(open_page, run):
    page = open_page("app.py", run=run.token)
    page.switch_page("pages/train.py").run()
    slider(page).set_value(2).run()
    page.switch_page("pages/inside.py").run()
    assert slider(page).value == 2


@pytest.mark.parametrize("name", ["train", "draw", "inside"])
def test_a_film_begins_at_the_beginning_and_ends_at_the_end(open_page, run, monkeypatch, name):
    from ui.state import rewound

    clock = [100.0]
    monkeypatch.setattr(rewound, "now", lambda: clock[0])
    page = open_page(f"pages/{name}.py", run=run.token)
    last = len(run.view().snapshots)
    page.button(key="film_play").click().run()
    assert slider(page).value == 1
    seen = []
    for _ in range(12):
        clock[0] += 0.5
        page.run()
        seen.append(slider(page).value)
    assert seen == sorted(seen)
    assert len(set(seen)) >= min(last, 8) - 1
    assert seen[-1] == last
    assert page.button(key="film_play") is not None


@pytest.mark.parametrize("name", ["train", "draw", "inside"])
def test_what_a_slow_browser_tells_of_a_film_that_is_over_is_not_heard(open_page, run, monkeypatch, name):
    """It saw the last picture but one when it asked again, and the film had come to its end meanwhile."""
    from ui.state import rewound

    clock = [100.0]
    monkeypatch.setattr(rewound, "now", lambda: clock[0])
    page = open_page(f"pages/{name}.py", run=run.token)
    page.button(key="film_play").click().run()
    in_film = slider(page)
    clock[0] += 60.0
    page.run()
    assert slider(page).key != in_film.key
    page.session_state[in_film.key] = 2
    page.run()
    assert slider(page).value == len(run.view().snapshots)


def test_a_film_that_is_stopped_stays_where_it_is_and_one_goes_on_from_there(open_page, run, monkeypatch):
    from ui.state import rewound

    clock = [100.0]
    monkeypatch.setattr(rewound, "now", lambda: clock[0])
    page = open_page("pages/train.py", run=run.token)
    for _ in range(2):
        page.button(key="film_play").click().run()
        clock[0] += 2.5
        page.run()
        there = slider(page).value
        assert 1 < there < len(run.view().snapshots)
        page.button(key="film_stop").click().run()
        assert slider(page).value == there
        slider(page).set_value(1).run()
        assert slider(page).value == 1 and "as they were at epoch 0.0" in words(page)


def test_while_it_trains_the_slider_has_its_place_and_words(open_page):
    started = RUNS.start(TrainingConfig(epochs=200))
    assert started.wait_until(lambda view: bool(view.points), PATIENCE)
    page = open_page("pages/train.py", run=started.token)
    assert not [one for one in page.slider if one.key.startswith("rewound_")]
    assert "Once it has trained, you can go back" in words(page)
    started.stop()


def test_a_network_too_large_for_a_way_back_says_so(open_page):
    started = RUNS.start(TrainingConfig(hidden_sizes=(1024, 1024), epochs=1, training_images=200))
    assert started.wait_until(lambda view: view.ended and not view.busy, PATIENCE)
    page = open_page("pages/train.py", run=started.token)
    assert not page.exception
    assert "There is no way back in this run" in words(page)
