"""Search as an MCP server: one tool, ``plan(task)``, for any agent that speaks the Model Context Protocol.

Needs the package ``mcp``. The protocol runs over standard input and output, so nothing else may print there.
"""

from collections.abc import Sequence
from typing import Any

from porism.search.agents.ahead import Look
from porism.search.agents.planner import DESCRIPTION, PLANNING, plan
from porism.search.agents.replies import Chat
from porism.search.tools.running import line_of
from porism.search.tools.tool import NAME, Tool


def serve(chat: Chat, tools: Sequence[Tool | dict[str, Any]] = (), look: Look = PLANNING) -> None:
    """Serve until the client closes the connection.

    Args:
        chat: proposes the calls.
        tools: what a plan can use beside the tools that a request names.
        look: how to search, and what one plan may cost.
    """
    server(chat, tools, look).run("stdio")


def server(chat: Chat, tools: Sequence[Tool | dict[str, Any]] = (), look: Look = PLANNING) -> Any:
    """The server, an ``mcp.server.MCPServer``, for other transports and for tests."""
    from mcp.server import MCPServer
    from mcp.server.mcpserver.exceptions import ToolError
    from mcp.types import ToolAnnotations

    made = MCPServer("porism", instructions=INSTRUCTIONS)

    @made.tool(
        "plan",
        description=f"{DESCRIPTION} {NAMING}",
        annotations=ToolAnnotations(read_only_hint=True, open_world_hint=True),
        structured_output=True,
    )
    def planned(task: str, tools_at_hand: list[dict[str, Any]] | None = None) -> dict[str, Any]:
        try:
            named = [*tools, *map(schema_from, tools_at_hand or ())]
            if not named:
                raise ValueError(f"no tools to plan with. {NAMING}")
            return plan(task, named, chat, look).as_json()
        except Exception as error:  # what the server does not call expected, it hides from the client
            raise ToolError(line_of(error)) from error

    return made


def schema_from(tool: dict[str, Any]) -> dict[str, Any]:
    """An OpenAI function schema from what a client sends: that, its inner part, or MCP's way with ``inputSchema``.

    >>> schema_from({"name": "add", "inputSchema": {"type": "object"}})["function"]["parameters"]
    {'type': 'object'}

    Raises:
        ValueError: it has no name that a model server would take.
    """
    inner = tool.get("function", tool)
    name = inner.get("name") if isinstance(inner, dict) else None
    if not isinstance(name, str) or not NAME.fullmatch(name):
        raise ValueError(f"a tool needs a name of 1 to 64 of a-z, A-Z, 0-9, _ and -, got {name!r}")
    parameters = inner.get("parameters") or inner.get("inputSchema") or {"type": "object", "properties": {}}
    description = str(inner.get("description") or "")
    return {"type": "function", "function": {"name": name, "description": description, "parameters": parameters}}


INSTRUCTIONS = "Ask for a plan before a task that takes several tool calls, and then carry the calls out yourself."

NAMING = """\
Name the tools that you have in "tools_at_hand", each with "name", "description" and "parameters" (a JSON Schema); \
none of these runs."""
