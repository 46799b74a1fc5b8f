"""A session of its own for every test of the state, with what the browser says of the address in a plain mapping."""

import pytest


class Cookies:
    """A browser that keeps no cookie and says nothing of itself."""

    cookies: dict[str, str] = {}  # noqa: RUF012
    locale = None
    url = "http://127.0.0.1/train"


class Screen:
    """What the state knows of Streamlit: a session and an address."""

    def __init__(self) -> None:
        self.session_state: dict[str, object] = {}
        self.query_params: dict[str, str] = {}
        self.context = Cookies()


@pytest.fixture(autouse=True)
def screen(monkeypatch: pytest.MonkeyPatch) -> Screen:
    """An empty session of somebody new, at an address that says nothing."""
    screen = Screen()
    for module in ("address", "choices", "values", "visitor", "language"):
        monkeypatch.setattr(f"ui.state.{module}.st", screen)
    return screen
