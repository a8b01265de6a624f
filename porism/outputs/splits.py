"""Which part of a dataset a row belongs to: for training, for validation, or for testing.

The split of a row is a function of a hash of what it says and of nothing else, so that it is the same on every machine
and in every run, and a dataset that grows moves no row from one split to another.
"""

from collections.abc import Sequence

TRAIN = "train"
SPLITS = (TRAIN, "validation", "test")  # the Hub's names, in the order in which rows are read
COLUMN = "split"  # of the notes, in layouts whose rows say where they belong; null is TRAIN
SHARES = (0.98, 0.01, 0.01)


def split_of(key: str, shares: Sequence[float] = SHARES) -> str:
    """The split of the rows with this hash.

    Args:
        key: hexadecimal digits, spread evenly as those of a cryptographic hash are; at least one.
        shares: of the splits in the order of ``SPLITS``, each in [0, 1], adding up to 1.

    Raises:
        ValueError: the key is no hexadecimal number, or the shares are not as they should be.

    >>> split_of("00000000000000000000000000000000"), split_of("fd000000000000000000000000000000")
    ('train', 'validation')
    """
    if len(shares) != len(SPLITS) or min(shares) < 0 or abs(sum(shares) - 1) > 1e-9:
        raise ValueError(f"shares of the splits are {tuple(shares)}; they must be {len(SPLITS)} that add up to 1")
    place = int(key, 16) / 16 ** len(key)  # in [0, 1], and correctly rounded: the same everywhere
    reached = 0.0
    for split, share in zip(SPLITS, shares, strict=True):
        reached += share
        if place < reached:
            return split
    return next(split for split, share in zip(reversed(SPLITS), reversed(shares), strict=True) if share)
