"""Whether what is drawn has changed since it was judged: told by what the picture shows, not by where it lies in memory."""

import numpy as np

from ui.state.drawing import VOTERS, drawing_changed, follow, judged
from ui.state.values import Value
from ui.state.visitor import current_visitor


def picture(ink: float) -> np.ndarray:
    return np.full((28, 28), ink, np.float32)


def let_go_of_every_picture() -> None:
    """What another tab may do at any time: the visitor's memory lets go of this tab's pictures."""
    current_visitor().tab_pictures.clear()
    current_visitor().last_picture = None
    Value("_picture", None).reset()


def test_nothing_was_judged_at_first():
    assert drawing_changed()
    judged()
    assert not drawing_changed()


def test_a_picture_that_takes_the_place_of_another_in_memory_is_another():
    follow(picture(0))
    places, judged_places = set(), 0
    for number in range(1, 60):
        judged()
        let_go_of_every_picture()
        new = picture(number / 60)
        judged_places += id(new) in places
        places.add(id(new))
        follow(new)
        del new
        assert drawing_changed()
    assert judged_places > 10  # places in memory were indeed given anew


def test_the_same_drawing_read_again_is_no_change():
    follow(picture(0.5))
    judged()
    follow(picture(0.5))
    assert not drawing_changed()


def test_a_choice_of_voters_is_a_change():
    judged()
    VOTERS.give(3)
    assert drawing_changed()
