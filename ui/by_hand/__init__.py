"""The By hand page."""
