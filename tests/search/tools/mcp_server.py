"""A real MCP server, run by the tests as a program of its own: counts what it does in a file."""

import os
import sys
import time
from pathlib import Path

from mcp.server.mcpserver import MCPServer
from mcp_types import EmbeddedResource, ImageContent, TextContent, TextResourceContents, ToolAnnotations

server = MCPServer("shop")


def note(text: str) -> None:
    with Path(sys.argv[1]).open("a") as file:
        file.write(text + "\n")


@server.tool(annotations=ToolAnnotations(read_only_hint=True))
def stock(item: str, shelf: int = 0) -> str:
    """How many there are."""
    note(f"stock {item}")
    return f"{len(item) + shelf} of {item}"


@server.tool(annotations=ToolAnnotations(idempotent_hint=True, destructive_hint=False))
def label(item: str) -> dict[str, str]:
    """Put a label on an item."""
    note(f"label {item}")
    return {"item": item, "label": "ä"}


@server.tool(name="stock.clear")
def clear(item: str) -> str:
    """Throw an item away."""
    note(f"clear {item}")
    raise ValueError(f"no {item} here")


@server.tool()
def hang(seconds: float) -> str:
    """Take a long time."""
    time.sleep(seconds)
    return "awake"


@server.tool()
def die() -> str:
    """End the server in the middle of a call."""
    os._exit(3)


@server.tool(structured_output=False)
def picture() -> list[TextContent | ImageContent | EmbeddedResource]:
    """More than text."""
    page = TextResourceContents(uri="file:///page", text="page one")
    return [
        TextContent(type="text", text="look:"),
        ImageContent(type="image", data="aGk=", mime_type="image/png"),
        EmbeddedResource(type="resource", resource=page),
    ]


if __name__ == "__main__":
    note(f"pid {os.getpid()}")
    if len(sys.argv) > 2:
        server.run("streamable-http", host="127.0.0.1", port=int(sys.argv[2]))
    else:
        server.run("stdio")
