"""The By hand page through AppTest: steps, numbers that follow, training by hand, the link, the visitor's network, the hill."""

import html
import itertools
import re
from concurrent.futures import Future, wait

import numpy as np
import pytest

from model.config import TrainingConfig
from model.runs.store import RUNS
from model.textbook.loss_landscape import CLASSIC_LANDSCAPES
from model.textbook.optimizer_paths import COUNTED, PATH_OPTIMIZERS, survey, survey_network
from model.textbook.sheet import SHAPES, Sheet
from model.textbook.symbols import D1, W1
from model.textbook.worked_example import STEP_NAMES, train_by_hand, train_until_it_fits, training_step
from tests.pages.conftest import finished, words
from tests.patience import PATIENCE
from ui.by_hand import awaited_survey
from ui.by_hand.loss_landscape import SURFACES
from ui.by_hand.notation import number
from ui.state.language import texts

PAGE = "pages/by_hand.py"


def spoken(page) -> str:
    found = [str(element.proto.body) for element in page.get("html") if "hand_spoken" in str(element.proto.body)]
    assert len(found) == 1
    return html.unescape(re.sub(r"<[^>]+>", "", found[0]))


def latex(page) -> str:
    return "\n".join(element.value for element in page.latex)


def press(page, key: str):
    page.button(key=key).click().run()
    assert not page.exception
    return page


def test_next_and_back_lead_through_every_step_with_its_numbers(open_page):
    page = open_page(PAGE)
    assert not page.exception
    for place, step in enumerate(training_step(Sheet()).steps):
        assert f"Step **{place + 1}** of 11" in words(page)
        for matrix in step.results.values():
            assert all(number(value) in spoken(page) for value in matrix.ravel().tolist()), step.name
            assert all(number(value) in latex(page) for value in matrix.ravel().tolist()), step.name
        assert page.button(key="hand_next").disabled == (place == 10)
        if place < 10:
            press(page, "hand_next")
    assert "0.317 to **0.269**" in words(page)
    press(page, "hand_back")
    assert "Step **10** of 11" in words(page)


def test_changing_one_weight_changes_everything_that_depends_on_it(open_page):
    page = open_page(PAGE)
    page.number_input(key="hand_hidden_weights_1").set_value(2.0).run()
    sheet = Sheet(hidden_weights=(2.0, *Sheet().hidden_weights[1:]))
    for step in training_step(sheet).steps:
        for matrix in step.results.values():
            assert all(number(value) in spoken(page) for value in matrix.ravel().tolist())
        if step.name != STEP_NAMES[-1]:
            press(page, "hand_next")
    assert page.query_params["hand_w1"].startswith("2,-0.4")


@pytest.mark.parametrize(
    ("key", "value", "changed"),
    [
        ("hand_inputs_2", -2.0, {"inputs": (1.0, -2.0, -1.0)}),
        ("hand_targets_1", 0.25, {"targets": (0.25, 0.0)}),
        ("hand_hidden_biases_4", 1.5, {"hidden_biases": (0.1, -0.1, 0.2, 1.5)}),
        ("hand_output_weights_8", 3.0, {"output_weights": (*Sheet().output_weights[:7], 3.0)}),
        ("hand_output_biases_1", 0.7, {"output_biases": (0.7, 0.1)}),
        ("hand_learning_rate", 2.0, {"learning_rate": 2.0}),
    ],
)
def test_every_kind_of_number_can_be_moved(open_page, key, value, changed):
    page = open_page(PAGE, hand_step="hidden_update")
    page.number_input(key=key).set_value(value).run()
    computed = training_step(Sheet(**changed))
    assert all(number(new) in spoken(page) for new in computed.matrices[W1.new].ravel().tolist())
    assert f"**{number(computed.next_loss)}**" in words(page)


@pytest.mark.parametrize("activation", ["tanh", "relu", "gelu", "linear"])
@pytest.mark.parametrize("loss", ["squared_error", "cross_entropy"])
def test_activation_and_loss_can_be_chosen(open_page, activation, loss):
    page = open_page(PAGE, hand_step="hidden_delta")
    page.selectbox(key="hand_activation").set_value(activation).run()
    page.selectbox(key="hand_loss").set_value(loss).run()
    assert not page.exception
    computed = training_step(Sheet(activation=activation, loss=loss))
    assert all(number(value) in spoken(page) for value in computed.matrices[D1].ravel().tolist())


def test_under_cross_entropy_the_two_targets_stay_shares_of_one(open_page):
    page = open_page(PAGE)
    page.number_input(key="hand_targets_2").set_value(0.6).run()
    page.selectbox(key="hand_loss").set_value("cross_entropy").run()
    assert [page.number_input(key=f"hand_targets_{k}").value for k in (1, 2)] == pytest.approx([0.625, 0.375])
    page.number_input(key="hand_targets_1").set_value(0.3).run()
    assert page.number_input(key="hand_targets_2").value == pytest.approx(0.7)
    assert not page.exception


def test_one_step_ten_steps_until_it_fits_and_the_loss_that_grows(open_page):
    page = press(open_page(PAGE), "hand_one")
    after_one = train_by_hand(Sheet(), 1)
    assert f"**{number(after_one.losses[-1])}** after 1 training step" in words(page)
    assert page.number_input(key="hand_hidden_weights_1").value == after_one.sheet.hidden_weights[0]
    press(page, "hand_ten")
    assert f"**{number(train_by_hand(Sheet(), 11).losses[-1])}** after 11 training steps" in words(page)
    press(page, "hand_until")
    assert f"after {len(train_until_it_fits(Sheet()).losses)} training steps" in words(page)
    assert "It fits" in words(page)
    page.number_input(key="hand_inputs_1").set_value(-1.0).run()
    assert "It fits" not in words(page)


def test_what_cannot_fit_says_so_and_nothing_is_lost(open_page):
    page = press(open_page(PAGE, hand_rate="0"), "hand_until")
    assert "It does not fit: after 5,000 more steps" in words(page)
    assert page.number_input(key="hand_output_weights_1").value == Sheet().output_weights[0]
    page = open_page(
        PAGE, hand_bend="linear", hand_loss="cross_entropy", hand_y="0.5,0.5", hand_x="10,10,10", hand_rate="100"
    )
    press(page, "hand_until")
    assert "ran off" in words(page)


def test_shaking_gives_the_same_weights_to_everybody_and_start_again_the_first_ones(open_page):
    pages = [press(open_page(PAGE), "hand_shake") for _ in range(2)]
    shaken = [page.number_input(key="hand_hidden_weights_1").value for page in pages]
    assert shaken[0] == shaken[1] != Sheet().hidden_weights[0]
    assert "number 1" in words(pages[0])
    press(pages[0], "hand_shake")
    assert pages[0].number_input(key="hand_hidden_weights_1").value != shaken[0]
    press(pages[0], "hand_reset")
    assert pages[0].number_input(key="hand_hidden_weights_1").value == Sheet().hidden_weights[0]
    assert "after 0 training steps" in words(pages[0])
    assert not [name for name in pages[0].query_params if name.startswith("hand_")]


def test_the_link_gives_somebody_else_the_same_sheet_and_step(open_page):
    page = open_page(PAGE)
    page.selectbox(key="hand_activation").set_value("tanh").run()
    press(press(press(page, "hand_ten"), "hand_next"), "hand_next")
    query = {name: page.query_params[name] for name in page.query_params if name.startswith("hand_")}
    other = open_page(PAGE, **query)
    assert spoken(other) == spoken(page)
    for key in ("hand_hidden_weights_5", "hand_output_biases_2"):
        assert other.number_input(key=key).value == page.number_input(key=key).value


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ({"hand_x": "1,2"}, "3 numbers from -10 to 10"),
        ({"hand_w2": "1,2,3,x"}, "8 numbers from -1000 to 1000"),
        ({"hand_y": "0.5,0.4", "hand_loss": "cross_entropy"}, "add up to 1"),
        ({"hand_rate": "1e9"}, "0 to 100"),
        ({"hand_bend": "cubic"}, "sigmoid"),
        ({"hand_step": "dance"}, "one of: hidden_sum"),
        ({"hand_part": "moon"}, "one of: paper"),
    ],
)
def test_nonsense_in_the_link_is_named_and_the_rest_of_the_link_holds(open_page, query, said):
    page = open_page(PAGE, **query, hand_b2="0.3,0.4")
    assert not page.exception
    assert said in words(page) and next(iter(query.values())) in words(page)
    assert page.number_input(key="hand_output_biases_2").value == 0.4
    press(page, "dismiss_hand_errors")
    assert said not in words(page)


def test_the_table_holds_every_gradient_twice_and_they_agree(open_page):
    page = open_page(PAGE)
    table = page.table[0].value
    assert len(table) == 26
    columns = [np.array(table.iloc[:, column], float) for column in (2, 3)]
    np.testing.assert_allclose(columns[0], columns[1], atol=1e-6)
    assert set(table.iloc[:, 4]) == {"they agree"}


def test_at_the_kink_of_a_relu_the_page_says_why_the_two_may_differ(open_page):
    page = open_page(PAGE, hand_bend="relu", hand_w1=",".join("0" * 12), hand_b1="0,0,0,0")
    assert "kink of ReLU" in words(page)


def test_the_page_is_chinese_when_the_link_says_so(open_page):
    page = open_page(PAGE, lang="zh")
    assert page.title[0].value == "亲手算一遍"
    assert "第 **1** / 11 步 · 前向计算" in words(page)
    assert "结果：z⁽¹⁾" in spoken(page)


def test_without_a_network_the_other_parts_offer_to_train_one(open_page):
    page = open_page(PAGE, hand_part="network")
    assert "No network yet" in words(page)
    assert not page.button(key="train").disabled


def test_the_same_step_on_the_visitors_network(open_page):
    page = open_page("pages/train.py")
    page.number_input(key="epochs").set_value(1)
    page.selectbox(key="training_images").set_value(500).run()
    page.button(key="train").click().run()
    run = finished(page)
    page = open_page(PAGE, run=run.token, hand_part="network")
    assert not page.exception
    assert "784-64-64-10" in words(page)
    table = page.table[0].value
    assert list(table.iloc[0, 1:]) == ["64×784", "64×64", "10×64"]
    assert list(table.iloc[1, 1:]) == ["784×64", "64×64", "64×10"]
    assert "One step on 128 training images" in words(page)
    page.selectbox(key="paper_picture").set_value("7").run()
    assert "**7**" in words(page)
    page.number_input(key="paper_rate").set_value(10.0).run()
    assert not page.exception
    page = open_page(PAGE, run=run.token, hand_part="hill")
    page.selectbox(key="hill_surface").set_value("network").run()
    assert "256 validation images" in words(measured(page))
    press(page, "hill_other_directions")
    assert "number 1" in words(measured(page))


def measured(page):
    """The page, once a worker has measured the landscape of the network."""
    if "_hill_awaited" in page.session_state and page.session_state["_hill_awaited"] is not None:
        wait([page.session_state["_hill_awaited"].future], PATIENCE)
        page.run()
    assert not page.exception
    return page


@pytest.mark.parametrize("loss", ["fails", "refused", "silent"])
def test_a_landscape_that_cannot_be_measured_is_told_and_tried_again_while_the_page_lives(open_page, monkeypatch, loss):
    run = RUNS.start(TrainingConfig(epochs=1, hidden_sizes=(8,)))
    assert run.wait_until(lambda view: view.ended, PATIENCE)
    page = open_page(PAGE, run=run.token, hand_part="hill")
    asked = []

    def lost(function, *arguments):
        asked.append(function)
        if loss == "refused":
            raise RuntimeError("the workers were shut down")
        future = Future()
        if loss == "fails":
            future.set_exception(RuntimeError("a lost worker"))
        return future

    with monkeypatch.context() as patch:
        patch.setattr(RUNS.workers, "submit", lost)
        patch.setattr(awaited_survey, "LATE_SECONDS", 0.0 if loss == "silent" else 60.0)
        page.selectbox(key="hill_surface").set_value("network").run()
        assert not page.exception
        assert asked.count(survey_network) == 1
        assert texts("en")["hill.lost"] in words(page)
        page.run()
        assert asked.count(survey_network) == 1
        page.selectbox(key="hill_surface").set_value(SURFACES[0]).run()
        assert not page.exception and told_of_hill(page)[0]
        page.selectbox(key="hill_surface").set_value("network").run()
        assert texts("en")["hill.lost"] in words(page)
    press(page, "hill_again")
    assert texts("en")["hill.lost"] not in words(page)
    assert "256 validation images" in words(measured(page))


def told_of_hill(page) -> tuple[list[str], list[list[str]]]:
    """What the page says of who stands where, and the table of other rates."""
    standing = [element.value for element in page.markdown if "lowest first" in element.value]
    return standing, page.table[1].value.to_numpy().tolist()


@pytest.mark.parametrize("surface", CLASSIC_LANDSCAPES)
def test_the_optimisers_walk_step_by_step_and_the_words_are_those_of_the_walks(open_page, surface):
    page = open_page(PAGE, hand_part="hill")
    page.selectbox(key="hill_surface").set_value(surface).run()
    assert not page.exception
    assert len(page.table[0].value) == 5
    hill = CLASSIC_LANDSCAPES[surface]()
    rates = dict(hill.rates)
    press(page, "hill_to_start")
    start = set(page.table[0].value.iloc[:, 3])
    assert len(start) == 1 and "lowest first" not in words(page)
    for key, steps in (("hill_one_step", 1), ("hill_ten_steps", 11), ("hill_steps", 200), ("hill_rate_descent", 200)):
        if key == "hill_steps":
            page.slider(key=key).set_value(steps).run()
        elif key == "hill_rate_descent":
            rates["descent"] = 9.0
            page.number_input(key=key).set_value(9.0).run()
        else:
            press(page, key)
            assert set(page.table[0].value.iloc[:, 1]) == {str(steps)}
        found = survey(hill, hill.start, rates, 200, 3)
        there = {name: heights[steps] for name, heights in found.path_losses.items() if len(heights) > steps}
        (standing,), table = told_of_hill(page)
        assert re.findall(r"\*\*(.*?)\*\*", standing) == [number(height) for height in sorted(there.values())]
        assert f"After {steps} step{'s' * (steps != 1)}, lowest first" in standing
        assert ("Ran off the map: " in words(page)) == (len(there) < 5)
        for row, name in zip(table, PATH_OPTIMIZERS, strict=True):
            columns = (found.other_heights[0.1], found.path_losses, found.other_heights[10.0])
            off = [
                "ran off the map" if len(heights[name]) <= steps else number(heights[name][steps])
                for heights in columns
            ]
            assert row[1:] == off
        for name, places in found.paths.items():
            count = COUNTED[surface](places[: steps + 1])
            assert f"{texts('en')[f'hill.walker.{name}']} {count}" in words(page)
    assert "ran off the map" in page.table[0].value.iloc[0, 1]
    page.number_input(key="hill_x").set_value(0.5).run()
    assert not page.exception


@pytest.mark.parametrize("language", ["en", "zh"])
def test_no_fixed_text_of_the_hill_names_a_winner(language):
    names = {text for key, text in texts(language).items() if key.startswith(("hill.walker.", "hill.short."))}
    names -= {texts(language)[f"hill.{kind}.stochastic"] for kind in ("walker", "short")}
    for key, text in texts(language).items():
        if key.startswith(("hill.about.", "hill.rates", "by_hand.intro.hill")):
            noiseless = text.replace(texts(language)["hill.walker.stochastic"], "")
            assert not [name for name in names if name.lower() in noiseless.lower()], key


NUMBERS = {
    "paper": (*(f"hand_{name}_{rows * columns}" for name, (rows, columns) in SHAPES.items()), "hand_learning_rate"),
    "hill": ("hill_x", "hill_y", *(f"hill_rate_{name}" for name in PATH_OPTIMIZERS)),
}


@pytest.mark.parametrize("part", NUMBERS)
def test_what_is_no_number_leaves_the_old_one_in_every_field_and_says_so(open_page, part):
    page = open_page(PAGE, hand_part=part)
    refused = itertools.cycle([None, 1e9, -1e9, float("inf"), float("nan")])
    for key, entered in zip(NUMBERS[part], refused, strict=False):
        field = page.number_input(key=key)
        old, label = field.value, field.label
        field.set_value(entered).run()
        assert not page.exception
        assert page.number_input(key=key).value == old
        assert f"{label} stays {old:g}" in words(page)
    page.run()
    assert "stays" not in words(page)


def test_fields_without_a_number_in_them_count_as_they_stood_at_first(open_page):
    page = open_page(PAGE)
    before = words(page)
    for field in page.number_input:
        page.session_state[field.key] = None
    page.run()
    assert not page.exception and words(page) == before
