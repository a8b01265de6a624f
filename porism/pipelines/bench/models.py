"""``porism bench models``: does the flow keep the embedded server busy?

The flow runs at eight slots; then a plain loop that does nothing but keep eight requests under way sends the very same
requests to a fresh server. Both in one run, compared as a ratio, because machines are noisy.
"""

import json
import sqlite3
import tempfile
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from porism.generators.chat import ChatRequest, Message
from porism.generators.endpoint import Endpoint, Pace
from porism.generators.models import Service, served
from porism.pipelines.instruct import Instruct, run

SLOTS = 8


def models(count: int) -> dict[str, Any]:
    """Requests and output tokens a second of the flow and of the plain loop, and the flow's share of the loop's."""
    service = Service(Pace(concurrency=SLOTS))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "run"
        began = time.monotonic()
        run(Instruct(), count, path, service)
        flow = _rates(time.monotonic() - began, *_answered(path))
        requests = _requests(path)
    loop = _plain_loop(requests, service)
    share = {name: round(flow[name] / loop[name], 3) for name in ("requests_per_s", "output_tokens_per_s")}
    totals = {f"flow_{name}": value for name, value in flow.items()} | {f"loop_{name}": v for name, v in loop.items()}
    return {"totals": {**totals, **{f"share_of_{name}": value for name, value in share.items()}, "slots": SLOTS}}


def _plain_loop(requests: Sequence[ChatRequest], service: Service) -> dict[str, float]:
    began = time.monotonic()
    with served("local", service) as model, ThreadPoolExecutor(SLOTS) as threads:
        replies = list(threads.map(lambda request: _one(model, request), requests))
    return _rates(time.monotonic() - began, len(replies), sum(replies))


def _one(model: Endpoint, request: ChatRequest) -> int:
    """Output tokens of one reply."""
    return model.generate([request])[0].output_tokens


def _rates(seconds: float, requests: int, tokens: int) -> dict[str, float]:
    return {
        "seconds": round(seconds, 2),
        "requests": requests,
        "output_tokens": tokens,
        "requests_per_s": round(requests / seconds, 3),
        "output_tokens_per_s": round(tokens / seconds, 2),
    }


def _answered(folder: Path) -> tuple[int, int]:
    with sqlite3.connect(folder / "work" / "replies.sqlite") as database:
        answered: tuple[int, int] = database.execute("SELECT count(*), sum(output_tokens) FROM replies").fetchone()
    return answered


def _requests(folder: Path) -> list[ChatRequest]:
    """What the flow asked, in the order of the answers."""
    with sqlite3.connect(folder / "work" / "replies.sqlite") as database:
        rows = database.execute("SELECT request FROM replies ORDER BY rowid").fetchall()
    return [_request(json.loads(row[0])) for row in rows]


def _request(fields: dict[str, Any]) -> ChatRequest:
    messages = tuple(Message(**message) for message in fields["messages"])
    return ChatRequest(**{**fields, "messages": messages, "stop": tuple(fields["stop"])})
