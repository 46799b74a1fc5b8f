"""Looks: a run keeps its own, no two runs share one, and those of one race differ in colour and in dashes."""

from hypothesis import given
from hypothesis import strategies as st

from ui.state.looks import COLOURS, DASHES, LOOKS, colour, dash, dash_lengths, with_looks
from ui.state.visitors import RUNS_MOST


def test_every_run_that_is_kept_can_have_a_look_of_its_own() -> None:
    assert LOOKS >= RUNS_MOST
    assert len({(colour(look), dash(look)) for look in range(LOOKS)}) == LOOKS
    assert len({(colour(look), dash_lengths(look)) for look in range(LOOKS)}) == LOOKS


def test_the_first_six_differ_in_colour_and_in_dashes() -> None:
    assert {colour(look) for look in range(6)} == set(COLOURS)
    assert {dash(look) for look in range(6)} == set(DASHES)


RACES = st.lists(st.integers(1, 6), min_size=1, max_size=8)


@given(sizes=RACES, chance=st.randoms(use_true_random=False))
def test_a_run_keeps_its_look_whatever_comes_and_goes(sizes: list[int], chance) -> None:
    looks: dict[str, int] = {}
    for race, size in enumerate(sizes):
        before = dict(looks)
        looks = with_looks(looks, [[f"{race}-{lane}"] for lane in range(size)])
        assert before.items() <= looks.items()
        assert len(set(looks.values())) == len(looks)
        while len(looks) > RUNS_MOST - 6:
            del looks[chance.choice(sorted(looks))]


@given(taken=st.sets(st.integers(0, LOOKS - 1), max_size=14), size=st.integers(2, 6))
def test_the_variants_of_a_race_differ_in_colour_however_few_looks_are_left(taken: set[int], size: int) -> None:
    looks = with_looks({str(look): look for look in taken}, [[f"lane {lane}"] for lane in range(size)])
    own = [looks[f"lane {lane}"] for lane in range(size)]
    free = {colour(look) for look in set(range(LOOKS)) - taken}
    assert len({colour(look) for look in own}) == min(size, len(free))
    assert not set(own) & taken


def test_seeds_share_the_look_of_their_variant_and_later_ones_take_it_over() -> None:
    first = with_looks({"other": 0}, [["a1"], ["b1"]])
    later = with_looks(first, [["a1", "a2"], ["b1", "b2"]])
    assert (later["a1"], later["b1"]) == (first["a1"], first["b1"]) == (later["a2"], later["b2"])
    assert later["a1"] != later["b1"]
