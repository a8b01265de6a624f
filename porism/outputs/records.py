"""Records: what every flow produces.

A record separates what it says (``content``), what is known about it (``notes``), where it came from (``origin``) and
which checks it went through (``verdicts``). Its id is a hash of the content alone: the same text has the same id
whoever made it. Text is made fit for UTF-8 on construction, so that what is stored is what was hashed.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from hashlib import blake2b
from typing import Any


@dataclass(frozen=True, slots=True)
class Origin:
    """Enough to make a record again.

    Attributes:
        flow: the flow that made it, such as ``"instruct"``.
        seed: the seed of the run.
        place: where it stands in the flow's stream, outermost index first; for ``instruct`` (request, item, instance).
        model: the language model, or None where none was used.
        parents: ids of the records it was made from (for ``instruct`` the examples that the request showed).
    """

    flow: str
    seed: int
    place: tuple[int, ...]
    model: str | None = None
    parents: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether a record passed a check, and why not."""

    ok: bool
    check: str
    reason: str = ""

    def __post_init__(self) -> None:
        object.__setattr__(self, "reason", storable(self.reason))


@dataclass(frozen=True, slots=True)
class Record:
    """One row.

    Attributes:
        content: what the row says, by column; the id is its hash.
        notes: what is known about it, by column.
        origin: where it came from.
        verdicts: the checks it went through, in order; the first that failed ends them.
        raw: for a rejected row, the text that it was read from.
    """

    content: Mapping[str, Any]
    origin: Origin
    verdicts: tuple[Verdict, ...]
    notes: Mapping[str, Any] = field(default_factory=dict)
    raw: str | None = None
    _id: str | None = field(default=None, init=False, repr=False, compare=False)  # hashed once: it is asked for twice

    def __post_init__(self) -> None:
        for name in ("content", "notes", "raw"):
            object.__setattr__(self, name, storable(getattr(self, name)))

    @property
    def id(self) -> str:
        """128 bits in hexadecimal, the hash of the content as canonical JSON.

        >>> a = Record({"prompt": "2+2?"}, Origin("demo", 1, (0,)), ())
        >>> b = Record({"prompt": "2+2?"}, Origin("demo", 9, (5,)), ())
        >>> a.id == b.id
        True
        """
        found = self._id or content_id(self.content)
        object.__setattr__(self, "_id", found)
        return found

    @property
    def accepted(self) -> bool:
        """Whether there is a verdict, and each one passed."""
        return bool(self.verdicts) and all(verdict.ok for verdict in self.verdicts)

    @property
    def failure(self) -> Verdict:
        """The verdict that rejected this record.

        Raises:
            LookupError: nothing rejected it.
        """
        for verdict in self.verdicts:
            if not verdict.ok:
                return verdict
        raise LookupError(f"record {self.id} was not rejected")


def content_id(content: Mapping[str, Any]) -> str:
    """The id of a content: independent of the order of its columns, and of columns that hold nothing (None)."""
    there = {name: value for name, value in content.items() if value is not None}
    text = json.dumps(there, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return blake2b(text.encode(), digest_size=16).hexdigest()


def storable(value: Any) -> Any:
    r"""The value with every text as UTF-8 can hold it: a lone surrogate, which JSON can smuggle in, becomes ``?``.

    >>> storable({"a": ["ok", "\ud800"]})
    {'a': ['ok', '?']}
    """
    kind = type(value)
    if kind is str:
        return value if value.isascii() else _utf8(value)
    if kind is dict:
        return {key: storable(item) for key, item in value.items()}
    if kind is list or kind is tuple:
        return [storable(item) for item in value]
    return value if kind in _PLAIN else _storable(value)


_PLAIN = frozenset({int, float, bool, type(None)})


def _storable(value: Any) -> Any:
    """The same for subclasses and foreign mappings, whose recognition takes ten times as long."""
    if isinstance(value, str):
        return _utf8(value)
    if isinstance(value, Mapping):
        return storable(dict(value))
    return storable(list(value)) if isinstance(value, (list, tuple)) else value


def _utf8(text: str) -> str:
    try:
        text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-8", "replace").decode("utf-8")
    return text


def judge(checks: Iterable[tuple[str, str | None]]) -> tuple[Verdict, ...]:
    """Verdicts from pairs of a check and its reason for rejection (None: passed), up to the first failure.

    >>> judge([("length", None), ("novelty", "seen"), ("keywords", None)])
    (Verdict(ok=True, check='length', reason=''), Verdict(ok=False, check='novelty', reason='seen'))
    """
    verdicts = []
    for check, reason in checks:
        verdicts.append(Verdict(reason is None, check, reason or ""))
        if reason is not None:
            break
    return tuple(verdicts)
