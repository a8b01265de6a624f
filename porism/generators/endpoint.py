"""A model behind an OpenAI-compatible endpoint: chat and plain completions, over the official client.

Each request is tried again, with growing jittered waits or as long as the server asks for (Retry-After), while the
fault may pass: no connection, a time-out, 408, 409, 429, 5xx, an answer that cannot be read. A fault of the request
becomes a reply with an ``error``. A fault that no other request would be spared (401, 403, 404, an empty purse, nothing
but failures) is a ``ModelError``. A parameter that the server does not know is left out from then on.
"""

import json
import os
import re
import time
from base64 import b64encode
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from random import Random
from threading import Event, Lock
from typing import Any
from urllib.parse import unquote, urlsplit

import openai

from porism.errors import InputError
from porism.generators.chat import ChatReply, ChatRequest, ModelError
from porism.generators.limits import Allowance, Slots

OPTIONAL = ("response_format", "seed", "presence_penalty", "temperature", "top_p", "stop")
HIDDEN = "[secret]"


@dataclass(frozen=True)
class Pace:
    """How an endpoint is asked. None of it changes what is asked, so none of it is part of a run's configuration.

    Attributes:
        concurrency: requests under way at most; fewer after refusals.
        requests_per_minute: allowance, or None.
        tokens_per_minute: allowance over input (estimated at 4 characters a token) and ``max_tokens``, or None.
        timeout: seconds without a byte after which a request has failed.
        attempts: how often a request is tried.
        backoff: seconds before the second attempt; doubled for each further one, up to a minute, and jittered.
        give_up: requests that fail in a row, each after all its attempts, before the endpoint counts as down.
    """

    concurrency: int = 8
    requests_per_minute: float | None = None
    tokens_per_minute: float | None = None
    timeout: float = 120.0
    attempts: int = 7
    backoff: float = 0.5
    give_up: int = 8


class Endpoint:
    """A chat model behind an OpenAI-compatible endpoint.

    Args:
        model: the name the server knows it by.
        base_url: of the API, ending in ``/v1`` as a rule; by default ``OPENAI_BASE_URL``, else OpenAI's.
        api_key: by default ``OPENAI_API_KEY``. Never shown or stored: wherever it would appear stands ``[secret]``.
        name: what it is called in cache keys and origins; by default ``openai:`` and the model.
        pace: how fast it is asked.
        extra: further fields of every request's body, such as ``{"cache_prompt": False}``.

    Raises:
        InputError: the address is none.
    """

    def __init__(
        self,
        model: str,
        base_url: str | None = None,
        api_key: str | None = None,
        *,
        name: str | None = None,
        pace: Pace | None = None,
        extra: dict[str, Any] | None = None,
    ) -> None:
        self._model, self.name, self.pace = model, name or f"openai:{model}", pace or Pace()
        self._key = api_key or os.environ.get("OPENAI_API_KEY") or ""
        self._url = base_url or os.environ.get("OPENAI_BASE_URL") or "https://api.openai.com/v1"
        self._secrets = _secrets(self._key, self._url)
        self._client = openai.OpenAI(
            base_url=self._url, api_key=self._key or "none", max_retries=0, timeout=self.pace.timeout
        )
        self._extra, self._left_out = extra or {}, set[str]()
        self.slots = Slots(self.pace.concurrency)
        self._requests, self._tokens = Allowance(self.pace.requests_per_minute), Allowance(self.pace.tokens_per_minute)
        self._lock, self._closing = Lock(), Event()
        self._counts, self._in_a_row = Counter[str](), 0
        self._jitter, self._gone = Random(), ""

    @property
    def address(self) -> str:
        """Where it is, without user, password or query."""
        url = urlsplit(self._url)
        return f"{url.scheme}://{url.netloc.rpartition('@')[2]}{url.path}"

    def usage(self) -> dict[str, Any]:
        """Requests sent, tokens and faults of this process."""
        with self._lock:
            counts = {name: self._counts[name] for name in ("requests", "input_tokens", "output_tokens", "failed")}
            faults = {name[6:]: count for name, count in sorted(self._counts.items()) if name.startswith("fault ")}
        return {**counts, "faults": faults, "left_out": sorted(self._left_out)}

    def probe(self) -> None:
        """Find out at once whether anything answers at the address, and lets us in.

        Raises:
            ModelError: nothing does, or it does not.
        """
        try:
            self._client.with_options(timeout=min(10.0, self.pace.timeout)).models.list()
        except (openai.AuthenticationError, openai.PermissionDeniedError) as error:
            raise self._fatal(error) from None
        except openai.APITimeoutError:
            return  # slow to list its models; it may still answer
        except openai.APIConnectionError as error:
            if type(error.__cause__).__name__ == "ConnectError":  # of httpx or httpx2, whichever the client uses
                raise self._unreachable(error) from None
        except (openai.OpenAIError, ValueError):
            return  # it is there, and has no list of models

    def generate(self, requests: Sequence[ChatRequest]) -> list[ChatReply]:
        """One reply for each request, in order."""
        if len(requests) == 1:
            return [self._answer(requests[0])]
        with ThreadPoolExecutor(max_workers=self.pace.concurrency) as pool:
            return list(pool.map(self._answer, requests))

    def abandon(self, reason: str) -> None:
        """Let every request fail from now on with a ``ModelError`` for this reason: the server is known to be dead."""
        self._gone = reason
        self._closing.set()

    def retire(self) -> None:
        """No further attempts; what is under way may still come back."""
        self._closing.set()

    def close(self) -> None:
        """Retire, and close the connections."""
        self.retire()
        self._client.close()

    def _answer(self, request: ChatRequest) -> ChatReply:
        fault = ""
        for attempt in range(self.pace.attempts):
            tokens = len(request.text) / 4 + request.max_tokens
            self._sleep(max(self._requests.take(1), self._tokens.take(tokens)))
            if self._closing.is_set():
                break
            try:
                with self.slots.one() as began:
                    if self._closing.is_set():  # while it waited for the slot
                        break
                    reply = self._ask(request, began)
            except _Fault as error:
                fault = str(error)
                self._count(f"fault {error.kind}")
                if error.kind == "request":
                    break
                if attempt + 1 < self.pace.attempts:
                    self._sleep(error.wait if error.wait is not None else self._wait(attempt))
                continue
            self.slots.answered()
            self._count("input_tokens", reply.input_tokens)
            self._count("output_tokens", reply.output_tokens)
            self._in_a_row = 0
            return reply
        return self._failed(fault)

    def _failed(self, fault: str) -> ChatReply:
        if self._gone:
            raise ModelError(self._gone)
        self._count("failed")
        with self._lock:
            self._in_a_row += 1
            down = self._in_a_row >= self.pace.give_up
        if down and not self._closing.is_set():
            raise ModelError(
                f"{self._in_a_row} requests in a row failed at {self.address}, the last with: {fault}; "
                "run the same command again to go on when it is back"
            )
        return ChatReply(error=fault or "stopped")

    def _ask(self, request: ChatRequest, began: float) -> ChatReply:
        """One attempt, in a slot held since ``began``."""
        self._count("requests")
        while True:
            body = self._body(request)
            try:
                if request.prompt is None:
                    chat = self._client.chat.completions.create(**body)
                    return self._read(chat, chat.choices[0].message.content)
                completion = self._client.completions.create(**body)
                return self._read(completion, completion.choices[0].text)
            except openai.BadRequestError as error:
                if not self._leave_out(error, body):
                    raise _Fault("request", self._words(error)) from None
            except openai.OpenAIError as error:
                raise self._fault(error, began) from None
            except (ValueError, AttributeError, TypeError, LookupError, RecursionError) as error:
                raise _Fault("unreadable", f"unreadable answer: {type(error).__name__}") from None

    def _body(self, request: ChatRequest) -> dict[str, Any]:
        body: dict[str, Any] = {
            "model": self._model,
            "temperature": request.temperature,
            "top_p": request.top_p,
            "presence_penalty": request.presence_penalty,
            "seed": request.seed,
            "extra_body": self._extra,
        }
        if request.stop:
            body["stop"] = list(request.stop)
        if request.prompt is not None:
            body["prompt"] = request.prompt
        else:
            body["messages"] = [{"role": message.role, "content": message.content} for message in request.messages]
        if request.schema is not None:
            schema = {"name": "reply", "strict": True, "schema": json.loads(request.schema)}
            body["response_format"] = {"type": "json_schema", "json_schema": schema}
        renamed = "max_tokens" in self._left_out and request.prompt is None  # only chat has the other name
        limit = {"max_completion_tokens" if renamed else "max_tokens": request.max_tokens}
        return {name: value for name, value in body.items() if name not in self._left_out} | limit

    def _read(self, answer: Any, text: Any) -> ChatReply:
        """The reply in an answer. The client checks no types, so that anything may be anything."""
        if not isinstance(text, str | None):
            raise TypeError("the reply is not text")
        finish = answer.choices[0].finish_reason
        return ChatReply(
            text=self._redacted(text or ""),
            finish=self._redacted(finish) if isinstance(finish, str) else "stop",
            input_tokens=_whole(getattr(answer.usage, "prompt_tokens", 0)),
            output_tokens=_whole(getattr(answer.usage, "completion_tokens", 0)),
        )

    def _leave_out(self, error: openai.BadRequestError, body: dict[str, Any]) -> bool:
        """Whether the server objects to a parameter that we can do without; if so, it is left out from now on."""
        for name in (*OPTIONAL, "max_tokens") if "messages" in body else OPTIONAL:
            said = error.param == name if error.param else re.search(rf"\b{name}\b", str(error.message))
            if name in body and said:
                with self._lock:
                    self._left_out.add(name)
                return True
        return False

    def _fault(self, error: openai.OpenAIError, began: float) -> Exception:
        """What an error of the client means here."""
        if isinstance(error, openai.RateLimitError):
            if error.code == "insufficient_quota":
                return self._fatal(error)
            self.slots.refused(began)
            return _Fault("refused", self._words(error), _retry_after(error))
        if isinstance(error, openai.AuthenticationError | openai.PermissionDeniedError | openai.NotFoundError):
            return self._fatal(error)
        if isinstance(error, openai.APITimeoutError):
            return _Fault("timeout", f"no answer within {self.pace.timeout:g} s")
        if isinstance(error, openai.APIConnectionError):
            return _Fault("connection", self._redacted(f"connection failed: {error.__cause__ or error}"))
        if isinstance(error, openai.APIStatusError):
            again = error.status_code in (408, 409) or error.status_code >= 500
            return _Fault(
                f"status {error.status_code}" if again else "request", self._words(error), _retry_after(error)
            )
        return _Fault("unreadable", f"unreadable answer: {type(error).__name__}")

    def _fatal(self, error: openai.APIStatusError) -> ModelError:
        hint = {401: "check OPENAI_API_KEY", 404: f"check that it serves {self._model!r}"}.get(error.status_code, "")
        return ModelError(f"{self.address} refused: {self._words(error)}" + (f"; {hint}" if hint else ""))

    def _unreachable(self, error: Exception) -> ModelError:
        cause = self._redacted(str(error.__cause__ or error))
        return ModelError(
            f"nothing answers at {self.address} ({cause}); start the server, or name another with --model"
        )

    def _words(self, error: openai.APIStatusError) -> str:
        """The server's own words, on one line, at most 300 characters."""
        body = error.body if isinstance(error.body, dict) else {}
        said = body.get("message") if isinstance(body.get("message"), str) else error.message
        return f"{error.status_code}: {self._redacted(' '.join(str(said).split()))[:300]}"

    def _redacted(self, text: str) -> str:
        for secret in self._secrets:
            text = text.replace(secret, HIDDEN)
        return text

    def _wait(self, attempt: int) -> float:
        return min(60.0, self.pace.backoff * (1 << attempt)) * self._jitter.uniform(0.5, 1.0)

    def _sleep(self, seconds: float) -> None:
        if seconds > 0:
            self._closing.wait(seconds)

    def _count(self, name: str, by: int = 1) -> None:
        with self._lock:
            self._counts[name] += by


class _Fault(Exception):
    """One attempt failed. ``wait``: the seconds the server asks for, if it does."""

    def __init__(self, kind: str, reason: str, wait: float | None = None) -> None:
        super().__init__(reason)
        self.kind, self.wait = kind, wait


def _secrets(key: str, address: str) -> list[str]:
    """The key, and the password in an address as it is written, read and sent.

    Raises:
        InputError: the address is none.
    """
    try:
        url = urlsplit(address)
        valid = url.scheme in ("http", "https") and url.hostname and url.port != 0
    except ValueError:
        valid = False
    if not valid:
        shown = address.rpartition("@")[2]
        raise InputError(f"{shown!r} is not the address of an endpoint; one is spelled http://localhost:8000/v1")
    user, password = unquote(url.username or ""), unquote(url.password or "")
    sent = b64encode(f"{user}:{password}".encode()).decode() if password else ""
    return [secret for secret in (key, url.password or "", password, sent) if len(secret) >= 6]


def _retry_after(error: openai.APIStatusError) -> float | None:
    """The seconds until the moment a Retry-After header names (as seconds or as a date), at most two minutes."""
    header = str(error.response.headers.get("retry-after", ""))
    try:
        seconds = float(header) if header[:1].isdigit() else _timestamp(header) - time.time()
    except ValueError:
        return None
    return min(120.0, max(0.0, seconds))


def _timestamp(date: str) -> float:
    return parsedate_to_datetime(date).timestamp()


def _whole(value: Any) -> int:
    return value if isinstance(value, int) and value >= 0 else 0
