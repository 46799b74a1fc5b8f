"""The Train page through AppTest: knobs, link, run, errors."""

import pytest

from model.config import TrainingConfig
from model.runs import RUNS, Status
from tests.pages.conftest import finished, words


def small(page):
    page.number_input(key="epochs").set_value(1)
    page.selectbox(key="training_images").set_value(500)
    return page.run()


def test_the_page_opens_with_the_standard_network(open_page):
    page = open_page("pages/train.py")
    assert not page.exception
    assert page.number_input(key="hidden_layers").value == 2
    assert [page.number_input(key=f"hidden_size_{layer}").value for layer in (1, 2)] == [64, 64]
    assert page.number_input(key="epochs").value == 10
    assert "55,050 weights" in words(page)
    assert "No network yet" in words(page)


def test_train_starts_a_run_of_what_the_knobs_say(open_page):
    page = small(open_page("pages/train.py"))
    page.number_input(key="hidden_size_2").set_value(16).run()
    page.button(key="train").click().run()
    assert not page.exception
    view = finished(page).view()
    assert view.config == TrainingConfig(hidden_sizes=(64, 16), epochs=1, training_images=500)
    page.run()
    assert "of 1,000" in words(page)


def test_zero_and_four_hidden_layers_can_be_chosen(open_page):
    page = open_page("pages/train.py")
    page.number_input(key="hidden_layers").set_value(0).run()
    assert "7,850 weights" in words(page)
    page.number_input(key="hidden_layers").set_value(4).run()
    assert not page.exception
    assert page.number_input(key="hidden_size_4").value == 64
    assert page.query_params["hidden_sizes"] == "64,64,64,64"


def test_while_one_network_trains_no_second_one_can_be_started(open_page):
    page = open_page("pages/train.py")
    page.number_input(key="epochs").set_value(200).run()
    page.button(key="train").click().run()
    first = page.query_params["run"]
    assert page.button(key="train").disabled
    page.run()
    assert page.query_params["run"] == first
    assert RUNS.training_count() == 1


def test_pause_step_resume_stop_and_longer_are_there_when_they_make_sense(open_page):
    page = open_page("pages/train.py")
    page.number_input(key="epochs").set_value(200).run()
    page.button(key="train").click().run()
    run = RUNS.find(page.query_params["run"])
    page.button(key="pause").click().run()
    assert run.view().status == Status.PAUSED
    assert run.wait_until(lambda view: not run._in_flight, 60)
    steps = run.view().step
    page.button(key="step").click().run()
    assert run.wait_until(lambda view: view.step > steps, 60)
    page.button(key="resume").click().run()
    assert run.view().status == Status.TRAINING
    page.button(key="stop").click().run()
    finished(page)
    page.run()
    epochs = run.view().config.epochs
    page.button(key="train_longer").click().run()
    assert run.view().config.epochs != epochs
    page.button(key="stop").click().run()


def test_the_learning_rate_can_be_changed_while_it_trains(open_page):
    page = open_page("pages/train.py")
    page.number_input(key="epochs").set_value(200).run()
    page.button(key="train").click().run()
    run = RUNS.find(page.query_params["run"])
    page.selectbox(key="learning_rate").set_value(0.01).run()
    assert run.view().config.learning_rate == 0.01
    assert run.view().changes[0].field == "learning_rate"
    page.selectbox(key="batch_size").set_value(32).run()
    assert run.view().config.batch_size == 128
    page.button(key="stop").click().run()


def test_a_link_sets_every_knob(open_page):
    config = TrainingConfig(
        hidden_sizes=(33,), epochs=3, batch_size=100, activation="gelu", optimizer="momentum", learning_rate=0.02,
        schedule="cosine", dropout=0.25, l1=0.002, l2=0.003, training_images=1234, augmentation="gentle", seed=9,
    )  # fmt: skip
    page = open_page("pages/train.py", **config.to_query())
    assert not page.exception
    page.button(key="train").click().run()
    run = RUNS.find(page.query_params["run"])
    assert run.view().config == config
    page.button(key="stop").click().run()


@pytest.mark.parametrize(
    ("field", "text", "said"),
    [
        ("hidden_sizes", "64,9999", "1 to 1,024"),
        ("hidden_sizes", "1,2,3,4,5", "0 to 4"),
        ("hidden_sizes", "abc", "1 to 1,024"),
        ("epochs", "0", "1 to 200"),
        ("learning_rate", "nan", "1e-06 to 10"),
        ("optimizer", "magic", "one of: Adam"),
        ("seed", "-1", "0 to 2,147,483,647"),
    ],
)
def test_nonsense_in_the_link_is_named_with_its_limit_and_the_rest_of_the_link_holds(open_page, field, text, said):
    page = open_page("pages/train.py", **{field: text, "batch_size": "64"})
    assert not page.exception
    assert said in words(page)
    assert text in words(page)
    assert page.selectbox(key="batch_size").value == 64
    assert not page.button(key="train").disabled
    page.button(key="dismiss_link_errors").click().run()
    assert said not in words(page)


def test_a_diverged_run_says_why_and_offers_a_lower_learning_rate(open_page):
    page = open_page("pages/train.py", optimizer="sgd", learning_rate="10.0", epochs="2", activation="linear")
    page.button(key="train").click().run()
    assert finished(page).view().status == Status.DIVERGED
    page.run()
    assert "ran off" in words(page)
    page.button(key="lower_rate").click().run()
    run = RUNS.find(page.query_params["run"])
    assert run.view().config.learning_rate == 1.0
    assert page.selectbox(key="learning_rate").value == 1.0
    page.button(key="stop").click().run()


def test_a_run_that_is_gone_is_said_to_be_gone(open_page):
    page = open_page("pages/train.py", run="nonsense")
    assert "no longer here" in words(page)
    assert "run" not in page.query_params


def test_the_page_is_chinese_when_the_link_says_so(open_page):
    page = open_page("pages/train.py", lang="zh")
    assert page.title[0].value == "训练网络"
    assert "55,050 个权重" in words(page)


def test_an_unknown_language_falls_back_to_english(open_page):
    assert open_page("pages/train.py", lang="xx").title[0].value == "Train a network"
