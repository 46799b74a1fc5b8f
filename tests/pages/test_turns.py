"""Whatever a page has computed waits in the line of the visitor who looks at it, and what all pages need in the server's own."""

import pytest

from model.config import TrainingConfig
from model.runs.store import RUNS
from tests.patience import PATIENCE
from ui.prediction.out_of_distribution import SERVER
from ui.state.visitors import VISITORS


@pytest.fixture
def lines(monkeypatch):
    """In whose line each piece of work was put, by the name of its function."""
    found = {}
    hand_over = RUNS.workers.in_turn

    def in_turn(whose, seconds, function, *arguments):
        found.setdefault(function.__name__, set()).add(whose)
        return hand_over(whose, seconds, function, *arguments)

    monkeypatch.setattr(RUNS.workers, "in_turn", in_turn)
    return found


@pytest.fixture
def run():
    run = RUNS.start(TrainingConfig(epochs=1, training_images=500))
    assert run.wait_until(lambda view: view.ended and not view.busy, PATIENCE)
    return run


@pytest.mark.parametrize(
    ("page", "chosen", "function"),
    [
        ("inside", {"inside_part": "map", "map_method": "neighbours"}, "neighbour_map"),
        ("inside", {"inside_part": "break"}, "measure"),
        ("by_hand", {"hand_part": "hill", "hill_surface": "network"}, "survey_network"),
    ],
)
def test_what_a_page_computes_waits_in_the_line_of_whoever_looks(open_page, run, lines, page, chosen, function):
    shown = open_page(f"pages/{page}.py", run=run.token)
    for key, value in chosen.items():
        shown.session_state[key] = value
        shown.run()
    assert not shown.exception
    visitor = VISITORS.find(shown.session_state["_visitor"])
    assert lines[function] == {visitor.turn}


def test_what_all_pages_need_waits_in_a_line_of_its_own(open_page, lines):
    open_page("pages/draw.py")
    assert lines["reference_set"] == {SERVER}
