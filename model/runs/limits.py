"""How much a server keeps for everybody together: standards for a class behind one address, each moved by an environment variable."""

import os
from typing import Final

RUNS_SETTING: Final = "DIGIT_LAB_RUNS"
RUN_MEGABYTES_SETTING: Final = "DIGIT_LAB_RUN_MEGABYTES"
SNAPSHOT_MEGABYTES_SETTING: Final = "DIGIT_LAB_SNAPSHOT_MEGABYTES"
UNSEEN_SETTING: Final = "DIGIT_LAB_UNSEEN_SECONDS"


def whole_number(name: str, text: str) -> int:
    """What an environment variable says that sets how many there are of something.

    Raises:
        ValueError: when it is not a whole number of at least 1.
    """
    if not text.isdecimal() or int(text) < 1:
        raise ValueError(f"{name} = {text!r}; expected a whole number of at least 1")
    return int(text)


def whole_setting(name: str, standard: int) -> int:
    """A limit: what the environment variable says, else the standard.

    Raises:
        ValueError: when the variable is not a whole number of at least 1.
    """
    text = os.environ.get(name, "").strip()
    return whole_number(name, text) if text else standard
