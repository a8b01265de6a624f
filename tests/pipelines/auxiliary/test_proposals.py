"""A model proposes points: whatever it writes, what comes out can be constructed, and the rest has a reason."""

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from porism.errors import InputError
from porism.generators.chat import ChatReply, ModelError, Scripted
from porism.pipelines.auxiliary.naming import same
from porism.pipelines.auxiliary.points import extended
from porism.pipelines.auxiliary.proposals import MOST, TOLD, prompt, propose, read, request
from porism.search.proposals import Proposed
from porism.symbolic import Problem
from porism.symbolic.constructions import CONSTRUCTIONS

PROBLEM = Problem.parse("a b c = r_triangle a b c; d = lc_tangent d c a, on_bline d b a ? rconst a b c d 2 1")


def said(*clauses: Any) -> str:
    return json.dumps({"clauses": list(clauses)})


def clauses(found: Proposed[str]) -> list[str]:
    return [each.action for each in found.proposals]


def test_clauses_come_in_order_with_weights_that_fall_and_names_that_are_free() -> None:
    chat = Scripted([said("m = midpoint b a", "foo = foot foo d a b", "z = on_line z a c, on_circle z a b")])
    found = propose(PROBLEM, chat, sample=3)
    assert clauses(found) == ["e = midpoint e b a", "e = foot e d a b", "e = on_line e a c, on_circle e a b"]
    assert [each.weight for each in found.proposals] == pytest.approx([6 / 11, 3 / 11, 2 / 11])
    assert found.faults == ()
    assert found.spent.requests == 1
    (asked,) = chat.requests
    assert (asked.seed, json.loads(asked.schema or "")["required"]) == (3, ["clauses"])


def test_the_request_says_the_problem_in_both_languages_and_what_failed() -> None:
    text = request(PROBLEM, ["e = foot e d a b"]).text
    assert str(PROBLEM) in text
    assert "Show that AB = 2 CD" in text
    assert "did not help: e = foot e d a b." in text
    assert "did not help" not in prompt(PROBLEM)
    assert request(PROBLEM, sample=1) != request(PROBLEM, sample=2)


def test_every_construction_that_a_model_is_told_of_can_be_added() -> None:
    figure = Problem.parse("a b c = triangle a b c; d = free d; e = free e; f = free f ? coll a b c")
    told = prompt(figure).partition("points that are there: ")[2]
    points, loci = (part.partition(".")[0] for part in (told, told.partition("on_circle x o c': ")[2]))
    usages = [usage.split() for part in (points, loci) for usage in part.split("; ")]
    assert len(usages) > 30
    for name, *letters in usages:
        (new,) = (letters[k] for k in CONSTRUCTIONS[name].outputs)
        free = iter("abcdef")
        names = {letter: "x" if letter == new else next(free) for letter in letters}
        text = f"x = {' '.join([name, *(names[letter] for letter in letters)])}"
        assert extended(figure, text).points[-1] == "x"


DROPPED = [
    ("", "give one clause"),
    ("x = moon x a b", "unknown construction"),
    ("x = midpoint x a y", "point y is not defined"),
    ("a = midpoint a b c", "point a is defined twice"),
    ("x = midpoint x a b; y = midpoint y a c", "give one clause"),
    ("x = midpoint x a b ? coll x a b", "give one clause"),
    ("x = midpoint x a b\n", None),
    ("x = free x", "starts from points that are there"),
    ("x = on_line x a b, on_line x c d, on_tline x a b c", "determine a point"),
    ("x y = tangent x y a b c", "nobody has proved"),
    ("x = on_line x a b, on_line x b a", "do not cross"),
    ("x = s_angle a b x 1e999999", "write 's_angle"),
    ("x = midpoint x a b" + " " * 300, None),
    ("x = midpoint " + "x" * 300, "at most 200 letters"),
    ("\x1b[31m = midpoint a b", "named by a letter"),
    ("__import__('os').system('true')", "missing '='"),
    (7, "not int"),
    (None, "not NoneType"),
    ([["x = midpoint x a b"]], "not list"),
]


@pytest.mark.parametrize(("clause", "reason"), DROPPED, ids=range(len(DROPPED)))
def test_a_clause_that_cannot_be_added_is_dropped_with_its_reason(clause: Any, reason: str | None) -> None:
    found = read(PROBLEM, ChatReply(said(clause, "x = midpoint x a c")))
    assert clauses(found)[-1] == "e = midpoint e a c"
    if reason is None:
        assert (len(found.proposals), found.faults) == (2, ())
    else:
        (fault,) = found.faults
        assert reason in fault.text
        assert len(fault.text) <= TOLD


def test_what_was_tried_or_proposed_before_is_dropped_however_it_is_spelled() -> None:
    reply = ChatReply(said("x = midpoint b a", "y = midpoint a b", "z = foot d b a", "e = midpoint e c d"))
    found = read(PROBLEM, reply, failed=["q = foot q d a b", "no clause at all"])
    assert clauses(found) == ["e = midpoint e b a", "e = midpoint e c d"]
    assert [fault.reason for fault in found.faults] == ["repeated", "repeated"]


def test_no_more_than_eight_are_read() -> None:
    points = "abcd"
    every = [f"x = mirror x {p} {q}" for p in points for q in points if p != q]
    found = read(PROBLEM, ChatReply(said(*every)))
    assert len(found.proposals) == MOST
    assert [fault.text for fault in found.faults] == [f"{len(every)} clauses; at most {MOST} are read"]


WHOLE = [
    ChatReply(error="no route"),
    ChatReply(""),
    ChatReply("I would draw the midpoint."),
    ChatReply("[" * 50_000),
    ChatReply('{"clauses": ' + "[" * 50_000),
    ChatReply(json.dumps({"clauses": "x = midpoint x a b"})),
    ChatReply(json.dumps({"clauses": {"x": "midpoint x a b"}})),
    ChatReply("x" * 200_000),
]


@pytest.mark.parametrize("reply", WHOLE, ids=range(len(WHOLE)))
def test_a_reply_that_cannot_be_read_is_one_fault(reply: ChatReply) -> None:
    found = read(PROBLEM, reply)
    assert (found.proposals, len(found.faults)) == ((), 1)
    assert found.faults[0].reason == ("error" if reply.error else "malformed")


def test_a_reply_wrapped_in_prose_is_read() -> None:
    reply = ChatReply('Let us see. ```json\n{"clauses": ["x = midpoint x a b",]}\n``` This helps.')
    assert clauses(read(PROBLEM, reply)) == ["e = midpoint e a b"]


def test_a_model_that_cannot_be_used_stops_the_caller() -> None:
    with pytest.raises(ModelError):
        propose(PROBLEM, Scripted([]))


WORDS = st.sampled_from(
    [*"abcdxy", "=", ",", "midpoint", "foot", "on_line", "on_circle", "excenter", "s_angle", "30o", "?"]
)
WRITTEN = st.lists(WORDS, max_size=12).map(" ".join) | st.text(max_size=30)
VALUES = st.recursive(
    st.none() | st.booleans() | st.floats() | WRITTEN, lambda one: st.lists(one, max_size=3), max_leaves=6
)


@settings(max_examples=150, deadline=None)
@given(st.lists(VALUES, max_size=12) | VALUES)
def test_whatever_is_written_only_what_can_be_constructed_comes_out(value: Any) -> None:
    found = read(PROBLEM, ChatReply(json.dumps({"clauses": value})))
    assert len(set(same_of(found))) == len(found.proposals) <= MOST
    assert not found.proposals or sum(each.weight for each in found.proposals) == pytest.approx(1)
    for clause in clauses(found):
        assert str(extended(PROBLEM, clause).clauses[-1]) == clause
    listed = value if isinstance(value, list) else None
    if listed is not None and len(listed) <= MOST:
        assert len(found.proposals) + len(found.faults) == len(listed)


def same_of(found: Proposed[str]) -> list[str]:
    return [same(PROBLEM, [clause])[0] for clause in clauses(found)]


def test_the_points_it_may_start_from_include_those_that_were_added() -> None:
    more = extended(PROBLEM, "m = midpoint m a b")
    assert clauses(read(more, ChatReply(said("x = midpoint x m c")))) == ["e = midpoint e m c"]
    with pytest.raises(InputError):
        extended(PROBLEM, "x = midpoint x m c")
