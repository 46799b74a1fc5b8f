"""Lessons, locks, the pipeline, the vote and the glossary through AppTest."""

import pytest

from benchmarks.canvas_state import canvas_state
from model.config import TrainingConfig
from model.lessons.facts import Finding
from model.runs.store import RUNS
from tests.pages.conftest import finished, words
from tests.patience import PATIENCE
from ui.state.visitors import VISITORS

QUICK = {"hidden_sizes": "16", "training_images": "500", "epochs": "1"}


def visitor_of(page):
    return VISITORS.find(page.session_state["_visitor"])


def trained(**values):
    run = RUNS.start(TrainingConfig(**({"hidden_sizes": (16,), "training_images": 500, "epochs": 1} | values)))
    assert run.wait_until(lambda view: view.ended, PATIENCE)
    return run.token


def predict(page, choice=0):
    radio = page.radio[0]
    return radio.set_value(radio.options.index(radio.options[choice]) if not radio.options else choice).run()


def test_home_lists_the_lessons_and_each_can_be_opened(open_page):
    page = open_page("app.py")
    assert not page.exception
    text = words(page)
    for title in ("1. What a neuron does", "10. Can you fool it?"):
        assert title in text
    page = open_page("app.py", lesson="neuron")
    assert "You can say what a single neuron computes" in words(page)
    assert page.expander[0].label == "What a neuron does"
    assert visitor_of(page).lesson == "neuron"


def test_the_lesson_stays_on_other_pages_and_after_a_reload_and_can_be_closed(open_page):
    page = open_page("app.py", lesson="neuron")
    token = page.session_state["_visitor"]
    again = open_page_as(open_page, token, "pages/draw.py")
    assert again.query_params["lesson"] == "neuron"
    assert again.expander[0].label == "What a neuron does"
    again.button(key="lesson_close").click().run()
    assert "lesson" not in again.query_params
    assert visitor_of(again).lesson is None
    assert all(expander.label != "What a neuron does" for expander in again.expander)


def open_page_as(open_page, token, name, **query):
    """A page in a new session of a visitor who was here before, as the cookie brings them back."""
    from streamlit.testing.v1 import AppTest

    from tests.pages.conftest import ROOT

    page = AppTest.from_file(str(ROOT / name), default_timeout=PATIENCE)
    page.session_state["_visitor"] = token
    for key, value in query.items():
        page.query_params[key] = value
    return page.run()


def test_one_predicts_before_one_does(open_page):
    page = open_page("pages/train.py", lesson="neuron")
    assert "Choose first what you think" in words(page)
    assert not [button for button in page.button if button.key == "lesson_check"]
    page.radio(key="predict_neuron_0").set_value(2).run()
    assert not page.exception
    assert visitor_of(page).places["neuron"].predicted == {0: 2}
    assert "no finished network with no hidden layer" in words(page)
    assert page.button(key="lesson_next").disabled


def test_a_step_is_checked_on_the_real_run_and_the_prediction_compared(open_page):
    page = open_page("pages/train.py", lesson="neuron", hidden_sizes="none", training_images="2000", epochs="2")
    page.radio(key="predict_neuron_0").set_value(3).run()
    page.button(key="train").click().run()
    accuracy = finished(page).view().points[-1].validation_accuracy
    page.run()
    assert not page.exception
    assert f"Your network reads {accuracy:.1%} of the 5,000 validation images" in words(page)
    assert "You said: “More than 95.” It came otherwise:" in words(page)
    page.button(key="lesson_next").click().run()
    assert visitor_of(page).places["neuron"].step == 1
    page.button(key="lesson_back").click().run()
    assert "It came otherwise" in words(page)


def test_the_end_counts_the_predictions_and_leads_on(open_page):
    page = open_page("app.py", lesson="neuron")
    place = visitor_of(page).places["neuron"]
    place.step = 4
    place.predicted = {0: 2, 1: 0, 2: 0, 3: 0}
    place.found = {
        number: Finding(True, "trained", {}, {}, value) for number, value in enumerate((90.0, 99.0, 30.0, 10.0))
    }
    page.run()
    assert "Done! 2 of your 4 predictions came true." in words(page)
    page.button(key="lesson_following").click().run()
    assert visitor_of(page).lesson == "hidden_layer"


# --- what counts for a step ----------------------------------------------------------------------------------------


def test_a_run_of_before_the_step_does_not_pass_it_and_is_named(open_page):
    page = open_page("pages/train.py")
    visitor = visitor_of(page)
    visitor.runs.append(trained(hidden_sizes=()))
    lesson = open_page_as(open_page, visitor.token, "pages/train.py", lesson="neuron")
    lesson.radio(key="predict_neuron_0").set_value(2).run()
    assert "Run 1 has these settings (no hidden layer), but it was started before this step was opened" in words(lesson)
    visitor.runs.append(trained(hidden_sizes=()))
    lesson.button(key="lesson_check").click().run()
    assert 0 in visitor.places["neuron"].found


def test_going_back_and_forth_and_reloading_does_not_open_a_step_anew(open_page):
    page = open_page("pages/train.py", lesson="neuron")
    visitor = visitor_of(page)
    place = visitor.places["neuron"]
    place.found[0] = Finding(True, "trained", {"accuracy": "90%", "loss": "1", "steps": "1"}, value=90.0)
    place.predicted[0] = 2
    page.run()
    page.button(key="lesson_next").click().run()
    assert set(place.opened) == {0, 1}
    visitor.runs.append(trained(hidden_sizes=()))
    page.button(key="lesson_back").click().run()
    page.button(key="lesson_next").click().run()
    open_page_as(open_page, visitor.token, "pages/train.py")
    assert place.opened[1].runs == frozenset()
    open_page_as(open_page, visitor.token, "pages/train.py").button(key="lesson_close").click().run()
    again = open_page_as(open_page, visitor.token, "app.py", lesson="neuron")
    assert not again.exception and place.opened[1].runs == frozenset()


def test_doing_a_lesson_again_begins_with_what_is_there_then(open_page):
    page = open_page("app.py", lesson="neuron")
    visitor = visitor_of(page)
    visitor.runs.append(trained(hidden_sizes=()))
    visitor.places["neuron"].step = 4
    page.run()
    page.button(key="lesson_again").click().run()
    assert visitor.places["neuron"].opened[0].runs == frozenset(visitor.runs)


def test_a_drawing_of_before_the_step_does_not_pass_it_and_a_sample_chosen_anew_does(open_page):
    page = open_page("pages/draw.py", lesson="neuron")
    visitor = visitor_of(page)
    visitor.runs.append(trained(hidden_sizes=()))
    page.run()
    page.button(key="sample_7").click().run()
    visitor.places["neuron"].step = 1
    page.run()
    page.radio(key="predict_neuron_1").set_value(2).run()
    assert "This was drawn before this step was opened" in words(page)
    page.button(key="sample_3").click().run()
    assert "this step wants a 7" in words(page)
    page.button(key="sample_7").click().run()
    assert 1 in visitor.places["neuron"].found


def test_a_network_of_other_settings_does_not_read_for_the_step_and_the_right_one_is_a_click_away(open_page):
    page = open_page("pages/draw.py", lesson="neuron")
    visitor = visitor_of(page)
    visitor.runs += [trained(hidden_sizes=()), trained(hidden_sizes=(16,))]
    visitor.places["neuron"].step = 1
    page.run()
    page.radio(key="predict_neuron_1").set_value(2).run()
    page.button(key="sample_7").click().run()
    text = words(page)
    assert (
        "Run 2 is what reads now, and it has hidden layers 16; this step wants a network with no hidden layer." in text
    )
    right = open_page_as(open_page, visitor.token, "pages/draw.py", run=visitor.runs[0])
    right.button(key="sample_7").click().run()
    assert 1 in visitor.places["neuron"].found


def test_an_older_run_that_is_compared_with_is_named(open_page):
    page = open_page("pages/train.py", lesson="neuron")
    visitor = visitor_of(page)
    visitor.runs.append(trained(hidden_sizes=(1,)))
    visitor.places["neuron"].step = 3
    page.run()
    page.radio(key="predict_neuron_3").set_value(0).run()
    visitor.runs.append(trained(hidden_sizes=(16,), batch_size=32))
    page.button(key="lesson_check").click().run()
    assert "Run 2 and Run 1 differ in more than this step compares: batch size 32 in one, batch size 128" in words(page)
    visitor.runs.append(trained(hidden_sizes=(16,)))
    page.button(key="lesson_check").click().run()
    assert "Run 3 (hidden layers 16) reads" in words(page) and "Run 1 (hidden layers 1)" in words(page)
    assert "Each was trained once" in words(page)
    assert "Set otherwise than by the link of this step: epochs 1, images 500." in words(page)


def test_a_knob_that_the_lesson_moves_cannot_be_locked_by_a_link(open_page):
    page = open_page("pages/train.py", lesson="learning_rate", lock="learning_rate,seed", learning_rate="0.1")
    assert "This lesson needs these knobs itself, so the link cannot lock them: learning rate." in words(page)
    assert not page.selectbox(key="learning_rate").disabled
    assert set(visitor_of(page).locks.values) == {"seed"}


def test_a_lesson_that_is_not_there_is_named_and_the_page_works(open_page):
    page = open_page("app.py", lesson="magic")
    assert not page.exception
    assert '"magic", which there is not' in page.error[0].value
    assert "lesson" not in page.query_params


# --- locks ---------------------------------------------------------------------------------------------------------

LOCKED = {"lesson": "heads", "lock": "learning_rate,batch_size", "hide": "dropout", "learning_rate": "0.01"}


def test_a_teachers_link_shows_locked_knobs_disabled_and_hides_hidden_ones(open_page):
    page = open_page("pages/train.py", **LOCKED)
    assert not page.exception
    assert page.selectbox(key="learning_rate").disabled and page.selectbox(key="learning_rate").value == 0.01
    assert page.selectbox(key="batch_size").disabled
    assert not page.selectbox(key="optimizer").disabled
    assert "dropout" not in [box.key for box in page.selectbox]
    assert "Locked for this lesson: learning rate 0.01, batch size 128." in words(page)
    assert "Knobs hidden for this lesson: 1." in words(page)


@pytest.mark.parametrize("tampered", [{"learning_rate": "1.0"}, {"dropout": "0.5"}])
def test_another_value_in_the_address_is_refused_with_field_value_and_limit(open_page, tampered):
    page = open_page("pages/train.py", **LOCKED)
    token = page.session_state["_visitor"]
    again = open_page_as(open_page, token, "pages/train.py", **tampered)
    (value,) = tampered.values()
    assert f"{float(value):g} is refused" in again.error[0].value
    again.button(key="train").click().run()
    config = RUNS.find(again.query_params["run"]).view().config
    assert (config.learning_rate, config.batch_size, config.dropout) == (0.01, 128, 0.0)


def test_no_edit_of_the_address_unlocks_and_closing_the_lesson_does(open_page):
    page = open_page("pages/train.py", **LOCKED)
    token = page.session_state["_visitor"]
    again = open_page_as(open_page, token, "pages/train.py", lesson="heads", lock="", learning_rate="0.3")
    assert again.selectbox(key="learning_rate").disabled
    again.button(key="lesson_close").click().run()
    assert not again.selectbox(key="learning_rate").disabled
    assert "lock" not in again.query_params
    free = open_page_as(open_page, token, "pages/train.py", learning_rate="0.3")
    assert not free.error and free.selectbox(key="learning_rate").value == 0.3


def test_presets_and_the_draw_page_keep_to_the_locks_too(open_page):
    page = open_page("pages/train.py", lock="epochs,hidden_sizes", epochs="1", hidden_sizes="16")
    assert "Your teacher's experiment" in [expander.label for expander in page.expander]
    assert all(page.button(key=f"preset_{name}").disabled for name in ("standard", "handwriting", "best"))
    assert page.number_input(key="epochs").value == 1
    draw = open_page_as(open_page, page.session_state["_visitor"], "pages/draw.py")
    draw.button(key="train").click().run()
    assert finished(draw).view().config == TrainingConfig(epochs=1, hidden_sizes=(16,))


def test_a_lock_on_something_that_is_no_knob_is_named(open_page):
    page = open_page("pages/train.py", lesson="heads", lock="speed")
    assert 'lock = "speed"' in page.error[0].value and "learning_rate" in page.error[0].value


def test_a_teacher_makes_a_link(open_page):
    page = open_page("app.py")
    page.selectbox(key="teacher_lesson").set_value("heads").run()
    page.multiselect(key="teacher_lock").set_value(["epochs", "learning_rate"]).run()
    page.multiselect(key="teacher_hide").set_value(["l1"]).run()
    page.toggle(key="teacher_present").set_value(True).run()
    link = page.text[0].value
    for part in (
        "lesson=heads",
        "lock=epochs,learning_rate",
        "hide=l1",
        "epochs=10",
        "learning_rate=0.001",
        "present=1",
    ):
        assert part in link
    assert "seed" not in page.multiselect(key="teacher_lock").options


def test_large_type_for_the_projector_can_be_switched_off(open_page):
    page = open_page("app.py", present="1")
    page.button(key="normal_type").click().run()
    assert "present" not in page.query_params


# --- pipeline, vote, glossary --------------------------------------------------------------------------------------


def test_the_pipeline_begins_with_the_network_of_the_app(open_page):
    text = words(open_page("app.py"))
    for part in (
        "1. Data",
        "8. Feedback",
        "A seven written with a pen, and what was made of it",
        "The loss of the network of this app over 38.0 epochs",
    ):
        assert part in text


def test_the_pipeline_shows_the_visitors_own(open_page):
    page = open_page("app.py")
    visitor = visitor_of(page)
    visitor.runs.append(trained())
    page.session_state["canvas"] = canvas_state([(140, 40), (138, 120), (135, 240)])
    page.run()
    assert not page.exception
    text = words(page)
    for part in (
        "of the 500 images",
        "Your drawing, and what was made of it",
        "Your loss after 1.0 epochs",
        "your networks (1)",
    ):
        assert part in text
    assert "12,730 weights, 51 kB" in text
    assert "Your last drawing: it reads" in text


def test_two_networks_can_vote_and_what_that_gains_is_said(open_page):
    page = open_page("pages/draw.py")
    visitor = visitor_of(page)
    visitor.runs.append(trained(seed=1))
    page.run()
    assert "voters" not in [box.key for box in page.selectbox]
    visitor.runs.append(trained(seed=2))
    page.run()
    page.button(key="sample_4").click().run()
    assert "Why " in words(page)
    page.selectbox(key="voters").set_value(2).run()
    assert not page.exception
    assert "Together these 2 networks read" in words(page)
    assert "of the 10,000 test images" in words(page)
    ballots = page.table[0].value
    assert len(ballots) == 2
    assert "Why " not in words(page)


def test_the_glossary_is_searched(open_page):
    page = open_page("pages/glossary.py")
    assert not page.exception
    assert len(page.subheader) > 40
    page.text_input(key="glossary_search").set_value("overfit").run()
    assert page.subheader[0].value == "overfitting"
    page.text_input(key="glossary_search").set_value("xyzzy").run()
    assert 'No word here has "xyzzy"' in words(page)
    page = open_page("pages/glossary.py", lang="zh")
    assert "过拟合" in [heading.value for heading in page.subheader]


# --- links to give away --------------------------------------------------------------------------------------------


def opened_at(monkeypatch, address, networks=("192.168.1.20",)):
    """Pages opened at this address, on a computer that is on these networks."""
    from ui.elements import addresses, shared_link

    monkeypatch.setattr(shared_link, "browser_stands", lambda key: address)
    monkeypatch.setattr(addresses, "own_addresses", lambda: list(networks))
    monkeypatch.setattr(addresses, "CONTAINER_MARKS", ())


def test_a_link_to_give_away_never_says_localhost(open_page, monkeypatch):
    for name, path in (("app.py", "/"), ("pages/train.py", "/train"), ("pages/by_hand.py", "/by_hand")):
        opened_at(monkeypatch, f"http://localhost:8501{path}")
        page = open_page(name)
        links = [element.value for element in page.text if element.value.startswith("http")]
        assert links and all(link.startswith(f"http://192.168.1.20:8501{path}?lang=en") for link in links)
        assert not page.warning


def test_of_several_addresses_one_is_chosen(open_page, monkeypatch):
    opened_at(monkeypatch, "http://127.0.0.1:8501/train", ("192.168.1.20", "10.0.0.7"))
    page = open_page("pages/train.py")
    choice = page.radio(key="copy_address")
    assert choice.options == ["192.168.1.20:8501", "10.0.0.7:8501"]
    choice.set_value("http://10.0.0.7:8501/train").run()
    assert page.text[0].value.startswith("http://10.0.0.7:8501/train?")


def test_without_a_network_the_link_says_whom_it_serves(open_page, monkeypatch):
    opened_at(monkeypatch, "http://localhost:8501/train", ())
    page = open_page("pages/train.py")
    assert "it is on no network" in page.warning[0].value
    opened_at(monkeypatch, "https://school.example/lab/train", ())
    page = open_page("pages/train.py")
    assert not page.warning and page.text[0].value.startswith("https://school.example/lab/train?lang=en&")
