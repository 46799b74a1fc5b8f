"""``python -m model.runs``: trains the run that ships with the app anew, and writes its file."""

import sys

from model.config import PRESETS
from model.data.mnist import DataError
from model.data.whole_file import whole_file
from model.runs.executor import prepare_process
from model.runs.ready import READY_PATH, make, packed


def main() -> int:
    """Train the handwriting settings and write the file; returns the exit status."""
    try:
        prepare_process()
        view = make(PRESETS["handwriting"])
        with whole_file(READY_PATH) as part:
            part.write_bytes(packed(view))
    except (DataError, OSError) as error:
        print(f"python -m model.runs: {error}", file=sys.stderr)
        return 2
    for name, score in (("test images", view.score), ("pen-drawn digits", view.drawn_score)):
        if score is not None:
            print(f"{READY_PATH.name} reads {score.correct:,} of {score.count:,} {name}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
