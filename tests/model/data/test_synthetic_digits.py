"""Pen-drawn digits: the same for the same seed, in every style, as the canvas would give them, and apart from what measures."""

import dataclasses

import numpy as np
import pytest

from model.config import TRAINING_IMAGES, TrainingConfig
from model.data import synthetic_digits, synthetic_nondigits
from model.data.rasterizer import render
from model.data.stroke_templates import DRAWN_TEMPLATES, MEASURED_LETTERS, TRAINING_TEMPLATES, TUNING_LETTERS, parse
from model.data.synthetic_digits import (
    DRAWN_SEED,
    POOL_SEED,
    POOL_SIZE,
    StyleVariation,
    drawn_set,
    generate,
    generate_strokes,
)
from model.drawing import to_mnist
from model.training.batches import epoch_batches
from model.training.loop import train_steps

pytestmark = pytest.mark.slow

STILL = StyleVariation(
    wobble=0, stroke_shift=0, reach=0, slant=0, proportion=0, rotation=0, warp=0, thin=0.1, thick=0.1
)


def test_the_same_seed_draws_the_same_digits_and_another_seed_others():
    images, labels = generate(300, seed=4)
    again, labels_again = generate(300, seed=4)
    other, _ = generate(300, seed=5)
    assert np.array_equal(images, again)
    assert np.array_equal(labels, labels_again)
    assert images.dtype == labels.dtype == np.uint8
    assert images.shape == (300, 28, 28)
    assert (images != other).any(axis=(1, 2)).all()


def test_every_digit_comes_equally_often_and_no_two_are_alike():
    images, labels = generate(1000, seed=0)
    assert np.bincount(labels).tolist() == [100] * 10
    assert len(np.unique(images.reshape(1000, -1), axis=0)) == 1000


def test_the_fast_picture_is_what_the_canvas_would_give():
    for ratio in (0.06, 0.1, 0.2):
        hand = dataclasses.replace(StyleVariation(), thin=ratio, thick=ratio)
        images, labels = generate(20, seed=8, style=hand)
        drawings, stroke_labels = generate_strokes(20, seed=8, style=hand)
        assert np.array_equal(labels, stroke_labels)
        differences = [
            min(
                np.abs(
                    np.roll(fast, (down, right), (0, 1)) / 255 - to_mnist(render(drawing, brush=200 * ratio, span=200))
                ).mean()
                for down in (-1, 0, 1)
                for right in (-1, 0, 1)
            )
            for fast, drawing in zip(images, drawings, strict=True)
        ]
        assert np.mean(differences) < 0.02
        assert np.max(differences) < 0.05


def test_training_and_drawn_score_share_no_template_and_no_seed():
    assert not {template.text for template in TRAINING_TEMPLATES} & {template.text for template in DRAWN_TEMPLATES}
    assert not {template.label for template in TUNING_LETTERS} & {template.label for template in MEASURED_LETTERS}
    assert POOL_SEED != DRAWN_SEED
    assert synthetic_nondigits.TUNING.seed != synthetic_nondigits.MEASURED.seed
    for templates in (TRAINING_TEMPLATES, DRAWN_TEMPLATES):
        assert {template.label for template in templates} == set("0123456789")


def test_no_style_of_the_drawn_score_is_a_copy_of_one_trained_on():
    def still(templates):
        images, _ = generate(len(templates) * 40, 0, templates, STILL)
        return np.unique(images.reshape(len(images), -1), axis=0).astype(float)

    trained, measured = still(TRAINING_TEMPLATES), still(DRAWN_TEMPLATES)
    nearest = [np.abs(trained - image).mean(axis=1).min() for image in measured]
    assert min(nearest) > 1


def test_the_drawn_set_is_fixed_and_cannot_be_changed():
    images, labels = drawn_set()
    assert images.shape == (1000, 28, 28)
    assert np.bincount(labels).tolist() == [100] * 10
    assert not images.flags.writeable
    assert images is drawn_set()[0]


def test_a_curve_passes_through_its_points_and_turns_at_corners():
    template = parse("7", "10,0 80,0! 40,100")
    curve = synthetic_digits.curves_of(template)
    points = curve.sharp @ template.strokes[0].points
    for point in template.strokes[0].points:
        assert np.abs(points - point).sum(axis=1).min() < 0.03
    rounded = curve.rounded @ template.strokes[0].points
    assert np.abs(points - rounded).max() > 0.02


@pytest.mark.parametrize("text", ["10,10", "10,10 20", "a,b c,d", "1,2,3 4,5,6", ""])
def test_a_malformed_template_is_refused(text):
    with pytest.raises(ValueError):
        parse("1", text)


def test_strokes_lie_in_the_unit_square_with_longer_side_one():
    drawings, _ = generate_strokes(50, seed=2)
    for drawing in drawings:
        points = np.concatenate(drawing)
        sides = points.max(axis=0) - points.min(axis=0)
        assert points.min() >= -1e-6
        assert points.max() <= 1 + 1e-6
        assert abs(sides.max() - 1) < 1e-5


def order_of(config, epoch):
    """The images of one epoch in their order."""
    batches, counts = epoch_batches(config, epoch)
    return np.concatenate([batch[:count] for batch, count in zip(batches, counts, strict=True)])


def test_an_epoch_takes_the_asked_share_from_the_pen_and_the_rest_from_mnist():
    config = TrainingConfig(training_images=1000, pen_share=0.3, seed=3)
    order = order_of(config, 2)
    drawn = order >= TRAINING_IMAGES
    assert len(order) == 1000
    assert drawn.sum() == 300
    assert len(np.unique(order)) == 1000
    assert order.max() < TRAINING_IMAGES + POOL_SIZE
    assert order[~drawn].max() < 1000
    assert 0.2 < drawn[:500].mean() < 0.4
    assert np.array_equal(order, order_of(config, 2))
    assert not np.array_equal(order, order_of(config, 3))


def test_without_the_pen_the_order_is_the_plain_permutation():
    config = TrainingConfig(training_images=500, seed=7)
    assert np.array_equal(order_of(config, 1), np.random.default_rng((7, 1)).permutation(500))


def test_a_run_with_the_pen_is_the_same_however_it_is_cut():
    config = TrainingConfig(hidden_sizes=(8,), epochs=2, training_images=1000, pen_share=0.5, augmentation="gentle")
    whole, points = train_steps(config, None, config.total_steps)
    state, pieces = None, []
    for steps in (1, 5, 2, 100):
        state, reached = train_steps(config, state, steps)
        pieces += reached
    assert tuple(pieces) == points
    for one, other in zip(whole.weights, state.weights, strict=True):
        assert np.array_equal(one[0], other[0])
        assert np.array_equal(one[1], other[1])


@pytest.mark.parametrize("kind", list(synthetic_nondigits.KINDS))
def test_nondigits_come_by_seed_and_hold_ink(kind):
    images = synthetic_nondigits.generate_nondigits(kind, 20, synthetic_nondigits.MEASURED)
    assert images.shape == (20, 28, 28)
    assert images.dtype == np.uint8
    assert np.array_equal(images, synthetic_nondigits.generate_nondigits(kind, 20, synthetic_nondigits.MEASURED))
    assert not np.array_equal(images, synthetic_nondigits.generate_nondigits(kind, 20, synthetic_nondigits.TUNING))
    assert (images.max(axis=(1, 2)) > 150).all()
