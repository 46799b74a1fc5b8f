"""The Compare page through AppTest: races, the table, one run close up, hints and the twenty that are kept."""

from model.config import TrainingConfig
from model.runs import RUNS, Status
from tests.pages.conftest import words
from ui.visitors import RUNS_MOST, VISITORS, Visitor

SMALL = TrainingConfig(hidden_sizes=(8,), epochs=2, training_images=500)


def owner(page) -> Visitor:
    found = VISITORS.find(page.session_state["_visitor"])
    assert found is not None
    return found


def adopt(page, *configs: TrainingConfig) -> list[str]:
    """Runs of this page's visitor, trained to their ends."""
    runs = RUNS.start_together(configs)
    for run in runs:
        assert run.wait_until(lambda view: view.ended and not view.busy, 90)
    owner(page).runs.extend(run.token for run in runs)
    page.run()
    assert not page.exception
    return [run.token for run in runs]


def table(page) -> str:
    return next(str(element.proto.body) for element in page.get("html") if 'class="runs"' in str(element.proto.body))


def wait_for(tokens) -> None:
    for token in tokens:
        assert RUNS.find(token).wait_until(lambda view: view.ended and not view.busy, 90)


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
    assert [view.config.learning_rate for view in views] == [0.0001, 0.001, 0.01, 0.1]
    assert len({view.config.changed(learning_rate=0.1) for view in views}) == 1
    page.button(key="stop_race").click().run()


def test_the_standard_network_can_be_trained_from_the_empty_page(open_page):
    page = open_page("pages/compare.py")
    page.button(key="first_run").click().run()
    assert [RUNS.find(token).view().config for token in owner(page).runs] == [TrainingConfig()]


def test_an_own_race_ends_with_a_sentence_and_can_be_repeated_with_three_seeds(open_page):
    page = own_race(open_page("pages/compare.py"), "training_images", [100, 5_000])
    page.button(key="start_race").click().run()
    tokens = list(owner(page).runs)
    assert page.button(key="start_race").disabled or not any(
        RUNS.find(token).view().status == Status.TRAINING for token in tokens
    )
    wait_for(tokens)
    page.run()
    said = page.success[0].value
    assert said.startswith("Images 5,000 reads most") and "more than images 100" in said
    page.button(key="repeat_race").click().run()
    assert not page.exception
    wait_for(owner(page).runs)
    page.run()
    views = [RUNS.find(token).view() for token in owner(page).runs]
    assert [(view.config.training_images, view.config.seed) for view in views] == [
        (100, 0), (5_000, 0), (100, 1), (5_000, 1), (100, 2), (5_000, 2),
    ]  # fmt: skip
    assert "trained 3 times" in words(page)
    lanes = next(str(element.proto.body) for element in page.get("html") if 'class="lanes"' in str(element.proto.body))
    assert lanes.count("on average, from") == 2
    assert "images 5,000 · seed 2" in table(page)


def test_typed_sizes_race_and_nonsense_is_named_with_its_limit(open_page):
    page = own_race(open_page("pages/compare.py"), "hidden_sizes", [(8,), "12-9"])
    page.button(key="start_race").click().run()
    assert [RUNS.find(token).view().config.hidden_sizes for token in owner(page).runs] == [(8,), (12, 9)]
    page.button(key="stop_race").click().run()
    wait_for(owner(page).runs)
    page.multiselect(key="race_values_hidden_sizes").set_value([(8,), "9999"]).run()
    assert "1 to 1,024" in words(page)
    page.multiselect(key="race_values_hidden_sizes").set_value([(8,)]).run()
    assert "at least 2" in words(page)


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
