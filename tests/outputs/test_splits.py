"""The split of a row is where its hash says, and as often as the shares say."""

from hashlib import blake2b

import pytest
from hypothesis import given
from hypothesis import strategies as st

from porism.outputs.splits import SPLITS, split_of

KEY = st.binary(min_size=1, max_size=16).map(bytes.hex)


@given(KEY)
def test_a_share_of_everything_is_everything(key: str) -> None:
    for k, split in enumerate(SPLITS):
        shares = [0.0, 0.0, 0.0]
        shares[k] = 1.0
        assert split_of(key, shares) == split
    assert split_of(key) == split_of(key.upper()) == split_of(key + "0" * 16)


@given(st.lists(KEY, min_size=2, max_size=2), st.sampled_from([(0.98, 0.01, 0.01), (0.5, 0.0, 0.5), (0.1, 0.2, 0.7)]))
def test_splits_follow_each_other_in_the_order_of_the_hashes(keys: list[str], shares: tuple[float, ...]) -> None:
    first, second = sorted(key.ljust(32, "0") for key in keys)
    assert SPLITS.index(split_of(first, shares)) <= SPLITS.index(split_of(second, shares))


def test_the_shares_are_kept() -> None:
    found = [split_of(blake2b(str(n).encode(), digest_size=16).hexdigest()) for n in range(20_000)]
    assert [found.count(split) for split in SPLITS] == pytest.approx([19_600, 200, 200], abs=60)


def test_the_last_of_all_hashes() -> None:
    assert split_of("f" * 32) == "test"
    assert split_of("f" * 32, (0.7, 0.3, 0.0)) == "validation"


@pytest.mark.parametrize("shares", [(), (1.0,), (0.5, 0.5, 0.5), (1.5, -0.5, 0.0), (0.9, 0.05, 0.04)])
def test_shares_that_are_none(shares: tuple[float, ...]) -> None:
    with pytest.raises(ValueError, match="3 that add up to 1"):
        split_of("0" * 32, shares)


@pytest.mark.parametrize("key", ["", "xyz"])
def test_a_key_that_is_no_hash(key: str) -> None:
    with pytest.raises(ValueError, match="hexadecimal|invalid literal"):
        split_of(key)
