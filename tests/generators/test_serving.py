"""Replies kept, servers started and ended: the cache, the leash, vLLM, and the embedded model."""

import json
import os
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from porism.errors import InputError
from porism.generators import leash, local, vllm
from porism.generators.cache import Cached
from porism.generators.chat import ChatReply, ChatRequest, Message, ModelError, Scripted
from porism.generators.endpoint import Endpoint, Pace
from porism.generators.models import Service, model_name, served
from porism.generators.replies import ReplyError, json_of

PACE = Pace(concurrency=2, timeout=20, attempts=4, backoff=0.05)


def asks(*texts: str) -> list[ChatRequest]:
    return [ChatRequest(prompt=text) for text in texts]


def gone(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return True
    return Path(f"/proc/{pid}/stat").read_text().split()[2] == "Z"


def until(look: Callable[[], bool], seconds: float = 60) -> None:
    end = time.monotonic() + seconds
    while not look():
        assert time.monotonic() < end
        time.sleep(0.02)


# Cache


def test_a_reply_is_asked_for_once(tmp_path: Path) -> None:
    chat = Scripted(lambda request: ChatReply(request.text.upper(), "stop", 3, 2))
    with Cached(chat, tmp_path / "replies") as cached:
        assert [reply.text for reply in cached.generate(asks("a", "b"))] == ["A", "B"]
        assert [reply.text for reply in cached.generate(asks("b", "c", "a"))] == ["B", "C", "A"]
    with Cached(chat, tmp_path / "replies") as cached:
        assert cached.generate(asks("c"))[0] == ChatReply("C", "stop", 3, 2)
        assert (cached.hits, cached.usage()) == (1, {"replies": 3, "input_tokens": 9, "output_tokens": 6})
    assert [request.text for request in chat.requests] == ["a", "b", "c"]


def test_another_model_or_sample_is_another_reply(tmp_path: Path) -> None:
    for name, seed in (("x", 0), ("x", 1), ("y", 0)):
        with Cached(Scripted([f"{name}{seed}"], name), tmp_path / "replies") as cached:
            assert cached.generate([ChatRequest(prompt="a", seed=seed)])[0].text == f"{name}{seed}"


def test_errors_are_not_remembered(tmp_path: Path) -> None:
    with Cached(Scripted([ChatReply(error="500"), "now"]), tmp_path / "replies") as cached:
        assert [cached.generate(asks("a"))[0].text for _ in range(2)] == ["", "now"]


def test_what_utf8_cannot_hold_is_the_same_now_and_later(tmp_path: Path) -> None:
    with Cached(Scripted(["a\ud800b\x00"]), tmp_path / "replies") as cached:
        assert [cached.generate(asks("a"))[0].text for _ in range(2)] == ["a?b\x00"] * 2


def test_many_threads(tmp_path: Path) -> None:
    with Cached(Scripted(lambda request: request.text), tmp_path / "replies") as cached:
        threads = [
            threading.Thread(target=cached.generate, args=(asks(*map(str, range(n, n + 20))),)) for n in range(8)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert cached.usage()["replies"] == 27


def test_a_file_that_is_no_cache_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "replies").write_text("not a database, and long enough to be noticed as such" * 20)
    with pytest.raises(InputError, match=r"the reply cache .* cannot be used \(.*\); move it away to ask again"):
        Cached(Scripted([]), tmp_path / "replies")


def test_the_request_is_kept_beside_the_reply(tmp_path: Path) -> None:
    with Cached(Scripted(["x"]), tmp_path / "replies") as cached:
        cached.generate(asks("what?"))
    with sqlite3.connect(tmp_path / "replies") as database:
        assert json.loads(database.execute("SELECT request FROM replies").fetchone()[0])["prompt"] == "what?"


# Replies


@given(st.text(max_size=300) | st.text("{}[]\"',:truefalsn0123 \\", max_size=80))
def test_reading_json_is_a_value_or_a_reply_error(text: str) -> None:
    try:
        json_of(ChatReply(text), "a")
    except ReplyError as error:
        assert str(error)


@pytest.mark.parametrize(
    "text", ["[" * 50_000, '{"a":' * 20_000, '{"a": "' + "\\" * 90_000, "{" * 99_999, '{"a": [' * 9_000]
)
def test_deep_and_odd_json_ends_soon(text: str) -> None:
    began = time.monotonic()
    try:
        json_of(ChatReply(text), "a")
    except ReplyError as error:
        assert str(error)
    assert time.monotonic() - began < 60  # a guard against hanging, not a measurement


# Leash


def test_a_leashed_command_dies_with_the_process_that_started_it(tmp_path: Path) -> None:
    """Grandchildren too, when the parent is killed with -9."""
    pids = tmp_path / "pids"
    child = (
        "import os, subprocess, time\n"
        "grandchild = subprocess.Popen(['sleep', '99'])\n"
        f"open({str(pids)!r}, 'w').write(f'{{os.getpid()}} {{grandchild.pid}}')\n"
        "time.sleep(99)"
    )
    parent = (
        "import subprocess, sys, time\n"
        f"command = [sys.executable, {leash.__file__!r}, sys.executable, '-c', {child!r}]\n"
        "subprocess.Popen(command, stdin=subprocess.PIPE)\n"
        "time.sleep(99)\n"
    )
    process = subprocess.Popen([sys.executable, "-c", parent])
    until(lambda: pids.exists() and len(pids.read_text().split()) == 2)
    family = [int(pid) for pid in pids.read_text().split()]
    assert not any(gone(pid) for pid in family)
    process.send_signal(signal.SIGKILL)
    process.wait()
    until(lambda: all(gone(pid) for pid in family))


def test_a_leash_ends_with_its_commands_status() -> None:
    command = [sys.executable, leash.__file__, sys.executable, "-c", "exit(7)"]
    with subprocess.Popen(command, stdin=subprocess.PIPE) as process:
        assert process.wait() == 7


# vLLM, as a protocol


FAKE = """#!{python}
import os, sys, threading, time
sys.path.insert(0, {tests!r})
from servers import FakeServer
assert sys.argv[1:4] == ["serve", "tiny", "--host"], sys.argv
print("loading", flush=True)
{before}
server = FakeServer(port=int(sys.argv[sys.argv.index("--port") + 1]))
{after}
server.run()
"""


@pytest.fixture
def fake(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Path]:
    def install(before: str = "", after: str = "") -> Path:
        program = tmp_path / "vllm"
        tests = str(Path(__file__).parents[1])
        program.write_text(FAKE.format(python=sys.executable, tests=tests, before=before, after=after))
        program.chmod(0o755)
        monkeypatch.setenv("PATH", str(tmp_path), prepend=os.pathsep)
        monkeypatch.chdir(tmp_path)
        return tmp_path

    return install


def test_a_managed_vllm_answers_and_is_gone_afterwards(fake: Callable[..., Path]) -> None:
    folder = fake(before="open('pid', 'w').write(str(os.getpid()))")
    with served("vllm:tiny", Service(PACE)) as endpoint:
        assert endpoint.name == "vllm:tiny"
        assert endpoint.generate(asks("Hello"))[0].text == "You said: Hello"
        address = endpoint.address
    assert gone(int((folder / "pid").read_text()))
    with pytest.raises(ModelError):
        Endpoint("tiny", address).probe()


def test_a_vllm_that_dies_at_once_is_one_line_with_its_last_words(fake: Callable[..., Path]) -> None:
    fake(before="print('a\\nValueError: no such model\\nb\\nc\\nd'); sys.exit(3)")
    with pytest.raises(ModelError) as error, served("vllm:tiny", Service(PACE)):
        pass
    assert str(error.value) == "vLLM ended with status 3; its last lines: ValueError: no such model | b | c | d"


def test_a_vllm_that_dies_later_is_an_error_at_once(fake: Callable[..., Path]) -> None:
    fake(after="threading.Timer(1.0, lambda: (print('out of memory', flush=True), os._exit(9))).start()")
    pace = Pace(concurrency=2, attempts=50, backoff=30)
    with served("vllm:tiny", Service(pace)) as endpoint:
        began = time.monotonic()
        with pytest.raises(ModelError, match=r"vLLM ended with status 9; its last lines: .*out of memory"):
            while time.monotonic() < began + 20:
                endpoint.generate(asks("Hello"))
        assert time.monotonic() - began < 10


def test_a_vllm_that_is_never_ready_is_given_up(fake: Callable[..., Path]) -> None:
    fake(before="time.sleep(60)")
    with pytest.raises(ModelError, match="vLLM was not ready after 6 s; its last lines: loading"):
        vllm.served("tiny", vllm.Server(ready=6), PACE).__enter__()


def test_no_vllm(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(InputError, match="no vLLM found: `make vllm`"):
        vllm.command("tiny")
    monkeypatch.setenv(vllm.VARIABLE, "nowhere/python")
    with pytest.raises(InputError, match="PORISM_VLLM_PYTHON is 'nowhere/python'"):
        vllm.command("tiny")
    monkeypatch.setenv(vllm.VARIABLE, sys.executable)
    assert vllm.command("tiny")[1:] == ["-m", "vllm.entrypoints.openai.api_server", "--model", "tiny"]


# The embedded model


SCHEMA = {"type": "object", "properties": {"n": {"type": "integer"}}, "required": ["n"], "additionalProperties": False}


def test_the_embedded_model_answers_repeats_itself_with_one_slot_and_closes_its_port() -> None:
    held = ChatRequest(messages=(Message("user", "A number?"),), schema=json.dumps(SCHEMA), max_tokens=40, seed=1)
    drawn = ChatRequest(prompt="Once upon a time", max_tokens=12, temperature=1.0, seed=5)
    with served("local", Service(Pace(concurrency=1))) as endpoint:
        number, one, other, two = endpoint.generate([held, drawn, ChatRequest(prompt="The end", max_tokens=3), drawn])
        address = endpoint.address
    assert isinstance(json.loads(number.text)["n"], int)
    assert one.text == two.text != ""
    assert (other.finish, other.output_tokens) == ("length", 3)
    assert endpoint.name == model_name("local")
    with pytest.raises(ModelError):
        Endpoint("m", address).probe()


def test_a_file_that_is_no_model_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "x.gguf").write_text("no model")
    with pytest.raises(ModelError, match="llama.cpp cannot load") as error:
        local.served(tmp_path / "x.gguf", local.Server(), PACE).__enter__()
    assert "\n" not in str(error.value)


@pytest.mark.parametrize(
    ("spec", "name"),
    [
        ("openai:gpt-x", "openai:gpt-x"),
        ("openai:org/gpt:free@https://h/v1", "openai:org/gpt:free"),
        ("vllm:a/b", "vllm:a/b"),
    ],
)
def test_names_do_not_say_where(spec: str, name: str) -> None:
    assert model_name(spec) == name


@pytest.mark.parametrize("spec", ["", "gpt", "openai:", "openai", "vllm:", "vllm:a@http://h", "local@http://h", "x:y"])
def test_unknown_spellings(spec: str) -> None:
    with pytest.raises(InputError, match="it is spelled local, local:FILE.gguf, openai:NAME"):
        model_name(spec)
