"""The picture of what feeds an answer: what the browser is told of it, and sums that add up as they stand there."""

import json
import re

import numpy as np
import pytest

from model.interpretability.activation_trace import flow_to, pass_through
from model.network import ACTIVATIONS
from tests.model.networks import random_network
from ui.inside.flow_picture import flow_data

SHAPES = pytest.mark.parametrize("hidden", [(), (1,), (40, 6), (20, 15, 13, 4)], ids=str)


@pytest.fixture(autouse=True)
def in_english(monkeypatch):
    monkeypatch.setattr("ui.state.language.current_language", lambda: "en")


def told(hidden=(40, 6), activation="relu", answer=3, silent=(), kept=None):
    picture = np.zeros((28, 28), np.float32)
    picture[5:23, 12:16] = 1
    network = random_network(activation, hidden)
    flow = flow_to(network, pass_through(network, picture, silent), answer, kept)
    return flow, flow_data(network, flow, "in words", kept or (len(hidden), answer))


@SHAPES
def test_every_neuron_and_digit_can_be_chosen_and_has_its_sum(hidden):
    flow, data = told(hidden)
    keys = [unit["key"] for layer in data["layers"] for unit in layer] + [digit["key"] for digit in data["digits"]]
    shown = [f"{at}-{unit}" for at, layer in enumerate(flow.layers) for unit in layer.units.tolist()]
    assert keys == [*shown, *(f"{len(hidden)}-{digit}" for digit in range(10))]
    assert set(data["sums"]) == set(keys) and data["shown"] == data["answer"] == f"{len(hidden)}-3"
    assert all(source in {"p", *keys} and target in keys for source, target, *_ in data["lines"])
    assert len(data["heads"]) == len(hidden) + 2
    json.dumps(data)


@pytest.mark.parametrize("activation", ACTIVATIONS)
@SHAPES
def test_the_lines_of_a_sum_add_up_as_they_stand_there(hidden, activation):
    flow, data = told(hidden, activation)
    for key, found in data["sums"].items():
        layer, unit = map(int, key.split("-"))
        so_far = 0
        for _, _, added, total, *_ in found["steps"]:
            so_far += round(100 * float(added))
            assert so_far == round(100 * float(total))
        assert so_far == round(100 * float(flow.passed.sums[layer][unit]))
        assert found["heat"] == (layer == 0)


def test_a_product_is_that_of_its_factors():
    _, data = told((40, 6), "tanh")
    products = [step for found in data["sums"].values() for step in found["steps"] if re.search(r"\d ×", step[1])]
    for _, product, added, *_ in products:
        said, weight = map(float, product.split("×"))
        assert said * weight == pytest.approx(float(added), abs=0.01)
    assert len(products) == 6 * 6 + 10 * 6


def test_lines_into_the_answer_alone_are_drawn_and_the_others_are_there_for_pointing():
    flow, data = told()
    drawn = [line for line in data["lines"] if line[3]]
    assert len(drawn) == sum(int(lines.drawn.sum()) for lines in flow.lines)
    assert {target for _, target, *_ in drawn if target.startswith("2-")} == {"2-3"}
    assert len({target for _, target, *_ in data["lines"] if target.startswith("2-")}) == 10


def test_the_first_and_the_second_choice_are_marked_and_bars_are_as_long_as_scores():
    flow, data = told()
    ranked = flow.passed.scores.argsort()[::-1]
    assert {d["digit"]: d["rank"] for d in data["digits"] if d["rank"]} == {
        str(ranked[0]): "1st",
        str(ranked[1]): "2nd",
    }
    lengths = np.array([digit["length"] for digit in data["digits"]])
    assert np.allclose(lengths / lengths.max(), np.abs(flow.passed.scores) / np.abs(flow.passed.scores).max())
    ends = [(digit["from"], digit["from"] + digit["length"]) for digit in data["digits"]]
    assert min(low for low, _ in ends) >= -0.01 and max(high for _, high in ends) <= 100.01


def test_a_neuron_that_is_off_says_so_and_so_does_its_sum():
    off = (np.arange(40) == 7, np.zeros(6, np.bool_))
    _, data = told(silent=off, kept=(0, 7))
    unit = next(unit for unit in data["layers"][0] if unit["key"] == "0-7")
    assert unit["off"] and unit["said"] == 0 and "switched off" in unit["label"]
    assert "switched off" in data["sums"]["0-7"]["end"] and data["shown"] == "0-7"
