"""The Compare page through AppTest: races, the table, one run close up, hints and the twenty that are kept."""

import json
import re

import pytest
from streamlit.testing.v1 import AppTest

from model.config import ConfigError, TrainingConfig
from model.runs.store import RUNS
from tests.pages.conftest import ROOT, words
from tests.patience import PATIENCE
from ui.compare import race_choice
from ui.compare.race_choice import value_of
from ui.runs.run_table import swatch
from ui.state.looks import colour, dash
from ui.state.visitors import RUNS_MOST, VISITORS, Visitor

SMALL = TrainingConfig(hidden_sizes=(8,), epochs=2, training_images=500)


def owner(page) -> Visitor:
    found = VISITORS.find(page.session_state["_visitor"])
    assert found is not None
    return found


def adopt(page, *configs: TrainingConfig) -> list[str]:
    """Runs of this page's visitor, trained to their ends."""
    runs = RUNS.start_together(configs)
    for run in runs:
        assert run.wait_until(lambda view: view.ended and not view.busy, PATIENCE)
    owner(page).runs.extend(run.token for run in runs)
    page.run()
    assert not page.exception
    return [run.token for run in runs]


def table(page) -> str:
    return next(str(element.proto.body) for element in page.get("html") if 'class="runs"' in str(element.proto.body))


def wait_for(tokens) -> None:
    for token in tokens:
        assert RUNS.find(token).wait_until(lambda view: view.ended and not view.busy, PATIENCE)


def own_race(page, knob: str, values: list[object], config: TrainingConfig = SMALL):
    """Choose an own comparison on top of ``config``."""
    for name in ("epochs", "training_images"):
        page.session_state[name] = getattr(config, name)
    page.session_state["hidden_layers"] = 1
    page.session_state["hidden_size_1"] = 8
    page.selectbox(key="race_preset").set_value("own").run()
    page.selectbox(key="race_knob").set_value(knob).run()
    page.multiselect(key=f"race_values_{knob}").set_value(values).run()
    assert not page.exception
    return page


def test_with_no_run_the_page_offers_a_race_and_the_standard_network(open_page):
    page = open_page("pages/compare.py")
    assert not page.exception
    assert "Nothing to compare yet" in words(page)
    page.button(key="first_race").click().run()
    assert not page.exception
    views = [RUNS.find(token).view() for token in owner(page).runs]
    assert [view.config.learning_rate for view in views] == [0.0001, 0.001, 0.01, 0.1] * 3
    assert [view.config.seed for view in views] == [0] * 4 + [1] * 4 + [2] * 4
    assert len({view.config.changed(learning_rate=0.1, seed=0) for view in views}) == 1
    page.button(key="stop_race").click().run()


def test_the_standard_network_can_be_trained_from_the_empty_page(open_page):
    page = open_page("pages/compare.py")
    page.button(key="first_run").click().run()
    assert [RUNS.find(token).view().config for token in owner(page).runs] == [TrainingConfig()]


def lanes_list(page) -> str:
    return next(str(element.proto.body) for element in page.get("html") if 'class="lanes"' in str(element.proto.body))


def start(page, starts: int) -> list[str]:
    """Start the race that is chosen, so many times each; its runs, at their ends."""
    before = set(owner(page).runs)
    page.segmented_control(key="race_starts").set_value(starts).run()
    page.button(key="start_race").click().run()
    assert not page.exception
    tokens = [token for token in owner(page).runs if token not in before]
    wait_for(tokens)
    page.run()
    assert not page.exception
    return tokens


def test_one_start_tells_which_network_won_and_three_judge_the_settings_on_validation_images(open_page):
    page = own_race(open_page("pages/compare.py"), "training_images", [100, 5_000])
    page.segmented_control(key="race_equal").set_value("epochs").run()
    start(page, 1)
    said = page.info[0].value
    assert said.startswith("This time images 5,000 read most") and "with another start it may turn round" in said
    assert not page.success
    page.button(key="repeat_race").click().run()
    assert not page.exception
    wait_for(owner(page).runs)
    page.run()
    views = [RUNS.find(token).view() for token in owner(page).runs]
    assert [(view.config.training_images, view.config.seed) for view in views] == [
        (100, 0), (5_000, 0), (100, 1), (5_000, 1), (100, 2), (5_000, 2),
    ]  # fmt: skip
    said = page.success[0].value
    assert said.startswith("Images 5,000 reads most") and "more than images 100" in said and "over 3 starts" in said
    assert "from 3 starts of each" in words(page)
    many = [view.points[-1].validation_accuracy for view in views if view.config.training_images == 5_000]
    assert f"{sum(many) / 3 * 1000:.0f} of 1,000 validation digits" in said and "test" not in said
    (told,) = [caption.value for caption in page.caption if "told once and used for nothing above" in caption.value]
    for images in (100, 5_000):
        shares = [view.score.accuracy for view in views if view.config.training_images == images]
        assert f"images {images:,} {sum(shares) / 3:.1%}" in told
    assert "most" not in told and "best" not in told
    assert lanes_list(page).count("right on average (") == 2 and "test" not in lanes_list(page)
    assert "images 5,000 · seed 2" in table(page)
    assert "repeat_race" not in [button.key for button in page.button]


def test_settings_that_differ_by_chance_alone_are_called_undecided_with_the_lead_that_would_have_shown(open_page):
    # The smallest weight decay there is changes next to nothing in two epochs.
    page = own_race(open_page("pages/compare.py"), "l2", [0.0, 0.00001])
    start(page, 3)
    assert not page.success
    said = page.info[0].value
    assert said.startswith("Too few repeats to tell.") and "would have shown" in said
    assert "chance" not in said and "tied" not in said


def test_a_race_tells_no_test_score_before_it_has_been_judged_and_judges_nothing_unequal(open_page):
    page = own_race(open_page("pages/compare.py"), "training_images", [100, 5_000])
    page.segmented_control(key="race_starts").set_value(1).run()
    page.button(key="start_race").click().run()
    first, second = owner(page).runs
    RUNS.find(second).pause()
    wait_for([first])
    page.run()
    assert RUNS.find(first).view().score is not None
    assert re.findall(r'data-label="test">([^<]*)<', table(page)) == ["–", "–"]
    RUNS.find(second).resume()
    wait_for([second])
    page.run()
    assert "–" not in re.findall(r'data-label="test">([^<]*)<', table(page))
    assert page.info[0].value.startswith("This time")
    RUNS.find(first).train_longer(1)
    wait_for([first])
    page.run()
    assert page.info[0].value == "No judgement. Not all were trained to their end and no further."


# --- what is shown and what a race has are two lists ----------------------------------------------------------------


def curve_names(page) -> list[str]:
    """The curves that are shown, as they are called in the choice of them."""
    choice = page.multiselect(key="shown_runs")
    return [choice.format_func(value) for value in choice.value]


def looks_in_figure(page, key: str) -> dict[str, tuple[str, str]]:
    """Of each line of the legend, its colour and dashes."""
    figure = figures(page, key)[0]
    return {
        line["name"]: (line["line"]["color"], line["line"]["dash"]) for line in figure["data"] if line["showlegend"]
    }


def figures(page, key: str) -> list[dict]:
    (element,) = [one for one in page.get("bidi_component") if one.proto.id.endswith(f"-{key}")]
    return [json.loads(one["figure"]) for one in json.loads(element.proto.json)["figures"]]


def again(page, name: str = "pages/compare.py"):
    """The same browser in a new session, as after a reload."""
    fresh = AppTest.from_file(str(ROOT / name), default_timeout=PATIENCE)
    fresh.session_state["_visitor"] = owner(page).token
    fresh.run()
    assert not fresh.exception
    return fresh


def test_races_of_unequal_size_runs_beside_them_and_repeated_seeds_never_stop_the_page(open_page):
    page = own_race(open_page("pages/compare.py"), "learning_rate", [0.0001, 0.001, 0.01, 0.1])
    start(page, 1)
    page.multiselect(key="race_values_learning_rate").set_value([0.001, 0.01]).run()
    two = start(page, 1)
    assert curve_names(page) == ["learning rate 0.001 · run 5", "learning rate 0.01 · run 6"]
    assert curve_names(again(page)) == curve_names(page)
    (alone,) = adopt(page, SMALL)
    assert page.multiselect(key="shown_runs").value == [*two, alone]
    page.button(key="repeat_race").click().run()
    wait_for(owner(page).runs)
    for session in (page.run(), again(page)):
        assert not session.exception
        assert session.multiselect(key="shown_runs").value == [*two, alone]
        assert any(button.key == "save_comparison" for button in session.get("download_button"))
    everything = [value for value in page.multiselect(key="shown_runs").options]
    assert len(everything) == len(set(everything)) == 7
    for shown in ([], [two[0]], [alone, two[1]], [*owner(page).runs[:4], two[0]]):
        page.multiselect(key="shown_runs").set_value(shown).run()
        assert not page.exception
        assert again(page).multiselect(key="shown_runs").value == shown


def test_a_race_that_lost_seeds_is_told_from_the_others_until_a_variant_has_none(open_page):
    page = own_race(open_page("pages/compare.py"), "learning_rate", [0.001, 0.01])
    tokens = start(page, 3)
    for gone, judged in ((0, True), (3, True), (2, False), (4, None)):
        page.selectbox(key="chosen_run").set_value(tokens[gone]).run()
        page.button(key="delete_run").click().run()
        for session in (page, again(page)):
            assert not session.exception
            told = [one.value for one in (*session.info, *session.success)]
            assert bool(told) == (judged is not None)
            assert any("starts" in words for words in told) == (judged is True)
        assert len(page.multiselect(key="shown_runs").value) == (1 if judged is None else 2)


def test_a_run_keeps_its_look_in_every_list_whatever_is_added_removed_or_reloaded(open_page):
    page = own_race(open_page("pages/compare.py"), "learning_rate", [0.0001, 0.001, 0.01])
    first = start(page, 1)
    adopt(page, SMALL, SMALL.changed(seed=3))
    looks = dict(owner(page).looks)
    assert len(set(looks.values())) == 5
    page.selectbox(key="chosen_run").set_value(first[1]).run()
    page.button(key="delete_run").click().run()
    del looks[first[1]]
    page.multiselect(key="shown_runs").set_value([first[2], first[0]]).run()
    for session in (page, again(page)):
        assert looks.items() <= owner(session).looks.items()
        drawn = looks_in_figure(session, "curves")
        assert drawn == {
            "learning rate 0.01": (colour(looks[first[2]]), dash(looks[first[2]])),
            "learning rate 0.0001": (colour(looks[first[0]]), dash(looks[first[0]])),
        }
        rows = table(session).split("<tr")[2:]
        for title, token in (
            ("learning rate 0.01<", first[2]),
            ("learning rate 0.0001<", first[0]),
            ("Run 4<", owner(page).runs[-2]),
        ):
            (row,) = [row for row in rows if title in row]
            assert swatch(looks[token]) in row
    fresh = start(page, 3)
    assert looks.items() <= owner(page).looks.items()
    assert [owner(page).looks[token] for token in fresh[:3]] == [owner(page).looks[token] for token in fresh[3:6]]
    places = [lanes_list(page).index(swatch(owner(page).looks[token])) for token in fresh[:3]]
    assert places == sorted(places)
    dots = [line["marker"]["color"] for line in figures(page, "seed_dots")[0]["data"] if line.get("hovertemplate")]
    assert dots == [colour(owner(page).looks[token]) for token in fresh[:3]]


def test_no_two_curves_or_runs_have_one_name(open_page):
    page = own_race(open_page("pages/compare.py"), "learning_rate", [0.001, 0.01])
    start(page, 1)
    start(page, 3)
    one = page.selectbox(key="chosen_run").value
    page.text_input(key=f"name_{one}").set_value("learning rate 0.01").run()
    names = list(page.multiselect(key="shown_runs").options)
    assert len(names) == len(set(names))
    rows = re.findall(r"<strong>([^<]*)</strong>", table(page))
    assert len(rows) == len(set(rows)) == 8


def test_lanes_that_have_begun_do_not_get_ready(open_page, monkeypatch):
    page = own_race(open_page("pages/compare.py"), "learning_rate", [0.001, 0.01], TrainingConfig(epochs=200))
    page.segmented_control(key="race_starts").set_value(1).run()
    page.button(key="start_race").click().run()
    runs = [RUNS.find(token) for token in owner(page).runs]
    for run in runs:
        assert run.wait_until(lambda view: bool(view.points), PATIENCE)
        run.pause()
        run.wait_until(lambda view: not view.busy, PATIENCE)
    page.run()
    assert "getting ready" not in lanes_list(page)
    assert lanes_list(page).count("images right so far") == 2
    assert "told here as soon as all have ended" in words(page)
    page.button(key="stop_race").click().run()
    wait_for(owner(page).runs)
    page.run()
    assert "No judgement. Not all were trained to their end" in page.info[0].value


# --- how many starts ------------------------------------------------------------------------------------------------


def test_three_starts_are_the_standard_where_that_takes_seconds_and_one_where_it_takes_minutes(open_page, monkeypatch):
    monkeypatch.setattr(RUNS, "training_count", lambda: 0)  # whoever else trains makes it longer
    page = own_race(open_page("pages/compare.py"), "learning_rate", [0.001, 0.01])
    assert page.segmented_control(key="race_starts").value == 3
    assert page.button(key="start_race").label == "Start the race (6 networks)"
    page.session_state["epochs"] = 200
    page.session_state["training_images"] = 55_000
    page.session_state["hidden_size_1"] = 1_024
    page.run()
    assert page.segmented_control(key="race_starts").value == 1
    page.segmented_control(key="race_starts").set_value(3).run()
    assert "minutes" in words(page)
    page.multiselect(key="race_values_learning_rate").set_value([0.001, 0.01, 0.1]).run()
    assert page.segmented_control(key="race_starts").value == 3  # as chosen, though it takes long


def test_a_race_of_six_offers_as_many_starts_as_runs_are_kept_and_says_so(open_page):
    rates = [0.0001, 0.0003, 0.001, 0.003, 0.01, 0.03]
    page = own_race(open_page("pages/compare.py"), "learning_rate", rates)
    control = page.segmented_control(key="race_starts")
    assert list(control.options) == ["1 start", "3 starts"] and control.value == 3
    assert "5 starts of 6 settings would be more than the 20 runs that are kept." in words(page)
    tokens = start(page, 3)
    assert len(tokens) == 18 and len({owner(page).looks[token] for token in tokens}) == 6
    assert page.success or page.info


def test_before_a_race_pushes_out_older_runs_the_page_says_how_many(open_page):
    page = open_page("pages/compare.py")
    tiny = TrainingConfig(hidden_sizes=(), epochs=1, training_images=100)
    adopt(page, *(tiny.changed(seed=seed) for seed in range(10)))
    assert "your oldest go: 2." in words(page)
    page.segmented_control(key="race_starts").set_value(1).run()
    assert "your oldest go" not in words(page)


def test_images_race_with_equal_steps_and_the_page_says_so(open_page):
    page = open_page("pages/compare.py")
    page.selectbox(key="race_preset").set_value("images").run()
    assert "500: 200 passes, 1,000 steps" in words(page) and "50,000: 2 passes, 1,000 steps" in words(page)
    assert "epochs" not in next(caption.value for caption in page.caption if "Equal for all" in caption.value)


def test_an_own_race_of_images_can_be_of_equal_steps_or_of_equal_passes_and_one_pass_is_one_pass(open_page):
    page = own_race(open_page("pages/compare.py"), "training_images", [100, 500], SMALL.changed(epochs=1))
    assert "100: 4 passes, 4 steps" in words(page) and "500: 1 pass, 4 steps" in words(page)
    page.segmented_control(key="race_equal").set_value("epochs").run()
    assert "100: 1 pass, 1 step," in words(page) and "500: 1 pass, 4 steps" in words(page)


def test_too_many_values_are_named_as_such(open_page):
    page = own_race(open_page("pages/compare.py"), "learning_rate", [0.00001, 0.0001, 0.0003, 0.001, 0.003, 0.01, 0.03])
    assert "Choose at most 6 values" in words(page)


@pytest.mark.parametrize(
    ("knob", "typed", "value"),
    [
        ("learning_rate", "0,01", None),
        ("learning_rate", "1,5", None),
        ("learning_rate", "1_5", None),
        ("learning_rate", "-0.5", None),
        ("learning_rate", " 5e-3 ", 0.005),
        ("dropout", "0,5", None),
        ("dropout", "1,500", None),
        ("batch_size", "1,5", None),
        ("batch_size", "1,024", 1024),
        ("batch_size", "１２", 12),
        ("training_images", "20,000", 20_000),
        ("training_images", "2,00", None),
        ("hidden_sizes", "300-100", (300, 100)),
        ("hidden_sizes", "1,024", None),
        ("hidden_sizes", "64-1_0", None),
    ],
)
def test_a_typed_value_means_what_it_says_or_is_refused(knob, typed, value):
    if value is not None:
        assert value_of(knob, typed) == value
    else:
        with pytest.raises(ConfigError) as refused:
            value_of(knob, typed)
        assert refused.value.field == knob and typed in str(refused.value)


def test_typed_sizes_race_and_nonsense_is_named_with_its_limit(open_page):
    page = own_race(open_page("pages/compare.py"), "hidden_sizes", [(8,), "12-9"])
    page.segmented_control(key="race_starts").set_value(1).run()
    page.button(key="start_race").click().run()
    assert [RUNS.find(token).view().config.hidden_sizes for token in owner(page).runs] == [(8,), (12, 9)]
    page.button(key="stop_race").click().run()
    wait_for(owner(page).runs)
    page.multiselect(key="race_values_hidden_sizes").set_value([(8,), "9999"]).run()
    assert "1 to 1,024" in words(page)
    page.multiselect(key="race_values_hidden_sizes").set_value([(8,)]).run()
    assert "at least 2" in words(page)


def test_another_fault_than_the_number_of_values_is_not_told_as_too_few(open_page, monkeypatch):
    page = own_race(open_page("pages/compare.py"), "learning_rate", [0.001, 0.01])
    with monkeypatch.context() as patch:
        patch.setattr(race_choice, "Race", unfit)
        page.run()
        assert len(page.exception) == 1  # Streamlit keeps the words of it for the log
        assert "at least 2" not in words(page) and "at most 6" not in words(page)
    page.run()
    assert not page.exception and page.button(key="start_race")


def unfit(*_):
    raise ValueError("no race of any kind")


def test_the_table_marks_what_differs_from_the_run_before(open_page):
    page = open_page("pages/compare.py")
    adopt(page, SMALL, SMALL.changed(learning_rate=0.01))
    assert "Your runs (2 of up to 20)" in words(page)
    rows = table(page).split("<tr")[2:]
    assert "Run 2" in rows[0] and "<mark>" in rows[0] and "learning rate 0.01</mark>" in rows[0]
    assert "Run 1" in rows[1] and "<mark>" not in rows[1]
    view = RUNS.find(owner(page).runs[0]).view()
    for number in (f"{view.score.accuracy:.1%}", f"{view.drawn_score.accuracy:.1%}", "6,370"):
        assert number in rows[1]


def test_a_run_can_be_named_and_deleted(open_page):
    page = open_page("pages/compare.py")
    first, second = adopt(page, SMALL, SMALL.changed(seed=1))
    page.selectbox(key="chosen_run").set_value(first).run()
    page.text_input(key=f"name_{first}").set_value("<b>mine</b>").run()
    assert "&lt;b&gt;mine&lt;/b&gt;" in table(page) and "<b>mine" not in table(page)
    page.button(key="delete_run").click().run()
    assert not page.exception
    assert owner(page).runs == [second] and RUNS.find(first) is None
    assert "mine" not in table(page)
    page.button(key="delete_run").click().run()
    assert "Nothing to compare yet" in words(page)


def test_opening_a_run_or_loading_its_knobs_leads_to_train(open_page):
    page = open_page("app.py")
    page.switch_page("pages/compare.py").run()
    first, second = adopt(page, SMALL, SMALL.changed(batch_size=32))
    page.query_params["run"] = second
    page.selectbox(key="chosen_run").set_value(first).run()
    page.button(key="load_knobs").click().run()
    assert not page.exception
    page.switch_page("pages/train.py").run()
    assert page.query_params["run"] == second
    assert (page.number_input(key="hidden_size_1").value, page.selectbox(key="batch_size").value) == (8, 128)
    assert page.selectbox(key="training_images").value == 500


def test_why_did_this_happen_shows_evidence_and_its_remedy_trains(open_page):
    page = open_page("pages/compare.py")
    (token,) = adopt(page, TrainingConfig(activation="linear", epochs=1, training_images=1_000))
    assert any("Why did this happen?" in expander.label for expander in page.expander)
    assert "Layers without a bend" in words(page)
    page.button(key="try_compare_no_bend").click().run()
    assert not page.exception
    fresh = [RUNS.find(other).view() for other in owner(page).runs if other != token]
    assert [view.config.activation for view in fresh] == ["relu"]


def test_train_says_why_after_a_run_too(open_page):
    page = open_page("pages/train.py", activation="linear", epochs="1", training_images="1000")
    page.button(key="train").click().run()
    wait_for(owner(page).runs)
    page.run()
    assert "Layers without a bend" in words(page)
    page.button(key="try_train_no_bend").click().run()
    assert not page.exception
    assert page.selectbox(key="activation").value == "relu"
    assert RUNS.find(page.query_params["run"]).view().config.activation == "relu"


def test_of_more_than_twenty_runs_the_oldest_that_ended_goes_and_the_page_says_so(open_page):
    page = open_page("pages/compare.py")
    tiny = TrainingConfig(hidden_sizes=(), epochs=1, training_images=100)
    tokens = adopt(page, *(tiny.changed(seed=seed) for seed in range(RUNS_MOST)))
    page.segmented_control(key="race_starts").set_value(1).run()
    page.button(key="start_race").click().run()
    assert not page.exception
    kept = owner(page).runs
    assert len(kept) == RUNS_MOST and kept[: RUNS_MOST - 4] == tokens[4:]
    assert "removed: 4" in words(page)
    assert all(RUNS.find(token) is None for token in tokens[:4])
    page.button(key="stop_race").click().run()
    assert "removed:" not in words(page)


def test_twenty_paused_runs_leave_no_room_and_the_page_says_what_to_do(open_page):
    page = open_page("pages/compare.py")
    runs = RUNS.start_together([TrainingConfig(epochs=200)] * RUNS_MOST)
    for run in runs:
        run.pause()
    assert all(run.wait_until(lambda view: not view.busy, PATIENCE) for run in runs)
    owner(page).runs.extend(run.token for run in runs)
    page.run()
    page.button(key="start_race").click().run()
    assert "Stop or delete some" in words(page)
    assert len(owner(page).runs) == RUNS_MOST


def test_what_one_visitor_ran_another_does_not_see(open_page):
    page = open_page("pages/compare.py")
    (token,) = adopt(page, SMALL)
    other = open_page("pages/compare.py", run=token)
    assert "Nothing to compare yet" in words(other)


def test_the_curves_of_at_most_six_runs_are_shown_and_a_deleted_one_leaves_them(open_page):
    page = open_page("pages/compare.py")
    tiny = TrainingConfig(hidden_sizes=(), epochs=1, training_images=100)
    tokens = adopt(page, *(tiny.changed(seed=seed) for seed in range(7)))
    assert page.multiselect(key="shown_runs").value == tokens[1:]
    page.selectbox(key="chosen_run").set_value(tokens[3]).run()
    page.button(key="delete_run").click().run()
    assert not page.exception
    assert tokens[3] not in page.multiselect(key="shown_runs").value


def test_the_page_is_chinese_when_the_link_says_so(open_page):
    page = open_page("pages/compare.py", lang="zh")
    adopt(page, SMALL)
    assert page.title[0].value == "比较训练结果"
    assert "训练 1" in table(page)
