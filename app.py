"""Home: what Digit Lab is, three steps, and the way back to where the visitor was."""

from ui.frame import open_page
from ui.home_view import show_continue, show_steps, show_welcome

open_page("home")
show_welcome()
show_continue()
show_steps()
