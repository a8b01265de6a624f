"""Visits in other processes are the visits that this one makes."""

import pickle

from porism.pipelines.auxiliary.tree import State
from porism.pipelines.auxiliary.workers import NOTHING, Visitor, root, visitors
from porism.symbolic.auxiliary.ground import Pick
from porism.symbolic.auxiliary.visits import Step
from porism.symbolic.kernel import trials

RIGHT = "a b c = r_triangle a b c; d = lc_tangent d c a, on_bline d b a ? rconst a b c d 2 1"
VISITOR = Visitor(RIGHT, 0, False, False)
STATES = (State(), State(visits=1), State((Step(Pick(0, (0, 2)), True),)), State((Step(Pick(0, (0, 2)), False),), 3))
ERRANDS = [(state, 4 + k) for k, state in enumerate(STATES)]


def test_a_visit_is_the_same_in_any_process_and_comes_in_order() -> None:
    here = [VISITOR(errand) for errand in ERRANDS]
    assert len({visit.tried for visit in here}) == len(here)
    assert all(len(visit.tried) <= trials for visit, (_, trials) in zip(here, ERRANDS, strict=True))
    for workers in (1, 2):
        with visitors(VISITOR, workers) as visited:
            assert visited(ERRANDS) == here
            assert visited(list(reversed(ERRANDS))) == here[::-1]
            assert visited([]) == []


def test_a_visitor_is_a_value() -> None:
    assert pickle.loads(pickle.dumps(VISITOR)) == VISITOR
    assert root(RIGHT, 0, False) is root(RIGHT, 0, False)


def test_where_there_is_no_room_nothing_is_seen(monkeypatch) -> None:  # type: ignore[no-untyped-def]
    monkeypatch.setattr(trials, "cramped", lambda state: True)
    assert VISITOR((STATES[2], 4)) == NOTHING
