"""Files of the app that are not there, may not be read or are damaged: the page says which, in which folder, and the rest lives."""

import errno
import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.pages.conftest import ROOT, finished, words
from ui.asset_files import ASSETS
from ui.elements.plotly_chart import OwnElement
from ui.elements.served_files import FILES, PLOTLY, PLOTLY_SCRIPT

PAGES = ("app.py", *(f"pages/{path.name}" for path in sorted((ROOT / "pages").glob("*.py"))))
COMPONENTS = sorted((ASSETS / "components").iterdir())


def forget_what_was_read() -> None:
    """What the pages have read of their files, as after a start of the server."""
    for name in [name for name in sys.modules if name.startswith("ui.")]:
        for thing in vars(sys.modules[name]).values():
            if callable(getattr(thing, "cache_clear", None)) and thing.__module__.startswith("ui."):
                thing.cache_clear()
    FILES[Path(PLOTLY).name].forget()


@pytest.fixture
def broken(monkeypatch) -> Iterator[dict[Path, int]]:
    """Which files cannot be read, with the error number; whoever opens them anyhow gets it."""
    found: dict[Path, int] = {}
    opens = Path.open

    def refuse(path: Path, *arguments: object, **named: object) -> object:
        if path in found:
            raise OSError(found[path], os.strerror(found[path]), str(path))
        return opens(path, *arguments, **named)

    monkeypatch.setattr(Path, "open", refuse)
    forget_what_was_read()
    yield found
    monkeypatch.undo()
    forget_what_was_read()


@pytest.fixture
def run(open_page) -> Callable[[], str]:
    """The token of a short run that has ended."""
    page = open_page("pages/train.py", epochs="1", training_images="1000", hidden_sizes="8")
    page.button(key="train").click().run()
    return finished(page).token


def test_without_any_browser_side_every_page_lives_and_names_each_file_and_its_folder(open_page, run, broken):
    broken |= dict.fromkeys(COMPONENTS, errno.EACCES)
    told = ""
    for name in PAGES:
        page = open_page(name, run=run)
        assert not page.exception, (name, page.exception)
        told += words(page)
        assert "in the folder assets/components (the server may not read it)" in words(page)
    assert "Chart of the loss up to epoch" in told  # what a chart shows is told in words instead
    broken.clear()
    page = open_page("pages/train.py", run=run)
    assert "cannot be read" not in words(page)


def test_without_plotly_the_charts_name_the_folder_of_the_package(open_page, broken, monkeypatch):
    broken[PLOTLY_SCRIPT] = errno.ENOENT
    failed = set()
    shows = OwnElement.__call__

    def note(element: OwnElement, **given: Any) -> Any:
        failed.add(given["data"].get("failed"))
        return shows(element, **given)

    monkeypatch.setattr(OwnElement, "__call__", note)
    page = open_page("pages/by_hand.py")
    assert not page.exception
    (told,) = failed - {None}
    assert "plotly.min.js" in told and "plotly/package_data (it is not there)" in told


@pytest.mark.parametrize(
    "file", ["texts/zh.toml", "glossary.toml", "styles/train.css", "icon.png", "lessons/heads.toml"]
)
@pytest.mark.parametrize("problem", [errno.ENOENT, errno.EIO])
def test_another_file_that_cannot_be_read_is_named_and_home_lives(open_page, broken, file, problem):
    broken[ASSETS / file] = problem
    page = open_page("app.py", lang="zh" if "zh" in file else "en")
    assert not page.exception
    assert Path(file).name in words(page)
    assert "How a machine learns" in words(page)
    assert page.button(key="clear") is not None
    assert not open_page("pages/glossary.py").exception


def test_without_any_texts_the_page_gives_the_bare_facts(open_page, broken):
    broken |= {ASSETS / "texts" / f"{name}.toml": errno.EACCES for name in ("en", "zh")}
    page = open_page("app.py")
    assert not page.exception
    assert [error.value for error in page.error] == [f"cannot read {ASSETS / 'texts' / 'zh.toml'}: Permission denied"]


def test_pictures_that_may_not_be_read_are_told_and_come_back_without_a_restart(open_page, broken):
    from model.data import mnist

    mnist.forget_mnist()
    broken[mnist.MNIST_PATH] = errno.EACCES
    page = open_page("pages/train.py")
    assert not page.exception
    assert "assets/mnist.npz (Permission denied)" in words(page)
    broken.clear()
    assert "mnist.npz" not in words(page.run())
