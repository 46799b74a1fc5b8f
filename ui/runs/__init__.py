"""A run, wherever it is shown."""
