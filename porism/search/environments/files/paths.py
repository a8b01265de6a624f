"""Paths in a folder that nothing leads out of, and when two texts are the same."""


class Refused(ValueError):
    """A call that the folder does not allow; the message is what the model reads."""


def clean(path: str) -> str:
    """A path as it is kept: relative, with single slashes.

    >>> clean("./notes//today.txt")
    'notes/today.txt'

    Raises:
        Refused: it is empty, or would lead out of the folder.
    """
    if path.startswith("/") or "\\" in path or "\0" in path or path[1:2] == ":":
        raise Refused(f"{path[:80]!r} is not a relative path with slashes")
    parts = [each for each in path.split("/") if each not in ("", ".")]
    if ".." in parts:
        raise Refused(f"{path[:80]!r} leads out of the folder")
    if not parts:
        raise Refused("a path must name a file")
    if len(path) > 200 or not path.isprintable() or any(each != each.strip() for each in parts):
        raise Refused("a path has at most 200 characters, all of them printable, and no spaces around names")
    return "/".join(parts)


def trimmed(text: str) -> str:
    """The text without the spaces that nobody sees."""
    return "\n".join(line.rstrip() for line in text.strip().splitlines())
