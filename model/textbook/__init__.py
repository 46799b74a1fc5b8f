"""The mathematics in float64, to be read."""
