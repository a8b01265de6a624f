"""Tool calls as a dataset: the same however often it is interrupted, nothing paid twice, and no row is believed.

The model is an oracle that errs: what it replies is a function of the request, so that a run can be repeated. Run as a
script, this file is a run with that model, to be killed.
"""

import json
import os
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from hashlib import sha256
from itertools import islice
from pathlib import Path
from typing import Any
from unittest.mock import patch

import jsonschema
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from porism import cli
from porism.errors import InputError
from porism.generators.chat import ChatReply, ChatRequest
from porism.generators.endpoint import Pace
from porism.generators.models import Service
from porism.outputs.contamination import Evaluation, load
from porism.outputs.folder import write_parquet
from porism.outputs.publish import read_manifest, rows, write_manifest
from porism.outputs.seen import Seen
from porism.pipelines import jobs, recheck
from porism.pipelines.run import Result
from porism.pipelines.tools import flow as tools
from porism.pipelines.tools import job as tools_job
from porism.pipelines.tools import rows as tools_rows
from porism.pipelines.tools.examples import Examples
from porism.pipelines.tools.flow import Flow
from porism.pipelines.tools.forms import Form, forms
from porism.pipelines.tools.grounds import grounds
from porism.pipelines.tools.job import Tools
from porism.pipelines.tools.search import FRONTIERS, Searching
from porism.pipelines.tools.tasks import Task, family, key_of, read, replayed
from porism.search.tools.calls import Call, Observation

COUNT = 12
SLOTS = 4
SMALL = Tools(model="openai:oracle", tasks={"high": 3}, searching=Searching(budget=18), chunk=2)
NOISE = [
    '{"tool": "list_tables", "arguments": {}, "remaining": 3}',
    '{"tool": "query", "arguments": {"sql": "SELECT nothing"}, "remaining": 1}',
    '{"tool": "query", "arguments": {"sql": "SELECT 1"}, "remaining": 1}',
    '{"tool": "answer", "arguments": {"value": 1}, "remaining": 0}',
    '{"tool": "fly", "arguments": {}, "remaining": 0}',
    "I am sorry, but I cannot do that.",
]


class Oracle:
    """Goes on with the task's own solution, or does something else: a function of the request.

    Attributes:
        share: how often it is right, in [0, 1].
    """

    name, address = "openai:oracle", "nowhere"

    def __init__(self, job: Tools, *, share: float = 0.35, log: Path | None = None, delay: float = 0) -> None:
        self._tasks = {task.prompt: task for task in (job.family.task(job.seed, i) for i in range(300))}
        self.share, self._log, self._delay, self.asked = share, log, delay, list[str]()

    def generate(self, requests: Sequence[ChatRequest]) -> list[ChatReply]:
        return [self._reply(request) for request in requests]

    def retire(self) -> None:
        """Nothing is under way here for long."""

    def usage(self) -> dict[str, int]:
        return {"requests": len(self.asked)}

    def _reply(self, request: ChatRequest) -> ChatReply:
        self.asked.append(request.key(self.name))
        if self._log:
            with self._log.open("a") as log:
                log.write("begin\n")
        time.sleep(self._delay)
        place = max(i for i, turn in enumerate(request.messages) if self._task(turn.content))
        task = self._task(request.messages[place].content)
        assert task
        made = iter([turn.content for turn in request.messages[place:] if turn.role == "assistant"])
        done = sum(1 for call in task.solution if any(written(call) == each for each in made))
        draw = random.Random(sha256(request.to_json().encode()).digest())
        if done < len(task.solution) and draw.random() < self.share:
            call, left = task.solution[done], len(task.solution) - done - 1
            return ChatReply(
                json.dumps({"tool": call.name, "arguments": call.values(), "remaining": left}), "stop", 9, 5
            )
        return ChatReply(draw.choice(NOISE), "stop", 9, 5)

    def _task(self, text: str) -> Task | None:
        return next((task for prompt, task in self._tasks.items() if prompt in text), None)


def written(call: Call) -> str:
    """A call as a model that knows no tool calls is shown its own."""
    return f'{{"tool": "{call.name}", "arguments": {call.arguments}}}'


@contextmanager
def asked_instead(oracle: Oracle) -> Iterator[None]:
    """Let runs ask this model."""

    @contextmanager
    def served(spec: str, service: Service) -> Iterator[Oracle]:
        yield oracle

    with patch("porism.pipelines.tools.flow.served", served):
        yield


def made(
    folder: Path, job: Tools = SMALL, count: int = COUNT, oracle: Oracle | None = None, slots: int = SLOTS
) -> Result:
    with asked_instead(oracle or Oracle(job)):
        return tools.run(job, count, folder, Service(Pace(concurrency=slots)))


def contents(folder: Path) -> dict[str, bytes]:
    """The files that make a dataset."""
    files = [folder / "run.toml", *folder.glob("*/*.parquet")]
    return {str(path.relative_to(folder)): path.read_bytes() for path in files if path.parent.name != "work"}


@pytest.fixture(scope="module")
def dataset(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return made(tmp_path_factory.mktemp("tools") / "whole").folder


@pytest.fixture
def copy(dataset: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(dataset, tmp_path / "copy"))


# One dataset, however it is made


def test_the_same_replies_give_the_same_bytes_whoever_is_faster(dataset: Path, tmp_path: Path) -> None:
    assert contents(made(tmp_path / "again").folder) == contents(dataset)
    assert contents(made(tmp_path / "alone", slots=1).folder) == contents(dataset)
    other = contents(made(tmp_path / "other", SMALL.model_copy(update={"seed": 1}), 3).folder)
    assert other.keys() == contents(dataset).keys()
    same = {name for name, data in contents(dataset).items() if other[name] == data}
    assert all(name.startswith("rejected/") for name in same)  # which may be empty in both


def test_a_longer_run_goes_on_from_a_shorter_one_and_asks_nothing_twice(dataset: Path, tmp_path: Path) -> None:
    oracle = Oracle(SMALL)
    counts = [made(tmp_path / "grown", SMALL, n, oracle).manifest["counts"]["accepted"] for n in (1, 5, COUNT)]
    assert counts == [1, 5, COUNT]
    assert contents(tmp_path / "grown") == contents(dataset)
    assert len(oracle.asked) == len(set(oracle.asked))
    before = len(oracle.asked)
    made(tmp_path / "grown", SMALL, COUNT, oracle)
    assert len(oracle.asked) == before


@pytest.mark.timeout(300)
def test_kills_at_any_moment_change_nothing_and_cost_only_what_was_under_way(tmp_path: Path) -> None:
    whole, killed, draw, lost = made(tmp_path / "whole").folder, tmp_path / "killed", random.Random(3), 0
    log = tmp_path / "requests.log"
    log.touch()
    command = [sys.executable, __file__, str(killed), str(log)]
    for _ in range(5):
        begun, there = asked(log), committed(killed)
        process = subprocess.Popen(command)
        while asked(log) == begun and process.poll() is None:
            time.sleep(0.005)
        time.sleep(draw.uniform(0.0, 0.3))
        assert process.poll() is None  # else nothing is killed any more
        os.kill(process.pid, signal.SIGKILL)
        process.wait()
        under_way = asked(log) - begun - (committed(killed) - there)
        assert 0 <= under_way <= SLOTS * SMALL.asking.samples
        lost += under_way
    begun, there = asked(log), committed(killed)
    assert subprocess.run(command, check=False).returncode == 0
    assert asked(log) - begun == committed(killed) - there  # nothing that was committed is asked again
    assert contents(killed) == contents(whole)
    assert lost > 0  # else no kill hit a request, and the test shows less than it says


def asked(log: Path) -> int:
    return len(log.read_text().splitlines())


def committed(folder: Path) -> int:
    path = folder / "work" / "replies.sqlite"
    if not path.exists():
        return 0
    with sqlite3.connect(path) as database:
        try:
            count: int = database.execute("SELECT count(*) FROM replies").fetchone()[0]
        except sqlite3.OperationalError:  # killed before the table was made
            return 0
    return count


def test_known_tasks_are_not_searched_again(dataset: Path, tmp_path: Path) -> None:
    job = SMALL.model_copy(update={"known": (dataset,)})
    oracle = Oracle(job)
    folder = made(tmp_path / "next", job, 2, oracle).folder
    taken = {row["key"] for row in rows(dataset)}
    assert not taken & {row["key"] for row in rows(folder)}
    again = [row for row in rows(folder, "rejected") if row["check"] == "novelty"]
    assert {row["key"] for row in again} <= taken
    assert len(again) == COUNT
    assert not list(recheck.check(folder))


def test_another_configuration_in_the_same_folder_is_one_line(copy: Path) -> None:
    with pytest.raises(InputError, match=r"searching.budget is 18 there and 33 here.*--out"):
        made(copy, SMALL.model_copy(update={"searching": Searching(budget=33)}))


# Evaluation sets


class Strict(Oracle):
    """Refuses to be asked about tasks of an evaluation set."""

    def __init__(self, job: Tools, evaluation: Evaluation) -> None:
        super().__init__(job)
        self._evaluation = evaluation

    def _reply(self, request: ChatRequest) -> ChatReply:
        place = max(i for i, turn in enumerate(request.messages) if self._task(turn.content))
        task = self._task(request.messages[place].content)
        assert task
        assert self._evaluation.hit(task.prompt) is None
        return super()._reply(request)


@pytest.fixture
def sets(tmp_path: Path) -> tuple[Path, ...]:
    """Two evaluation sets that hold the second and the fourth task."""
    paths = tmp_path / "one.jsonl", tmp_path / "two.json"
    one, two = (SMALL.family.task(0, i).prompt for i in (1, 3))
    paths[0].write_text(json.dumps({"id": "mine", "instruction": one}) + "\n")
    paths[1].write_text(json.dumps([{"question": f"Please: {two.upper()}", "answer": ""}]))
    return paths


def test_tasks_of_an_evaluation_set_are_not_paid_for(sets: tuple[Path, ...], tmp_path: Path) -> None:
    job = SMALL.model_copy(update={"against": sets})
    folder = made(tmp_path / "made", job, 5, Strict(job, load(sets))).folder
    found = {row["key"]: row for row in rows(folder, "rejected") if row["check"] == "contamination"}
    one, two = (found[key_of(SMALL.family.task(0, i))] for i in (1, 3))
    assert "evaluation row 'mine of set 1'" in one["reason"]
    assert "evaluation row 'row 0 of set 2'" in two["reason"]
    assert all(row["spent"] is None and not row["plan"] and row["request"] for row in found.values())
    passed = [[verdict["check"] for verdict in row["verdicts"]] for row in rows(folder)]
    assert passed == [["novelty", "contamination", "goal", "grounds", "replay"]] * 5
    assert not list(recheck.check(folder, against=sets))
    for count in (1, 3, 5):
        made(tmp_path / "grown", job, count, slots=1)
    assert contents(tmp_path / "grown") == contents(folder)


def test_a_run_says_what_it_was_compared_with_by_its_content_alone(sets: tuple[Path, ...], tmp_path: Path) -> None:
    folder = made(tmp_path / "made", job := SMALL.model_copy(update={"against": sets}), 1).folder
    config, manifest = (folder / "run.toml").read_text(), read_manifest(folder)
    assert str(tmp_path) not in config + json.dumps(manifest) + (folder / "README.md").read_text()
    assert "--against one.jsonl --against two.json" in manifest["command"]
    (moved := tmp_path / "moved").mkdir()
    others = tuple(path.rename(moved / f"other-{path.name}") for path in sets)
    assert made(folder, SMALL.model_copy(update={"against": others}), 1).manifest == manifest  # nothing is made again
    others[0].write_text(json.dumps({"instruction": "Another task altogether"}))
    with pytest.raises(InputError, match=r"against is .* there and .* here"):
        made(folder, SMALL.model_copy(update={"against": others}), 1)
    assert "against" not in tools_job.frozen(job.model_copy(update={"against": ()}))


def test_rows_are_compared_anew_with_any_set(
    copy: Path, sets: tuple[Path, ...], capsys: pytest.CaptureFixture[str]
) -> None:
    near = {row["id"] for row in rows(copy) if load(sets).hit(row["request"])}
    assert near
    assert cli.main(["check", str(copy), "--against", *map(str, sets)]) == 1
    lines = capsys.readouterr().out.splitlines()[:-1]
    assert {line.partition(": contamination: ")[0] for line in lines} == near
    (copy / "run.toml").write_text('against = "0"\n' + (copy / "run.toml").read_text())
    checks = Counter(verdict.check for _, verdict in recheck.check(copy))
    parts = read_manifest(copy)["counts"]["parts"]
    assert checks == {"verdicts": COUNT + sum(parts.values())}  # none says that it was compared


def test_evaluation_sets_of_the_command_line_reach_the_job(
    sets: tuple[Path, ...], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = made(tmp_path / "made", job := SMALL.model_copy(update={"against": sets}), 1).folder
    words = tools_job.command(job, 1, folder).split()[1:]
    named = {"made/run.toml": folder / "run.toml", **{path.name: path for path in sets}}
    parsed = cli._parser().parse_args([str(named.get(word, word)) for word in words])
    assert jobs.tools(parsed).against == sets
    assert tools_job.frozen(jobs.tools(parsed)) == tools_job.frozen(job)
    line = ["schedule", "tools", "--cron", "0 2 * * *", "--model", "openai:x", "--against", "one.jsonl", "two.json"]
    given = jobs.parameters(cli._parser().parse_args(line))
    assert given["against"] == [str(Path(name).absolute()) for name in ("one.jsonl", "two.json")]
    assert "against" not in given["settings"]
    for arguments, says in (
        (["tools", "--config", str(folder / "run.toml")], "is of a run with evaluation sets; name them again"),
        (["all", "--against", "one.jsonl"], "--against is for one flow: geometry wants problems"),
        (["tools", "--against", "none.jsonl", "--model", "openai:x"], "none.jsonl does not exist"),
    ):
        assert cli.main(["run", *arguments]) == 2
        assert says in (said := capsys.readouterr().err)
        assert said.count("\n") == 1


# What is in it


def test_accepted_and_rejected_rows_are_all_that_was_generated(dataset: Path) -> None:
    counts = read_manifest(dataset)["counts"]
    accepted, rejected = list(rows(dataset)), list(rows(dataset, "rejected"))
    assert (len(accepted), counts["generated"]) == (COUNT, len(accepted) + len(rejected))
    assert sorted(row["origin"]["place"][0] for row in accepted + rejected) == list(range(counts["generated"]))
    assert counts["parts"] == {part: sum(1 for _ in rows(dataset, part)) for part in ("preferences", "steps")}
    assert all(row["spent"]["samples"] > 0 for row in accepted + rejected)
    assert all([v["check"] for v in row["verdicts"]] == list(tools_rows.CHECKS) for row in accepted)


def test_a_task_without_a_plan_is_kept_with_its_reason_and_the_best_so_far(tmp_path: Path) -> None:
    oracle = Oracle(SMALL, share=0.15)
    folder = made(tmp_path / "few", SMALL.model_copy(update={"searching": Searching(budget=16)}), 2, oracle).folder
    found = [row for row in rows(folder, "rejected") if row["check"] in ("budget", "exhausted")]
    assert found
    assert all("samples" in row["reason"] or "nothing was left" in row["reason"] for row in found)
    assert any(row["plan"] and row["messages"][-1]["role"] == "tool" for row in found)
    assert any(fault["reason"] == "malformed" for row in found for fault in row["faults"])
    assert not list(recheck.check(folder))


def test_conversations_are_those_of_the_chat_completions(dataset: Path) -> None:
    lengths = set()
    for row in rows(dataset):
        user, *middle, last = row["messages"]
        assert (user["role"], last["role"], bool(last["content"])) == ("user", "assistant", True)
        schemas = {tool["function"]["name"]: tool["function"]["parameters"] for tool in json.loads(row["tools"])}
        for asking, seen in zip(middle[::2], middle[1::2], strict=True):
            (call,) = asking["tool_calls"]
            assert (asking["role"], seen["role"], call["type"]) == ("assistant", "tool", "function")
            assert seen["tool_call_id"] == call["id"]
            jsonschema.validate(json.loads(call["function"]["arguments"]), schemas[call["function"]["name"]])
        assert [each["tool_calls"][0]["function"] for each in middle[::2]] == row["plan"]
        lengths.add(len(row["plan"]))
    assert len(lengths) > 1


def test_preferences_and_steps_belong_to_a_trajectory(dataset: Path) -> None:
    ids = {row["id"] for row in rows(dataset)}
    preferences, steps = list(rows(dataset, "preferences")), list(rows(dataset, "steps"))
    assert preferences
    assert steps
    assert {parent for row in preferences + steps for parent in row["origin"]["parents"]} <= ids
    assert {row["label"] for row in steps} == {True, False}
    assert "failed" in {row["error"] for row in preferences}
    assert all(row["chosen"][0]["tool_calls"] != row["rejected"][0]["tool_calls"] for row in preferences)


def test_datasets_reads_each_config(dataset: Path) -> None:
    from datasets import load_dataset

    counts = read_manifest(dataset)["counts"]
    found = {name: load_dataset(str(dataset), name, split="train") for name in ("trajectories", *counts["parts"])}
    assert {name: part.num_rows for name, part in found.items()} == {"trajectories": COUNT, **counts["parts"]}
    assert load_dataset(str(dataset), split="train").column_names == found["trajectories"].column_names
    assert set(found["trajectories"][0]["messages"][1]) == {"role", "content", "tool_calls", "tool_call_id"}
    assert {"prompt", "chosen", "rejected", "tools", "why"} <= set(found["preferences"].column_names)
    assert {"prompt", "completion", "label", "rate"} <= set(found["steps"].column_names)
    assert load_dataset(str(dataset), "rejected", split="train").num_rows == counts["rejected"]


def test_the_card_says_how_much_was_solved(dataset: Path) -> None:
    card, counts = (dataset / "README.md").read_text(), read_manifest(dataset)["counts"]
    assert f"| share solved | {counts['accepted'] / counts['generated']:.3f}"[:22] in card
    assert f"| steps | {counts['parts']['steps']} |" in card
    assert 'load_dataset("FOLDER", "preferences", split="train")' in card


def test_more_solutions_are_looked_for_where_they_are_wanted(tmp_path: Path) -> None:
    job = SMALL.model_copy(update={"searching": Searching(budget=160, solutions=4)})
    folder = made(tmp_path / "more", job, 6).folder
    assert not list(recheck.check(folder))
    assert max(row["successes"] for row in rows(folder, "steps")) > 1


@pytest.mark.parametrize("frontier", FRONTIERS)
def test_every_frontier_makes_rows_that_check(frontier: str, tmp_path: Path) -> None:
    searching = Searching.model_validate({"frontier": frontier, "budget": 60})
    job = SMALL.model_copy(update={"searching": searching, "chunk": 50})
    folder = made(tmp_path / frontier, job, 2, Oracle(job, share=0.8)).folder
    assert not list(recheck.check(folder))


def test_folders_of_files_are_an_environment_too(tmp_path: Path) -> None:
    job = SMALL.model_copy(update={"environment": "files"})
    folder = made(tmp_path / "files", job, 5).folder
    assert not list(recheck.check(folder))
    assert {row["environment"] for row in rows(folder)} == {"files"}


# Answers, forms, examples


ENVIRONMENTS = ("sqlite", "files")


@pytest.mark.parametrize("name", ENVIRONMENTS)
def test_own_solutions_have_grounds_and_fit_the_forms(name: str) -> None:
    every = family(name, {})
    for task in (every.task(11, i) for i in range(150)):
        steps, reason = replayed(task, task.solution)
        assert reason is None
        assert grounds(steps) is None
        allowed = forms(task.world())
        assert all(_fits(call, allowed) for call in task.solution)
        assert not _fits(Call.of("fly", {}), allowed)
        assert read(name, json.dumps(task.to_json())) == task


def _fits(call: Call, allowed: Sequence[Form]) -> bool:
    schemas = [form.arguments for form in allowed if form.tool == call.name]
    return any(jsonschema.Draft202012Validator(schema).is_valid(call.values()) for schema in schemas)


def test_forms_know_the_columns_of_each_table() -> None:
    allowed = forms(family("sqlite", {}).task(0, 0).world())
    tables = {form.arguments["properties"]["table"]["enum"][0] for form in allowed if form.tool == "update"}
    assert len(tables) > 1
    for table in tables:
        assert not _fits(Call.of("update", {"table": table, "values": {"nothing": 1}, "where": {"id": 1}}), allowed)
        assert _fits(Call.of("update", {"table": table, "values": {}, "where": {"id": 1}}), allowed)
    assert not _fits(Call.of("describe_table", {"table": "sqlite_master"}), allowed)


ANSWERED = [
    ([], "Oslo", "answers before anything was read"),
    ([Observation("there is none", "failed")], "Oslo", "answers before anything was read"),
    ([Observation('{"rows": [["Bergen"]]}')], "Oslo", 'answers "Oslo", which is in nothing that was read'),
    ([Observation('{"rows": [["oslo"]]}')], "Oslo", None),
    ([Observation(json.dumps({"rows": [['Baker "B"']]}))], 'Baker "B"', None),
    ([Observation("a\nb")], 2, None),
    ([Observation("a\nb")], ["a", "c"], 'answers "c", which is in nothing that was read'),
]


@pytest.mark.parametrize(("seen", "value", "reason"), ANSWERED)
def test_an_answer_needs_grounds(seen: list[Observation], value: Any, reason: str | None) -> None:
    steps = [(Call.of("query", {"sql": str(k)}), each) for k, each in enumerate(seen)]
    assert grounds([*steps, (Call.of("answer", {"value": value}), Observation("answered"))]) == reason
    assert grounds(steps) is None


def test_a_lucky_guess_is_no_plan() -> None:
    job = SMALL.model_copy(update={"tasks": {"low": 2, "high": 2}})
    every = job.family
    asks = [task for task in (every.task(0, i) for i in range(40)) if task.solution[-1].name == "answer"]

    class Guesser(Oracle):
        def _reply(self, request: ChatRequest) -> ChatReply:
            task = self._task(request.messages[1].content)
            assert task
            return ChatReply(json.dumps({"tool": "answer", "arguments": task.solution[-1].values(), "remaining": 0}))

    flow = Flow(job, Guesser(job))
    for i, task in enumerate(asks[:5]):
        row = flow.record(i, task)
        assert replayed(task, [task.solution[-1]])[1] is None  # it is right
        assert (row.failure.check, row.accepted) == ("exhausted", False)


def test_examples_are_the_nearest_and_never_the_task_itself() -> None:
    every = family("sqlite", {"high": 1})
    examples = Examples(every, seed=0, drawn=200)
    shared = []
    for task in (every.task(0, i) for i in range(20)):
        near = examples.near(task, 2)
        assert key_of(task) not in map(key_of, near)
        shared.append(near[-1].solution[0].name == task.solution[0].name)
    assert near == Examples(every, seed=0, drawn=200).near(task, 2)
    assert sum(shared) >= 18
    assert not examples.near(every.task(0, 0), 0)


def test_the_embedded_model_gets_what_it_can_do_unless_told_otherwise() -> None:
    assert Tools().resolved.asking.examples == 2
    assert Tools().resolved.family.config.high == 1
    told = Tools(tasks={"high": 2}, asking={"examples": 0}).resolved  # type: ignore[arg-type]
    assert (told.family.config.high, told.asking.examples, told.asking.thought) == (2, 0, False)
    assert Tools(model="openai:x").resolved == Tools(model="openai:x")


# porism check


def change(folder: Path, part: str, edit: Callable[[list[dict[str, Any]]], None]) -> None:
    """Edit rows as one who takes care that files agree."""
    (path,) = (folder / part).glob("train-*")
    table = pq.read_table(path)
    edit(changed := table.to_pylist())
    write_parquet(path, pa.Table.from_pylist(changed, table.schema))
    write_manifest(folder, {name: value for name, value in read_manifest(folder).items() if name != "files"})


def no_last_call(row: dict[str, Any]) -> None:
    row["plan"] = row["plan"][:-1]


def other_words(row: dict[str, Any]) -> None:
    row["messages"][-1]["content"] += " Really."


def other_result(row: dict[str, Any]) -> None:
    row["messages"][2]["content"] = '{"rows_changed": 99}'


def other_task(row: dict[str, Any]) -> None:
    row["task"] = json.dumps(family("sqlite", {"high": 3}).task(99, 0).to_json())


def no_task(row: dict[str, Any]) -> None:
    row["task"] = "[" * 100_000


def broken_arguments(row: dict[str, Any]) -> None:
    row["plan"][0]["arguments"] = "{"


def spaced_arguments(row: dict[str, Any]) -> None:
    row["plan"][0]["arguments"] = row["plan"][0]["arguments"].replace(": ", ":  ", 1)


def other_tools(row: dict[str, Any]) -> None:
    row["tools"] = "[]"


def other_environment(row: dict[str, Any]) -> None:
    row["environment"] = "os"


def other_key(row: dict[str, Any]) -> None:
    row["key"] = "0" * 32


def other_path(row: dict[str, Any]) -> None:
    tree = json.loads(row["tree"])
    row["tree"] = json.dumps({**tree, "best": 0})


def no_tree(row: dict[str, Any]) -> None:
    row["tree"] = '{"nodes": []}'


def nothing(row: dict[str, Any]) -> None:
    row.update(dict.fromkeys(name for name in row if name not in ("id", "origin", "verdicts", "key")))


def swapped(row: dict[str, Any]) -> None:
    row["chosen"], row["rejected"] = row["rejected"], row["chosen"]


def other_error(row: dict[str, Any]) -> None:
    row["error"] = "timeout"


def the_same(row: dict[str, Any]) -> None:
    row["rejected"] = row["chosen"]


def other_rate(row: dict[str, Any]) -> None:
    row["rate"] = 0.5


def other_label(row: dict[str, Any]) -> None:
    row["label"] = not row["label"]


def no_plan(row: dict[str, Any]) -> None:
    row["plan"] = []


MUTATIONS = [
    ("data", no_last_call, "replay"),
    ("data", other_words, "messages"),
    ("data", other_result, "messages"),
    ("data", other_task, "replay"),
    ("data", no_task, "row"),
    ("data", broken_arguments, "row"),
    ("data", spaced_arguments, "row"),
    ("data", other_tools, "tools"),
    ("data", other_environment, "row"),
    ("data", other_key, "key"),
    ("data", other_path, "tree"),
    ("data", no_tree, "row"),
    ("data", nothing, "row"),
    ("preferences", swapped, "chosen"),
    ("preferences", other_error, "rejected"),
    ("preferences", the_same, "rejected"),
    ("preferences", no_plan, "replay"),
    ("preferences", other_tools, "tools"),
    ("preferences", nothing, "row"),
    ("steps", other_rate, "rate"),
    ("steps", other_label, "rate"),
    ("steps", other_error, "completion"),
    ("steps", other_task, "completion"),
    ("steps", nothing, "row"),
]


@pytest.mark.parametrize(("part", "mutate", "check"), MUTATIONS, ids=lambda value: getattr(value, "__name__", value))
def test_a_changed_row_is_named(part: str, mutate: Callable[[dict[str, Any]], None], check: str, copy: Path) -> None:
    named: list[str] = []

    def edit(found: list[dict[str, Any]]) -> None:
        row = next(row for row in found if part != "preferences" or row["error"] == "failed")
        mutate(row)
        named.append(row["id"])

    change(copy, part, edit)
    found = [(where, verdict.check) for where, verdict in recheck.check(copy)]
    assert (named[0], check) in found
    assert {where for where, _ in found} == set(named)


def test_every_row_of_a_run_passes(dataset: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["check", str(dataset)]) == 0
    assert "every row passes" in capsys.readouterr().out


def test_the_same_task_twice_and_rows_that_are_gone_are_found(copy: Path) -> None:
    def twice(found: list[dict[str, Any]]) -> None:
        found[1] = {**found[0], "origin": found[1]["origin"]}

    change(copy, "data", twice)
    change(copy, "steps", lambda found: found.clear())
    checks = Counter(verdict.check for _, verdict in recheck.check(copy))
    assert checks["novelty"] == checks["repeat"] == checks["counts"] == 1


# The command line


WRONG = [
    (["--environment", "moon"], "unknown environment 'moon'; known: sqlite, files"),
    (["--style", "chat"], "--style is for instruct, not for tools"),
    (["--workers", "2"], "--workers and --runner are for geometry; tools searches --concurrency tasks side by side"),
    (["--count", "0"], "--count is 0; it must be at least 1"),
    (["--config", "tasks.toml"], "unknown setting 'tasks.steps' for sqlite; known there: low, high, outline"),
    (["--config", "high.toml"], "setting 'tasks' for sqlite: steps must be 1 <= low <= high <= 6, got 1 to 9"),
    (["--config", "frontier.toml"], "setting 'searching.frontier' in frontier.toml: Input should be 'astar'"),
]


@pytest.mark.parametrize(("arguments", "says"), WRONG, ids=[" ".join(arguments) for arguments, _ in WRONG])
def test_wrong_input_is_one_line_and_status_2(
    arguments: list[str], says: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "tasks.toml").write_text("[tasks]\nsteps = 3\n")
    (tmp_path / "high.toml").write_text("[tasks]\nhigh = 9\n")
    (tmp_path / "frontier.toml").write_text('[searching]\nfrontier = "dijkstra"\n')
    assert cli.main(["run", "tools", *arguments]) == 2
    said = capsys.readouterr().err
    assert says in said
    assert said.count("\n") == 1


def test_the_command_in_the_card_makes_the_same_job(dataset: Path) -> None:
    words = tools_job.command(SMALL, COUNT, dataset).split()[1:]
    parsed = cli._parser().parse_args([str(dataset / "run.toml") if "run.toml" in word else word for word in words])
    assert tools_job.frozen(jobs.tools(parsed)) == tools_job.frozen(SMALL)


def test_a_schedule_gives_its_runs_the_same_job() -> None:
    line = ["schedule", "tools", "--cron", "0 2 * * *", "--environment", "files", "--model", "openai:x", "--seed", "4"]
    given = jobs.parameters(cli._parser().parse_args(line))
    settings = {**given["settings"], **{name: given[name] for name in ("seed", "model", "environment")}}
    assert jobs.validated(Tools, settings, None) == Tools(seed=4, model="openai:x", environment="files")


def test_duplicates_in_one_run_are_searched_once() -> None:
    oracle = Oracle(SMALL)
    flow = Flow(SMALL, oracle)
    taken = Seen([key_of(SMALL.family.task(0, 1))])
    (_, (first,)), (_, (second,)) = islice(flow.records(taken, 0, 1), 2)
    assert (first.accepted, second.accepted, second.failure.check) == (True, False, "novelty")
    assert second.notes["plan"] == []


if __name__ == "__main__":
    made(Path(sys.argv[1]), oracle=Oracle(SMALL, log=Path(sys.argv[2]), delay=0.01))
