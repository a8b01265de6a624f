"""``porism search serve-mcp`` as a client sees it: a real process, a real protocol, a model behind HTTP."""

import asyncio
import json
import subprocess
import sys
from typing import Any

import pytest
from servers import FakeServer

AT_HAND = [{"name": "book", "description": "Book a table.", "parameters": {"type": "object", "properties": {}}}]


def decided(body: dict[str, Any]) -> tuple[int, Any]:
    """A model that books once, and then says that it is done."""
    booked = any("book" in turn["content"] for turn in body["messages"] if turn["role"] == "assistant")
    call: dict[str, Any] = {
        "thought": "Done." if booked else "",
        "tool": "" if booked else "book",
        "arguments": {},
        "remaining": 0,
    }
    message = {"role": "assistant", "content": json.dumps(call)}
    usage = {"prompt_tokens": 10, "completion_tokens": 5, "total_tokens": 15}
    return 200, {"choices": [{"index": 0, "message": message, "finish_reason": "stop"}], "usage": usage}


def test_a_client_gets_a_plan() -> None:
    mcp = pytest.importorskip("mcp")

    async def asked(url: str) -> Any:
        arguments = ["-m", "porism", "search", "serve-mcp", "--model", f"openai:any@{url}", "--requests", "9"]
        server = mcp.StdioServerParameters(command=sys.executable, args=arguments, env={"OPENAI_API_KEY": "none"})
        async with mcp.Client(server) as client:
            return await client.call_tool("plan", {"task": "Book a table.", "tools_at_hand": AT_HAND})

    with FakeServer(reply=decided) as model:
        result = asyncio.run(asyncio.wait_for(asked(model.base_url), 120))
    assert not result.is_error
    found = result.structured_content
    assert [step["tool"] for step in found["steps"]] == ["book"]
    assert 0 < len(model.requests) <= 9


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--requests", "0"], "--requests is 0; it must be at least 1"),
        (["--tools", "no-such-program"], "the MCP server no-such-program cannot be used"),
        (["--model", "nonsense"], "nonsense"),
    ],
)
def test_what_cannot_be_served_is_one_line(arguments: list[str], said: str) -> None:
    command = [sys.executable, "-m", "porism", "search", "serve-mcp", "--model", "openai:any@http://127.0.0.1:9/v1"]
    done = subprocess.run([*command, *arguments], capture_output=True, text=True, timeout=120)
    assert done.returncode == 2
    assert said in done.stderr
    assert done.stderr.count("\n") == 1
