"""``porism run all``: one folder for each flow, and a page that leads to them."""

import html
from collections.abc import Callable, Mapping
from pathlib import Path

from porism.outputs.folder import write_atomically
from porism.pipelines.run import Report, Result

Flow = Callable[[int | None, Path | None, Report], Result]
"""Makes so many rows (by default as suits it) in a folder (by default its own), and reports how far it is."""


def run(flows: Mapping[str, Flow], count: int | None, root: Path, report: Report) -> tuple[Path, list[Result]]:
    """Run every flow, each into a folder of its own in ``root``, and write the page ``index.html``."""
    results = [flow(count, root / name, report) for name, flow in flows.items()]
    write_atomically(root / "index.html", index(results))
    return root / "index.html", results


def index(results: list[Result]) -> str:
    """A page without scripts or anything from elsewhere: each flow's folder, counts and reasons for rejection."""
    return PAGE.format(cards="\n".join(map(_card, results)))


def _card(result: Result) -> str:
    counts = result.manifest["counts"]
    widest = max(counts["rejected_by_check"].values(), default=1)
    rows = "\n".join(
        REASON.format(check=html.escape(check), rows=f"{rows:,}", share=100 * rows / max(1, widest))
        for check, rows in counts["rejected_by_check"].items()
    )
    parts = "".join(
        PART.format(folder=html.escape(result.folder.name, quote=True), part=html.escape(part, quote=True))
        for part in counts.get("parts", ())
    )
    return CARD.format(
        parts=parts,
        flow=html.escape(str(result.manifest["flow"])),
        folder=html.escape(result.folder.name, quote=True),
        accepted=f"{counts['accepted']:,}",
        generated=f"{counts['generated']:,}",
        note=html.escape(result.stopped),
        reasons=f"<table>\n{rows}\n</table>" if rows else "<p>Nothing was rejected.</p>",
        command=html.escape(str(result.manifest["command"])),
    )


PAGE = """<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>Porism: datasets</title>
<style>
:root {{ color-scheme: light dark; --line: light-dark(#d4d4d8, #3f3f46); --bar: light-dark(#4f6bed, #8ea2ff);
  --quiet: light-dark(#52525b, #a1a1aa); }}
body {{ font: 16px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem; }}
section {{ border: 1px solid var(--line); border-radius: .6rem; padding: 1rem 1.25rem; margin: 1rem 0; }}
h2 {{ margin: 0; }}
table {{ border-collapse: collapse; width: 100%; }}
td {{ padding: .2rem .5rem .2rem 0; }}
td.rows {{ text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; width: 4rem; }}
td.bar {{ width: 60%; }}
td.bar div {{ background: var(--bar); height: .7rem; border-radius: .2rem; min-width: 2px; }}
pre {{ overflow-x: auto; white-space: pre-wrap; overflow-wrap: anywhere; }}
.quiet {{ color: var(--quiet); }}
</style>
<h1>Datasets</h1>
{cards}
</html>
"""
CARD = """<section>
<h2>{flow}</h2>
<p><strong>{accepted}</strong> rows accepted of {generated} generated. {note}</p>
<p><a href="{folder}/README.md">Card</a> · <a href="{folder}/manifest.json">Manifest</a> ·
<a href="{folder}/data/">Rows</a>{parts} · <a href="{folder}/rejected/">Rejected rows</a></p>
<h3>Rejected, by check</h3>
{reasons}
<h3>Made by</h3>
<pre>{command}</pre>
</section>"""
PART = """ · <a href="{folder}/{part}/">{part}</a>"""
REASON = """<tr><td>{check}</td><td class="rows">{rows}</td>
<td class="bar"><div style="width: {share:.0f}%"></div></td></tr>"""
