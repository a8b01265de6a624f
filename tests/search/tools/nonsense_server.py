"""A program that answers MCP's handshake and then, to a call, whatever its argument says."""

import json
import sys
from typing import Any

TOOL = {"name": "ask", "inputSchema": {"type": "object", "properties": {"n": {"type": "integer"}}}}
LISTS: dict[str, list[Any]] = {
    "twice": [TOOL, TOOL],
    "no schema": [TOOL | {"inputSchema": {"type": "object", "properties": {"n": {"type": 5}}}}],
}
HELLO = {
    "protocolVersion": "2025-06-18",
    "capabilities": {"tools": {}},
    "serverInfo": {"name": "nonsense", "version": "1"},
}
UNKNOWN = {"error": {"code": -32601, "message": "unknown method"}}
TEXT = {"result": {"content": [{"type": "text", "text": "\ud800 x"}]}}
ANSWERS: dict[str, Any] = {
    "wrong shape": {"result": {"content": "text", "isError": "perhaps"}},
    "wrong id": {"id": "another", "result": {"content": []}},
    "an error": {"error": {"code": -32000, "message": "out of\npaper"}},
}


def main(kind: str) -> None:
    """Answer every request, until there are no more."""
    if kind == "silent":
        sys.stdin.read()
    if kind == "broken":
        sys.exit("no such settings file")
    methods: dict[str, Any] = {
        "initialize": {"result": HELLO},
        "tools/list": {"result": {"tools": LISTS.get(kind, [TOOL])}},
    }
    for line in sys.stdin:
        asked = json.loads(line)
        if asked.get("method") == "tools/call" and kind == "no json":
            print("\x00 this is no answer {", flush=True)
        elif "id" in asked:
            answer = (
                ANSWERS.get(kind, TEXT) if asked["method"] == "tools/call" else methods.get(asked["method"], UNKNOWN)
            )
            print(json.dumps({"jsonrpc": "2.0", "id": asked["id"]} | answer), flush=True)


if __name__ == "__main__":
    main(sys.argv[1])
