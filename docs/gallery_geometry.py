"""The part of the gallery on geometry: three theorems of the default run, with figures and proofs."""

from porism.outputs.records import Record
from porism.pipelines.geometry import Geometry, records
from porism.pipelines.geometry_card import ABOUT
from porism.seeds import number
from porism.symbolic.faces.figure import svg
from porism.symbolic.synthesis.row import diagram_of, proof_of
from porism.symbolic.synthesis.synthesise import Limits, Making

JOB = Geometry()
SHOWN = ((13, 1), (5, 2), (53, 0))  # figures of seed 0 and places in them; the last has an auxiliary point


def geometry() -> tuple[str, dict[str, str], dict[str, object]]:
    """Text, figures by file name, and settings."""
    shown = [record(index, place) for index, place in SHOWN]
    drawn = {f"gallery-geometry-{k}.svg": figure(one) for k, one in enumerate(shown, 1)}
    parts = [theorem(one, name) for one, name in zip(shown, drawn, strict=True)]
    return "\n\n".join([ABOUT.summary, *parts]), drawn, JOB.model_dump(mode="json", exclude={"against", "known"})


def record(index: int, place: int) -> Record:
    """What the default run makes of a figure of its sampler; the kernel need not be compiled for so few."""
    making = Making(Limits(JOB.goals, JOB.plain, JOB.steps), number(JOB.seed, "drawings"), compiled=False)
    return next(one for one in records(JOB, index, making) if one.origin.place == (index, place))


def figure(found: Record) -> str:
    """The drawing of a row, as it stands there."""
    row = {**found.content, **found.notes}
    return svg(proof_of(row), diagram_of(row))


def theorem(found: Record, name: str) -> str:
    """Statement, figure and proof."""
    index, place = found.origin.place
    return THEOREM.format(
        index=index,
        place=place,
        name=name,
        statement=found.notes["statement"],
        auxiliary=AUXILIARY.format(found.content["auxiliary"]) if found.content["auxiliary"] else "none.",
        steps=found.notes["length"],
        depth=found.notes["depth"],
        difficulty=found.notes["difficulty"],
        proof=found.notes["proof"],
    )


AUXILIARY = "`{}`: the statement does not speak of it, and without it the proof is not found."
THEOREM = """**{statement}**

![The figure of theorem {place} of figure {index}](docs/figures/{name})

Auxiliary points: {auxiliary}

Theorem {place} of figure {index} of `--seed 0`: {steps} steps, depth {depth}, difficulty {difficulty}.

<details><summary>Proof</summary>

```text
{proof}
```

</details>"""
