"""Two scripts of one session never change its state at the same moment."""

import sys
import threading

import pytest
from streamlit.runtime.state import SafeSessionState, SessionState

from ui.server import guard_sessions

KEYS = 300
TURNS = 150


@pytest.fixture(autouse=True)
def threads_that_often_take_turns(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(SafeSessionState, "__init__", SafeSessionState.__init__)  # put back afterwards
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(before)


def failures_of_two_scripts() -> list[Exception]:
    """One script ends again and again while the next begins, over one session's state."""
    state = SessionState()
    older, newer = (SafeSessionState(state, lambda: None) for _ in range(2))
    for number in range(KEYS):
        older[f"key {number}"] = number
    found: list[Exception] = []
    ended = threading.Event()

    def end_again_and_again() -> None:
        try:
            while not ended.is_set():
                older.on_script_finished(frozenset(), remove_stale_widgets=False)
        except RuntimeError as error:
            found.append(error)

    thread = threading.Thread(target=end_again_and_again)
    thread.start()
    for number in range(TURNS):
        newer[f"more {number}"] = number
        newer.on_script_will_rerun(None)
    ended.set()
    thread.join()
    return found


def test_streamlit_alone_lets_two_scripts_of_a_session_into_its_state():
    assert any(failures_of_two_scripts() for _ in range(20)), (
        "Streamlit guards sessions itself now: guard_sessions can go"
    )


def test_a_script_that_ends_while_the_next_begins_ends_in_its_ordinary_way():
    guard_sessions()
    guard_sessions()  # once more does nothing
    assert not any(failures_of_two_scripts() for _ in range(20))


def test_sessions_do_not_wait_for_each_other():
    guard_sessions()
    one, other = (SafeSessionState(SessionState(), lambda: None) for _ in range(2))
    with one.query_params():  # holds its session's lock
        thread = threading.Thread(target=other.__setitem__, args=("key", 1))
        thread.start()
        thread.join(10)
        assert not thread.is_alive()
