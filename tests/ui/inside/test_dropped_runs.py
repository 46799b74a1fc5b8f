"""What a dropped run leaves in memory: nothing that was computed of its network, its curves of damage among it."""

import gc
import weakref
from concurrent.futures import Future

from model.data.mnist import load_mnist
from model.evaluation import out_of_distribution as evaluation
from model.evaluation.damage_curve import Harm
from model.interpretability.ablation import Damage
from model.interpretability.corruption import ImageDamage
from tests.model.networks import random_network
from ui.compare import report
from ui.inside import ablation, examined_network, unit
from ui.inside.damage_curves import DamageCurves
from ui.prediction import out_of_distribution


class OnePiece:
    """Workers that did all of a curve before anybody asks for the next."""

    def __init__(self):
        self.pieces = []

    def in_turn(self, whose, expected, function, network, on_test, kind, harm, places, seconds):
        self.pieces.append(piece := Future())
        piece.measured = {place: 1 for place in places}
        return piece

    def finish(self):
        piece = self.pieces.pop()
        piece.set_result(piece.measured)


def all_that_is_computed(network):
    """One answer of every kind that is remembered of a network, those that can be referred to weakly."""
    yield examined_network._damaged(network, Damage(share_off=0.5))
    assert examined_network._damaged(network, Damage()) is network
    yield examined_network._inspected(network, False)
    yield examined_network._hidden_spaces(network, False)[0]
    yield ablation._answers(network, ImageDamage(), False)
    yield unit._effect(network, 0, 1)
    yield report._read_test_images(network)


def test_with_a_dropped_network_goes_all_that_was_computed_of_it(monkeypatch):
    images = load_mnist().validation_images[:20].reshape(20, 784) / 255
    known = evaluation.ReferenceSet(
        *(evaluation.stroke_directions(images),) * 2, images.astype("float32"), images.mean(axis=1)
    )
    monkeypatch.setattr(evaluation, "_given", [known])
    workers = OnePiece()
    curves = DamageCurves(workers)
    network = random_network("relu", (4,))
    gone = [weakref.ref(network), *map(weakref.ref, all_that_is_computed(network))]
    out_of_distribution.doubts(network, load_mnist().test_images[0] / 255)
    curves.of(network, "image_right", Harm(), False)
    workers.finish()
    gone.append(weakref.ref(next(iter(curves._asked[network].values()))))
    del network
    gc.collect()
    assert [there() for there in gone] == [None] * len(gone)
    assert not len(curves._asked)
