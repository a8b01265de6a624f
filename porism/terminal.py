"""What the commands print. Text of a dataset is hostile: no control character gets through, no markup is read."""

import json
import os
import shlex
import shutil
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

if TYPE_CHECKING:
    from porism.outputs.audit import Report as Audit
    from porism.outputs.records import Verdict
    from porism.pipelines.dedup import Deduplicated
    from porism.pipelines.export import Exported
    from porism.pipelines.run import Progress, Report, Result

EVERY = 10.0  # seconds between two plain lines of progress
WIDE = 100
WHOLE = 5_000  # characters of a sample: a proof or a conversation


def printable(text: str, most: int = 500) -> str:
    r"""The text without control characters, cut after ``most`` characters.

    >>> printable("a\x1b[31mred\x00")
    'a[31mred'
    """
    clean = "".join(c for c in text if c in "\n\t" or c.isprintable())  # what turns the direction of text is neither
    return clean if len(clean) <= most else f"{clean[:most]}… ({len(clean):,} characters)"


@contextmanager
def reporter(quiet: bool) -> "Iterator[Report]":
    """Progress with rate, acceptance and an estimate of the end: a bar on a terminal, else a line every ten seconds."""
    if quiet:
        yield lambda _: None
    elif sys.stderr.isatty():
        with _bar() as report:
            yield report
    else:
        last = time.monotonic()

        def report(progress: "Progress") -> None:
            nonlocal last
            if time.monotonic() - last >= EVERY:
                last = time.monotonic()
                print(progress.line(), file=sys.stderr, flush=True)

        yield report


@contextmanager
def _bar() -> "Iterator[Report]":
    from rich.progress import BarColumn, MofNCompleteColumn, SpinnerColumn, TextColumn
    from rich.progress import Progress as Bar

    columns = (SpinnerColumn(), BarColumn(), MofNCompleteColumn(), TextColumn("{task.description}"))
    with Bar(*columns, console=Console(stderr=True), transient=True) as bar:
        shown = bar.add_task("starting", total=None)

        def report(progress: "Progress") -> None:
            bar.update(shown, total=progress.wanted, completed=progress.accepted, description=progress.line())

        yield report


def results(done: "Iterable[Result]", page: Path | None = None, *, quiet: bool) -> None:
    """What runs left: folder, funnel, and the command to type next; and the page that leads to them."""
    for result in done:
        print(result.folder)
        if quiet:
            continue
        console = _console()
        console.print(funnel(result.manifest["counts"]))
        if result.stopped:
            print(f"gave up: {result.stopped}", file=sys.stderr)
        if not page:
            print(f"next: {_program()} view {shlex.quote(str(result.folder))}")
    if page and not quiet:
        print(f"page: {page}")
        print(f"next: {_program()} view {shlex.quote(str(page.parent))}")


def deduplicated(result: "Deduplicated", largest: Sequence[Mapping[str, Any]], *, quiet: bool) -> None:
    """What ``porism dedup`` left: folder, funnel, the largest clusters, and the command to type next.

    Args:
        result: of the command.
        largest: rows of ``clusters/``, or of ``flagged/``.
        quiet: print the folder alone.
    """
    note("")
    print(result.folder)
    if quiet:
        return
    manifest = result.manifest
    if result.again:
        print("done before: the same rows, the same settings")
    _console().print(funnel(manifest["counts"]))
    for remark in _remarks(manifest):
        print(printable(remark))
    for row in largest:
        print("\n" + "\n".join(_cluster(row)))
    if largest:
        print()
    print(f"next: {_program()} view {shlex.quote(str(result.folder))}")


def _remarks(manifest: Mapping[str, Any]) -> Iterator[str]:
    """What else there is to say of the rows."""
    if manifest["empty"]:
        yield f"{manifest['empty']:,} rows have no text to compare; they are kept"
    if manifest["json_columns"]:
        yield f"kept as JSON text, since the values have no common type: {', '.join(manifest['json_columns'])}"
    if "flagged" in manifest["counts"].get("parts", {}):
        yield f"{manifest['counts']['parts']['flagged']:,} rows are flagged, see flagged/; none of them was dropped"


def _cluster(row: Mapping[str, Any]) -> Iterator[str]:
    """A cluster as a small tree: the row that stays, the one that is least like it, and how many more there are."""
    if "size" not in row:
        yield f"       {_line(row['nearest'], row['nearest_text'])}"
        yield f" {row['score']:.3f} └ {_line(row['row'], row['text'])}"
        return
    yield f"{row['size']:>6,} rows like {_line(row['row'], row['text'])}"
    names = _line("", ", ".join(row["members"][:6]))
    if row["lowest_text"] == row["text"]:
        yield f"       └ the same: {names}"
        return
    more = row["size"] - 2
    yield f" {row['lowest']:.3f} {'├' if more else '└'} {_line('', row['lowest_text'])}"
    if more:
        yield f"       └ in all: {names}"


def _line(name: str, text: str) -> str:
    """A row in what is left of a line."""
    told = f"{_cut(name, 30)}: " if name else ""
    return told + _cut(text, WIDE - 20 - len(told))


def _cut(text: str, most: int) -> str:
    line = printable(" ".join(text.split()), len(text))
    return line if len(line) <= most else f"{line[: most - 1]}…"


def _program() -> str:
    """How this program is called from where the user is: by name only where that would find it."""
    if shutil.which("porism"):
        return "porism"
    called = Path(sys.argv[0])
    return shlex.quote(os.path.relpath(called)) if called.name == "porism" else "python -m porism"


def funnel(counts: Mapping[str, Any]) -> Table:
    """Generated = accepted + rejected, with a bar for each reason."""
    table = Table(box=None, pad_edge=False)
    table.add_column("rows")
    table.add_column("count", justify="right")
    table.add_column("")
    generated = max(1, counts["generated"])
    lines = [("generated", counts["generated"]), ("accepted", counts["accepted"]), ("rejected", counts["rejected"])]
    lines += [(f"  {printable(check)}", rows) for check, rows in counts["rejected_by_check"].items()]
    for name, rows in lines:
        table.add_row(Text(name), f"{rows:,}", "█" * round(40 * rows / generated))
    return table


def facts(found: Mapping[str, Any], *, as_json: bool) -> None:
    """Print the facts of ``porism show``."""
    if as_json:
        print_json(found)
        return
    console = _console()
    for line in _made(found):
        console.print(Text(printable(line)))
    for remark in found["remarks"]:
        console.print(Text(f"note: {printable(remark)}"))
    console.print(funnel(found["counts"]))
    console.print(_ranges(found))
    for name, histogram in found["histograms"].items():
        if name not in found["ranges"]:
            console.print(Text(f"\n{printable(name)}"))
            console.print(_histogram(histogram))
    _samples(console, found)
    for warning in found["warnings"]:
        console.print(Text(f"warning: {printable(warning)}"))


def _made(found: Mapping[str, Any]) -> Iterator[str]:
    """What it is, how it was made, and what that took, as far as it is known."""
    method = f" ({found['method']})" if found["method"] else ""
    seed = "" if found["seed"] is None else f", seed {found['seed']}"
    yield f"{found['folder']}: {found['flow']}{method} with {found['model']}{seed}"
    versions = [
        f"{name} {found['versions'][name]}" for name in ("porism", "python", "commit") if name in found["versions"]
    ]
    if made := [f"finished {found['finished']}"] * bool(found["finished"]) + versions:
        yield ", ".join(made)
    units = (
        ("requests", "requests"),
        ("input_tokens", "tokens read"),
        ("output_tokens", "tokens written"),
        ("seconds", "seconds"),
    )
    spent = [f"{_amount(found['cost'][name])} {unit}" for name, unit in units if found["cost"][name] is not None]
    if found["cost"]["money"] is not None:
        spent.append(f"{_amount(found['cost']['money'])} of money")
    if spent:
        yield "cost: " + ", ".join(spent)
    if found["against"]:
        sets = ", ".join(map(str, found["against"].get("sets", [])))
        yield f"compared with evaluation sets {sets}: {_amount(found['against']['rejected'])} rows rejected for it"
    if found["configs"]:
        yield "also there: " + ", ".join(f"{name} ({config['rows']:,})" for name, config in found["configs"].items())


def _amount(value: Any) -> str:
    return f"{value:,}" if isinstance(value, int) else f"{value:,.4g}" if isinstance(value, float) else str(value)


def _ranges(found: Mapping[str, Any]) -> Table:
    """A line for each column of numbers: its range, and a histogram as high as a letter."""
    total, read = found["counts"]["accepted"], found["rows_read"]
    table = Table(box=None, pad_edge=False)
    table.add_column(f"of {read:,} rows" if read == total else f"of {read:,} rows from all over")
    for name in ("least", "median", "most"):
        table.add_column(name, justify="right", no_wrap=True)
    table.add_column("", no_wrap=True)
    for name, (least, median, most) in found["ranges"].items():
        bins = [rows for _, rows in found["histograms"][name]]
        table.add_row(Text(printable(name)), *map(_amount, (least, median, most)), _sparks(bins))
    return table


def _sparks(counts: Sequence[int]) -> str:
    """Counts as bars of eight heights; what is not 0 can be seen.

    >>> _sparks([1, 0, 40, 80])
    '▁ ▄█'
    """
    most = max(counts, default=0) or 1
    return "".join(" ▁▂▃▄▅▆▇█"[-(-8 * count // most)] for count in counts)


def _samples(console: Console, found: Mapping[str, Any]) -> None:
    """Rows as they were drawn, and one of every other config."""
    count = len(found["samples"])
    shown = [(f"sample {k} of {count}", row) for k, row in enumerate(found["samples"], 1)]
    shown += [(f"from {name}", config["sample"]) for name, config in found["configs"].items() if config["sample"]]
    for title, row in shown:
        console.rule(Text(printable(title)), align="left")
        for name, value in row.items():
            _cell(console, name, printable(value, WHOLE))
    if shown:
        console.rule()


def _cell(console: Console, name: str, value: str) -> None:
    """A name and its value: on one line, or indented below it."""
    label = Text(f"{printable(name)}: ", style="bold")
    if "\n" in value:
        console.print(label)
        console.print(Padding(Text(value), (0, 0, 0, 2), expand=False))
    else:
        console.print(label, Text(value), sep="")


def print_json(value: Any) -> None:
    """Print what a script reads."""
    print(_safe_json(value))


def _safe_json(value: Any) -> str:
    """JSON in which what a terminal might obey is escaped, and letters of any script are not."""
    text = json.dumps(value, indent=2, ensure_ascii=False)
    return "".join(c if c == "\n" or c.isprintable() else json.dumps(c)[1:-1] for c in text)


def _histogram(bins: Iterable[tuple[str, int]]) -> Table:
    bins = list(bins)
    most = max((rows for _, rows in bins), default=1) or 1
    table = Table(box=None, pad_edge=False, show_header=False)
    for name, rows in bins:
        table.add_row(Text(printable(name)), f"{rows:,}", "█" * round(40 * rows / most))
    return table


def findings(folder: Path, failed: "Iterable[tuple[str, Verdict]]") -> int:
    """Print what failed, at most twenty lines of it; returns the exit status."""
    count = 0
    for where, verdict in failed:
        count += 1
        if count <= 20:
            print(printable(f"{where}: {verdict.check}: {verdict.reason}".replace("\n", " ")))
    print(f"{folder}: {count:,} failed" if count else f"{folder}: every row passes every check")
    return 1 if count else 0


def audited(report: "Audit", path: Path, file: Path | None) -> None:
    """Print what an audit found: a line for each check and severity with one example, the worst first.

    Args:
        report: what was found.
        path: the file that was looked at.
        file: where every finding was written, if anywhere.
    """
    table = Table(box=None, pad_edge=False)
    for name in ("check", "severity"):
        table.add_column(name, no_wrap=True)
    for name in ("count", "share"):
        table.add_column(name, no_wrap=True, justify="right")
    table.add_column("for example", no_wrap=True, overflow="ellipsis", max_width=max(20, _console().width - 44))
    for each in report.totals:
        example = printable(f"{each.example.row}: {each.example.reason}".replace("\n", " ").replace("\t", " "), 200)
        share = f"{each.share:.2%}" if each.share >= 0.0001 or each.example.row == "all rows" else "<0.01%"
        table.add_row(each.check, each.severity, f"{each.count:,}", share, Text(example))
    if report.findings:
        _console().print(table)
    counts = Counter(finding.severity for finding in report.findings)
    told = ", ".join(f"{counts[name]:,} {name}{'s' * (counts[name] != 1)}" for name in ("error", "warning", "info"))
    spent = sum(report.seconds.values())
    print(f"{printable(str(path))}: {report.rows:,} rows, {told} in {spent:.1f} s")
    if file:
        print(f"every finding: {printable(str(file))}")
    elif report.findings:
        print(f"every finding: {_program()} audit {shlex.quote(printable(str(path)))} --json findings.json")


def exported(done: "Exported") -> None:
    """What was written, in one line."""
    by_split = ", ".join(f"{rows:,} of {split}" for split, rows in done.rows.items())
    left_out = f"; {done.left_out:,} were left out by notes" if done.left_out else ""
    print(f"{sum(done.rows.values()):,} rows as {done.format} ({by_split}) in {done.out}{left_out}")


def diagnosis(lines: Iterable[tuple[str, bool, str]]) -> int:
    """Print what ``porism doctor`` found; returns 1 if something that every run needs is missing."""
    for name, good, remark in lines:
        print(f"{'ok ' if good else '-- '} {name:<22} {printable(remark)}")
    return 0


@contextmanager
def counter(total: int) -> "Iterator[Callable[[int, str], None]]":
    """How far a measurement is: one line that changes on a terminal, else a line every ten seconds."""
    last, tty = time.monotonic(), sys.stderr.isatty()

    def report(done: int, name: str) -> None:
        nonlocal last
        if tty or time.monotonic() - last >= EVERY:
            last = time.monotonic()
            text = printable(f"{done} of {total}: {name}".replace("\n", " "), WIDE)
            print(f"\r\x1b[K{text}" if tty else text, end="" if tty else "\n", file=sys.stderr, flush=True)

    try:
        yield report
    finally:
        if tty:
            print("\r\x1b[K", end="", file=sys.stderr, flush=True)


def stages(rows: Sequence[Mapping[str, Any]]) -> None:
    """Print where the time went."""
    print(f"{'stage':<18} {'CPU s':>8} {'share':>7} {'ms a theorem':>13}")
    for row in rows:
        print(f"{row['stage']:<18} {row['cpu_s']:>8.2f} {row['share']:>7.1%} {row['ms_a_theorem']:>13.3f}")
    print()


def note(text: str) -> None:
    """Say on a terminal what is under way."""
    if sys.stderr.isatty():
        print(f"\x1b[2K{printable(text)}", end="\r", file=sys.stderr, flush=True)


def warn(text: str) -> None:
    """Say in one line what a command goes on without."""
    print(f"porism: {' '.join(printable(text).split())}", file=sys.stderr)


def table(rows: Sequence[Mapping[str, Any]]) -> None:
    """Print rows of figures; what is no single value is left to the JSON file."""
    kept = [{name: value for name, value in row.items() if isinstance(value, str | int | float)} for row in rows]
    names = list(dict.fromkeys(name for row in kept for name in row))
    shown = Table(box=None, pad_edge=False)
    for name in names:
        words = any(isinstance(row.get(name), str) for row in kept)
        shown.add_column(name, justify="left" if words else "right", no_wrap=True)
    for row in kept:
        shown.add_row(*(str(row.get(name, "")) for name in names))
    Console(highlight=False, markup=False, width=max(WIDE, 240)).print(shown)


def figures(found: Mapping[str, Any], file: Path | None) -> None:
    """Print a benchmark's totals, and write all of it."""
    for name, value in found["totals"].items():
        print(f"{name:<28} {f'{value:.6g}' if isinstance(value, float) else value}")
    if file:
        file.write_text(json.dumps(found, indent=2) + "\n", encoding="utf-8")


def _console() -> Console:
    return Console(highlight=False, markup=False, width=None if sys.stdout.isatty() else WIDE)
