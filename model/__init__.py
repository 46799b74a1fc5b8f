"""Digit Lab's engine: data, networks, training, drawings and runs; it knows nothing of any screen."""
