"""The Train page through AppTest: knobs, link, run, errors."""

import numpy as np
import pytest

from model.config import TrainingConfig
from model.runs.run import Status
from model.runs.store import RUNS
from model.training.fine_tuning import OwnDigit
from tests.pages.conftest import finished, words
from tests.patience import PATIENCE


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
    assert run.wait_until(lambda view: not view.busy, PATIENCE)
    steps = run.view().step
    page.button(key="step").click().run()
    assert run.wait_until(lambda view: view.step > steps, PATIENCE)
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
        ("learning_rate", "nan", "0.000001 to 10"),
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


# --- what is true now ----------------------------------------------------------------------------------------------


def test_a_preset_pressed_during_a_run_sets_the_next_run_only(open_page):
    page = open_page("pages/train.py", epochs="200")
    page.button(key="train").click().run()
    run = RUNS.find(page.query_params["run"])
    before = run.view().config
    page.button(key="preset_best").click().run()
    assert run.view().config == before and not run.view().changes
    assert "Training now: 784 → 64 → 64 → 10, 200 epochs." in words(page)
    assert "Next: 784 → 384 → 192 → 10, 40 epochs, not trained yet." in words(page)
    assert "The run that is going on has 0.001; choosing here changes it at once." in words(page)
    page.button(key="stop").click().run()


def test_a_browser_that_had_not_heard_of_the_preset_changes_no_run(open_page):
    """It tells the choice before once more, and then the preset's: that was measured in a browser, with curves that poll."""
    page = open_page("pages/train.py", epochs="200")
    page.button(key="train").click().run()
    run = RUNS.find(page.query_params["run"])
    page.button(key="preset_best").click().run()
    page.selectbox(key="learning_rate").set_value(0.001).run()
    page.selectbox(key="learning_rate").set_value(0.003).run()
    assert not run.view().changes
    page.selectbox(key="learning_rate").set_value(0.01).run()
    assert [change.after for change in run.view().changes] == [0.01]
    page.button(key="stop").click().run()


def test_knobs_leave_a_run_that_is_taught_handwriting_alone(open_page):
    page = small(open_page("pages/train.py"))
    page.button(key="train").click().run()
    parent = finished(page)
    own = [OwnDigit(np.full((28, 28), 40 * digit, np.uint8), digit) for digit in range(4)]
    taught = RUNS.fine_tune(parent, own, 0)
    taught.pause()
    page.query_params["run"] = taught.token
    page.run()
    rate = taught.view().config.learning_rate
    page.selectbox(key="learning_rate").set_value(0.3).run()
    assert taught.view().config.learning_rate == rate
    assert "choosing here changes it" not in words(page)
    taught.stop()


def test_presets_that_a_lock_breaks_are_grey_with_the_reason(open_page):
    page = open_page("pages/train.py", lock="learning_rate", learning_rate="0.001")
    grey = {name: page.button(key=f"preset_{name}").disabled for name in ("standard", "handwriting", "best")}
    assert grey == {"standard": False, "handwriting": True, "best": True}
    assert "Grey presets need other values of what is locked for this lesson: learning rate." in words(page)


def test_locked_knobs_are_told_in_one_line(open_page):
    page = open_page("pages/train.py", lock="learning_rate,batch_size,dropout,l1,l2,seed", learning_rate="0.01")
    told = [line for line in words(page).splitlines() if line.startswith("Locked for this lesson")]
    assert told == ["Locked for this lesson: learning rate 0.01, batch size 128, dropout 0, L1 0, L2 0, seed 0."] * len(
        told
    )
    assert len(told) == 1


@pytest.mark.parametrize(
    ("shape", "least", "said"),
    [
        ({"batch_size": "1", "hidden_sizes": "512,512"}, 0.0, "The rules look at whole epochs, and there is none yet."),
        ({"batch_size": "1024"}, 1.0, "No rule found anything wrong up to epoch"),
    ],
    ids=["a part of an epoch", "some epochs"],
)
def test_of_a_run_that_was_stopped_no_more_is_said_than_was_seen(open_page, monkeypatch, shape, least, said):
    monkeypatch.setattr("ui.runs.diagnosis.found_for", lambda view: ())
    page = open_page("pages/train.py", epochs="200", **shape)
    page.button(key="train").click().run()
    run = RUNS.find(page.query_params["run"])
    assert run.wait_until(lambda view: view.points and view.epoch >= least, PATIENCE)
    page.button(key="stop").click().run()
    assert run.wait_until(lambda view: view.score is not None and not view.busy, 120)
    page.run()
    assert said in words(page)
    assert "it learned as it should" not in words(page)


def test_a_step_says_how_many_updates_it_is_and_that_is_what_it_does(open_page):
    page = open_page("pages/train.py", epochs="200", training_images="500", batch_size="32")
    page.button(key="train").click().run()
    run = RUNS.find(page.query_params["run"])
    page.button(key="pause").click().run()
    assert run.wait_until(lambda view: not view.busy, PATIENCE)
    page.run()
    step = run.view().step
    label = page.button(key="step").label
    page.button(key="step").click().run()
    assert run.wait_until(lambda view: view.step > step and not view.busy, PATIENCE)
    count = run.view().step - step
    assert label == f"A little further ({count} {'update' if count == 1 else 'updates'})"
    page.button(key="stop").click().run()


def test_another_run_in_the_address_is_never_looked_at_without_a_word(open_page):
    page = small(open_page("pages/train.py"))
    page.button(key="train").click().run()
    first = finished(page)
    assert "another run" not in words(page)
    page.number_input(key="hidden_size_1").set_value(16).run()
    page.button(key="train").click().run()
    finished(page)
    page.run()
    assert "another run" not in words(page)
    page.query_params["run"] = first.token  # as the browser's Back does
    page.run()
    assert "You are looking at another run now: Run 1." in words(page)
    page.run()
    assert "another run" not in words(page)


def test_everything_about_a_run_stands_under_its_own_name_and_picture(open_page):
    page = small(open_page("pages/train.py"))
    page.button(key="train").click().run()
    finished(page)
    page.number_input(key="hidden_size_1").set_value(128).run()
    head = "".join(element.proto.body for element in page.get("html"))
    assert "Run 1: 784 → 64 → 64 → 10" in head and "<img" in head
    assert "**784 → 128 → 64 → 10**" in words(page) and "What the knobs describe; not trained yet." in words(page)
    page.number_input(key="hidden_size_1").set_value(64).run()
    assert "What the knobs describe; Run 1 has these settings." in words(page)


def test_a_low_score_is_no_success_and_gets_no_advice_it_has_taken(open_page):
    page = open_page("pages/train.py", epochs="1", training_images="100", pen_share="0.2", augmentation="gentle")
    page.button(key="train").click().run()
    view = finished(page).view()
    page.run()
    assert view.score.accuracy < 0.9
    assert not page.success and page.metric[4].label == "Test accuracy"
    assert page.metric[4].value == f"{view.score.accuracy:.2%}"
    assert "narrows the gap" not in words(page)


def test_without_a_network_the_page_speaks_of_what_the_knobs_say(open_page):
    page = open_page("pages/train.py")
    assert "about 3 seconds" in words(page)
    page.number_input(key="epochs").set_value(200).run()
    assert "the standard network learns in about 3 seconds" not in words(page)


def test_the_button_for_the_standard_network_starts_that_whatever_the_knobs_say(open_page):
    page = open_page("pages/draw.py", epochs="200")
    page.button(key="train").click().run()
    run = RUNS.find(page.query_params["run"])
    assert run.view().config == TrainingConfig()
    run.stop()


@pytest.mark.parametrize("drawn", [False, True])
def test_what_a_link_set_is_trained_though_the_browser_tells_old_numbers_before_it_was_told_the_new(
    open_page, monkeypatch, drawn
):
    page = open_page("pages/train.py", seed="2", training_images="500", epochs="1")
    if not drawn:  # the next drawing is interrupted by what is pressed
        monkeypatch.setattr("ui.state.hyperparameters.knobs_drawn", lambda: None)
    page.query_params["seed"] = "3"
    page.run()
    page.number_input(key="seed").set_value(2)
    page.button(key="train").click().run()
    assert not page.exception
    assert finished(page).view().config.seed == (2 if drawn else 3)
