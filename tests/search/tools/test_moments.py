"""Moments are values: equal when the same was seen, in this process and the next."""

import pickle
import subprocess
import sys
from collections.abc import Iterable
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from search.tools.ledgers import Both, Digested, grow, programs

from porism.search.tools import Call, Moment, Observation, ToolEnvironment


@settings(deadline=None, max_examples=50)
@given(programs, st.sampled_from([Both, Digested]))
def test_moments_from_an_earlier_run_are_walked_to(program: list[tuple[int, Call]], make: type[Both]) -> None:
    rows = grow(ToolEnvironment(make, how="snapshot"), program)
    again = ToolEnvironment(make, how="snapshot")
    for moment, _, solved in pickle.loads(pickle.dumps(rows)):
        assert again.solved(moment) == solved
    assert again.tool_runs == 0
    assert [row[0] for row in rows] == [moment for moment, _, _ in pickle.loads(pickle.dumps(rows))]


def test_hashes_are_made_anew_in_another_process() -> None:
    moment = Moment(Moment(), Call("x"), Observation("y"))
    program = f"""
import pickle
from porism.search.tools import Call, Moment, Observation
there = pickle.loads({pickle.dumps(moment)!r})
print(there in {{Moment(Moment(), Call("x"), Observation("y"))}})
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=60, check=True)
    assert done.stdout == "True\n"


pairs = st.lists(st.tuples(st.sampled_from("xy"), st.sampled_from("12"), st.sampled_from("pq")), max_size=4)


def moment_of(rows: Iterable[tuple[str, str, str]], digests: bool) -> Moment:
    moment = Moment(digest="p" if digests else None)
    for name, text, digest in rows:
        moment = Moment(moment, Call(name), Observation(text), digest if digests else None)
    return moment


@settings(deadline=None, max_examples=300)
@given(pairs, pairs, st.booleans(), st.booleans())
def test_moments_are_equal_when_the_same_was_seen(one: Any, other: Any, digests: bool, shuffled: bool) -> None:
    if shuffled:
        other = one[::-1]
    a, b = moment_of(one, digests), moment_of(other, digests)
    if digests:
        same = a.digest == b.digest and {row[:2] for row in one} == {row[:2] for row in other}
    else:
        same = [row[:2] for row in one] == [row[:2] for row in other]
    assert (a == b) is same
    assert not same or hash(a) == hash(b)
    assert a.depth == len(one) == len(a.steps())
