"""Every page in Chinese, with a run, a drawing and a lesson on it: each sentence as it is read is set as Chinese is."""

from collections.abc import Iterator

import pytest
from streamlit.testing.v1 import AppTest

from model.config import TrainingConfig
from model.runs.store import RUNS
from tests.pages.conftest import ROOT
from tests.patience import PATIENCE
from tests.ui.test_chinese import faults
from ui.state.visitors import VISITORS

PAGES = ("app.py", *(f"pages/{name}.py" for name in ("train", "draw", "inside", "compare", "by_hand")))
TEXTS = ("title", "header", "subheader", "markdown", "caption", "error", "warning", "info", "success")
CHOICES = ("selectbox", "radio", "multiselect")
LABELLED = ("button", "expander", "number_input", "toggle", "slider", "text_input", "metric", *CHOICES)


def read(page: AppTest) -> Iterator[str]:
    """Every line of a page that somebody reads."""
    for kind in TEXTS:
        for element in getattr(page, kind):
            yield from str(element.value).splitlines()
    for kind in LABELLED:
        for element in getattr(page, kind):
            yield str(element.label)
    for kind in CHOICES:
        for element in getattr(page, kind):
            yield from map(str, element.options)


@pytest.fixture
def busy_visitor(open_page):
    """A visitor with two runs, one of which differs in many settings, in the middle of a lesson."""
    page = open_page("app.py", lang="zh", lesson="neuron")
    visitor = VISITORS.find(page.session_state["_visitor"])
    many = {"learning_rate": 0.01, "schedule": "cosine", "dropout": 0.2, "pen_share": 0.2, "activation": "linear"}
    for changed in ({}, many):
        config = TrainingConfig(hidden_sizes=(16,), training_images=500, epochs=2, batch_size=32, **changed)
        run = RUNS.start(config)
        assert run.wait_until(lambda view: view.ended, PATIENCE)
        visitor.runs.append(run.token)
    visitor.places["neuron"].step = 3
    visitor.places["neuron"].predicted[3] = 0
    return visitor


def test_every_page_is_set_as_chinese_is(open_page, busy_visitor):
    wrong = {}
    for name in PAGES:
        page = AppTest.from_file(str(ROOT / name), default_timeout=PATIENCE)
        page.session_state["_visitor"] = busy_visitor.token
        page.query_params["lang"] = "zh"
        page.run()
        if name == "pages/draw.py":
            page.button(key="sample_7").click().run()
        assert not page.exception
        lines = list(read(page))
        assert len(lines) > 30
        wrong |= {f"{name}: {line}": faults(line) for line in lines if faults(line)}
    assert wrong == {}
