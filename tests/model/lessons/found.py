"""What a check of a lesson finds, and what tests give it to find: a drawing, a run of a name."""

from dataclasses import replace

import numpy as np

from model.lessons.checks import make_check
from tests.model.scripted import scripted_run


def find(facts, **table):
    return make_check(table).find(facts)


def drawing(column, top=120, bottom=160):
    """A vertical stroke on a black canvas."""
    rgba = np.zeros((280, 280, 4), np.uint8)
    rgba[..., 3] = 255
    rgba[top:bottom, column : column + 8, :3] = 255
    return rgba


def named_run(token, *arguments, **keywords):
    return replace(scripted_run(*arguments, **keywords), token=token)
