"""What the project measures of itself; each module is run as ``python -m benchmarks.NAME`` and prints its figures."""
