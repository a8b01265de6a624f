"""From the text after ``--model`` to a model that answers."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from porism.errors import InputError
from porism.generators import local, vllm
from porism.generators.endpoint import Endpoint, Pace

SPELLINGS = "local, local:FILE.gguf, openai:NAME, openai:NAME@http://host:port/v1 or vllm:NAME"


@dataclass(frozen=True)
class Price:
    """What a million tokens cost, in whatever currency, read and written."""

    read: float
    written: float

    def cost(self, input_tokens: int, output_tokens: int) -> float:
        """Of so many tokens.

        >>> Price(0.15, 0.60).cost(2_000_000, 500_000)
        0.6
        """
        return round((self.read * input_tokens + self.written * output_tokens) / 1e6, 6)


@dataclass(frozen=True)
class Service:
    """How a model is served and asked: nothing in it changes what is asked."""

    pace: Pace = field(default_factory=Pace)
    for_local: local.Server = field(default_factory=local.Server)
    for_vllm: vllm.Server = field(default_factory=vllm.Server)
    price: Price | None = None


def model_name(spec: str) -> str:
    """What a model is called in configurations, cache keys and origins; where it is served is not part of it.

    >>> model_name("openai:gpt-oss-20b@http://localhost:8000/v1")
    'openai:gpt-oss-20b'

    Raises:
        InputError: the spelling is unknown, or the file or package is not there.
    """
    kind, name, _ = _parsed(spec)
    return local.identity(_file(name)) if kind == "local" else f"{kind}:{name}"


@contextmanager
def served(spec: str, service: Service) -> Iterator[Endpoint]:
    """The model that ``spec`` names, ready to answer, until the end of the block.

    Raises:
        InputError: the spelling is unknown, or something is not installed.
        ModelError: it cannot be started or reached.
    """
    kind, name, url = _parsed(spec)
    if kind == "local":
        with local.served(_file(name), service.for_local, service.pace) as endpoint:
            yield endpoint
    elif kind == "vllm":
        with vllm.served(name, service.for_vllm, service.pace) as endpoint:
            yield endpoint
    else:
        endpoint = Endpoint(name, url, pace=service.pace)
        try:
            endpoint.probe()
            yield endpoint
        finally:
            endpoint.close()


def _parsed(spec: str) -> tuple[str, str, str | None]:
    """Kind, name and address."""
    kind, _, rest = spec.partition(":")
    name, at, url = rest.partition("@http")
    known = kind == "local" or (kind in ("openai", "vllm") and name)
    if not known or (at and kind != "openai"):
        raise InputError(f"unknown model {spec!r}; it is spelled {SPELLINGS}")
    return kind, name, "http" + url if at else None


def _file(name: str) -> Path:
    return Path(name) if name else local.packaged()
