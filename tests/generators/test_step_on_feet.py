"""Step-on-feet: rounds are a function of the rows, and a request shows the newest round that it may see."""

import json
from collections import Counter
from collections.abc import Callable
from fractions import Fraction
from functools import lru_cache
from itertools import islice
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError
from servers import TEXT, spoiled

from porism.generators.chat import ChatReply, ChatRequest, Scripted
from porism.generators.method import Given
from porism.generators.self_instruct import tasks
from porism.generators.self_instruct.bootstrap import Example
from porism.generators.self_instruct.growth import was_new
from porism.generators.step_on_feet import LAYOUT, METHOD, Rounds, Settings, StepOnFeet, size, unlike
from porism.outputs.records import Record, content_id
from porism.outputs.rouge import Pool, rouge_l, tokens
from porism.seeds import stream

POOL = tasks.load()
HUMAN = {task.id for task in POOL.tasks}
WORDS = [f"{a}{b}" for a in ("ba", "ke", "lo", "mi") for b in ("rt", "nd", "x")]
WINDOW = 3
SMALL = Settings(window=WINDOW, rounds=4, per_round=7, growth=1.5, words=(4, 9), machine=3, human=2, diversity=0.2)
Rows = list[tuple[int, list[Record]]]
Answer = Callable[[ChatRequest], ChatReply]


def noise(request: ChatRequest) -> ChatReply:
    """A model that answers by a hash of the request: new tasks, near-copies, and now and then a spoiled reply."""
    draw = Random(request.key("noise"))
    schema = request.schema or ""
    if '"is_classification"' in schema:
        return ChatReply(json.dumps({"is_classification": draw.random() < 0.4}))
    if '"tasks"' in schema:
        text = json.dumps({"tasks": [" ".join(draw.choices(WORDS, k=draw.randint(3, 9))) for _ in range(4)]})
    else:
        members = ("label", "input") if '"label"' in schema else ("input", "output")
        text = json.dumps({"instances": [dict.fromkeys(members, "x"), dict(zip(members, "ab", strict=True))]})
    return ChatReply(*spoiled(text, draw.choice(TEXT) if draw.random() < 0.15 else ""))


def run(
    how: Settings = SMALL,
    answer: Answer = noise,
    *,
    committed: Any = (),
    start: int = 0,
    concurrency: int = 1,
    most: int = 60,
) -> Rows:
    stream = StepOnFeet(Given(how, Scripted(answer), 4, POOL)).records(committed, start, concurrency=concurrency)
    rows = list(islice(stream, most - start))
    stream.close()
    return rows


@lru_cache
def uninterrupted() -> Rows:
    return run()


def taken(rows: Rows) -> list[tuple[int, Record]]:
    """The accepted instructions in order, by a row of each, and the request that each came from."""
    found: dict[tuple[int, ...], tuple[int, Record]] = {}
    for i, records in rows:
        for record in records:
            if was_new(record):
                found.setdefault(record.origin.place[:2], (i, record))
    return list(found.values())


# Rounds by brute force: the same from the whole list at once


def finished(how: Settings, nearest: list[float]) -> list[tuple[int, int, float]]:
    """Bounds and diversity of the rounds that are finished."""
    found, begin = [], 0
    for number in range(1, how.rounds + 1):
        end = begin + size(how, number)
        if end > len(nearest):
            break
        found.append((begin, end, sum(1 - one for one in nearest[begin:end]) / (end - begin)))
        begin = end
    return found


NEAREST = st.lists(st.floats(0, 1), max_size=60)


@settings(deadline=None)
@given(NEAREST, st.integers(1, 6), st.integers(1, 9), st.sampled_from([0.25, 0.5, 1.0, 1.5, 3.0]))
def test_rounds_are_those_of_the_whole_list(nearest: list[float], rounds: int, per_round: int, growth: float) -> None:
    how = Settings(rounds=rounds, per_round=per_round, growth=growth)
    made = Rounds(how)
    for k, one in enumerate(nearest, 1):
        before = len(made.finished)
        number, diversity = made.add(one)
        begin = sum(size(how, n) for n in range(1, number))
        assert number == min(before + 1, rounds)
        assert diversity == pytest.approx(sum(1 - one for one in nearest[begin:k]) / (k - begin))
        assert 0 <= diversity <= 1
    assert [(one.begin, one.end) for one in made.finished] == [bounds[:2] for bounds in finished(how, nearest)]
    assert [one.diversity for one in made.finished] == pytest.approx([low for _, _, low in finished(how, nearest)])


@settings(deadline=None)
@given(NEAREST, st.floats(0, 1))
def test_it_is_over_after_the_last_round_or_two_low_ones(nearest: list[float], floor: float) -> None:
    how = Settings(rounds=4, per_round=3, diversity=floor)
    made = Rounds(how)
    for k, one in enumerate(nearest, 1):
        made.add(one)
        low = [diversity < floor for _, _, diversity in finished(how, nearest[:k])]
        assert made.over == (len(low) == 4 or low[-2:] == [True, True])


def test_sizes() -> None:
    assert [size(Settings(per_round=10), number) for number in (1, 5)] == [10, 10]
    assert [size(Settings(per_round=10, growth=2.0), number) for number in (1, 2, 3)] == [10, 20, 40]
    for bad in ({"growth": 0.0}, {"growth": float("nan")}, {"rounds": 0}, {"diversity": 1.1}, {"neighbours": 0}):
        with pytest.raises(ValidationError):
            Settings.model_validate(bad)


# Examples unlike each other


EXAMPLES = st.lists(st.lists(st.sampled_from("abcdef"), max_size=6).map(" ".join), max_size=12).map(
    lambda texts: [Example(str(n), text) for n, text in enumerate(texts)]
)


@settings(deadline=None)
@given(EXAMPLES, EXAMPLES, st.integers(0, 5), st.integers(1, 4), st.integers(0, 99))
def test_the_next_example_is_the_farthest(
    among: list[Example], beside: list[Example], count: int, spread: int, seed: int
) -> None:
    """By brute force over those drawn."""
    chosen = unlike(Random(seed), among, count, spread, beside)
    drawn = Random(seed).sample(among, min(len(among), count * spread))
    assert len({one.id for one in chosen}) == len(chosen) == min(count, len(drawn))
    for k, one in enumerate(chosen):
        there = [tokens(other.instruction) for other in [*beside, *chosen[:k]]]
        near = {
            other.id: max((rouge_l(tokens(other.instruction), text) for text in there), default=Fraction(0))
            for other in drawn
            if other not in chosen[:k]
        }
        assert near[one.id] == min(near.values())


def test_a_spread_of_one_is_a_plain_draw() -> None:
    among = [Example(str(n), f"{n} apples and some pears") for n in range(30)]
    assert set(unlike(Random(5), among, 4, 1)) == set(Random(5).sample(among, 4))


def test_more_spread_is_less_alike() -> None:
    """Mean of the greatest ROUGE-L between two of six seed tasks, over a hundred draws."""
    human = [Example(task.id, task.instruction) for task in POOL.tasks]

    def likeness(spread: int) -> float:
        draws = (unlike(Random(n), human, 6, spread) for n in range(100))
        pairs = [[rouge_l(tokens(a.instruction), tokens(b.instruction)) for a in d for b in d if a != b] for d in draws]
        return float(sum(map(max, pairs)) / 100)

    assert likeness(8) < 0.75 * likeness(1)


# The stream


def test_it_ends_with_the_request_in_which_the_last_round_ends() -> None:
    rows = uninterrupted()
    wanted = sum(size(SMALL, number) for number in range(1, 5))
    requests = [i for i, _ in taken(rows)]
    assert len(rows) < 60
    assert [i for i, _ in rows] == list(range(len(rows)))
    assert len(requests) >= wanted
    assert rows[-1][0] == requests[wanted - 1]


def test_every_row_says_its_round_and_the_diversity_when_it_came() -> None:
    """By brute force, from the most similar ones that stand in the rows."""
    nearest: list[float] = []
    last: tuple[int, ...] = ()
    for record in (record for _, records in uninterrupted() for record in records):
        if was_new(record) and record.origin.place[:2] != last:
            nearest.append(record.notes["most_similar"][0]["rouge_l"])
        done = finished(SMALL, nearest if not was_new(record) else nearest[:-1])
        number = min(len(done) + 1, 4)
        begin = sum(size(SMALL, n) for n in range(1, number))
        assert record.notes["round"] == number
        if nearest[begin:]:
            assert record.notes["diversity"] == pytest.approx(1 - sum(nearest[begin:]) / len(nearest[begin:]))
        else:
            assert "diversity" not in record.notes
        last = record.origin.place[:2]
    assert {record.notes["round"] for _, records in uninterrupted() for record in records} == {1, 2, 3, 4}


def test_a_request_shows_the_newest_round_that_it_may_see_and_no_other() -> None:
    made = taken(uninterrupted())
    id_of = [content_id({"instruction": record.content["instruction"]}) for _, record in made]
    shown: Counter[int] = Counter()
    for i, records in uninterrupted():
        [parents] = {record.origin.parents for record in records}
        usable = [record.notes["most_similar"][0]["rouge_l"] for request, record in made if request <= i - WINDOW]
        rounds = finished(SMALL, usable)
        machine = {id_of.index(parent) for parent in parents if parent not in HUMAN}
        assert len(parents) == len(set(parents)) == 5
        assert len(machine) == (3 if rounds else 0)
        assert not machine or machine <= set(range(rounds[-1][0], rounds[-1][1]))
        shown[len(rounds)] += 1
    assert set(shown) == {0, 1, 2, 3}


@pytest.mark.parametrize("concurrency", [3, 8])
def test_replies_may_come_in_any_order(concurrency: int) -> None:
    assert run(concurrency=concurrency) == uninterrupted()


@settings(deadline=None, max_examples=25)
@given(st.integers(0, 60), st.integers(1, 4), st.booleans())
def test_a_run_goes_on_from_what_is_committed(k: int, concurrency: int, from_disk: bool) -> None:
    """At every place, the end of the stream among them, after which nothing is asked."""
    whole = uninterrupted()
    k = min(k, len(whole))
    committed = [record for _, rows in whole[:k] for record in rows]
    if from_disk:
        committed = LAYOUT.records(LAYOUT.table(committed).to_pylist())
    asked: list[ChatRequest] = []

    def answer(request: ChatRequest) -> ChatReply:
        asked.append(request)
        return noise(request)

    assert run(answer=answer, committed=iter(committed), start=k, concurrency=concurrency) == whole[k:]
    assert asked or k == len(whole)
    assert not asked or k < len(whole)


def test_nothing_is_asked_in_vain() -> None:
    """Once the last round has ended no request begins, however long the rows of the last take."""
    stream = StepOnFeet(Given(SMALL, Scripted(noise), 4, POOL))
    wanted = sum(size(SMALL, number) for number in range(1, 5))
    open_when_asked: list[bool] = []

    def hungry(unanswered: int) -> bool:
        open_when_asked.append(len(stream._inner.growth.accepted) < wanted)
        return True

    assert list(stream.records(concurrency=8, hungry=hungry)) == uninterrupted()
    assert open_when_asked
    assert all(open_when_asked)


# A model that says the same again and again


def collapsing(request: ChatRequest) -> ChatReply:
    """Instructions of which seven words in eleven are always the same: new by ROUGE-L, but barely."""
    draw = Random(request.key("noise"))
    if '"tasks"' in (request.schema or ""):
        words = [
            [draw.choice("bcdfghklmnp") + draw.choice("aeiou") + str(draw.randrange(99)) for _ in "abcd"] for _ in "xy"
        ]
        return ChatReply(json.dumps({"tasks": [f"say once more in the very same {' '.join(w)}" for w in words]}))
    return noise(request)


def test_a_collapse_is_not_fed_back_and_ends_the_stream_early() -> None:
    how = SMALL.model_copy(update={"diversity": 0.5, "words": (4, 20), "growth": 1.0, "rounds": 9, "per_round": 6})
    rows = run(how, collapsing)
    made = [record for _, record in taken(rows)]
    done = finished(how, [record.notes["most_similar"][0]["rouge_l"] for record in made])
    assert all(0.3 < diversity < 0.5 for _, _, diversity in done[-2:])
    assert len(done) < 9
    assert len(made) < 20  # two low rounds of six, after at most one that was not
    for _, records in rows:
        shown = [parent for parent in records[0].origin.parents if parent not in HUMAN]
        assert not shown or done[0][2] >= 0.5  # a low round is not shown
    free = run(how.model_copy(update={"diversity": 0.0}), collapsing)
    assert len(free) > len(rows)  # without the floor it goes on, and shows its own
    assert any(parent not in HUMAN for _, records in free for parent in records[0].origin.parents)


def test_a_floor_that_nothing_reaches_shows_seed_tasks_alone() -> None:
    rows = run(SMALL.model_copy(update={"diversity": 1.0}))
    assert {parent for _, records in rows for record in records for parent in record.origin.parents} <= HUMAN
    assert {record.notes["round"] for _, records in rows for record in records} >= {1, 2}
    assert max(record.notes["round"] for _, records in rows for record in records) <= 3


def test_every_accepted_instruction_is_new() -> None:
    pool = Pool()
    for task in POOL.tasks:
        pool.add(task.instruction)
    for _, record in taken(uninterrupted()):
        [neighbour], _, near = pool.nearest(record.content["instruction"], 1)
        assert near is None
        assert record.notes["most_similar"][0]["rouge_l"] == neighbour.score
        pool.add(record.content["instruction"])


@pytest.mark.parametrize("fault", TEXT)
def test_with_every_fault_rows_add_up(fault: str) -> None:
    def answer(request: ChatRequest) -> ChatReply:
        reply = noise(request)
        return ChatReply(*spoiled(reply.text, fault)) if Random(request.key("spoil")).random() < 0.5 else reply

    rows = run(answer=answer, most=25)
    places = [record.origin.place for _, records in rows for record in records]
    assert places == sorted(set(places))
    assert {place[0] for place in places} == set(range(len(rows)))
    for record in (record for _, records in rows for record in records):
        assert record.accepted == all(verdict.ok for verdict in record.verdicts)
        assert record.accepted or record.raw is not None


def test_examples_are_drawn_by_the_seed_and_the_request_alone() -> None:
    assert stream(4, "step on feet", 1).random() != stream(4, "bootstrap", 1).random()
    first = uninterrupted()[0][1][0].origin.parents
    assert len(first) == len(set(first)) == 5
    other = StepOnFeet(Given(SMALL, Scripted(noise), 5, POOL)).records(concurrency=1)
    assert next(other)[1][0].origin.parents != first
    other.close()


def test_an_accepted_row_passes_its_checks_again() -> None:
    rows = [record for _, records in uninterrupted() for record in records if record.accepted]
    assert rows
    for record in rows:
        assert not [reason for _, reason in METHOD.again(LAYOUT.row(record), SMALL) if reason]
        assert tuple(verdict.check for verdict in record.verdicts) == METHOD.checks


def test_only_classification_shows_classification_tasks_alone() -> None:
    rows = run(SMALL.model_copy(update={"only_classification": True}), most=3)
    kinds = {task.id: task.is_classification for task in POOL.tasks}
    assert all(kinds[parent] for _, records in rows for parent in records[0].origin.parents if parent in kinds)
