"""Foreign text in a prompt, between marks that it cannot close.

The marks carry a key, a hash of the text itself: whoever writes a text would have to put the text's own hash into it.
Should a key occur in a text all the same, the next one is taken, so that it never does.
"""

from collections.abc import Mapping
from hashlib import blake2b
from itertools import count


def key_for(texts: Mapping[str, str]) -> str:
    """A key of 16 hexadecimal digits that occurs in none of the texts; the same for the same texts."""
    whole = "\0".join(part for pair in texts.items() for part in pair).encode("utf-8", "replace")
    keys = (blake2b(whole, digest_size=8, salt=number.to_bytes(8, "big")).hexdigest() for number in count())
    return next(key for key in keys if not any(key in text for text in texts.values()))


def fenced(texts: Mapping[str, str], key: str) -> str:
    """The texts, each between its marks.

    >>> print(fenced({"task": "Add 2 and 2."}, "c0ffee"))
    [[task c0ffee]]
    Add 2 and 2.
    [[end of task c0ffee]]
    """
    return "\n".join(f"[[{name} {key}]]\n{text}\n[[end of {name} {key}]]" for name, text in texts.items())
