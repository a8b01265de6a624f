"""``porism search serve-mcp``: the planner as an MCP server, with any model that ``--model`` can name."""

from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import replace
from importlib.util import find_spec

from porism.errors import InputError
from porism.generators.chat import ChatModel, ChatRequest, Message
from porism.generators.models import Service, served
from porism.search.agents import serve
from porism.search.agents.planner import PLANNING
from porism.search.agents.proposer import Chat, TextReply, TextRequest, json_chat
from porism.search.tools.mcp import mcp_tools

MAX_TOKENS = 512
TEMPERATURE = 0.7  # without which all samples would be one


def serve_mcp(spec: str, servers: Sequence[str], requests: int, service: Service | None = None) -> None:
    """Serve over standard input and output until the client closes the connection.

    Args:
        spec: the model, as after ``--model``.
        servers: MCP servers, commands or URLs, whose tools plans can use; those that read may run while planning.
        requests: what a plan may cost, in requests to the model.
        service: how the model is served and asked.

    Raises:
        InputError: something is not installed, or a server of tools cannot be used.
        ModelError: the model cannot be used.
    """
    if find_spec("mcp") is None:
        raise InputError("the package mcp is not installed: pip install 'porism[mcp]'")
    if requests < 1:
        raise InputError(f"--requests is {requests}; it must be at least 1")
    look = replace(PLANNING, budget=replace(PLANNING.budget, requests=requests))
    with ExitStack() as stack:
        try:
            tools = [tool for server in servers for tool in stack.enter_context(mcp_tools(server))]
        except (ValueError, OSError, RuntimeError) as error:
            raise InputError(str(error)) from error
        model = stack.enter_context(served(spec, service or Service()))
        serve.serve(chat(model), tools, look)


def chat(model: ChatModel) -> Chat:
    """A model of ``porism.generators`` as a chat about tools."""

    def generate(asked: Sequence[TextRequest]) -> list[TextReply]:
        replies = model.generate([_request(one) for one in asked])
        return [TextReply(each.text, each.error, each.input_tokens + each.output_tokens) for each in replies]

    return json_chat(generate)


def _request(one: TextRequest) -> ChatRequest:
    turns = tuple(Message(turn["role"], turn["content"]) for turn in one.messages)  # type: ignore[arg-type]
    return ChatRequest(
        messages=turns, max_tokens=MAX_TOKENS, temperature=TEMPERATURE, schema=one.schema, seed=one.sample
    )
