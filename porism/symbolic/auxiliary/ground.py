"""A figure with all that is known of it, to which points can be added and tried: thousands of them in a second.

A *pick* is a kind of auxiliary point and the points that it starts from, as numbers. A *step* on the way from a
problem to a ground is a pick with what became of it: its point stayed, or only what it told of the points before it
(a lemma).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from porism.symbolic.auxiliary.choices import Known
from porism.symbolic.auxiliary.kinds import KINDS, X
from porism.symbolic.closure import asked_for, deduce_from, randoms
from porism.symbolic.diagram import Diagram
from porism.symbolic.jit import kernel
from porism.symbolic.kernel.tables import P as PRIME
from porism.symbolic.kernel.tables import parts
from porism.symbolic.problem import Problem

Integers = NDArray[np.int64]
WIDTH = 19  # of an encoded equation


class Pick(NamedTuple):
    """An auxiliary point: number of its kind, and of the points that it starts from."""

    kind: int
    points: tuple[int, ...]


@dataclass(frozen=True)
class Ground:
    """What is known of a figure.

    Attributes:
        count: of points; those of the problem come first, in its order.
        figure, state: arrays, see :mod:`porism.symbolic.kernel.trials`.
        goals, cyclic: what is to be reached, as the kernel wants it.
        asked: the points that the goals speak of.
        solved: whether it was.
        compiled: run the compiled kernel.
        seed: of the hashes.
    """

    count: int
    figure: Any
    state: Any
    goals: Integers
    cyclic: Integers
    asked: frozenset[int]
    solved: bool
    compiled: bool
    seed: int

    @property
    def z(self) -> NDArray[np.complex128]:
        """Where the points are, complex (drawings, points); the points of the problem have size 1."""
        return self.figure.X[..., 0] + 1j * self.figure.X[..., 1]  # type: ignore[no-any-return]

    def known(self) -> Known:
        """Lines and directions, each once."""
        count, figure = self.count, self.figure
        hashes = parts(self.state.directions).hash
        i, j = np.triu_indices(count, 1)
        pair = figure.pair[i, j]
        there = figure.apart[pair]
        i, j, pair = i[there], j[there], pair[there]
        direction = hashes[pair, 0] * PRIME + hashes[pair, 1]
        on = np.zeros((len(pair), count), np.bool_)
        for p in range(count):
            one, two = figure.pair[i, p], figure.pair[j, p]
            same = (hashes[one] == hashes[pair]).all(axis=1) | (hashes[two] == hashes[pair]).all(axis=1)
            on[:, p] = (p == i) | (p == j) | (figure.on_line[i, j, p] & same)
        _, first = np.unique(on @ (1 << np.arange(count, dtype=np.int64)), return_index=True)
        first = np.sort(first)
        _, each = np.unique(direction, return_index=True)
        each = np.sort(each)
        return Known(count, np.stack([i, j], 1)[first], np.stack([i, j], 1)[each], on[first])

    def with_point(self, pick: Pick) -> "tuple[Ground, int] | None":
        """One point more, and its gain; None if there is no room for what follows."""
        places, equations, _, circles, _ = self._asked([pick])
        figure, state, gain, solved, room = kernel(self.compiled).added(
            self.state, self.figure, np.ascontiguousarray(places[0]), equations[0], circles[0], self.goals, self.cyclic,
            randoms(self.seed),
        )  # fmt: skip
        if not room:
            return None
        return self._after(self.count + 1, figure, state, bool(solved)), int(gain)

    def tried(self, picks: Sequence[Pick], *, learning: bool = True) -> "Tried":
        """Try points one after another, each alone, until the goals are reached.

        Args:
            picks: the points.
            learning: keep what each tells of the points that are there for the trials after it.
        """
        if not picks:
            return Tried(self, (), None)
        state, gains, at, learned = kernel(self.compiled).sweep(
            self.state, self.figure, *self._asked(picks), self.goals, self.cyclic, randoms(self.seed), learning
        )
        solved = at >= 0
        ground = self._after(self.count, self.figure, state, bool(learned))
        return Tried(ground, tuple(gains.tolist()), int(at) if solved else None)

    def _after(self, count: int, figure: Any, state: Any, solved: bool) -> "Ground":
        return Ground(count, figure, state, self.goals, self.cyclic, self.asked, solved, self.compiled, self.seed)

    def _asked(self, picks: Sequence[Pick]) -> tuple[Any, ...]:
        """Places, and what is assumed of each point, as the kernel wants it."""
        pair = self._pairs()
        places = np.zeros((len(picks), len(self.figure.X), 2))
        most = max(len(KINDS[pick.kind].equations) for pick in picks)
        round = max(len(KINDS[pick.kind].circles) for pick in picks)
        equations = np.zeros((len(picks), most, WIDTH), np.int64)
        circles = np.zeros((len(picks), round, 3 + self.count + 1), np.int64)
        counts = np.zeros((2, len(picks)), np.int64)
        z = self.z
        for kind in {pick.kind for pick in picks}:
            index = np.array([k for k, pick in enumerate(picks) if pick.kind == kind])
            starts = np.array([picks[k].points for k in index])
            where = KINDS[kind].place(*(z[:, starts[:, i]] for i in range(starts.shape[1])))
            places[index, :, 0], places[index, :, 1] = where.real.T, where.imag.T
            letters = np.concatenate([starts, np.full((len(starts), 1), self.count)], axis=1)  # X is the last
            for e, (system, row) in enumerate(KINDS[kind].equations):
                equations[index, e, 0], equations[index, e, 2] = system, len(row)
                for t, (i, j, coefficient) in enumerate(row):
                    equations[index, e, 3 + t] = pair[letters[:, i], letters[:, j]]
                    equations[index, e, 11 + t] = coefficient
            for c, (centre, points) in enumerate(KINDS[kind].circles):
                circles[index, c, 1] = -1 if centre is None else letters[:, centre]
                circles[index, c, 2] = len(points)
                for t, i in enumerate(points):
                    circles[index, c, 3 + t] = letters[:, i]
            counts[:, index] = [[len(KINDS[kind].equations)], [len(KINDS[kind].circles)]]
        return places, equations, counts[0], circles, counts[1]

    def _pairs(self) -> Integers:
        """Numbers of the pairs with one point more."""
        n = self.count
        pair = np.full((n + 1, n + 1), -1, np.int64)
        pair[:n, :n] = self.figure.pair
        pair[n, :n] = pair[:n, n] = n * (n - 1) // 2 + np.arange(n)
        return pair


class Tried(NamedTuple):
    """What came of trials.

    Attributes:
        ground: with what was learned.
        gains: how many independent equations between the points each brought; -1: no room; -2: not tried.
        at: the trial with which the goals were reached, or None.
    """

    ground: Ground
    gains: tuple[int, ...]
    at: int | None


assert X == -1  # letters are looked up in rows whose last entry is the new point


def ground(problem: Problem, diagrams: Sequence[Diagram], *, compiled: bool = False, seed: int = 0) -> Ground:
    """All that follows from a problem's premises.

    Args:
        problem: with at least one goal.
        diagrams: drawings in which the goals hold.
        compiled: run the compiled kernel.
        seed: of the hashes.
    """
    closure = deduce_from(problem, problem.premises, diagrams, goals=problem.goals, compiled=compiled, seed=seed)
    goals, cyclic = asked_for(problem.goals, closure.number)
    state = kernel(compiled).packed(closure.state, closure.figure, randoms(seed))
    asked = frozenset(closure.number[point] for goal in problem.goals for point in goal.points)
    return Ground(len(problem.points), closure.figure, state, goals, cyclic, asked, closure.solved, compiled, seed)
