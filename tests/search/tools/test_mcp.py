"""The tools of real MCP servers: programs of their own, some of which die, hang or answer nonsense."""

import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from porism.search.tools import Call, Observation, Tool, Toolbox, ToolEnvironment, run_call
from porism.search.tools.mcp import mcp_tools

HERE = Path(__file__).parent
GOOD, BAD = [sys.executable, str(HERE / "mcp_server.py")], [sys.executable, str(HERE / "nonsense_server.py")]


@pytest.fixture(scope="module")
def log(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path: Path = tmp_path_factory.mktemp("mcp") / "log"
    path.touch()
    return path


@pytest.fixture(scope="module")
def shop(log: Path) -> Iterator[tuple[Tool, ...]]:
    with mcp_tools([*GOOD, str(log)], start=120) as tools:
        yield tools


def test_tools_are_listed_with_their_hints(shop: tuple[Tool, ...]) -> None:
    assert [tool.name for tool in shop] == ["stock", "label", "stock_clear", "hang", "die", "picture"]
    hints = {tool.name: (tool.read_only, tool.idempotent, tool.destructive) for tool in shop}
    assert hints["stock"] == (True, True, False)
    assert hints["label"] == (False, True, False)
    assert hints["stock_clear"] == (False, False, True)
    assert shop[0].description == "How many there are."
    assert shop[0].parameters["properties"]["shelf"]["type"] == "integer"


def test_calls_reach_the_server_and_results_come_back_as_text(shop: tuple[Tool, ...]) -> None:
    assert run_call(shop, Call.of("stock", {"item": "tea", "shelf": 2})) == Observation("5 of tea")
    assert '"ä"' in run_call(shop, Call.of("label", {"item": "tea"})).text
    assert run_call(shop, Call("picture")) == Observation("look:\n[image image/png]\npage one")


def test_arguments_are_validated_before_the_server_sees_them(shop: tuple[Tool, ...], log: Path) -> None:
    before = log.read_text()
    seen = run_call(shop, Call.of("stock", {"item": 5}))
    assert (seen.error, log.read_text()) == ("invalid arguments", before)


def test_an_error_of_a_tool_is_an_observation(shop: tuple[Tool, ...]) -> None:
    seen = run_call(shop, Call.of("stock_clear", {"item": "tea"}))
    assert seen.error == "failed"
    assert "stock.clear" in seen.text


def test_a_search_looks_with_a_server_and_does_not_touch(shop: tuple[Tool, ...], log: Path) -> None:
    log.write_text("")
    env = ToolEnvironment(lambda: Toolbox(shop), look_ahead="imagine")
    moment = env.initial()
    for call in [Call.of("stock", {"item": "jam"}), Call.of("stock_clear", {"item": "jam"})]:
        for _ in range(2):
            child, _ = env.step(moment, call)
        moment = child
    assert log.read_text() == "stock jam\n"
    assert env.commit(moment).observation is not None
    assert log.read_text() == "stock jam\nclear jam\n"


def test_a_server_that_hangs_or_dies_gives_observations(log: Path) -> None:
    with mcp_tools([*GOOD, str(log)], start=120, timeout=1) as tools:
        assert run_call(tools, Call.of("hang", {"seconds": 60})) == Observation("hang: no answer within 1 s", "timeout")
        assert run_call(tools, Call("die")).error == "failed"
        for _ in range(2):
            assert run_call(tools, Call.of("stock", {"item": "tea"})).error == "failed"
    seen = run_call(tools, Call.of("stock", {"item": "tea"}))
    assert seen == Observation("stock: ConnectionError: server is gone", "failed")


def test_a_server_ends_with_a_program_that_is_killed(tmp_path: Path) -> None:
    program = f"""
import os, signal
from porism.search.tools.mcp import mcp_tools
with mcp_tools({[*GOOD, str(tmp_path / "log")]!r}, start=120):
    os.kill(os.getpid(), signal.SIGKILL)
"""
    assert subprocess.run([sys.executable, "-c", program], timeout=200).returncode == -9
    server = int((tmp_path / "log").read_text().split()[1])
    for _ in range(600):
        if not _runs(server):
            return
        time.sleep(0.1)
    pytest.fail("the server outlived its client by a minute")


def _runs(pid: int) -> bool:
    """Whether a process is there and more than a name that nobody has collected yet."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] not in "ZX"
    except (FileNotFoundError, ProcessLookupError):
        return False


def test_prefix_and_distrust(log: Path) -> None:
    with mcp_tools(" ".join([*GOOD, str(log)]), start=120, prefix="shop-", trust=False) as tools:
        assert tools[0].name == "shop-stock"
        assert (tools[0].read_only, tools[0].destructive) == (False, True)
        assert tools[0].call(Call.of("shop-stock", {"item": "tea"})).text == "3 of tea"


@pytest.mark.parametrize(
    ("kind", "error", "text"),
    [
        ("no json", "timeout", "no answer within 1 s"),
        ("wrong id", "timeout", "no answer within 1 s"),
        ("wrong shape", "failed", "CallToolResult"),
        ("an error", "failed", "out of paper"),
        ("half a character", "timeout", "no answer within 1 s"),
    ],
)
def test_nonsense_is_an_observation(kind: str, error: str, text: str) -> None:
    with mcp_tools([*BAD, kind], start=120, timeout=1) as (ask,):
        for _ in range(2):
            seen = ask.call(Call.of("ask", {"n": 1}))
            assert seen.error == error
            assert text in seen.text
            assert "\n" not in seen.text


@pytest.mark.parametrize(
    ("server", "kind", "said"),
    [
        ([*BAD, "broken"], ConnectionError, r"Connection closed \(no such settings file\)"),
        ([*BAD, "silent"], ConnectionError, "no answer within 1 s"),
        ([*BAD, "twice"], ValueError, "two tools called 'ask'"),
        ([*BAD, "no schema"], ValueError, "not a JSON Schema"),
        (["/no/such/program"], ConnectionError, "No such file"),
        ("http://127.0.0.1:9/mcp", ConnectionError, "cannot be used"),
        ("", ValueError, "a URL or a command"),
    ],
)
def test_a_server_that_cannot_be_used_says_why_in_one_line(
    server: str | list[str], kind: type[Exception], said: str
) -> None:
    start = 1 if "silent" in server else 120
    with pytest.raises(kind, match=said) as caught, mcp_tools(server, start=start):
        pass
    assert "\n" not in str(caught.value)


def test_a_server_at_a_url(log: Path) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    program = subprocess.Popen([*GOOD, str(log), str(port)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        for _ in range(600):
            with socket.socket() as there:
                if there.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.1)
        with mcp_tools(f"http://127.0.0.1:{port}/mcp") as tools:
            assert run_call(tools, Call.of("stock", {"item": "tea"})) == Observation("3 of tea")
            program.kill()
            program.wait()
            assert run_call(tools, Call.of("stock", {"item": "tea"})).error == "failed"
    finally:
        program.kill()
        program.wait()
