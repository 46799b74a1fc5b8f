"""The map through AppTest: layers side by side with honest numbers, pairs from all the numbers of a layer, and linked selection."""

import re

import numpy as np
import pytest

from model.data.mnist import load_mnist
from model.interpretability.pca import nearest_pairs, spaces
from model.network import predict
from model.runs.store import RUNS
from tests.pages.conftest import words
from tests.pages.test_inside import opened_at, trained
from tests.patience import PATIENCE


@pytest.fixture(scope="module")
def mnist():
    return load_mnist()


def shown_pairs(page):
    told = re.search(r"the digits closest together are ([\d–, ]+)\.", words(page))
    assert told
    return [tuple(map(int, pair.split("–"))) for pair in told[1].split(", ")]


def test_the_pairs_closest_together_are_those_of_all_the_numbers_of_the_layer(open_page, mnist):
    token = trained()
    page = opened_at(open_page, "map", token)
    vectors = spaces(RUNS.find(token).view().network, mnist.test_images[:2_000])
    for layer in (2, 1, 0):
        page.segmented_control(key="map_layer").set_value(layer).run()
        assert shown_pairs(page) == nearest_pairs(vectors[layer], mnist.test_labels[:2_000])


def test_a_map_that_shows_other_pairs_than_the_numbers_says_so(open_page, mnist):
    page = opened_at(open_page, "map", trained())
    page.segmented_control(key="map_layer").set_value(0).run()
    assert "On the flat map it looks like" in words(page)


@pytest.mark.parametrize(
    ("settings", "said"),
    [({}, "grows from layer to layer"), ({"hidden_sizes": ()}, "no hidden layer"), ({"hidden_sizes": (1, 1)}, "Apart")],
    ids=str,
)
def test_whether_the_layers_part_the_digits_is_told_as_it_is(open_page, settings, said):
    page = opened_at(open_page, "map", trained(**settings))
    assert said in words(page)
    table = page.table[0].value
    shares = [float(share.strip("%<>")) for share in table["Apart"]]
    assert len(shares) == 1 + len(settings.get("hidden_sizes", (24, 16)))
    assert ("grows from layer to layer" in words(page)) == (len(shares) > 1 and shares == sorted(set(shares)))


def test_an_image_chosen_on_one_map_leads_to_the_mistakes_like_it_and_back(open_page, mnist):
    token = trained()
    page = opened_at(open_page, "map", token)
    answers = predict(RUNS.find(token).view().network, mnist.test_images[:2_000]).argmax(axis=1)
    image = int(np.flatnonzero(answers != mnist.test_labels[:2_000])[0])
    label, answer = int(mnist.test_labels[image]), int(answers[image])
    page.session_state["_map_image"] = image
    page.run()
    assert f"Image {image + 1}: a {label}, read as {answer}" in words(page)
    page.button(key="map_cell").click().run()
    assert f"images of a {label} read as {answer}" in words(page)
    page.button(key="cell_on_map").click().run()
    assert not page.exception
    count = int(((mnist.test_labels[:2_000] == label) & (answers == answer)).sum())
    assert f"{count} of the map's 2,000 images are a {label} read as {answer}" in words(page)


def test_the_map_of_neighbours_is_made_by_a_worker_and_says_what_it_does_not_mean(open_page):
    page = opened_at(open_page, "map", trained(hidden_sizes=(8,), training_images=1_000))
    page.segmented_control(key="map_method").set_value("neighbours").run()
    assert not page.exception
    assert "t-SNE is arranging" in words(page)
    made = RUNS.workers.submit(int)  # the only worker does this after the map
    made.result(PATIENCE)
    page.run()
    assert not page.exception
    assert "means nothing here" in words(page) and "t-SNE is arranging" not in words(page)


def test_every_way_to_look_at_a_map_works_in_both_languages(open_page):
    page = opened_at(open_page, "map", trained(hidden_sizes=(8,), training_images=1_000))
    for language in ("zh", "en"):
        page.query_params["lang"] = language
        for layer in (0, 1):
            for show in ("all", "mistakes"):
                page.segmented_control(key="map_layer").set_value(layer)
                page.segmented_control(key="map_show").set_value(show).run()
                assert not page.exception
