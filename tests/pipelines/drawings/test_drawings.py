"""Every kind of row is drawn as what it is; a broken one never stops the page, and text stays text."""

import copy
import shlex
from collections.abc import Iterator
from functools import cache
from html.parser import HTMLParser
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pipelines.test_tools import Oracle
from pipelines.test_tools import made as searched
from servers import FakeServer, write_source
from symbolic.synthesis.test_row import theorem

from porism import cli
from porism.generators.endpoint import Pace
from porism.generators.models import Service
from porism.outputs.publish import rows
from porism.outputs.view.shown import Drawn
from porism.pipelines.drawings import draw
from porism.pipelines.drawings.page import MOST
from porism.pipelines.instruct import Instruct, run
from porism.pipelines.methods import METHODS
from porism.pipelines.tools.job import Tools
from porism.pipelines.tools.search import Searching
from porism.symbolic.synthesis.row import row as as_row

Row = dict[str, Any]
HARD = Tools(model="openai:oracle", tasks={"high": 3}, searching=Searching(budget=12), chunk=2)
ORIGIN = {"flow": "geometry", "seed": 7, "place": [3, 2], "model": None, "parents": []}
VERDICTS = [{"ok": True, "check": "proof", "reason": ""}]


@cache
def instructed(method: str) -> Path:
    folder = Path(mkdtemp())
    write_source(folder / "source.jsonl", 12)
    source = None if METHODS[method].needs == "seeds" else folder / "source.jsonl"
    running: Any = {"chunk": 4, "window": 16}
    with FakeServer(fault_rate=0.2, faults=("empty", "cut")) as server:
        job = Instruct(model=f"openai:fake@{server.base_url}", method=method, settings=running, source=source)
        run(job, 6 if source is None else None, folder / "made", Service(Pace(concurrency=4, timeout=2.0)))
    return folder / "made"


@cache
def searches() -> Path:
    return searched(Path(mkdtemp()) / "tools", HARD, 4, Oracle(HARD, share=0.4)).folder


@cache
def geometry(which: int | str) -> Row:
    return {"id": "0" * 32, **as_row(theorem(which)), "split": "train", "origin": ORIGIN, "verdicts": VERDICTS}


@cache
def example(flow: str, config: str, having: str) -> Row:
    """The first row of a config in which a column holds something."""
    if flow == "geometry":
        return geometry("auxiliary" if having == "auxiliary" else 10)
    folder = searches() if flow == "tools" else instructed(flow)
    return next(row for row in rows(folder, config) if row[having])


KINDS = [
    ("geometry", "data", "steps", "Theorem"),
    ("geometry", "data", "auxiliary", "Proof as a graph"),
    ("tools", "data", "tree", "Conversation and search"),
    ("tools", "rejected", "tree", "Conversation and search"),
    ("tools", "rejected", "check", "Rejected"),
    ("tools", "preferences", "chosen", "Preference"),
    ("tools", "steps", "completion", "Step"),
    ("alpaca", "data", "most_similar", "Nearest neighbours"),
    ("constitution", "data", "rounds", "Critique and revision"),
    ("constitution", "data", "feedback", "Votes between two answers"),
    ("constitution", "preferences", "chosen", "Preference"),
    ("realign", "data", "original", "Reformatted"),
    ("judge", "data", "judge_scores", "Scores"),
    ("vote", "data", "votes", "Votes"),
    ("vote", "rejected", "check", "Rejected"),
]
ROWS = sorted({kind[:3] for kind in KINDS})


class Tags(HTMLParser):
    """What a browser would see in HTML."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.text += data

    def all(self, name: str) -> list[str]:
        return [value for _, attributes in self.tags if (value := attributes.get(name)) is not None]


def drawn(flow: str, config: str, row: Row) -> Drawn:
    found = draw(flow, config, row)
    assert found
    return found


def seen(found: Drawn | None) -> Tags:
    return Tags("".join(f"<section>{html}</section>" for _, html in found.sections) if found else "")


@pytest.mark.parametrize(("flow", "config", "having", "heading"), KINDS)
def test_every_kind_of_row_has_its_drawing_and_says_where_it_comes_from(
    flow: str, config: str, having: str, heading: str
) -> None:
    headings = [title for title, _ in drawn(flow, config, example(flow, config, having)).sections]
    assert heading in headings
    assert {"Verdicts", "Origin"} <= {*headings}
    assert (headings[0] == "Rejected") == (config == "rejected")


@pytest.mark.parametrize(("flow", "config", "having"), ROWS)
def test_nothing_in_a_drawing_needs_what_the_policy_forbids(flow: str, config: str, having: str) -> None:
    page = seen(draw(flow, config, example(flow, config, having)))
    assert not {"style", "script", "link", "iframe", "img"} & {tag for tag, _ in page.tags}
    assert not {name for _, attributes in page.tags for name in attributes if name == "style" or name.startswith("on")}
    assert len(page.all("id")) == len(set(page.all("id")))
    inner = [address[1:] for address in page.all("href") if address.startswith("#")]
    assert set(inner) <= set(page.all("id"))


# Theorems


@pytest.mark.parametrize("having", ["steps", "auxiliary"])
def test_every_fact_has_its_light_its_line_and_its_node(having: str) -> None:
    row = example("geometry", "data", having)
    page = seen(draw("geometry", "data", row))
    count = len(row["premises"]) + len(row["steps"])
    for tag in ("g", "li", "a"):
        numbers = [
            attributes["data-fact"] for name, attributes in page.tags if name == tag and "data-fact" in attributes
        ]
        assert numbers == [str(i) for i in range(1, count + 1)]
    needs = [sorted(f"{need + 1}" for need in step["needs"]) for step in row["steps"]]
    assert [sorted(told.split()) for told in page.all("data-needs")] == needs
    edges = {(a["data-from"], a["data-to"]) for _, a in page.tags if "data-from" in a}
    assert edges == {
        (need, str(i)) for i, all_needs in enumerate(needs, len(row["premises"]) + 1) for need in all_needs
    }


def test_auxiliary_points_are_marked() -> None:
    page = seen(draw("geometry", "data", example("geometry", "data", "auxiliary")))
    kinds = [str(attributes.get("class")) for tag, attributes in page.tags if tag == "circle"]
    assert kinds.count("dot aux") == 2  # y, and x that leads to it
    assert "auxiliary, dashed" in page.text
    assert "Construct Y, the intersection of AB and CX." in page.text


def test_a_rejected_problem_is_drawn_anew() -> None:
    row = {"problem": "a b c = triangle a b c; d = foot d a b c", "goal": "perp a d b c", "check": "novelty"}
    page = seen(draw("geometry", "rejected", row))
    assert any(attributes.get("class") == "figure" for _, attributes in page.tags)
    assert "d = foot d a b c" in page.text
    assert draw("geometry", "rejected", {"problem": "a = nonsense a", "check": "drawing"})


# Talk


def test_revisions_are_compared_with_the_answer_that_they_revise() -> None:
    rounds = [
        {"principle": "p", "critique": "c", "revision": "one three", "outcome": "revised", "reason": ""},
        {"principle": "p", "critique": "", "revision": "lost", "outcome": "failed", "reason": "too short"},
        {"principle": "p", "critique": "c", "revision": "one four", "outcome": "revised", "reason": ""},
    ]
    html = dict(drawn("instruct", "data", {"draft": "one two", "rounds": rounds}).sections)["Critique and revision"]
    assert "one <del>two</del><ins>three</ins>" in html
    assert "one <del>three</del><ins>four</ins>" in html


def test_parents_are_links_where_they_are_rows() -> None:
    pair = example("constitution", "preferences", "chosen")
    assert f"../../data/row/{pair['origin']['parents'][0]}" in seen(draw("instruct", "preferences", pair)).all("href")
    judged = example("judge", "data", "judge_scores")  # made from a row of the source
    assert not seen(draw("instruct", "data", judged)).all("href")


@pytest.mark.parametrize(("flow", "config", "having"), ROWS)
def test_the_command_is_one_that_the_command_line_takes(
    flow: str, config: str, having: str, capsys: pytest.CaptureFixture[str]
) -> None:
    row = example(flow, config, having)
    words = shlex.split(drawn(flow, config, row).command)
    assert words[:2] == ["porism", "run"]
    assert words[words.index("--seed") + 1] == str(row["origin"]["seed"])
    assert cli.main([*words[1:], "--count", "1"]) == 2  # there is no run.toml here
    assert "run.toml" in capsys.readouterr().err


def test_a_model_with_an_odd_name_stays_one_word() -> None:
    origin = {**ORIGIN, "flow": "tools", "model": "openai:x; rm -rf ~"}
    words = shlex.split(drawn("tools", "data", {"request": "Go", "origin": origin}).command)
    assert "openai:x; rm -rf ~" in words


# Broken and hostile rows

ODD: list[Any] = [
    None, 7, -1.5, float("nan"), float("inf"), True, "", "<script>", [], [None], ["x"], [[]], {}, {"a": 1}, [{}],
    [{"role": 7, "content": []}], [{"name": "a", "x": "y"}], b"bytes", 10**400,
]  # fmt: skip


def places(value: Any, most: int = 400) -> list[tuple[Any, Any]]:
    """Every container in a value, with each of its keys."""
    found: list[tuple[Any, Any]] = []
    waiting = [value]
    while waiting and len(found) < most:
        one = waiting.pop()
        keys = list(one) if isinstance(one, dict) else list(range(len(one))) if isinstance(one, list) else []
        found += [(one, key) for key in keys]
        waiting += [one[key] for key in keys]
    return found


def mutilated(row: Row) -> Iterator[Row]:
    yield {}
    yield dict.fromkeys(row)
    for name in row:
        yield {key: value for key, value in row.items() if key != name}
        yield from ({**row, name: odd} for odd in ODD)


@pytest.mark.parametrize(
    ("flow", "config", "having"), [one for one in ROWS if one not in {("geometry", "data", "auxiliary")}]
)
def test_a_mutilated_row_is_drawn_as_far_as_it_can_be(flow: str, config: str, having: str) -> None:
    for row in mutilated(example(flow, config, having)):
        draw(flow, config, row)
    assert draw(flow, config, {}) is None


@settings(deadline=None, max_examples=150, suppress_health_check=[HealthCheck.too_slow])
@given(st.data())
def test_a_row_with_anything_anywhere_never_raises(data: st.DataObject) -> None:
    flow, config, having = data.draw(st.sampled_from(ROWS))
    row = copy.deepcopy(example(flow, config, having))
    for _ in range(data.draw(st.integers(1, 3))):
        where, key = data.draw(st.sampled_from(places(row)))
        where[key] = data.draw(st.one_of(st.sampled_from(ODD), st.text(max_size=20), st.floats()))
    found = draw(flow, config, row)
    assert found is None or "".join(html for _, html in found.sections).encode()


HOSTILE = '"><script>alert(1)</script><img src=x onerror=alert(1)>\u202e\x00{{ 7 * 7 }}'


def poisoned(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: poisoned(one) for key, one in value.items()}
    if isinstance(value, list):
        return [poisoned(one) for one in value]
    return f"{value} {HOSTILE}" if isinstance(value, str) else value


@pytest.mark.parametrize(("flow", "config", "having"), ROWS)
def test_hostile_text_stays_text(flow: str, config: str, having: str) -> None:
    row = example(flow, config, having)
    for one in [poisoned(row), *({**row, name: poisoned(value)} for name, value in row.items())]:
        page = seen(draw(flow, config, one))
        assert not {"script", "img"} & {tag for tag, _ in page.tags}
        assert not any(name.startswith("on") for _, attributes in page.tags for name in attributes)


def test_a_template_in_a_row_is_text() -> None:
    assert "{{ 7 * 7 }}" in seen(draw("instruct", "data", {"instruction": HOSTILE})).text


def test_half_a_surrogate_in_json_can_be_sent() -> None:
    calls = [{"id": "1", "type": "function", "function": {"name": "f", "arguments": '{"a": "\\ud800"}'}}]
    found = drawn("tools", "data", {"messages": [{"role": "assistant", "content": "", "tool_calls": calls}]})
    assert "".join(html for _, html in found.sections).encode()


def test_long_texts_are_cut_and_say_so() -> None:
    found = drawn("instruct", "data", {"instruction": "a" * 1_000_000, "output": "b " * 500_000})
    html = "".join(html for _, html in found.sections)
    assert len(html) < 3 * MOST
    assert "980,000 more characters" in html
