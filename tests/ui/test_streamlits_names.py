"""The names of Streamlit's inside that the styles lean on are names that this Streamlit gives; most rules are also seen in a browser."""

import re
from pathlib import Path

import pytest
import streamlit

from ui.frame import STYLES

SHEETS = "".join(path.read_text("utf-8") for path in STYLES)
NAMES = sorted({*re.findall(r'data-testid="(\w+)"', SHEETS), *re.findall(r"\.(st[A-Z]\w+)", SHEETS)})


@pytest.fixture(scope="module")
def frontend() -> str:
    scripts = sorted((Path(streamlit.__file__).parent / "static").rglob("*.js"))
    return "".join(path.read_text("utf-8") for path in scripts)


@pytest.mark.parametrize("name", NAMES)
def test_streamlit_still_gives_this_name(frontend: str, name: str) -> None:
    assert re.search(rf"[\"'`]{name}[\"'` ]", frontend)
