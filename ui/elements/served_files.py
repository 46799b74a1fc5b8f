"""Files the server gives from where they lie, or made in memory: nothing is written to serve them; knows no Streamlit and no page."""

import threading
from collections.abc import Callable
from pathlib import Path
from typing import Final

import plotly

from ui.asset_files import asset_bytes

# Where pip put it.
PLOTLY_SCRIPT: Final = Path(plotly.__file__).parent / "package_data" / "plotly.min.js"
FOLDER: Final = "files"


class ServedFile:
    """Something the browser can load: its ``media_type``, and its bytes, made once, when they are first asked for."""

    def __init__(self, media_type: str, make: Callable[[], bytes]) -> None:
        self.media_type = media_type
        self._make = make
        self._making = threading.Lock()
        self._content: bytes | None = None

    def content(self) -> bytes:
        """The bytes.

        Raises:
            AssetError: when they are read from a file that is not there or cannot be read; asked again, it tries again.
        """
        with self._making:
            if self._content is None:
                self._content = self._make()
            return self._content

    def forget(self) -> None:
        """Have the bytes made anew when they are next asked for."""
        with self._making:
            self._content = None


FILES: Final[dict[str, ServedFile]] = {}


def served(name: str, media_type: str, make: Callable[[], bytes]) -> str:
    """Have the server give what ``make`` returns under ``name``; its address, seen from where the app stands.

    The name must change when the content does: browsers keep it for a year.
    """
    FILES.setdefault(name, ServedFile(media_type, make))
    return f"{FOLDER}/{name}"


def _plotly_script() -> bytes:
    return asset_bytes(PLOTLY_SCRIPT)


PLOTLY: Final = served(f"plotly-{plotly.__version__}.min.js", "text/javascript", _plotly_script)
