"""Everything that trains a network, and nothing else."""

from model.training.loop import Progress, train

__all__ = ["Progress", "train"]
