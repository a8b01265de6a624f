"""A fake OpenAI-compatible server on loopback, whose reply is a function of the request, and which can misbehave.

``with FakeServer() as server`` serves in this process; ``python servers.py --port P --log FILE`` serves in its own and
logs a line for each request that begins or ends. Faults of the transport (a status, a hang, a broken body) are drawn
by the hash of (body, how often it came), so that trying again can help; faults of the text by the hash of the body.
"""

import argparse
import json
import random
import socket
import struct
import threading
import time
from collections import Counter
from collections.abc import Callable, Sequence
from email.utils import formatdate
from functools import cache
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import TracebackType
from typing import Any

from answers import alpaca, constitution, judging, realign, voting

from porism.search.environments import sqlite

TRANSPORT = ("429", "429 date", "500", "hang", "reset", "truncated", "not json", "no choices", "null choices", "number")
TEXT = ("empty", "bad json", "repeated", "huge", "cut", "wrong schema")
SUBJECTS = [
    "river", "clock", "lantern", "orchard", "violin", "harbour", "comet", "bridge", "glacier", "pepper", "sparrow",
    "compass",
]  # fmt: skip
VERBS = [
    "Describe", "Compare", "Explain", "List", "Rewrite", "Summarise", "Rank", "Translate", "Estimate", "Invent",
    "Criticise", "Outline",
]  # fmt: skip
DETAILS = (
    "in three short sentences", "for a curious child", "as a polite letter", "with two numbers and a date",
    "without using the letter e", "from the viewpoint of a sailor", "and give one counterexample", "as a limerick",
)  # fmt: skip
ODD = (
    "Draw it", "Hi", "Make a picture of the old harbour wall", "为一家新开的茶馆写三个名字",
    "Опишите устройство часов", "Write a program that sorts numbers quickly", "- say something about rivers now",
)  # fmt: skip
ANSWERS = (alpaca.answer, constitution.answer, realign.answer, judging.answer, voting.answer)

Answer = tuple[int, Any] | tuple[int, Any, dict[str, str]]


def draw(*path: object) -> random.Random:
    return random.Random(sha256(repr(path).encode()).digest())


class _Http(ThreadingHTTPServer):
    """One that says nothing when a client goes away, and knows how many are there.

    Connections are counted in the order in which they were made: what a process that was killed has sent before is
    read, and its connections are gone, once who asks afterwards is alone.
    """

    def __init__(self, *arguments: Any) -> None:
        super().__init__(*arguments)
        self.connected, self._lock = 0, threading.Lock()

    def process_request(self, request: Any, client_address: Any) -> None:
        with self._lock:
            self.connected += 1
        super().process_request(request, client_address)

    def process_request_thread(self, request: Any, client_address: Any) -> None:
        try:
            super().process_request_thread(request, client_address)
        finally:
            with self._lock:
                self.connected -= 1

    def handle_error(self, request: Any, client_address: Any) -> None:
        pass


class FakeServer:
    """The server.

    Args:
        fault_rate: share of requests, in [0, 1], that meet one of the ``faults``.
        faults: which, by name, of ``TRANSPORT`` and ``TEXT``.
        delay: seconds before an answer, at most; drawn anew each time.
        hang: seconds that a hanging request takes.
        most: requests side by side beyond which it answers 429; 0 for no limit.
        echo: put the Authorization header into every text and error.
        reply: replaces the reply to a request's body by a (status, JSON) of the test's own, or (status, JSON, headers).
        log: gets ``begin`` or ``end``, the hash of the request's body, and the moment, a line each.
    """

    def __init__(
        self,
        *,
        fault_rate: float = 0.0,
        faults: Sequence[str] = (*TRANSPORT, *TEXT),
        delay: float = 0.0,
        hang: float = 2.0,
        most: int = 0,
        echo: bool = False,
        reply: Callable[[dict[str, Any]], Answer] | None = None,
        port: int = 0,
        log: Path | None = None,
    ) -> None:
        self.fault_rate, self.faults, self.delay, self.hang = fault_rate, tuple(faults), delay, hang
        self.most, self.echo, self.reply, self.log = most, echo, reply, log
        self.requests: list[dict[str, Any]] = []
        self.peak = self._busy = 0
        self._seen: Counter[str] = Counter()
        self._lock = threading.Lock()
        self._http = _Http(("127.0.0.1", port), _handler(self))
        self._http.daemon_threads = True
        self.base_url = f"http://127.0.0.1:{self._http.server_port}/v1"

    def __enter__(self) -> "FakeServer":
        threading.Thread(target=self._http.serve_forever, args=(0.05,), daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._http.shutdown()
        self._http.server_close()

    @property
    def connected(self) -> int:
        """Connections that are open, or not yet read to their end."""
        return self._http.connected

    def run(self) -> None:
        """Serve until killed."""
        self._http.serve_forever(0.05)

    def begin(self, body: dict[str, Any]) -> tuple[int, int]:
        """Count a request; how often this body came before, and how many are under way."""
        key = digest(body)
        with self._lock:
            self._note("begin", body)
            self.requests.append(body)
            self._busy += 1
            self.peak = max(self.peak, self._busy)
            self._seen[key] += 1
            return self._seen[key], self._busy

    def end(self, body: dict[str, Any]) -> None:
        with self._lock:
            self._busy -= 1
            self._note("end", body)

    def _note(self, event: str, body: dict[str, Any]) -> None:
        if self.log:
            with self.log.open("a") as file:
                file.write(f"{event} {digest(body)} {time.monotonic():.6f}\n")

    def fault(self, body: dict[str, Any], times: int) -> str:
        """The fault that this request meets, or nothing."""
        kinds = [kind for kind in self.faults if kind in TEXT]
        chance = draw("text", json.dumps(body, sort_keys=True))
        if kinds and chance.random() < self.fault_rate * len(kinds) / len(self.faults):
            return chance.choice(kinds)
        kinds = [kind for kind in self.faults if kind in TRANSPORT]
        chance = draw("transport", json.dumps(body, sort_keys=True), times)
        if kinds and chance.random() < self.fault_rate * len(kinds) / len(self.faults):
            return chance.choice(kinds)
        return ""


def digest(body: dict[str, Any]) -> str:
    return sha256(json.dumps(body, sort_keys=True).encode()).hexdigest()


def text_for(body: dict[str, Any]) -> str:
    """What a model of Self-Instruct would say, or of another method, drawn by the body's hash."""
    chance = draw("reply", json.dumps(body, sort_keys=True))
    for answer in ANSWERS:
        if (text := answer(body, chance)) is not None:
            return text
    schema = json.dumps(body.get("response_format", {}))
    prompt = body.get("prompt") or body["messages"][-1]["content"]
    if '"tasks"' in schema:
        return json.dumps({"tasks": tasks_for(chance)}, ensure_ascii=False)
    if '"is_classification"' in schema:
        return json.dumps({"is_classification": chance.random() < 0.3})
    if '"tool"' in schema:
        return call_for(chance, [turn["content"] for turn in body["messages"]])
    if '"instances"' in schema:
        return json.dumps({"instances": instances_for(chance, '"label"' in schema)}, ensure_ascii=False)
    if prompt.endswith("Classification?"):
        return " Yes" if chance.random() < 0.3 else " No"
    if prompt.startswith("For each classification task"):
        return "\n".join(f"Class label: {i['label']}\n{i['input']}" for i in instances_for(chance, True))
    if prompt.rstrip().split("\n")[-1].startswith("Task:"):
        parts = instances_for(chance, False)
        return "\n".join(f"Example {n}\nInput: {i['input']}\nOutput: {i['output']}" for n, i in enumerate(parts, 1))
    if prompt.split("\n")[-1].rstrip(".").isdigit():
        first = int(prompt.split("\n")[-1].rstrip("."))
        texts = tasks_for(chance)
        return f" {texts[0]}" + "".join(f"\n{first + n}. {text}" for n, text in enumerate(texts[1:], 1))
    return f"You said: {prompt}"


def call_for(chance: random.Random, turns: Sequence[str]) -> str:
    """The next call of a task's own solution in most replies, or another one."""
    place, task = next((k, task) for k, turn in enumerate(turns) for task in solved_tasks() if task.prompt in turn)
    done = len(turns[place:]) // 2
    if done >= len(task.solution) or chance.random() < 0.2:
        return json.dumps({"thought": "Let me look.", "tool": "list_tables", "arguments": {}, "remaining": 1})
    call, left = task.solution[done], len(task.solution) - done - 1
    return json.dumps({"thought": "Next.", "tool": call.name, "arguments": call.values(), "remaining": left})


@cache
def solved_tasks() -> tuple[sqlite.Task, ...]:
    """The first tasks of a run with seed 0."""
    return tuple(sqlite.tasks(0, i) for i in range(100))


def tasks_for(chance: random.Random) -> list[str]:
    tasks = []
    for _ in range(chance.randint(3, 7)):
        number, subject, other = chance.randrange(1000), chance.choice(SUBJECTS), chance.choice(SUBJECTS)
        task = f"{chance.choice(VERBS)} the {subject} {number} and the {other} {chance.randrange(1000)} "
        tasks.append(chance.choice(ODD) if chance.random() < 0.15 else task + chance.choice(DETAILS))
    return [*tasks, tasks[0]] if chance.random() < 0.2 else tasks


def instances_for(chance: random.Random, labels: bool) -> list[dict[str, str]]:
    one, two = ("label", "input") if labels else ("input", "output")
    found = [
        {one: f"{chance.choice(SUBJECTS)} {chance.randrange(99)}", two: f"About the {chance.choice(SUBJECTS)}."}
        for _ in range(chance.randint(1, 3))
    ]
    if chance.random() < 0.1:
        found[0] = {one: "same", two: "same"}
    if chance.random() < 0.1:
        found.append({one: found[0][one] if one == "input" else "no", two: "" if labels else "something else"})
    return found


def write_source(path: Path, count: int) -> None:
    """A dataset of ``count`` instructions: a third are sums, the others have longer outputs with numbers and names."""
    chance = draw("source", count)
    with path.open("w", encoding="utf-8") as file:
        for i in range(count):
            task, one = tasks_for(chance)[0], instances_for(chance, False)[0]
            long = f"About {one['output']} In {1900 + i} Ada Lovelace counted {i + 7} of them, they say."
            row = {"instruction": f"{task} ({i})", "input": one["input"], "output": long}
            sum_ = {"instruction": f"What is {i} + {i + 7}, counted in {task}?", "input": "", "output": f"{2 * i + 7}"}
            file.write(json.dumps(row if i % 3 else sum_, ensure_ascii=False) + "\n")


def spoiled(text: str, fault: str) -> tuple[str, str]:
    """Text and finish reason, with a fault of the text."""
    if fault == "empty":
        return "", "stop"
    if fault == "bad json":
        return "I would rather not {[", "stop"
    if fault == "wrong schema":
        return '{"tasks": 7, "instances": {"input": []}, "is_classification": [1]}', "stop"
    if fault == "repeated":
        return json.dumps({"tasks": ["Describe the same old river again in three short sentences"] * 200}), "stop"
    if fault == "huge":
        return "x" * 1_000_000, "stop"
    if fault == "cut":
        return text[: len(text) // 2], "length"
    return text, "stop"


def _handler(server: FakeServer) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, format: str, *args: Any) -> None:
            pass

        def do_GET(self) -> None:
            if self.path == "/connected":
                self._send(200, server.connected)
                return
            found = self.path in ("/v1/models", "/health")
            self._send(200 if found else 404, {"object": "list", "data": [{"id": "fake", "object": "model"}]})

        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            times, busy = server.begin(body)
            try:
                self._answer(body, times, busy)
            except (BrokenPipeError, ConnectionResetError):
                pass
            finally:
                server.end(body)

        def _answer(self, body: dict[str, Any], times: int, busy: int) -> None:
            if server.reply:
                self._send(*server.reply(body))
                return
            time.sleep(random.uniform(0, server.delay))
            fault = server.fault(body, times)
            if server.most and busy > server.most:
                fault = "429"
            if not self._broke(fault):
                self._send(200, self._good(body, fault))

        def _broke(self, fault: str) -> bool:
            """Whether the request met a fault of the transport."""
            error = {
                "error": {"message": self._with_key(f"fault {fault}"), "type": "fault", "param": None, "code": None}
            }
            if fault in ("429", "429 date"):
                self._send(
                    429, error, {"Retry-After": "0.05" if fault == "429" else formatdate(time.time(), usegmt=True)}
                )
            elif fault == "500":
                self._send(500, error)
            elif fault == "hang":
                time.sleep(server.hang)
            elif fault == "reset":
                self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                self.connection.close()
            elif fault == "truncated":
                self._raw(b'{"choices": [{"mess', length=4000)
            elif fault == "not json":
                self._raw(b"<html>busy</html>")
            elif fault in ("no choices", "null choices", "number"):
                wrong = {"no choices": [], "null choices": None, "number": [{"message": {"content": 7}, "text": 7}]}
                self._send(200, {"choices": wrong[fault]})
            else:
                return False
            return True

        def _good(self, body: dict[str, Any], fault: str) -> dict[str, Any]:
            text, finish = spoiled(text_for(body), fault)
            text = self._with_key(text)
            choice: dict[str, Any] = {"index": 0, "finish_reason": finish}
            choice |= {"text": text} if "prompt" in body else {"message": {"role": "assistant", "content": text}}
            read, written = len(json.dumps(body)) // 4, len(text) // 4
            usage = {"prompt_tokens": read, "completion_tokens": written, "total_tokens": read + written}
            kind = "text_completion" if "prompt" in body else "chat.completion"
            return {"id": "1", "object": kind, "created": 1, "model": "fake", "choices": [choice], "usage": usage}

        def _with_key(self, text: str) -> str:
            return f"{text} {self.headers['Authorization']}" if server.echo else text

        def _send(self, status: int, body: Any, headers: dict[str, str] | None = None) -> None:
            self._raw(json.dumps(body).encode(), status, headers)

        def _raw(
            self, data: bytes, status: int = 200, headers: dict[str, str] | None = None, length: int | None = None
        ) -> None:
            self.send_response(status)
            for name, value in {"Content-Type": "application/json", **(headers or {})}.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(length or len(data)))
            self.end_headers()
            self.wfile.write(data)
            if length:
                self.close_connection = True

    return Handler


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--log", type=Path, required=True)
    parser.add_argument("--fault-rate", type=float, default=0.0)
    parser.add_argument("--delay", type=float, default=0.0)
    given = parser.parse_args()
    FakeServer(fault_rate=given.fault_rate, delay=given.delay, port=given.port, log=given.log).run()
