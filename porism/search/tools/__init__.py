"""Tools that a model can call: from typed Python functions or MCP servers, in worlds that can be looked ahead in."""

from porism.search.tools.branching import Moment, ToolEnvironment, measure
from porism.search.tools.calls import Call, Observation
from porism.search.tools.tool import Tool, Toolbox, run_call, tool
from porism.search.tools.world import Snapshots, Undo, World

__all__ = [
    "Call",
    "Moment",
    "Observation",
    "Snapshots",
    "Tool",
    "ToolEnvironment",
    "Toolbox",
    "Undo",
    "World",
    "measure",
    "run_call",
    "tool",
]
