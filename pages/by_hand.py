"""By hand: a network small enough for paper, the same step on the visitor's own network, and optimisers on a hill."""

from ui import session
from ui.by_hand_controls import choose_part, load_sheet, show_sheet_errors
from ui.by_hand_view import show_paper
from ui.frame import open_page
from ui.hill_view import show_hill
from ui.paper_step_view import show_paper_step

open_page("by_hand")
load_sheet()
show_sheet_errors()
part = choose_part()
if part == "paper":
    show_paper()
elif part == "network":
    show_paper_step(session.current_run())
else:
    show_hill(session.current_run())
