"""Rows drawn as what they are, for ``porism view``: theorems as figures, instructions as talk, searches as trees.

What is drawn is decided by the columns that a row has and not by its flow, so that a row that went through another
program, or was rejected half-way, shows what there is of it. A row is material and never an instruction: each
column is looked at before it is used, texts are cut, and HTML is made by templates that escape.
"""

from porism.outputs.view.shown import Drawn, Row
from porism.pipelines.drawings import facts, geometry, instruct, talk, tools
from porism.pipelines.drawings.page import Builder, sections

CONTENT: tuple[Builder, ...] = (
    geometry.theorem,
    geometry.graph,
    geometry.rejected,
    tools.trajectory,
    instruct.task,
    talk.conversation,
    talk.pair,
    tools.step,
    tools.plan,
    instruct.reformatted,
    instruct.rounds,
    instruct.feedback,
    instruct.scores,
    instruct.votes,
    instruct.neighbours,
)


def draw(flow: str, config: str, row: Row) -> Drawn | None:
    """A row as what it is: what it says first, then its verdicts, its origin and the command that makes it again.

    Args:
        flow: of the dataset; empty where nobody knows.
        config: ``data``, ``rejected``, or the name of a part.
        row: its columns, whatever they hold.

    Returns:
        None where nothing is known of such rows.
    """
    content = sections(CONTENT, row)
    if not content:
        return None
    found = [*sections([facts.rejection], row), *content, *sections([facts.known, facts.verdicts], row)]
    origin = facts.origin(flow, config, row)
    return Drawn([*found, *origin], facts.command(row))
