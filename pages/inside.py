"""Look inside: what a trained network does with a digit, what its neurons look for, where it errs, and how much damage it bears."""

from ui.frame import open_page
from ui.inside.page import show_inside, show_nothing_to_see
from ui.state.own_runs import current_run

open_page("inside")
run = current_run()
if run is None:
    show_nothing_to_see()
else:
    show_inside(run)
