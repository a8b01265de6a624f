"""The tools of a folder: list, read, search, write, append, replace, move, copy, delete, answer."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from porism.search.environments.answers import answer_tool, reader, schema_of
from porism.search.environments.files.paths import Refused, clean
from porism.search.tools.calls import Observation
from porism.search.tools.tool import Tool

if TYPE_CHECKING:
    from porism.search.environments.files.world import Folder

TEXT = 8_000
"""An observation has this many characters."""
FOUND = 50
"""A search shows this many lines."""


def folder_tools(world: "Folder") -> tuple[Tool, ...]:
    """The tools, working on ``world``."""
    return (
        _tool("list_files", lambda folder="": _list(world, folder), optional=("folder",), read_only=True),
        _tool("read_file", lambda path: _read(world, path), read_only=True),
        _tool(
            "search_text", lambda text, folder="": _search(world, text, folder), optional=("folder",), read_only=True
        ),
        _tool("write_file", lambda path, text: _write(world, path, text), idempotent=True),
        _tool("append", lambda path, text: _append(world, path, text), destructive=False),
        _tool("replace_text", lambda path, old, new: _replace(world, path, old, new)),
        _tool("move", lambda source, target: _move(world, source, target)),
        _tool("copy", lambda source, target: _copy(world, source, target), destructive=False),
        _tool("delete", lambda path: _delete(world, path)),
        answer_tool(world.keep),
    )


def _list(world: "Folder", folder: str) -> Any:
    return {"files": _inside(world, folder)}


def _read(world: "Folder", path: str) -> str:
    return world.files[_there(world, path)]


def _search(world: "Folder", text: str, folder: str) -> Any:
    if not text:
        raise Refused("give a text to look for")
    found = [
        {"path": path, "line": number, "text": line}
        for path in _inside(world, folder)
        for number, line in enumerate(world.files[path].splitlines(), 1)
        if text in line
    ]
    shown: dict[str, Any] = {"found": found[:FOUND]}
    if len(found) > FOUND:
        shown["note"] = f"only the first {FOUND} of {len(found)} lines are shown"
    return shown


def _write(world: "Folder", path: str, text: str) -> str:
    world.put({clean(path): text})
    return "written"


def _append(world: "Folder", path: str, text: str) -> str:
    at = _there(world, path)
    old = world.files[at]
    world.put({at: old + ("\n" if old and not old.endswith("\n") else "") + text})  # what is appended begins a line
    return "appended"


def _replace(world: "Folder", path: str, old: str, new: str) -> str:
    at = _there(world, path)
    if not old:
        raise Refused("give the text to replace")
    count = world.files[at].count(old)
    if not count:
        raise Refused(f"{at} does not contain {old[:80]!r}")
    world.put({at: world.files[at].replace(old, new)})
    return f"replaced {count} times" if count > 1 else "replaced once"


def _move(world: "Folder", source: str, target: str) -> str:
    start, end = _there(world, source), _free(world, target)
    world.put({start: None, end: world.files[start]})
    return "moved"


def _copy(world: "Folder", source: str, target: str) -> str:
    start, end = _there(world, source), _free(world, target)
    world.put({end: world.files[start]})
    return "copied"


def _delete(world: "Folder", path: str) -> str:
    world.put({_there(world, path): None})
    return "deleted"


def _inside(world: "Folder", folder: str) -> list[str]:
    """The files in a folder and below; in all of it for ``""`` and ``"."``."""
    if folder.strip("./") == "" and ".." not in folder and not folder.startswith("/"):
        return sorted(world.files)
    start = clean(folder) + "/"
    found = sorted(path for path in world.files if path.startswith(start))
    if not found:
        raise Refused(f"there is no folder {folder[:80]!r}")
    return found


def _there(world: "Folder", path: str) -> str:
    found = clean(path)
    if found not in world.files:
        raise Refused(f"there is no file {found!r}; list_files shows what there is")
    return found


def _free(world: "Folder", path: str) -> str:
    found = clean(path)
    if found in world.files:
        raise Refused(f"{found} is there already")
    return found


def _tool(
    name: str,
    run: Callable[..., Any],
    *,
    optional: tuple[str, ...] = (),
    read_only: bool = False,
    idempotent: bool = False,
    destructive: bool = True,
) -> Tool:
    def told(**values: Any) -> Any:
        try:
            return run(**values)
        except Refused as error:
            return Observation(f"{name}: {error}", "failed")

    description, properties = DESCRIPTIONS[name]
    parameters = schema_of({key: {"type": "string", "description": said} for key, said in properties.items()}, optional)
    return Tool(
        name, description, parameters, told, read_only, idempotent, destructive,
        timeout=None, longest=TEXT, parse=reader(parameters),
    )  # fmt: skip


DESCRIPTIONS = {
    "list_files": ("The paths of all files.", {"folder": "Only those in this folder."}),
    "read_file": ("The text of a file.", {"path": "Of the file."}),
    "search_text": (
        "The lines that contain a text, in all files.",
        {"text": "What to look for; upper and lower case differ.", "folder": "Only in the files of this folder."},
    ),
    "write_file": (
        "Write a file, new or in place of the old one.",
        {"path": "Of the file.", "text": "All of its text."},
    ),
    "append": ("Add lines at the end of a file.", {"path": "Of the file.", "text": "The lines to add."}),
    "replace_text": (
        "Replace a text in a file wherever it occurs.",
        {"path": "Of the file.", "old": "The text to replace.", "new": "What to put in its place."},
    ),
    "move": ("Move or rename a file.", {"source": "Its path.", "target": "Its new path."}),
    "copy": ("Copy a file.", {"source": "Its path.", "target": "The path of the copy."}),
    "delete": ("Delete a file.", {"path": "Of the file."}),
}
