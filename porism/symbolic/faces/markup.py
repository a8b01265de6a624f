"""SVG as text: elements, paths and numbers, with everything escaped."""

import re
from collections.abc import Sequence
from html import escape


def element(tag: str, content: str = "", **attributes: str | float) -> str:
    """An XML element; ``content`` is XML, attributes are not yet, ``classes`` is ``class`` and ``_`` is ``-``."""
    names = {"classes": "class"}
    written = "".join(
        f' {names.get(name, name.replace("_", "-"))}="{xml(value if isinstance(value, str) else number(value))}"'
        for name, value in attributes.items()
    )
    return f"<{tag}{written}>{content}</{tag}>" if content else f"<{tag}{written}/>"


def path(corners: Sequence[complex]) -> str:
    """A path of straight lines from one corner to the next."""
    return "M" + "L".join(f"{number(z.real)} {number(z.imag)}" for z in corners)


def number(value: float) -> str:
    """A number with at most two decimals."""
    return f"{value:.2f}".rstrip("0").rstrip(".") if abs(value) >= 0.005 else "0"


def xml(text: str) -> str:
    """Text that may stand anywhere in an XML document."""
    return escape(re.sub(r"[^\t\n\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]", "\ufffd", text))
