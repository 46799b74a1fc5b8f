"""Every colour of the code, by name; the styles have their own (assets/styles/colours.css), by the same names where they are the same."""

from typing import Final

# After Okabe and Ito 2008, "Color Universal Design": told apart by most colour-blind eyes.
BLUE: Final = "#0072B2"
ORANGE: Final = "#D55E00"
GREEN: Final = "#009E73"
PINK: Final = "#CC79A7"
AMBER: Final = "#E69F00"
SKY: Final = "#56B4E9"
# Further hues for what there is more of.
BROWN: Final = "#8C564B"
VIOLET: Final = "#6A3D9A"
OLIVE: Final = "#B2B200"
DARK_AMBER: Final = "#A67C00"
# From white to black.
WHITE: Final = "#FFFFFF"
PALE_GREY: Final = "#DCE6EE"
GREY: Final = "#8A97A3"
MIDDLE_GREY: Final = "#7F7F7F"
SLATE: Final = "#6F7F8C"
STONE: Final = "#6B7885"
DARK_GREY: Final = "#5B6873"
INK: Final = "#1B2733"
BLACK: Final = "#000000"
# A report on paper or on a screen, which has no theme of the app, as variables of its styles.
REPORT_LIGHT: Final = "--quiet: #c9d3dc; --mark: #fde9b8; --ink: #1b2733; --paper: #fff;"
REPORT_DARK: Final = "--quiet: #3a4753; --mark: #5a4300; --ink: #e8edf2; --paper: #10161c;"
