"""Writes the data file anew from its source: ``python -m model.data``."""

import sys

from model.data.mnist import MNIST_PATH, restore

try:
    restore()
except OSError as error:
    sys.exit(f"python -m model.data: {MNIST_PATH} cannot be written: {error.strerror or error}")
