"""What is read from the package ``bfcl-eval``: eight service classes, their descriptions, and the tasks as rows."""

import inspect
import json
import random
from collections.abc import Mapping
from datetime import datetime
from functools import cache
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from porism.errors import InputError

INSTALL = "the BFCL tasks need a package that is not installed: pip install --no-deps bfcl-eval==2026.3.23"
FOLDER = "bfcl_eval.eval_checker.multi_turn_eval.func_source_code"
SERVICES = {
    "GorillaFileSystem": "gorilla_file_system",
    "MathAPI": "math_api",
    "MessageAPI": "message_api",
    "TwitterAPI": "posting_api",
    "TicketAPI": "ticket_api",
    "TradingBot": "trading_bot",
    "TravelAPI": "travel_booking",
    "VehicleControlAPI": "vehicle_control",
}
TYPES = {"dict": "object", "float": "number"}  # the data's words for JSON Schema's
PLAIN = frozenset({str, int, float, bool, type(None), datetime})  # nothing changes these


def rows(name: str) -> list[dict[str, Any]]:
    """One of the package's data files.

    Raises:
        InputError: the package is not installed.
    """
    package = find_spec("bfcl_eval")
    if package is None or not package.submodule_search_locations:
        raise InputError(INSTALL)
    path = Path(package.submodule_search_locations[0], "data", name)
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


@cache
def service(name: str) -> type:
    """One of the classes.

    Raises:
        InputError: the package is not installed.
    """
    try:
        found: type = getattr(import_module(f"{FOLDER}.{SERVICES[name]}"), name)
    except ModuleNotFoundError as error:
        raise InputError(INSTALL) from error
    return found


@cache
def methods(services: tuple[str, ...]) -> Mapping[str, str]:
    """The tools of some services, each with its service; where two share a name, the later service has it."""
    return {
        name: each
        for each in services
        for name, _ in inspect.getmembers(service(each), inspect.isfunction)
        if not name.startswith("_")
    }


def parameters(tool: str, owner: str) -> list[str]:
    """The names of a tool's parameters, in order."""
    return list(inspect.signature(getattr(service(owner), tool)).parameters)[1:]


@cache
def described(owner: str) -> Mapping[str, tuple[str, dict[str, Any]]]:
    """Description and JSON Schema of each tool of a service."""
    found = rows(f"multi_turn_func_doc/{SERVICES[owner]}.json")
    return {row["name"]: (row["description"], _schema(row["parameters"])) for row in found}


def _schema(words: Mapping[str, Any]) -> dict[str, Any]:
    """A JSON Schema from the data's dialect of it, which writes the default None as a string."""
    schema = {key: words[key] for key in ("description", "required", "default") if key in words}
    if schema.get("default") == "None":
        del schema["default"]
    schema["type"] = TYPES.get(words["type"], words["type"])
    if "properties" in words:
        schema["properties"] = {name: _schema(each) for name, each in words["properties"].items()}
        if "ticket_id" in schema["properties"]:  # multi_turn_base_173 has tickets with names, and closes one
            schema["properties"]["ticket_id"]["type"] = ["integer", "string"]
    if "items" in words:
        schema["items"] = _schema(words["items"])
    return schema


def started(owner: str, start: Mapping[str, Any]) -> Any:
    """A service in the state that a task begins with."""
    made = service(owner)()
    if owner != "MathAPI":  # which has no state
        made._load_scenario(start)
    return made


def public(made: Any) -> dict[str, Any]:
    """The part of a service's state that the benchmark compares."""
    return {name: value for name, value in vars(made).items() if not name.startswith("_")}


def copied(value: Any, memo: dict[int, Any]) -> Any:
    """A deep copy of a service, or of what is in one: JSON, objects, generators. ``deepcopy`` takes ten times as long.

    Args:
        value: what to copy.
        memo: the copies made so far, by ``id`` of the original; empty to begin with.
    """
    kind: Any = type(value)
    if kind in PLAIN:
        return value
    if id(value) in memo:
        return memo[id(value)]
    twin: Any = kind.__new__(kind)  # not Random(), which asks the system for entropy
    memo[id(value)] = twin
    if kind is dict:
        twin.update((key, each if type(each) in PLAIN else copied(each, memo)) for key, each in value.items())
    elif kind is list:
        twin.extend(each if type(each) in PLAIN else copied(each, memo) for each in value)
    elif kind is set:
        twin.update(value)
    elif kind is random.Random:
        twin.setstate(value.getstate())
    else:
        twin.__dict__.update(copied(value.__dict__, memo))
    return twin


READ_ONLY = frozenset(  # the package says it nowhere; a tool that draws a random number is not among them
    """
    cat diff du find grep ls pwd tail wc
    absolute_value add divide imperial_si_conversion logarithm max_value mean min_value multiply percentage power
    round_number si_unit_conversion square_root standard_deviation subtract sum_values
    get_message_stats get_user_id list_users message_get_login_status search_messages view_messages_sent
    get_tweet get_tweet_comments get_user_stats get_user_tweets list_all_following posting_get_login_status
    search_tweets get_ticket get_user_tickets ticket_get_login_status
    filter_stocks_by_price get_account_info get_available_stocks get_current_time get_order_details get_order_history
    get_stock_info get_symbol_by_name get_transaction_history get_watchlist notify_price_change
    trading_get_login_status compute_exchange_rate get_all_credit_cards get_booking_history get_budget_fiscal_year
    get_credit_card_balance get_nearest_airport_by_city list_all_airports retrieve_invoice
    travel_get_login_status verify_traveler_information check_tire_pressure displayCarStatus display_log
    estimate_distance estimate_drive_feasibility_by_mileage find_nearest_tire_shop gallon_to_liter
    get_zipcode_based_on_city liter_to_gallon
    """.split()  # noqa: SIM905
)
