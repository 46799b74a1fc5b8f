"""Everything kept of a visitor."""
