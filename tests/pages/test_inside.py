"""Look inside through AppTest: every part, choices by keyboard, damage that can be undone, and which images are looked at."""

import math
import re
import time

import numpy as np
import pytest

from model.config import TrainingConfig
from model.data.mnist import load_mnist
from model.evaluation.damage_curve import KINDS
from model.network import logits, predict
from model.runs.store import RUNS
from tests.pages.conftest import words
from tests.patience import PATIENCE
from ui.inside import damage_curve, damage_curves, layer_units
from ui.state.visitors import VISITORS

PARTS = ("flow", "tiles", "map", "mistakes", "break")


def trained(**settings):
    settings = {"epochs": 6, "hidden_sizes": (24, 16), "training_images": 5_000} | settings
    run = RUNS.start(TrainingConfig(**settings))
    assert run.wait_until(lambda view: view.ended and view.score is not None, PATIENCE)
    return run.token


def opened_at(open_page, part, token=None):
    page = open_page("pages/inside.py", run=token or trained())
    page.session_state["inside_part"] = part
    page.run()
    assert not page.exception
    return page


def accuracy(page):
    return float(page.metric[0].value.rstrip("%"))


def test_without_a_network_it_offers_to_train_the_standard_one(open_page):
    page = open_page("pages/inside.py")
    assert not page.exception
    assert "No network yet" in words(page)
    page.button(key="train").click().run()
    assert not page.exception
    assert RUNS.find(page.query_params["run"]).view().config == TrainingConfig()


@pytest.mark.parametrize("hidden_sizes", [(), (1,), (24, 16)], ids=str)
def test_every_part_shows_a_network_of_any_shape(open_page, hidden_sizes):
    page = open_page("pages/inside.py", run=trained(hidden_sizes=hidden_sizes))
    for language in ("en", "zh"):
        page.query_params["lang"] = language
        for part in PARTS:
            page.session_state["inside_part"] = part
            page.run()
            assert not page.exception, (language, part)


@pytest.mark.parametrize("activation", ["tanh", "sigmoid", "gelu", "linear"])
def test_neurons_of_every_activation_can_be_looked_at(open_page, activation):
    page = opened_at(open_page, "tiles", trained(activation=activation, training_images=1_000))
    page.session_state["_unit"] = (0, 3)
    page.run()
    assert not page.exception
    assert "Neuron 4 of layer 1" in words(page)


def test_an_ended_run_is_looked_at_with_test_images_and_a_paused_one_with_validation_images(open_page):
    page = open_page("pages/inside.py", run=trained())
    assert "10,000 test images" in words(page)
    run = RUNS.start(TrainingConfig(epochs=200))
    assert run.wait_until(lambda view: bool(view.points), PATIENCE)
    run.pause()
    page.query_params["run"] = run.token
    page.run()
    assert not page.exception
    assert "5,000 validation images" in words(page)
    assert page.number_input(key="flow_image").max == 5_000


def test_what_is_shown_stands_still_while_the_run_goes_on_until_one_looks_again(open_page):
    run = RUNS.start(TrainingConfig(epochs=200))
    assert run.wait_until(lambda view: bool(view.points), PATIENCE)
    page = open_page("pages/inside.py", run=run.token)
    page.toggle(key="inside_follows").set_value(False).run()
    seen = page.session_state["_snapshot"][1]
    page.session_state["_snapshot_since"] = -math.inf
    assert run.wait_until(lambda view: view.epoch > seen + 1, PATIENCE)
    page.run()
    assert page.session_state["_snapshot"][1] == seen
    page.button(key="look_again").click().run()
    assert page.session_state["_snapshot"][1] > seen
    run.stop()


def test_a_run_that_goes_on_is_followed_by_itself_but_not_without_a_pause(open_page):
    run = RUNS.start(TrainingConfig(epochs=200))
    assert run.wait_until(lambda view: bool(view.points), PATIENCE)
    page = open_page("pages/inside.py", run=run.token)
    seen = page.session_state["_snapshot"][1]
    page.session_state["_snapshot_since"] = math.inf  # it was looked at just now, however slow this machine is
    assert run.wait_until(lambda view: view.epoch > seen + 1, PATIENCE)
    page.run()
    assert page.session_state["_snapshot"][1] == seen
    page.session_state["_snapshot_since"] = -math.inf
    page.run()
    assert page.session_state["_snapshot"][1] > seen
    run.stop()


def test_a_neuron_can_be_chosen_without_a_mouse_and_says_what_it_looks_for(open_page):
    page = opened_at(open_page, "flow")
    choice = page.selectbox(key="flow_neuron")
    choice.select(choice.options[1]).run()
    assert not page.exception
    shown = words(page)
    unit = re.search(r"Neuron (\d+) of layer 1", shown)
    assert unit and f"neuron {unit[1]}:" in choice.options[1]
    assert "importance" in shown and "excite it most" in shown


def test_the_answer_followed_is_the_one_read_until_another_is_chosen_and_its_sum_adds_up(open_page):
    token = trained()
    page = opened_at(open_page, "flow", token)
    image = load_mnist().test_images[:1]
    scores = logits(RUNS.find(token).view().network, image)[0]
    for answer, asked in ((int(scores.argmax()), None), (4, 4)):
        if asked is not None:
            page.selectbox(key="flow_answer").set_value(asked).run()
            assert not page.exception
        shown = words(page)
        assert f"Only what feeds the **{answer}** is drawn" in shown
        assert f"together the score of the {answer}, {scores[answer]:.2f}" in shown
        assert f"Second choice: **{scores.argsort()[-2]}**" in shown
        steps = page.table[-1].value
        assert sum(round(100 * float(added)) for added in steps["Adds"]) == round(100 * float(scores[answer]))
        assert float(steps["Sum so far"].iloc[-1]) == pytest.approx(float(scores[answer]), abs=0.006)


def test_a_neuron_switched_off_is_listed_and_comes_back(open_page):
    page = opened_at(open_page, "flow")
    page.session_state["_unit"] = (0, 3)
    page.run()
    page.button(key="switch").click().run()
    assert "You have **damaged** this network" in words(page)
    assert page.button(key="on_0_3").label == "Neuron 4 of layer 1"
    page.button(key="on_0_3").click().run()
    assert not page.exception
    assert "damaged" not in words(page)


def facts(page):
    """What a neuron's panel says, in order, and what its chart and its pictures are given to draw."""
    start = next(place for place, text in enumerate(page.markdown) if "of 24 in how much" in text.value)
    drawn = {element.key: element.proto.SerializeToString() for element in page.get("bidi_component")}
    return [text.value for text in page.markdown][start:], [
        drawn[key] for key in ("effect", "images_most", "images_least")
    ]


def test_the_facts_of_a_neuron_stay_when_it_is_switched_off_and_the_effect_stands_beside_them(open_page):
    page = opened_at(open_page, "tiles")
    page.session_state["_unit"] = (0, 3)
    page.run()
    told, drawn = facts(page)
    assert any("It speaks" in text or "mean score" in text for text in told)
    assert not page.info
    page.button(key="switch").click().run()
    assert not page.exception
    assert facts(page) == (told, drawn)
    read = re.search(r"([\d,]+) of 10,000.*undamaged it reads ([\d,]+)", page.info[0].value)
    assert read and read[1] != read[2]


def test_mistakes_can_be_stepped_through_from_the_surest_on(open_page):
    page = opened_at(open_page, "flow")
    page.segmented_control(key="flow_source").set_value("mistakes").run()
    shares = []
    for _ in range(3):
        found = re.search(r"is ≥?(\d+)% sure: \*\*wrong", words(page))
        assert found
        shares.append(int(found[1]))
        page.button(key="flow_next").click().run()
    assert shares == sorted(shares, reverse=True)


def test_the_visitors_drawing_flows_through_the_network_and_lies_on_the_map(open_page):
    from ui.state.visitors import VISITORS

    page = open_page("pages/inside.py", run=trained())
    visitor = VISITORS.find(page.session_state["_visitor"])
    visitor.last_picture = np.zeros((28, 28), np.float32)
    visitor.last_picture[4:24, 13:15] = 1
    page.session_state["flow_source"] = "drawing"
    page.run()
    assert "Your network reads a **1**" in words(page)
    page.session_state["inside_part"] = "map"
    page.run()
    assert not page.exception
    assert "appears here as a star" not in words(page)


def test_a_cell_of_the_matrix_shows_its_images_and_an_image_says_why(open_page):
    page = opened_at(open_page, "mistakes")
    assert "Press a cell to see its images" in words(page)
    page.session_state["_cell"] = 49
    page.run()
    assert "images of a 4 read as 9" in words(page)
    page.session_state["_mistake"] = ("worst", 8)
    page.run()
    assert not page.exception
    assert re.search(r"Why \d\?", words(page)) and "Blue ink speaks for the answer" in words(page)


def test_every_digit_has_its_bars_and_its_line_in_the_table(open_page):
    page = opened_at(open_page, "mistakes")
    found = page.table[0].value
    assert found["Digit"].tolist() == [str(digit) for digit in range(10)]
    missed = [100 - float(share.strip("%<>")) for share in found["Found (recall)"]]
    most = re.search(r"Most often it misses the \*\*(\d)\*\*: ([\d.]+)%", words(page))
    assert most and float(most[2]) == pytest.approx(max(missed), abs=0.06)


def test_how_often_it_is_right_by_how_sure_it_is_is_told_as_it_is(open_page):
    token = trained()
    page = opened_at(open_page, "mistakes", token)
    mnist = load_mnist()
    found = predict(RUNS.find(token).view().network, mnist.test_images)
    sure, right = float(found.max(axis=1).mean()), float((found.argmax(axis=1) == mnist.test_labels).mean())
    told = re.search(r"(\d+\.\d)% sure on average, right in (\d+\.\d)%", words(page))
    assert told and [float(told[1]), float(told[2])] == pytest.approx([100 * sure, 100 * right], abs=0.06)
    assert ("surer than it is right" in words(page)) == (sure - right > 0.006)
    assert sum(int(count.replace(",", "")) for count in page.table[1].value["Images"]) == 10_000


def test_damage_costs_accuracy_and_repair_gives_back_every_last_image(open_page):
    page = opened_at(open_page, "break")
    whole = accuracy(page)
    page.slider(key="damage_share").set_value(90).run()
    assert accuracy(page) < whole - 10
    page.button(key="repair_network").click().run()
    assert accuracy(page) == whole
    page.slider(key="image_rotation").set_value(90).run()
    assert accuracy(page) < whole - 10
    page.button(key="repair_images").click().run()
    assert not page.exception
    assert accuracy(page) == whole


def test_weights_are_drawn_smoothed_for_the_eye_as_long_as_the_visitor_wants(open_page):
    page = opened_at(open_page, "tiles")
    assert "as the network has it" in words(page)
    page.segmented_control(key="tiles_look").set_value("smoothed").run()
    page.segmented_control(key="tile_layer").set_value(1).run()
    assert not page.exception
    assert "tiles_look" not in [choice.key for choice in page.segmented_control]
    page.segmented_control(key="tile_layer").set_value(0).run()
    assert "Smoothed for the eye alone" in words(page)
    page.query_params["run"] = trained(hidden_sizes=())
    page.run()
    assert not page.exception
    assert "Smoothed for the eye alone" in words(page)


def test_the_browser_gets_as_many_tiles_as_are_wanted_of_each_layer(open_page, monkeypatch):
    given = {}
    monkeypatch.setattr(layer_units, "gallery", lambda *shown, more, **_: given.update(items=shown[1], more=more))
    page = opened_at(open_page, "tiles", trained(hidden_sizes=(64, 64), training_images=1_000, epochs=1))
    assert (len(given["items"]), given["more"].total) == (30, 64)
    page.session_state["_tiles_wanted"] = {0: 42}
    page.run()
    assert len(given["items"]) == 42
    page.segmented_control(key="tile_layer").set_value(1).run()
    assert not page.exception
    assert (len(given["items"]), given["more"].total) == (30, 64)


def measured(page):
    """The page once the curve of damage is measured at every place."""
    ends = time.monotonic() + PATIENCE
    while "is being measured" in words(page):
        assert time.monotonic() < ends
        page.run()
    assert not page.exception
    return page


@pytest.fixture
def charts(monkeypatch):
    """The last curve of damage that was drawn."""
    drawn = {}
    show = damage_curve.live_charts
    monkeypatch.setattr(
        damage_curve,
        "live_charts",
        lambda shown, *a, **more: (drawn.update(curve=shown[0]), show(shown, *a, **more)),
    )
    return drawn


def test_the_marked_place_of_every_curve_is_the_accuracy_shown(open_page, charts, monkeypatch):
    page = opened_at(open_page, "break", trained(hidden_sizes=(8,), training_images=1_000, epochs=1))
    monkeypatch.setattr(damage_curve, "PATIENCE_SECONDS", PATIENCE)
    places = {"damage_noise": 20, "damage_share": 10, "image_rotation": 15, "image_right": -1, "image_down": 1}
    places |= {"image_blocked": 4, "image_noise": 15}  # noise on images last: it is what takes longest
    assert set(places) == set(KINDS)
    for kind, place in places.items():
        page.slider(key=kind).set_value(place).run()
        assert page.selectbox(key="break_curve").value == kind
        line, mark = measured(page) and charts["curve"].figure.data
        assert page.metric[0].value in charts["curve"].notes
        assert (mark.x[0], f"{mark.y[0]:.1%}") == (place, page.metric[0].value)
        points = dict(zip(line.x, line.y, strict=True))
        assert points[place] == mark.y[0] and set(points) == {place, *KINDS[kind].places}
        if place in KINDS[kind].places:
            row = page.table[0].value.iloc[KINDS[kind].places.index(place)]
            assert row.tolist()[1] == page.metric[0].value


def test_without_a_hidden_layer_no_neuron_can_be_off_and_the_curve_says_so(open_page, charts):
    page = opened_at(open_page, "break", trained(hidden_sizes=(), training_images=1_000, epochs=1))
    page.slider(key="damage_share").set_value(50).run()
    assert "there is no neuron to switch off" in words(measured(page))
    assert len(set(charts["curve"].figure.data[0].y)) == 1


def test_another_curve_than_that_of_the_last_slider_can_be_chosen(open_page):
    page = opened_at(open_page, "break", trained(hidden_sizes=(8,), training_images=1_000, epochs=1))
    page.slider(key="image_right").set_value(1).run()
    page.selectbox(key="break_curve").set_value("image_rotation").run()
    assert "**Turned anticlockwise.** " in words(measured(page))
    page.slider(key="image_down").set_value(1).run()
    assert "**Upwards.** " in words(measured(page))


def test_a_curve_whose_worker_is_lost_says_so_and_can_be_tried_again(open_page, monkeypatch):
    def lost(*_):
        raise OSError

    with monkeypatch.context() as broken:
        broken.setattr(damage_curves, "measure", lost)
        page = opened_at(open_page, "break", trained(hidden_sizes=(8,), training_images=1_000, epochs=1))
        assert "could not be measured to its end" in words(measured(page))
    page.button(key="curve_again").click().run()
    assert "could not be measured" not in words(measured(page))


def test_damage_is_of_one_visitor_alone_and_never_reaches_the_run(open_page):
    token = trained()
    network = RUNS.find(token).view().network
    before = [array.copy() for pair in network.weights for array in pair]
    page = opened_at(open_page, "break", token)
    page.slider(key="damage_noise").set_value(300).run()
    other = opened_at(open_page, "break", token)
    assert "damaged** this network" not in words(other)
    assert accuracy(other) > accuracy(page)
    now = [array for pair in RUNS.find(token).view().network.weights for array in pair]
    assert all(map(np.array_equal, before, now))


def test_another_run_is_looked_at_undamaged(open_page):
    page = opened_at(open_page, "break")
    page.slider(key="damage_share").set_value(90).run()
    page.query_params["run"] = trained(seed=1)
    page.run()
    assert not page.exception
    assert page.slider(key="damage_share").value == 0
    assert "damaged** this network" not in words(page)


def test_two_networks_vote_on_the_digit_that_is_looked_at(open_page):
    page = open_page("pages/inside.py")
    visitor = VISITORS.find(page.session_state["_visitor"])
    visitor.runs.append(trained(seed=1))
    page.run()
    assert "voters" not in [box.key for box in page.selectbox]
    visitor.runs.append(trained(seed=2))
    page.run()
    page.selectbox(key="voters").set_value(2).run()
    assert not page.exception
    assert "Together these 2 networks read" in words(page)
    assert [len(table.value) for table in page.table][-1] == 2
