"""What two datasets share, by the ids of their rows and by near texts.

Texts are near where ROUGE-L F1, in words, reaches 0.7, the threshold of [Wang2023, section 2.2]; the join is exact, of
the first rows of each dataset.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from porism.errors import InputError
from porism.outputs.view.store import Store
from porism.outputs.view.tables import Column, quoted

SAMPLED = 20_000  # first rows of each whose texts are compared
NEAR = Fraction(7, 10)
EXAMPLES = 5
LONGEST = 2_000  # characters of a text that is compared
MOST_COLUMNS = 40
TEXTS = ("instruction", "statement", "problem", "question", "task", "prompt", "text", "completion")


@dataclass(frozen=True, slots=True)
class Near:
    """A text of the first dataset, the nearest one of the second, and their ROUGE-L F1."""

    text: str
    other: str
    score: float


@dataclass(frozen=True, slots=True)
class Overlap:
    """What of the first dataset's texts is near to one of the second.

    Attributes:
        column: whose texts were compared.
        compared: how many texts of each were.
        near: how many of the first have a near one in the second.
        same: how many of these are the same, word for word.
        examples: pairs, the nearest that are not the same first.
    """

    column: str
    compared: tuple[int, int]
    near: int = 0
    same: int = 0
    examples: Sequence[Near] = ()


def by_id(one: Store, other: Store) -> int | None:
    """How many rows of the first have an id that the second has too; None where one has no ids."""
    if not all("data" in store.configs and store.configs["data"].column("id") for store in (one, other)):
        return None
    mine, theirs = (f"SELECT id FROM {store.table('data')}" for store in (one, other))
    try:
        return int(one.rows(f"SELECT count(*) AS n FROM ({mine}) WHERE id IN ({theirs})")[0]["n"])
    except InputError:  # ids of different types, or more than memory holds
        return None


def text_column(one: Store, other: Store) -> str:
    """The column whose texts are compared: the first of ``TEXTS`` that both have, or nothing."""
    texts = {column.name for column in shared(one, other) if column.kind == "text"}
    return next((name for name in TEXTS if name in texts), "")


def near(one: Store, other: Store) -> Overlap:
    """What of the first dataset is near to something in the second.

    Raises:
        InputError: they have no column of texts in common.
    """
    column = text_column(one, other)
    if not column:
        raise InputError(f"the datasets have no column of texts in common; one of these would do: {', '.join(TEXTS)}")
    return _joined(column, _texts(one, column), _texts(other, column))


def shared(one: Store, other: Store) -> list[Column]:
    """Columns of accepted rows that both have, of the same kind."""
    if "data" not in one.configs or "data" not in other.configs:
        return []
    kinds = {column.name: column.kind for column in other.configs["data"].columns}
    return [column for column in one.configs["data"].columns if kinds.get(column.name) == column.kind][:MOST_COLUMNS]


def _texts(store: Store, column: str) -> list[str]:
    sql = f"SELECT left({quoted(column)}, {LONGEST}) AS t FROM {store.table('data')} WHERE {quoted(column)} <> ''"
    return [row["t"] for row in store.rows(f"{sql} LIMIT {SAMPLED}")]


def _joined(column: str, one: Sequence[str], other: Sequence[str]) -> Overlap:
    from porism.outputs.dedup.encode import Encoder
    from porism.outputs.dedup.join import across

    compared = len(one), len(other)
    if not all(compared):
        return Overlap(column, compared)
    encoder = Encoder()
    mine, theirs = encoder.add(one), encoder.add(other)
    found = across(mine, theirs, NEAR)
    close = [k for k, index in enumerate(found.index) if index >= 0]
    score = {k: float(2 * found.common[k] / (mine.lengths[k] + theirs.lengths[found.index[k]])) for k in close}
    order = sorted(close, key=lambda k: (score[k] == 1, -score[k], k))[:EXAMPLES]
    examples = [Near(one[k], other[found.index[k]], score[k]) for k in order]
    return Overlap(column, compared, len(close), sum(score[k] == 1 for k in close), examples)
