"""Folders as people have them: notes, settings, logs, drafts, tables, letters and what programs leave behind."""

from collections.abc import Callable
from random import Random

PEOPLE = ("Mr Brown", "Ms Duarte", "Dr Ito", "Mrs Lund", "Mr Okoye", "Ms Farkas")
TOPICS = (
    "garden", "budget", "holiday", "kitchen", "meeting", "choir", "moving", "recipes", "workshop", "reading", "bicycle",
    "roof", "birthday", "website", "insurance", "allotment",
)  # fmt: skip
TASKS = (
    "call the plumber", "buy stamps", "water the plants", "renew the contract", "send the invoice", "book the train",
    "clean the filter", "ask for a quote", "return the keys", "check the smoke alarm", "order seeds", "fix the lamp",
)  # fmt: skip
PROGRAMS = ("mail", "backup", "server", "printer", "scanner", "calendar", "database", "proxy")
SETTINGS = {
    "port": (8000, 9900, 10), "timeout": (5, 120, 5), "retries": (1, 9, 1), "max_users": (10, 500, 10),
    "cache_mb": (16, 512, 16), "interval": (10, 600, 10), "volume": (0, 100, 5),
}  # fmt: skip
LEVELS = ("INFO", "INFO", "WARNING", "ERROR", "DEBUG")
EVENTS = ("disk almost full", "started", "connection lost", "file not found", "saved", "user logged in", "timed out")
ITEMS = ("apples", "bolts", "candles", "paper", "seeds", "tiles", "wool", "honey")
MONTHS = ("January", "March", "April", "June", "July", "September", "October", "December")
PLACES = ("north", "south", "harbour", "station", "market", "airport", "castle")

Filler = Callable[[Random], dict[str, str]]


def notes(rng: Random) -> dict[str, str]:
    """Lists of things to do, with a title."""
    return {
        f"{topic}.md": "\n".join([f"# {topic.capitalize()} plans for {rng.choice(MONTHS)}", *_tasks(rng)]) + "\n"
        for topic in rng.sample(TOPICS, rng.randint(2, 5))
    }


def settings(rng: Random) -> dict[str, str]:
    """Names and numbers."""
    return {f"{name}.ini": _settings(rng) for name in rng.sample(PROGRAMS, rng.randint(2, 3))}


def logs(rng: Random) -> dict[str, str]:
    """What programs did, and when."""
    return {f"{name}.log": _log(rng) for name in rng.sample(PROGRAMS, rng.randint(2, 3))}


def drafts(rng: Random) -> dict[str, str]:
    """Short texts, some of them in another format."""
    names = [f"{topic}{rng.choice(['.txt', '.txt', '.md'])}" for topic in rng.sample(TOPICS, rng.randint(3, 5))]
    return {name: f"{rng.choice(TASKS).capitalize()} before the {rng.choice(TOPICS)} day.\n" for name in names}


def tables(rng: Random) -> dict[str, str]:
    """What was sold where."""
    return {f"{place}.csv": _table(rng) for place in rng.sample(PLACES, rng.randint(2, 4))}


def letters(rng: Random) -> dict[str, str]:
    """Letters to a few people."""
    return {
        f"{topic}.txt": f"Dear {rng.choice(PEOPLE)},\nthank you for the {topic} papers. "
        f"{rng.choice(PEOPLE)} will {rng.choice(TASKS)} on the {rng.randint(2, 28)}th.\n"
        for topic in rng.sample(TOPICS, rng.randint(3, 5))
    }


def leftovers(rng: Random) -> dict[str, str]:
    """Copies that programs forgot, among pages that are wanted."""
    names = rng.sample(TOPICS, rng.randint(3, 5))
    endings = [".bak", ".bak", ".txt", ".tmp", ".tmp"]
    return {f"{name}{rng.choice(endings)}": f"saved {rng.randint(1, 99)} pages\n" for name in names}


KINDS: dict[str, tuple[Filler, tuple[str, ...]]] = {
    "notes": (notes, ("notes", "lists", "plans")),
    "settings": (settings, ("config", "settings", "etc")),
    "logs": (logs, ("logs", "journal", "reports")),
    "drafts": (drafts, ("drafts", "texts", "ideas")),
    "tables": (tables, ("sales", "data", "figures")),
    "letters": (letters, ("letters", "post", "mail")),
    "leftovers": (leftovers, ("pages", "old", "downloads")),
}
"""Each kind of folder with the names that it may have; no two kinds share a name."""


def filled(rng: Random) -> tuple[dict[str, str], dict[str, str]]:
    """Files of four kinds or five, and which kind is in which folder: path to text, kind to folder."""
    files, folders = {}, {}
    for kind in rng.sample(sorted(KINDS), rng.randint(4, 5)):
        fill, names = KINDS[kind]
        folders[kind] = rng.choice(names)
        files.update({f"{folders[kind]}/{name}": text for name, text in fill(rng).items()})
    return files, folders


def number(rng: Random, setting: str) -> int:
    """A value that a setting may have."""
    low, high, step = SETTINGS[setting]
    return rng.randrange(low, high + 1, step)


def _tasks(rng: Random) -> list[str]:
    return [f"- {each}" for each in rng.sample(TASKS, rng.randint(2, 5))]


def _settings(rng: Random) -> str:
    lines = [f"{name} = {number(rng, name)}" for name in rng.sample(sorted(SETTINGS), rng.randint(3, 5))]
    return "\n".join(["[main]", *lines]) + "\n"


def _log(rng: Random) -> str:
    hours = sorted(rng.sample(range(6, 23), rng.randint(5, 9)))
    day = f"2024-03-{rng.randint(10, 28)}"
    lines = [f"{day} {hour:02}:00 {rng.choice(LEVELS)} {rng.choice(EVENTS)}" for hour in hours]
    return "\n".join(lines) + "\n"


def _table(rng: Random) -> str:
    lines = [f"{item},{rng.randint(1, 60)}" for item in rng.sample(ITEMS, rng.randint(2, 4))]
    return "\n".join(lines) + "\n"
