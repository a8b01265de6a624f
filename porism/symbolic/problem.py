"""Problems: what is constructed and what is to be proved, as values and as one line of text.

``a b c = triangle a b c; h = on_tline h b a c, on_tline h c a b ? perp a h b c``: clauses end in ``;``, each names its
new points and one or more constructions that they meet at once; the goals follow ``?``. A ``#`` starts a comment.

Reference: the text language of AlphaGeometry [Trinh2024], after [Chou2000].
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from difflib import get_close_matches
from fractions import Fraction
from functools import cached_property
from pathlib import Path

from porism.errors import InputError
from porism.symbolic.constructions import CONSTRUCTIONS, Definition, half_turns
from porism.symbolic.facts import Fact
from porism.symbolic.predicates import PREDICATES, FactError

_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_']*")
_SYNONYMS = {
    "simtrir": "simtri2",
    "contrir": "contri2",
    "eqangle6": "eqangle",
    "eqratio6": "eqratio",
}


@dataclass(frozen=True, slots=True)
class Construction:
    """One construction with its arguments: ``foot d a b c``.

    Attributes:
        name: a key of ``CONSTRUCTIONS``.
        args: points, new ones included, and for ``s_angle`` a number of degrees, as written.

    Raises:
        InputError: unknown name, wrong number of arguments, or degenerate ones.

    >>> Construction("foot", ("d", "a", "b", "c")).say()
    'D is the foot of the perpendicular from A to BC'
    """

    name: str
    args: tuple[str, ...]

    def __post_init__(self) -> None:
        """Check the arguments."""
        definition = _definition(self.name)
        if len(self.args) != len(definition.letters):
            raise InputError(f"write {definition.usage!r}, got {len(self.args)} arguments")
        for arg in self.args[: len(self.args) - definition.numbers]:
            _check_name(arg)
        try:
            for arg in self.args[len(self.args) - definition.numbers :]:
                half_turns(arg)
            definition.facts(self.args), definition.conditions(self.args)
        except ValueError as error:
            raise InputError(f"write {definition.usage!r}: {error}") from None

    @property
    def definition(self) -> Definition:
        """What the construction means."""
        return CONSTRUCTIONS[self.name]

    @property
    def outputs(self) -> tuple[str, ...]:
        """The new points."""
        return tuple(self.args[i] for i in self.definition.outputs)

    @property
    def inputs(self) -> tuple[str, ...]:
        """The points that it starts from."""
        count = len(self.args) - self.definition.numbers
        return tuple(self.args[i] for i in self.definition.inputs if i < count)

    @property
    def facts(self) -> tuple[Fact, ...]:
        """What it guarantees."""
        return self.definition.facts(self.args)

    @property
    def conditions(self) -> tuple[Fact, ...]:
        """What it assumes."""
        return self.definition.conditions(self.args)

    def __str__(self) -> str:
        """As written in a problem, with all arguments."""
        return " ".join((self.name, *self.args))

    def say(self) -> str:
        """The construction as an English clause, points in capitals."""
        return self.definition.say(self.args)


@dataclass(frozen=True, slots=True)
class Clause:
    """New points and what they are: ``x = on_line x a b, on_circle x o a``.

    Attributes:
        points: the new points.
        constructions: one or more, all of the same new points.

    Raises:
        InputError: no or repeated points, no construction, or one of other points.
    """

    points: tuple[str, ...]
    constructions: tuple[Construction, ...]

    def __post_init__(self) -> None:
        """Check that every construction makes the clause's points."""
        for point in self.points:
            _check_name(point)
        if len(set(self.points)) < len(self.points) or not self.points or not self.constructions:
            raise InputError("a clause needs new points, all different, and a construction")
        for construction in self.constructions:
            _check_outputs(self.points, construction.definition, construction.args)

    @property
    def inputs(self) -> tuple[str, ...]:
        """The points that its constructions start from, each once."""
        return tuple(dict.fromkeys(point for one in self.constructions for point in one.inputs))

    def __str__(self) -> str:
        """As written in a problem."""
        return f"{' '.join(self.points)} = {', '.join(map(str, self.constructions))}"


@dataclass(frozen=True)
class Problem:
    """A construction of points and facts to be proved about them.

    Attributes:
        clauses: in order; each starts from points of earlier ones.
        goals: any number of facts about the points.
        name: what it is called, not part of its text.
        written: the goals' text, where it is not their canonical form.

    >>> problem = Problem.parse("a b c = triangle; m = midpoint m b c ? coll m c b")
    >>> str(problem)
    'a b c = triangle a b c; m = midpoint m b c ? coll m c b'
    >>> [str(fact) for fact in problem.premises]
    ['midp m b c']
    >>> Problem.parse("a b = segment a b; m = midpont")
    Traceback (most recent call last):
        ...
    porism.errors.InputError: clause 2 'm = midpont', column 24: unknown construction 'midpont'; did you mean midpoint?
    """

    clauses: tuple[Clause, ...]
    goals: tuple[Fact, ...] = ()
    name: str = ""
    written: tuple[str, ...] = field(default=(), compare=False, repr=False)

    def __post_init__(self) -> None:
        """Check that points are made once, and before they are used."""
        made: set[str] = set()
        for number, clause in enumerate(self.clauses, 1):
            for point in clause.points:
                if point in made:
                    raise InputError(f"clause {number} {_quoted(clause)}: point {point} is defined twice")
            for point in clause.inputs:
                if point not in made:
                    raise InputError(f"clause {number} {_quoted(clause)}: point {point} is not defined before")
            made.update(clause.points)
        for goal in self.goals:
            for point in goal.points:
                if point not in made:
                    raise InputError(f"goal {_quoted(goal)}: point {point} is not defined")
        if tuple(map(read_goal, self.written)) != self.goals:
            object.__setattr__(self, "written", tuple(map(str, self.goals)))

    @classmethod
    def parse(cls, text: str, name: str = "") -> "Problem":
        """Read one problem; constructions may omit their new points.

        Raises:
            InputError: the text is not a problem; one line that names the clause, the column (from 1) and what would
                have been right.
        """
        return _Reader(text).problem(name)

    def __str__(self) -> str:
        """The problem as one line of text, new points written out; the inverse of :meth:`parse`."""
        text = "; ".join(map(str, self.clauses))
        return f"{text} ? {'; '.join(self.written)}" if self.goals else text

    @cached_property
    def points(self) -> tuple[str, ...]:
        """All points in order of construction."""
        return tuple(point for clause in self.clauses for point in clause.points)

    @cached_property
    def guarantees(self) -> tuple[tuple[Fact, int], ...]:
        """The facts that the constructions guarantee, each once and with the index of the first clause it is of."""
        found: dict[Fact, int] = {}
        for index, clause in enumerate(self.clauses):
            for construction in clause.constructions:
                for fact in construction.facts:
                    found.setdefault(fact, index)
        return tuple(found.items())

    @property
    def premises(self) -> tuple[Fact, ...]:
        """The facts that the constructions guarantee, each once, in order."""
        return tuple(fact for fact, _ in self.guarantees)

    def ancestors(self, points: Iterable[str]) -> frozenset[str]:
        """The points, those made together with them, and all that they are constructed from.

        Raises:
            InputError: the problem has no such point.
        """
        makers = {point: clause for clause in self.clauses for point in clause.points}
        found: set[str] = set()
        open_points = list(points)
        while open_points:
            point = open_points.pop()
            if point not in makers:
                raise InputError(f"the problem has no point {point!r}; it has {', '.join(self.points)}")
            if point not in found:
                found.update(makers[point].points)
                open_points.extend(makers[point].inputs)
        return frozenset(found)


def read(path: str | Path) -> list[Problem]:
    """The problems of a file: each one line of text, before which a line may give its name.

    Blank lines and lines that start with ``#`` are skipped.

    Raises:
        InputError: the file cannot be read, or a line is neither; names the file and the line.
    """
    try:
        lines = Path(path).read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "is not UTF-8 text"
        raise InputError(f"cannot read problems from {_short(str(path))}: {reason}") from None
    problems, name, named_at = [], "", 0
    for number, line in enumerate(lines, 1):
        stripped = line.strip()
        if not stripped or stripped.startswith("#"):
            continue
        if "=" not in stripped and "?" not in stripped:
            if name:
                break
            name, named_at = stripped, number
            continue
        try:
            problems.append(Problem.parse(line, name))
        except InputError as error:
            raise InputError(f"{_short(str(path))}, line {number}: {error}") from None
        name = ""
    if name:
        raise InputError(
            f"{_short(str(path))}, line {named_at}: {_quoted(name)} is no problem, nor the name of one on the next line"
        )
    return problems


def read_goal(text: str) -> Fact:
    """One goal, in this vocabulary or in the common spellings that it has elsewhere.

    ``simtrir`` and ``contrir`` are ``simtri2`` and ``contri2``; ``aconst`` takes ``30o``, ``30`` or ``1pi/6``,
    ``rconst`` takes ``1/2`` for its two numbers.

    Raises:
        FactError: the text is none.

    >>> str(read_goal("aconst a b c d 1pi/6"))
    'aconst a b c d 1 6'
    """
    name, *args = text.split() or [""]
    name = _SYNONYMS.get(name, name)
    if name not in PREDICATES:
        raise FactError(f"unknown predicate {_short(name)!a}; {_nearest(name, PREDICATES)}")
    if name in ("aconst", "rconst") and len(args) == 5:
        args[4:] = _two_numbers(name, args[4])
    return Fact(name, tuple(args))


def _two_numbers(name: str, text: str) -> list[str]:
    try:
        value = half_turns(text) % 1 if name == "aconst" else Fraction(text)
    except (ValueError, ZeroDivisionError):
        example = "30o or 1pi/6" if name == "aconst" else "1/2"
        raise FactError(f"{name} ends in a number such as {example}, got {_short(text)!a}") from None
    return [str(value.numerator), str(value.denominator)]


class _Reader:
    """The text of one problem; errors name its parts by number, text and column."""

    def __init__(self, text: str):
        self.text = re.sub(r"#[^\n]*", lambda comment: " " * len(comment[0]), text)

    def problem(self, name: str) -> Problem:
        """The whole text."""
        body, mark, goals = self.text.partition("?")
        pieces = list(_split(body, ";"))
        if len(pieces) > 1 and not pieces[-1][1].strip():
            pieces.pop()  # the last clause may end in ; too
        if not "".join(text for _, text in pieces).strip():
            raise InputError("the problem has no construction; write it as 'a b c = triangle a b c; ... ? goal'")
        self.later = _defined_in(pieces)
        self.made: dict[str, int] = {}
        clauses = tuple(self.clause(number, start, text) for number, (start, text) in enumerate(pieces, 1))
        read = list(self.goals(goals, len(body) + 1)) if mark else []
        return Problem(clauses, tuple(fact for fact, _ in read), name, tuple(text for _, text in read))

    def clause(self, number: int, start: int, text: str) -> Clause:
        """One clause, from its points to its last construction."""
        where = f"clause {number} {_quoted(text)}"
        head, equals, tail = text.partition("=")
        if not text.strip():
            raise InputError(f"clause {number}, {self.column(start, text)}: empty; leave out one ';'")
        if "=" in tail:
            column = start + len(head) + tail.index("=") + 2
            raise InputError(f"{where}, column {column}: a second '='; end the clause before by ';'")
        if not equals:
            raise InputError(
                f"{where}, {self.column(start, text)}: missing '='; write new points, '=' and a construction"
            )
        points = list(_words(start, head))
        if not points:
            raise InputError(f"{where}, {self.column(start, text)}: no point before '='")
        for column, point in points:
            self.new_point(f"{where}, column {column}", point, number)
        names = tuple(point for _, point in points)
        constructions = tuple(
            self.construction(where, names, at, piece) for at, piece in _split(tail, ",", start + len(head) + 1)
        )
        return Clause(names, constructions)

    def new_point(self, where: str, point: str, number: int) -> None:
        """One of the points before ``=``."""
        try:
            _check_name(point)
        except InputError as error:
            raise InputError(f"{where}: {error}") from None
        if point in self.made:
            raise InputError(f"{where}: point {point} is defined twice, first in clause {self.made[point]}")
        self.made[point] = number

    def construction(self, where: str, points: tuple[str, ...], start: int, text: str) -> Construction:
        """One construction, its new points filled in if they are omitted."""
        words = list(_words(start, text))
        if not words:
            raise InputError(
                f"{where}, {self.column(start, text)}: missing construction; write one, such as midpoint x a b"
            )
        (column, name), *rest = words
        try:
            definition = _definition(name)
            args = _completed(definition, points, [word for _, word in rest])
            _check_outputs(points, definition, args)
        except InputError as error:
            raise InputError(f"{where}, column {column}: {error}") from None
        omitted = len(args) > len(rest)
        written = definition.inputs if omitted else range(len(args))
        columns = dict(zip(written, (at for at, _ in rest), strict=True))
        for i in definition.inputs:
            if i < len(args) - definition.numbers:
                self.known(f"{where}, column {columns[i]}", points, args[i])
        try:
            return Construction(name, args)
        except InputError as error:
            raise InputError(f"{where}, column {column}: {error}") from None

    def known(self, where: str, points: tuple[str, ...], point: str) -> None:
        """A point that a construction starts from."""
        try:
            _check_name(point)
        except InputError as error:
            raise InputError(f"{where}: {error}") from None
        if point in points:
            raise InputError(f"{where}: point {point} is used in its own construction; start from earlier points")
        if point not in self.made:
            later = self.later.get(point)
            hint = f"clause {later} defines it, move that before" if later else self.known_points(points)
            raise InputError(f"{where}: point {_short(point)} is not defined here; {hint}")

    def known_points(self, new: tuple[str, ...] = ()) -> str:
        """What a wrong point could have been."""
        known = [point for point in self.made if point not in new]
        return f"known: {_short(', '.join(known))}" if known else "no point is defined yet"

    def goals(self, text: str, start: int) -> Iterator[tuple[Fact, str]]:
        """Each goal and its text in single spaces."""
        if "?" in text:
            raise InputError(f"column {start + text.index('?') + 1}: a second '?'; separate goals by ';'")
        for number, (at, piece) in enumerate(_split(text, ";,", start), 1):
            words = list(_words(at, piece))
            where = f"goal {number} {_quoted(piece)}, {self.column(at, piece)}"
            if not words:
                raise InputError(f"{where}: missing goal; write one, such as 'perp a b c d', or no '?'")
            try:
                fact = read_goal(piece)
            except FactError as error:
                raise InputError(f"{where}: {_one_line(str(error))}") from None
            for column, word in words[1:]:
                if word in fact.points and word not in self.made:
                    raise InputError(
                        f"goal {number} {_quoted(piece)}, column {column}: "
                        f"point {_short(word)} is not defined; {self.known_points()}"
                    )
            yield fact, " ".join(word for _, word in words)

    def column(self, start: int, text: str) -> str:
        """Where a piece begins, from 1."""
        return f"column {start + len(text) - len(text.lstrip()) + 1}"


def _defined_in(pieces: list[tuple[int, str]]) -> dict[str, int]:
    """For each point the first clause with it before ``=``."""
    found: dict[str, int] = {}
    for number, (_, text) in enumerate(pieces, 1):
        head, equals, _ = text.partition("=")
        for point in head.split() if equals else ():
            found.setdefault(point, number)
    return found


def _split(text: str, separators: str, start: int = 0) -> Iterator[tuple[int, str]]:
    """The pieces between separators and where in the whole text they begin."""
    for found in re.finditer(f"([^{separators}]*)(?:[{separators}]|$)", text):
        yield start + found.start(), found[1]
        if found.end() == len(text) and found.end(1) == len(text):
            return


def _words(start: int, text: str) -> Iterator[tuple[int, str]]:
    """The words and their columns, from 1."""
    for word in re.finditer(r"\S+", text):
        yield start + word.start() + 1, word[0]


def _definition(name: str) -> Definition:
    if name not in CONSTRUCTIONS:
        raise InputError(f"unknown construction {_short(name)!a}; {_nearest(name, CONSTRUCTIONS)}")
    return CONSTRUCTIONS[name]


def _nearest(name: str, known: Iterable[str]) -> str:
    near = get_close_matches(name[:40], list(known), n=3, cutoff=0.5)
    return f"did you mean {' or '.join(near)}?" if near else f"known: {', '.join(sorted(known))}"


def _completed(definition: Definition, points: tuple[str, ...], args: list[str]) -> tuple[str, ...]:
    """All arguments, the new points filled in where they are omitted."""
    if len(args) == len(definition.letters):
        return tuple(args)
    omitted = len(args) == len(definition.inputs) and not set(args) & set(points)
    if not omitted or len(points) != len(definition.outputs):
        count, fewer = len(definition.letters), len(definition.inputs)
        raise InputError(
            f"{definition.name} takes {count} arguments ({definition.usage}), {fewer} if the new points are left out, "
            f"got {len(args)}"
        )
    filled = dict(zip(definition.outputs, points, strict=True)) | dict(zip(definition.inputs, args, strict=True))
    return tuple(filled[i] for i in range(len(filled)))


def _check_outputs(points: tuple[str, ...], definition: Definition, args: tuple[str, ...]) -> None:
    made = tuple(args[i] for i in definition.outputs)
    if sorted(made) != sorted(points):
        places = " ".join(definition.letters[i] for i in definition.outputs)
        raise InputError(
            f"{definition.name} ({definition.usage}) makes the points in the place of {places}, which must be "
            f"those before '=', {_short(' '.join(points))}, got {_short(' '.join(made))}"
        )


def _check_name(point: str) -> None:
    if not _NAME.fullmatch(point):
        raise InputError(f"a point is named by a letter, then letters, digits, _ or ', got {_short(point)!a}")


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _short(text: str, most: int = 120) -> str:
    """The text in one line, its middle left out if it is long."""
    line = ascii(_one_line(text))[1:-1].replace("\\'", "'").replace("\\\\", "\\")
    return line if len(line) <= most else f"{line[: most // 2]} ... {line[-most // 3 :]}"


def _quoted(text: object) -> str:
    return f"'{_short(str(text))}'"
