"""How long a test waits for what is sure to come: on a busy machine it comes late, and while all is well nobody waits."""

from typing import Final

PATIENCE: Final = 300
