"""``porism view``: datasets in the browser, each row drawn as what it is."""

import os
import sys
import webbrowser
from collections.abc import Callable, Sequence
from pathlib import Path

from porism.errors import InputError
from porism.outputs.view.app import Site, serve, stores
from porism.outputs.view.shown import Drawn, Row


def view(folders: Sequence[Path], port: int = 0, told: Callable[[str], None] = print, browser: bool = True) -> None:
    """Show datasets until interrupted.

    Args:
        folders: of datasets, or folders of such.
        port: of the loopback address; 0 for one that is free.
        told: called with the address once it answers.
        browser: open it there, if there is one.

    Raises:
        InputError: there is no dataset, or the port cannot be used.
    """
    if not 0 <= port < 1 << 16:
        raise InputError(f"--port is {port}; ports are numbers from 0 to 65535, and 0 is any that is free")

    def ready(address: str) -> None:
        told(address)
        if browser and _has_screen():
            _opened(address)

    serve(Site(stores(folders), draw), port, ready)


def draw(flow: str, config: str, row: Row) -> Drawn | None:
    """A row drawn as what it is; what draws is read when the first row is looked at."""
    from porism.pipelines import drawings

    return drawings.draw(flow, config, row)


def _has_screen() -> bool:
    """Whether a browser would have a window; one in the terminal would take the terminal from us."""
    if sys.platform in ("darwin", "win32"):
        return True
    return bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


def _opened(address: str) -> None:
    try:
        webbrowser.open(address)
    except (webbrowser.Error, OSError):  # the address is printed
        return
