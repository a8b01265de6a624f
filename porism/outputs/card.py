"""The dataset card: front matter that the Hub and ``load_dataset`` read, and a page for people."""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from porism.outputs.publish import Counts
from porism.outputs.splits import TRAIN

if TYPE_CHECKING:
    import pyarrow as pa


@dataclass(frozen=True)
class About:
    """What a flow says of its datasets.

    Attributes:
        title: of the card.
        summary: a paragraph.
        limits: what a reader should know before training on it, one paragraph each.
        tags: for the Hub.
        task: the Hub's task category.
        license: an identifier of the Hub's list, or ``other``.
        languages: codes such as ``en``; empty where it depends on the seed tasks.
        config: what the config of the accepted rows is called.
    """

    title: str
    summary: str
    limits: Sequence[str]
    tags: Sequence[str]
    task: str
    license: str = "other"
    languages: Sequence[str] = ()
    config: str = "default"


@dataclass(frozen=True)
class Extras:
    """What a card may show besides.

    Attributes:
        numbers: by name, shown as a table.
        histograms: bins in order, each with its count, by name.
        figures: a caption, and the path of an image in the dataset's folder, such as ``figures/depth.svg``.
    """

    numbers: Mapping[str, int | float] = field(default_factory=dict)
    histograms: Mapping[str, Sequence[tuple[str, int]]] = field(default_factory=dict)
    figures: Sequence[tuple[str, str]] = ()


def card(
    about: About,
    counts: Counts,
    rows: str,
    command: str,
    samples: Sequence[Mapping[str, Any]],
    extras: Extras = Extras(),
    schemas: Mapping[str, "pa.Schema"] | None = None,
) -> str:
    """The text of ``README.md``.

    Args:
        about: what the flow says.
        counts: the funnel.
        rows: the fingerprint of the rows.
        command: makes the dataset again.
        samples: rows, shown as text that no renderer interprets.
        extras: numbers, histograms and figures, if there are any.
        schemas: the columns of each config by its folder (``data``, ``rejected``, parts), which the Hub shows.

    Raises:
        ValueError: a figure does not lie in ``figures/``, or its name needs escaping in a link.
    """
    funnel = [
        ("generated", counts.generated),
        ("accepted", counts.accepted),
        ("rejected", counts.generated - counts.accepted),
    ]
    by_check = counts.to_json()["rejected_by_check"]
    sections = [
        _front_matter(about, counts, rows, schemas),
        f"# {about.title}",
        about.summary,
        "## Use",
        _fence(_use(counts), "python"),
        "## Counts",
        _table(("rows", "count"), funnel),
        "Rejected, by the check that did it:" if by_check else "Nothing was rejected.",
        *([_table(("check", "rows"), list(by_check.items()))] if by_check else []),
        *([_table(("split", "rows"), list(counts.splits.items()))] if counts.splits else []),
        *(
            [_table(("config", "rows"), [(about.config, counts.accepted), *counts.parts.items()])]
            if counts.parts
            else []
        ),
        *_extra(extras),
        "## Samples",
        *(_fence(json.dumps(sample, indent=2, ensure_ascii=False), "json") for sample in samples),
        "## Made by",
        _fence(command, "sh"),
        "All settings are in `run.toml`, versions, usage and file hashes in `manifest.json`.",
        "## Limits",
        *about.limits,
    ]
    return "\n\n".join(sections) + "\n"


PAIRS = "dpo"  # the tag by which the Hub's readers find preferences


def _front_matter(about: About, counts: Counts, rows: str, schemas: Mapping[str, "pa.Schema"] | None) -> str:
    from huggingface_hub import DatasetCardData

    named = about.license == "other"
    data = DatasetCardData(
        license=about.license,
        license_name="see-limits" if named else None,
        license_link="README.md" if named else None,
        language=list(about.languages) or None,
        pretty_name=about.title,
        tags=[*about.tags, *([PAIRS] if counts.parts.get("preferences") and PAIRS not in about.tags else [])],
        annotations_creators="machine-generated",
        language_creators="machine-generated",
        size_categories=size_category(counts.accepted),
        source_datasets=["original"],
        task_categories=about.task,
        configs=[
            _config(about.config, "data", rows, tuple(counts.splits) or (TRAIN,), default=True),
            *(_config(name, name, rows, (TRAIN,)) for name, drawn in counts.parts.items() if drawn),
            *([_config("rejected", "rejected", rows, (TRAIN,))] if counts.rejected else []),
        ],
        dataset_info=list(_infos(about, counts, schemas or {})),
    )
    return f"---\n{data.to_yaml()}\n---"


def _config(name: str, part: str, rows: str, splits: Sequence[str], **more: bool) -> dict[str, Any]:
    """A config of the splits that have rows: `datasets` cannot load one without, so an empty one is not named.

    It also caches a local folder under the folder's name and a hash of these configs, and nothing else: without the
    fingerprint of the rows, a dataset that was extended, or another of the same name, would be loaded as it was before.
    """
    files = [{"split": split, "path": f"{part}/{split}-*"} for split in splits]
    return {"config_name": name, **more, "description": f"rows {rows}", "data_files": files}


def _infos(about: About, counts: Counts, schemas: Mapping[str, "pa.Schema"]) -> Iterator[dict[str, Any]]:
    """Columns and rows of every config that has any."""
    yield _info(about.config, counts.splits or {TRAIN: counts.accepted}, schemas.get("data"))
    for name, drawn in counts.parts.items():
        if drawn:
            yield _info(name, {TRAIN: drawn}, schemas.get(name))
    if counts.rejected:
        yield _info("rejected", {TRAIN: sum(counts.rejected.values())}, schemas.get("rejected"))


def _info(name: str, splits: Mapping[str, int], schema: "pa.Schema | None") -> dict[str, Any]:
    features = {} if schema is None else {"features": [_feature(column) for column in schema]}
    return {
        "config_name": name,
        **features,
        "splits": [{"name": split, "num_examples": count} for split, count in splits.items()],
    }


def _feature(column: "pa.Field") -> dict[str, Any]:
    """A column as `datasets` spells its type in YAML."""
    return {"name": column.name, **_typed(column.type)}


def _typed(kind: "pa.DataType") -> dict[str, Any]:
    import pyarrow as pa

    if pa.types.is_struct(kind):
        return {"struct": [_feature(part) for part in kind]}
    if pa.types.is_list(kind) or pa.types.is_large_list(kind):
        inner = _typed(kind.value_type)
        return {"list": inner.get("dtype", inner.get("struct", inner))}
    names = {pa.bool_(): "bool", pa.float64(): "float64", pa.float32(): "float32"}
    return {"dtype": names.get(kind, str(kind))}


def _use(counts: Counts) -> str:
    first, *others = counts.splits or (TRAIN,)
    more = f"  # or {' or '.join(map(json.dumps, others))}" if others else ""
    parts = "".join(USE_PART.format(name=name) for name, drawn in counts.parts.items() if drawn)
    return USE % first + more + parts + (USE_REJECTED if counts.rejected else "")


USE = 'from datasets import load_dataset\n\nrows = load_dataset("FOLDER", split="%s")'
USE_PART = '\n{name} = load_dataset("FOLDER", "{name}", split="train")'
USE_REJECTED = '\nrejected = load_dataset("FOLDER", "rejected", split="train")  # each with check and reason'


def _extra(extras: Extras) -> Iterator[str]:
    """The sections of what a flow shows besides, without those that are empty."""
    if extras.numbers:
        yield "## Numbers"
        yield _table(("what", "number"), list(extras.numbers.items()))
    if extras.histograms:
        yield "## Histograms"
    for name, bins in extras.histograms.items():
        yield _fence(f"{name}\n\n{histogram(bins)}", "text")
    if extras.figures:
        yield "## Figures"
    for caption, path in extras.figures:
        if not _FIGURE.fullmatch(path):
            raise ValueError(f"the figure {path!r} must be figures/ and a name of letters, digits, '-', '_' and '.'")
        yield f"![{_escaped(caption)}]({path})"
        yield _escaped(caption)


_FIGURE = re.compile(r"figures/[A-Za-z0-9_-][A-Za-z0-9._-]*")


def histogram(bins: Sequence[tuple[str, int]], width: int = 40) -> str:
    """Bins as lines of text: label, count, and a bar of at most ``width`` characters.

    >>> print(histogram([("1", 5), ("2-3", 20)], width=8))
    1     5 ##
    2-3  20 ########
    """
    most = max((count for _, count in bins), default=0) or 1
    label = max((len(name) for name, _ in bins), default=0)
    number = max((len(f"{count:,}") for _, count in bins), default=0)
    lines = (f"{name:<{label}}  {count:>{number},} {'#' * round(width * count / most)}" for name, count in bins)
    return "\n".join(line.rstrip() for line in lines)


def _escaped(text: str) -> str:
    """A line of text that a renderer shows as it is written."""
    return re.sub(r"([!-/:-@\[-`{-~])", r"\\\1", " ".join(text.split()))


def size_category(rows: int) -> str:
    """The Hub's name for a number of rows.

    >>> size_category(52_002)
    '10K<n<100K'
    """
    bounds = ["1K", "10K", "100K", "1M", "10M", "100M", "1B"]
    for k, bound in enumerate(bounds):
        if rows < 10 ** (k + 3):
            return f"n<{bound}" if k == 0 else f"{bounds[k - 1]}<n<{bound}"
    return "n>1B"


def _table(head: tuple[str, str], rows: Sequence[tuple[str, int | float]]) -> str:
    lines = [f"| {head[0]} | {head[1]} |", "|---|---:|"]
    return "\n".join([*lines, *(f"| {name} | {count:,} |" for name, count in rows)])


def _fence(text: str, language: str) -> str:
    """A code block whose fence is longer than any run of backticks in it, so that the text cannot end it."""
    fence = "```"
    while fence in text:
        fence += "`"
    return f"{fence}{language}\n{text}\n{fence}"
