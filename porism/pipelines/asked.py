"""The models that a run asks: served while it lasts, each with a memory of its replies in the run's folder."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from porism.generators.cache import Cached
from porism.generators.endpoint import Endpoint
from porism.generators.models import Service, served


@dataclass(frozen=True)
class Models:
    """Models by their ``--model`` text, in the order they were asked for."""

    endpoints: Mapping[str, Endpoint]
    remembered: Mapping[str, Cached]
    service: Service

    def of(self, spec: str) -> Cached:
        """The model of that text."""
        return self.remembered[spec]

    @property
    def name(self) -> str:
        """Of the first."""
        return next((endpoint.name for endpoint in self.endpoints.values()), "no model")

    def retire(self) -> None:
        """Let no new request begin."""
        for endpoint in self.endpoints.values():
            endpoint.retire()

    def facts(self) -> dict[str, Any]:
        """What the manifest says of them: names and addresses, and what this run and all runs used."""
        told = [self._facts(spec) for spec in self.endpoints]
        return {**(told[0] if told else {}), **({"other_models": told[1:]} if told[1:] else {})}

    def _facts(self, spec: str) -> dict[str, Any]:
        model, cached, price = self.endpoints[spec], self.remembered[spec], self.service.price
        paid = cached.usage()
        cost = {"cost": price.cost(paid["input_tokens"], paid["output_tokens"])} if price else {}
        return {
            "model": {"name": model.name, "address": model.address},
            "usage": {"this_run": {**model.usage(), "remembered": cached.hits}, "all_runs": {**paid, **cost}},
        }


@contextmanager
def asked(specs: Sequence[str], service: Service, work: Path) -> Iterator[Models]:
    """The models, ready to answer, until the end of the block.

    Args:
        specs: how ``--model`` spells each, without repeats.
        service: how they are served and asked.
        work: where their replies are kept.

    Raises:
        InputError: a spelling is unknown, or something is not installed.
        ModelError: a model cannot be started or reached.
    """
    with ExitStack() as stack:
        endpoints, remembered = {}, {}
        for number, spec in enumerate(specs):
            endpoints[spec] = stack.enter_context(served(spec, service))
            file = work / (f"replies-{number}.sqlite" if number else "replies.sqlite")
            remembered[spec] = stack.enter_context(Cached(endpoints[spec], file, service.pace.concurrency))
        yield Models(endpoints, remembered, service)
