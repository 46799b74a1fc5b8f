"""The curriculum."""
