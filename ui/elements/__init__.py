"""Browser elements that know no page."""
