"""``porism schedule``: a flow as a deployment that a Prefect server starts on time."""

from collections.abc import Mapping
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.request import urlopen

from porism.errors import InputError


def server() -> str:
    """The address of the Prefect server that the settings name, or of one at the usual place on this machine.

    Raises:
        InputError: none answers.
    """
    from prefect.settings import get_current_settings

    address = str(get_current_settings().api.url or "http://127.0.0.1:4200/api")
    try:
        with urlopen(f"{address}/health", timeout=10):
            return address
    except HTTPError:
        return address  # it answers, and wants a key that Prefect's client has
    except (URLError, OSError, ValueError):
        raise InputError(
            f"no Prefect server answers at {address}; start one with `prefect server start`, "
            "or name yours with PREFECT_API_URL"
        ) from None


def serve(name: str, cron: str, flow: str, parameters: Mapping[str, Any]) -> None:
    """Register the deployment and run what is due, until interrupted. What is due while a run goes on is skipped.

    Args:
        name: of the schedule.
        cron: when.
        flow: ``geometry`` or ``instruct``.
        parameters: of its runs.

    Raises:
        InputError: no server answers, or ``cron`` is not a cron expression.
    """
    from prefect.client.schemas.objects import ConcurrencyLimitConfig, ConcurrencyLimitStrategy
    from prefect.client.schemas.schedules import CronSchedule
    from prefect.settings import PREFECT_API_URL, temporary_settings
    from pydantic import ValidationError

    from porism.pipelines import flows

    try:
        CronSchedule(cron=cron)
    except ValidationError:
        raise InputError(
            f'--cron is {cron!r}; it wants five fields, such as "0 2 * * *" for two o\'clock each night'
        ) from None
    with temporary_settings({PREFECT_API_URL: server()}):
        getattr(flows, flow).serve(
            name=name,
            cron=cron,
            parameters={**parameters, "schedule": name},
            global_limit=ConcurrencyLimitConfig(limit=1, collision_strategy=ConcurrencyLimitStrategy.CANCEL_NEW),
        )
