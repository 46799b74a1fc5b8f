"""Whatever a browser tells under the name of an element, no page breaks, neither at once nor when it is drawn again."""

from collections.abc import Callable
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from benchmarks.canvas_state import canvas_state
from model.config import TrainingConfig
from model.runs.store import RUNS
from tests.patience import PATIENCE
from ui import frame
from ui.elements import plotly_chart

NONSENSE: list[Any] = [
    None, True, -1, 10**12, 2.5, float("nan"), "x", "[CLICK](http://host)" * 50, [], [1], [1, 2], [0, 10**9], ["a", "b"], [[]] * 70, {},
    {"layer": 1, "size": 10**9}, {"layer": "x", "size": None}, {"number": 1, "strokes": -1, "points": [[1]]},
    {"bytes": 10**9, "content": "???"}, {"bytes": "x", "content": 7}, {"bytes": 5, "content": "AAAA"}, {"stands": ["x"]},
    {"a": {"b": [{}] * 9}},
]  # fmt: skip


class Told:
    """In place of what a session keeps of an element: the same nonsense under every name."""

    nonsense: Any = None

    def __init__(self, key: str, standard: object) -> None:
        self.key = key

    def __class_getitem__(cls, kind: object) -> "type[Told]":
        return cls

    def get(self) -> "Told":
        return self

    def __getattr__(self, name: str) -> Any:
        return self.nonsense


@pytest.fixture
def tell(monkeypatch: pytest.MonkeyPatch) -> Callable[[AppTest, Any], None]:
    """``tell(page, nonsense)``: the browser tells that under every name of every element of the page, and the page is drawn again.

    Streamlit calls an element's callbacks before it draws the page; so does this, of the elements that stood there before.
    """
    put, begins = plotly_chart.OwnElement.__call__, frame.page_begins
    standing: dict[tuple[str, str], Callable[[], None]] = {}
    due: list[Any] = []

    def put_and_remember(self: plotly_chart.OwnElement, **given: Any) -> object:
        standing.update({(given["key"], name): call for name, call in given.items() if name.endswith("_change")})
        return put(self, **given)

    def begin_and_tell() -> None:
        begins()
        callbacks = list(standing.values())
        standing.clear()
        while due:
            with monkeypatch.context() as patch:
                patch.setattr(Told, "nonsense", due.pop())
                patch.setattr(plotly_chart, "Value", Told)
                for callback in callbacks:
                    callback()

    monkeypatch.setattr(plotly_chart.OwnElement, "__call__", put_and_remember)
    monkeypatch.setattr(frame, "page_begins", begin_and_tell)

    def told(page: AppTest, nonsense: Any) -> None:
        assert standing, "elements stand there that tell something"
        due.append(nonsense)
        page.run()
        assert not due

    return told


def trained() -> str:
    run = RUNS.start(TrainingConfig(epochs=1, training_images=500, hidden_sizes=(8,)))
    assert run.wait_until(lambda view: view.ended and not view.busy, PATIENCE)
    return run.token


def bombard(page: AppTest, tell: Callable[[AppTest, Any], None]) -> None:
    for nonsense in NONSENSE:
        tell(page, nonsense)
        assert not page.exception, f"{nonsense!r}"
    page.run()
    assert not page.exception


@pytest.mark.parametrize("name", ["app.py", "pages/train.py", "pages/draw.py", "pages/compare.py", "pages/by_hand.py"])
def test_no_page_breaks_over_what_a_browser_tells(open_page, tell, name):
    page = open_page(name, run=trained())
    if name in ("app.py", "pages/draw.py"):
        page.session_state["canvas"] = canvas_state([(140, 40), (135, 240)])
        page.run()
    bombard(page, tell)


@pytest.mark.parametrize("part", ["flow", "tiles", "map", "mistakes", "break"])
def test_no_part_of_look_inside_breaks_over_it(open_page, tell, part):
    page = open_page("pages/inside.py", run=trained())
    page.session_state["inside_part"] = part
    page.run()
    bombard(page, tell)


KEPT = {"canvas_guard": "moving", "load_digits": "picked", "words_of_page": "all"}


@pytest.mark.parametrize("key", [*KEPT, "copy_stands"])
def test_what_an_element_keeps_breaks_no_page(open_page, key):
    page = open_page("pages/train.py" if key == "copy_stands" else "pages/draw.py")
    for nonsense in NONSENSE:
        if key == "words_of_page" and nonsense:
            continue  # that anything is told there at all leads to the list of words
        page.session_state[key] = {KEPT.get(key, "stands"): nonsense}
        page.run()
        assert not page.exception, f"{nonsense!r}"
