"""The set of hashes is a set, whatever falls together, and a small one."""

import tracemalloc
from collections.abc import Iterator
from hashlib import blake2b

import pytest
from hypothesis import given
from hypothesis import strategies as st

from porism.outputs.seen import Seen

HALF = st.sampled_from(["0" * 16, "f" * 16, "0" * 15 + "1", "8" + "0" * 15, "7" + "f" * 15, "8" + "0" * 14 + "1"])
KEY = st.builds(str.__add__, HALF, HALF) | st.binary(min_size=16, max_size=16).map(bytes.hex)
KEYS = st.lists(KEY, max_size=60)


def hashes(count: int) -> Iterator[str]:
    return (blake2b(str(n).encode(), digest_size=16).hexdigest() for n in range(count))


@given(KEYS, KEYS, st.integers(1, 9))
def test_it_is_a_set(before: list[str], keys: list[str], recent: int) -> None:
    """Halves that are equal, or next to each other in one of the two, or where floats would err, are no trouble."""
    seen, model = Seen(iter(before), recent=recent), set(before)
    assert len(seen) == len(model)
    for key in keys:
        assert (key in seen) == (key in model)
        assert seen.add(key) == (key not in model)
        model.add(key)
        assert len(seen) == len(model)
        assert key in seen
    assert sorted(seen) == sorted(model)


@given(KEYS, st.integers(1, 9))
def test_built_from_an_iterator_is_built_by_adding(keys: list[str], recent: int) -> None:
    added = Seen(recent=recent)
    for key in keys:
        added.add(key)
    assert sorted(Seen(keys, recent=recent)) == sorted(added)


@pytest.mark.parametrize("key", ["", "0" * 31, "0" * 33, "g" * 32, "0x" + "0" * 30, " " * 32, "00 " * 10 + "00"])
def test_what_is_no_hash_is_told(key: str) -> None:
    seen = Seen()
    for use in (seen.add, seen.__contains__, lambda key: Seen([key])):
        with pytest.raises(ValueError, match="is not a hash of 32 hexadecimal digits"):
            use(key)
    assert len(seen) == 0


def test_bytes_a_key() -> None:
    count, recent = 60_000, 1_500  # the share of the recent keys is that of ten million
    tracemalloc.start()
    try:
        seen = Seen(hashes(count // 2), recent=recent)
        for key in hashes(count):
            seen.add(key)
        held, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert len(seen) == count
    assert held < 24 * count
    assert peak < 40 * count
