"""Whether what is drawn has changed since it was judged: told by what the picture shows, not by where it lies in memory."""

from types import SimpleNamespace

import numpy as np

from ui.state.drawing import (
    BRUSH,
    GUARD,
    VOTERS,
    cells,
    clear_drawing,
    current_drawing,
    draw_cells,
    drawing_changed,
    follow,
    heard_of,
    judged,
    keep_drawing,
    under_way,
)
from ui.state.values import Value
from ui.state.visitor import current_visitor
from ui.state.visitors import Drawing


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


def guard_tells(number: int, strokes: int, *points: list[int]) -> None:
    Value(GUARD, None).give(SimpleNamespace(moving={"number": number, "strokes": strokes, "points": list(points)}))


def strokes(count: int) -> Drawing:
    return Drawing({"objects": [{"type": "path"}] * count}, None)


def test_the_stroke_under_way_lies_on_the_drawing_it_was_begun_on():
    assert under_way() is None
    guard_tells(1, 0, [10, 20], [30, 40])
    assert under_way() is not None
    assert heard_of() == 1
    guard_tells(2, 1, [10, 20])
    assert under_way() is None


def test_a_stroke_that_has_ended_or_was_broken_off_is_not_under_way():
    guard_tells(1, 0, [10, 20])
    keep_drawing(strokes(1))
    assert under_way() is None
    guard_tells(2, 1)
    assert under_way() is None


def test_what_was_under_way_before_the_canvas_was_cleared_does_not_come_back():
    guard_tells(1, 0, [10, 20])
    keep_drawing(strokes(1))
    clear_drawing()
    assert under_way() is None
    guard_tells(2, 0, [10, 20])
    assert under_way() is not None


def test_what_the_browser_makes_up_is_nothing():
    Value(GUARD, None).give(SimpleNamespace(moving="all of it"))
    assert under_way() is None
    assert heard_of() == 0


def test_chosen_cells_are_the_drawing_until_it_is_anything_else():
    draw_cells([3, 10, 17, 2])
    drawn = current_drawing()
    assert cells() == [2, 3, 10, 17]
    assert drawn.lines is not None and {stroke.width for stroke in drawn.lines} == {BRUSH.get()}
    assert drawn.pixels[..., 0].max() == 255
    told_back = [
        stroke | {"left": 92.0, "top": 34.0} for stroke in drawn.strokes["objects"]
    ]  # as the canvas tells of them
    keep_drawing(Drawing({"objects": told_back}, b""))
    assert cells() == [2, 3, 10, 17]
    keep_drawing(Drawing({"objects": [*told_back, told_back[0]]}, b""))  # a stroke by pen on top
    assert cells() == []
    draw_cells([5])
    assert cells() == [5]
    draw_cells([])
    assert cells() == [] and current_drawing() is None
    draw_cells([6])
    clear_drawing()
    assert cells() == []
