"""Tools that a model can call: from typed Python functions or MCP servers, in worlds that can be looked ahead in."""
