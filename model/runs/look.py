"""A run as it is shown: whoever has one of its tokens may look at it, and can have it do nothing."""

from model.runs.driver import Run
from model.runs.run import RunView
from model.runs.tracked_drawings import Reading


class RunLook:
    """A run seen through one of its tokens: its own, or one that was given away to look at it. It has no commands to be misused."""

    def __init__(self, token: str, run: Run) -> None:
        self.token = token
        self._run = run

    def view(self) -> RunView:
        """The run as it stands now, under the token it is looked at by."""
        return self._run.view(self.token)

    def readings(self, owner: str, name: str) -> tuple[Reading, ...]:
        """What the network said of an owner's watched picture on the way, oldest first."""
        return self._run.readings(owner, name)
