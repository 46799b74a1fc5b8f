"""By hand: a network small enough for paper, the same step on the visitor's own network, and optimisers on a hill."""

from ui.by_hand.controls import choose_part, load_sheet, show_sheet_errors
from ui.by_hand.gradient_step import show_paper_step
from ui.by_hand.loss_landscape import show_landscape
from ui.by_hand.worked_example import show_paper
from ui.frame import open_page
from ui.state.own_runs import current_run

open_page("by_hand")
load_sheet()
show_sheet_errors()
part = choose_part()
if part == "paper":
    show_paper()
elif part == "network":
    show_paper_step(current_run())
else:
    show_landscape(current_run())
