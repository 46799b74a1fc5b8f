"""A visitor without a browser: speaks with the running server as Streamlit's browser side does, and says what no browser would."""

import json
import re
import threading
import time
from collections.abc import Iterable
from typing import Final, Self

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.proto.WidgetStates_pb2 import WidgetState
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect

WAIT: Final = 120.0


class RawVisitor:
    """One tab.

    Args:
        port: of the server on this machine.
        page: which page, and its query: ``train?epochs=1``.
        home: the address that the visitor comes from, one of this machine's own.
        cookie: what the browser brings along, ``name=value``.

    Attributes:
        widgets: the names of all elements that were ever drawn and can be told something.
        ticking: parts of the page that ask to be drawn again, and after how many seconds.
        progress: what the bar above a run said last.
        faults: how often the page said that something went wrong.
    """

    def __init__(self, port: int, page: str = "", home: str = "127.0.0.1", cookie: str = "") -> None:
        self.widgets: dict[str, str] = {}
        self.ticking: dict[str, float] = {}
        self.progress, self.faults = "", 0
        self.keeps = ""
        self._finished, self._asking = 0, set[str]()
        self._heard = threading.Condition()
        self._page, _, self._query = page.partition("?")
        self._socket = connect(
            f"ws://127.0.0.1:{port}/_stcore/stream",
            subprotocols=["streamlit"],  # type: ignore[list-item]  # a subprotocol is a string
            additional_headers={"Cookie": cookie} if cookie else None,
            max_size=None,
            source_address=(home, 0),
        )
        threading.Thread(target=self._listen, daemon=True).start()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._socket.close()

    def open(self) -> float:
        """Open the page; the seconds that took."""
        return self.told(self.rerun())

    def rerun(self, states: Iterable[WidgetState] = (), fragment: str = "", query: str | None = None) -> BackMsg:
        """The message that has the page, or a part of it, drawn again."""
        message = BackMsg()
        script = message.rerun_script
        script.query_string = self._query if query is None else query
        script.page_name, script.fragment_id, script.is_auto_rerun = self._page, fragment, bool(fragment)
        script.widget_states.widgets.extend(states)
        return message

    def press(self, key: str) -> float:
        """Press the button of that key; the seconds until the page is drawn."""
        state = WidgetState(trigger_value=True)
        state.id = next(name for name in self.widgets if name.endswith(f"-{key}"))
        return self.told(self.rerun([state]))

    def tick(self) -> float:
        """Have what asks for it drawn again, as a browser does; the seconds until it is, 0 where nothing asks."""
        return sum(self.told(self.rerun(fragment=fragment)) for fragment in list(self.ticking))

    def told(self, message: BackMsg) -> float:
        """Say something, and wait until the page is drawn; the seconds that took.

        Raises:
            TimeoutError: when it never is.
        """
        with self._heard:
            before = self._finished
            if not message.rerun_script.fragment_id:
                self.ticking.clear()
        began = time.perf_counter()
        self.say(message.SerializeToString())
        with self._heard:
            if not self._heard.wait_for(lambda: self._finished > before, WAIT):
                raise TimeoutError("the page was not drawn")
        return time.perf_counter() - began

    def say(self, message: bytes) -> bool:
        """Say anything; whether the line was still open."""
        try:
            self._socket.send(message)
        except ConnectionClosed:
            return False
        return True

    def _listen(self) -> None:
        try:
            for received in self._socket:
                if isinstance(received, bytes):
                    self._hear(ForwardMsg.FromString(received))
        except ConnectionClosed:
            return

    def _hear(self, message: ForwardMsg) -> None:
        kind = message.WhichOneof("type")
        with self._heard:
            if kind == "delta" and message.delta.WhichOneof("type") == "new_element":
                self._see(message)
            elif kind == "auto_rerun":
                self.ticking[message.auto_rerun.fragment_id] = message.auto_rerun.interval
                self._asking.add(message.auto_rerun.fragment_id)
            elif kind == "stop_auto_rerun":
                self.ticking.pop(message.stop_auto_rerun.fragment_id, None)
            elif kind == "new_session":
                self._asking.clear()
            elif kind == "script_finished":
                # The whole page was drawn: what did not ask now is gone.
                if message.script_finished == ForwardMsg.FINISHED_SUCCESSFULLY:
                    self.ticking = {part: seconds for part, seconds in self.ticking.items() if part in self._asking}
                self._finished += 1
                self._heard.notify_all()

    def _see(self, message: ForwardMsg) -> None:
        element = message.delta.new_element
        kind = element.WhichOneof("type")
        shown = getattr(element, kind or "", None)
        name = getattr(shown, "id", "")
        if kind and name:
            self.widgets[name] = kind
        if kind == "exception" or (kind == "alert" and re.search("went wrong|出了问题", shown.body if shown else "")):
            self.faults += 1
        if kind == "progress":
            self.progress = element.progress.text
        if kind == "bidi_component" and "document_settings" in name:
            settings = json.loads(element.bidi_component.json or element.bidi_component.mixed.json)
            self.keeps = f"{settings['cookie']}={settings['visitor']}"
