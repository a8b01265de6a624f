"""Streams have names: the same name is the same stream, another name is another, and no sum of names is a name."""

from hypothesis import given
from hypothesis import strategies as st

from porism.seeds import number, stream

PATH = st.lists(st.text("ab/'\",1", max_size=4) | st.integers(-3, 30), max_size=4)
NAME = st.tuples(st.integers(0, 50), PATH.map(tuple))


def draws(name: tuple[int, tuple[str | int, ...]]) -> list[int]:
    draw = stream(name[0], *name[1])
    return [draw.getrandbits(64) for _ in range(3)]


@given(NAME, NAME)
def test_two_streams_are_one_only_if_their_names_are(a: tuple[int, tuple[str]], b: tuple[int, tuple[str]]) -> None:
    assert (draws(a) == draws(b)) == (a == b)


def test_neighbouring_seeds_share_nothing() -> None:
    names = [(seed, (kind, n)) for seed in range(20) for kind in ("a", "b") for n in range(50)]
    numbers = [value for name in names for value in draws(name)]
    assert len(set(numbers)) == len(numbers) == 6_000


def test_drawing_from_one_disturbs_no_other() -> None:
    one, two = stream(1, "one"), stream(1, "two")
    expected = stream(1, "two").random()
    one.random()
    assert two.random() == expected


def test_streams_are_the_same_on_every_machine() -> None:
    assert draws((7, ("figure", 3))) == [5695836825018847039, 12661785376563860518, 18030758269392077516]
    assert number(7, "classify", "Sort the mail.") == 236475529


@given(st.integers(0, 2**63), PATH)
def test_numbers_are_what_a_sampler_takes(seed: int, path: list[str | int]) -> None:
    assert 0 <= number(seed, *path) < 2**31
    assert number(seed, *path) == stream(seed, *path).getrandbits(31)
