"""Look inside: what a trained network does with a digit, what its neurons look for, where it errs, and how much damage it bears."""

from ui import session
from ui.frame import open_page
from ui.inside_view import show_inside, show_nothing_to_see

open_page("inside")
run = session.current_run()
if run is None:
    show_nothing_to_see()
else:
    show_inside(run)
