"""Self-Instruct with a model of your own: anything with a name and a ``generate``.

Run: ``python examples/own_model.py``
"""

from collections.abc import Sequence
from itertools import islice

from porism.generators.chat import ChatReply, ChatRequest
from porism.generators.self_instruct import tasks
from porism.generators.self_instruct.method import SelfInstruct
from porism.generators.self_instruct.settings import Settings


class Mine:
    """Stands where your model would: it always proposes the same two tasks, and answers them."""

    name = "mine"

    def generate(self, requests: Sequence[ChatRequest]) -> list[ChatReply]:
        """One reply for each request, in order."""
        return [ChatReply(self._reply(request)) for request in requests]

    def _reply(self, request: ChatRequest) -> str:
        schema = request.schema or ""
        if "tasks" in schema:
            return '{"tasks": ["Name three moons of Jupiter.", "Name three of the moons of Jupiter."]}'
        if "is_classification" in schema:
            return '{"is_classification": false}'
        return '{"instances": [{"input": "", "output": "Io, Europa, Ganymede"}]}'


method = SelfInstruct(Settings(), tasks.load(), Mine(), seed=0)
for request, records in islice(method.records(), 1):
    for record in records:
        outcome = "accepted" if record.accepted else f"rejected by {record.failure.check}: {record.failure.reason}"
        print(f"request {request}: {record.content['instruction']!r} {outcome}")
