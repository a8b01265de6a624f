"""How chunks are handed out: the results of ``work(first)``, ``work(first + 1)``, ... in order, whoever makes them.

``local`` needs nothing but this machine. ``prefect`` makes each chunk a task run on what ``engine`` opened: processes,
Ray or Dask. A chunk is a pure function of its number: where and when it is computed changes nothing, and an engine that
lost a worker may compute it again.
"""

import asyncio
import os
import pickle
import signal
import socket
import threading
import traceback
from collections import deque
from collections.abc import Callable, Generator, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from importlib.metadata import PackageNotFoundError, version
from itertools import count
from multiprocessing import get_context, parent_process
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from queue import SimpleQueue
from typing import TYPE_CHECKING, Any, Protocol, TypeVar
from urllib.parse import urlsplit

from porism.errors import InputError

if TYPE_CHECKING:
    from prefect.task_runners import TaskRunner

T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)
Work = Callable[[int], T]  # from a chunk's number to its result; picklable
AHEAD = 2  # chunks under way for each worker: the one it computes, and the one it goes on with
PATIENCE = 10.0  # seconds in which a cluster has to answer
ATTEMPTS = 3  # to connect to a cluster that answers and then has nothing to connect to
KINDS = ("local", "ray", "dask")


class Future(Protocol[T_co]):
    """A result that is under way."""

    def result(self) -> T_co:
        """Wait for it; raises what its chunk raised."""
        ...


def in_order(
    submit: Callable[[int], Future[T]], first: int, *, ahead: int, waiting: deque[Future[T]] | None = None
) -> Generator[T, None, None]:
    """The results of ``first``, ``first + 1``, ... without end, with ``ahead`` chunks under way and never more.

    ``waiting`` holds those chunks, for whoever has to do something about them at the end.
    """
    waiting = deque() if waiting is None else waiting
    for k in count(first):
        waiting.append(submit(k))
        if len(waiting) == ahead:
            yield waiting.popleft().result()


# Processes of our own


def local(work: Work[T], first: int, *, workers: int) -> Generator[T, None, None]:
    """The results of ``first``, ``first + 1``, ... without end, from ``workers`` processes; one is this process.

    The processes end at once when the iterator is closed, and when this process dies, however it dies.

    Raises:
        Exception: what a chunk raised; its traceback in the other process is a note.
        RuntimeError: a process was killed from outside.
    """
    if workers == 1:
        yield from map(work, count(first))
        return
    with processes(work, workers) as submit:
        yield from in_order(submit, first, ahead=AHEAD * workers)


@contextmanager
def processes(work: Callable[[Any], T], workers: int) -> Iterator[Callable[[Any], Future[T]]]:
    """A pool of processes, each with a pipe of its own and a thread here that waits at it.

    Not ProcessPoolExecutor: its processes share one pipe for results, so that one killed in the middle of a result can
    block all for ever, and until Python 3.14 it has no method that ends a chunk that has begun.
    """
    spawn = get_context("spawn")  # a fork would copy the locks of numba's, pyarrow's and our own threads
    idle: SimpleQueue[Connection[Any, Any]] = SimpleQueue()
    children: list[BaseProcess] = []
    with ThreadPoolExecutor(workers, "chunks") as threads:
        try:
            for _ in range(workers):
                here, there = spawn.Pipe()
                children.append(spawn.Process(target=_serve, args=(there,), daemon=True))
                children[-1].start()
                there.close()  # so that the end of the child is the end of what can be read here
                here.send(work)
                idle.put(here)
            yield lambda k: threads.submit(_ask, idle, k)
        finally:
            threads.shutdown(wait=False, cancel_futures=True)
            for child in children:
                child.kill()
            for child in children:
                child.join()


def _ask(idle: "SimpleQueue[Connection[Any, Any]]", k: int) -> Any:
    """The result of chunk ``k`` from an idle process; there is always one, as there are as many threads."""
    connection = idle.get()
    try:
        connection.send(k)
        ok, value = connection.recv()
    except (EOFError, OSError):
        raise RuntimeError(f"the process that computed chunk {k} was killed; was there memory enough?") from None
    finally:
        idle.put(connection)
    if ok:
        return value
    raise value


def _serve(connection: "Connection[Any, Any]") -> None:
    """Compute what is asked for, in a process of the pool."""
    leave_with_parent()
    work = connection.recv()  # no argument, as that would be unpickled, with all that it imports, before the line above
    while True:
        k = connection.recv()
        try:
            connection.send((True, work(k)))
        except Exception as error:
            connection.send((False, _portable(error)))


def leave_with_parent() -> None:
    """Leave Ctrl-C to the parent, and end when it ends, even by ``kill -9``.

    Not by PR_SET_PDEATHSIG, which fires when the parent's *thread* ends that started this process.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    if parent := parent_process():
        parent.join()
        os._exit(1)


def _portable(error: Exception) -> Exception:
    """The error with its traceback as a note, or that alone if the error cannot be sent."""
    text = "".join(traceback.format_exception(error))
    error.add_note(f"in another process:\n{text}")
    try:
        pickle.loads(pickle.dumps(error))
    except Exception:  # whatever its own code raises
        return RuntimeError(f"a chunk failed in another process:\n{text}")
    return error


# Prefect's engines


def prefect(work: Work[T], first: int, *, workers: int, submit: Callable[..., Future[T]]) -> Generator[T, None, None]:
    """As ``local``, on Prefect: each chunk is a task run. Closing it waits for what is under way.

    Args:
        work: computes a chunk.
        first: the first chunk.
        workers: how many can be computed side by side.
        submit: of a task runner that was entered; what ``engine`` gives.
    """
    from prefect import task
    from prefect.cache_policies import NO_CACHE

    @task(name="chunk", task_run_name="chunk {k}", cache_policy=NO_CACHE, persist_result=False)
    def chunk(k: int) -> T:
        return work(k)

    waiting: deque[Any] = deque()
    try:
        yield from in_order(lambda k: submit(chunk, {"k": k}), first, ahead=AHEAD * workers, waiting=waiting)
    except GeneratorExit:
        for future in waiting:  # left alone, their task runs would seem to run for ever
            future.wait()
        raise


@contextmanager
def engine(kind: str, workers: int, address: str | None = None) -> "Iterator[Callable[..., Any]]":
    """Open the runner of that kind inside a flow; gives what ``prefect`` wants as ``submit``.

    Raises:
        InputError: as ``runner``; or the cluster cannot be reached or started.
    """
    with ExitStack() as stack:
        yield _entered(stack, kind, workers, address).submit


def _entered(
    stack: ExitStack, kind: str, workers: int, address: str | None, attempts: int = ATTEMPTS
) -> "TaskRunner[Any]":
    """The runner, connected; it leaves with the stack."""
    chosen = runner(kind, workers, address)
    try:
        stack.enter_context(chosen)
        getattr(chosen, "client", None)  # Dask's runner would connect no sooner than with the first chunk
    except Exception as error:  # each engine has a family of its own
        # Ray sends the traceback of its server, whose last line says what happened
        reason = (str(error).strip() or type(error).__name__).splitlines()[-1].strip()
        # Ray forks a server for each client beside running threads, and now and then the child hangs
        if "Initialization failure from server" in str(error) and attempts > 1:
            return _entered(stack, kind, workers, address, attempts - 1)
        raise InputError(f"no {kind.capitalize()} cluster{_at(address)}: {reason}{_hint(kind, address)}") from None
    return chosen


def runner(kind: str, workers: int, address: str | None = None) -> "TaskRunner[Any]":
    """A Prefect task runner: on processes here, on the Ray or Dask cluster at ``address``, or on one of its own here.

    Raises:
        InputError: the kind is unknown or not installed, or nothing answers at the address.
    """
    if kind not in KINDS:
        raise InputError(f"unknown runner {kind!r}; known: {', '.join(KINDS)}")
    if workers < 1:
        raise InputError(f"--workers is {workers}; it must be at least 1")
    if kind == "local":
        return _local_runner(workers, address)
    installed(kind)
    if address:
        _reach(kind, address)
    return _ray_runner(workers, address) if kind == "ray" else _dask_runner(workers, address)


def installed(kind: str) -> str:
    """The versions of what ``kind`` needs.

    Raises:
        InputError: it is not installed; says how to.
    """
    package = {"ray": "ray", "dask": "distributed"}[kind]
    try:
        return f"{package} {version(package)}, prefect-{kind} {version(f'prefect-{kind}')}"
    except PackageNotFoundError:
        raise InputError(f"the runner {kind!r} is not installed: pip install 'porism[{kind}]'") from None


def _local_runner(workers: int, address: str | None) -> "TaskRunner[Any]":
    from prefect.task_runners import ProcessPoolTaskRunner

    if address:
        raise InputError(f"the address {address} is for no runner 'local'; say --runner ray or --runner dask")
    return ProcessPoolTaskRunner(max_workers=workers, initializer=leave_with_parent)


def _ray_runner(workers: int, address: str | None) -> "TaskRunner[Any]":
    os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")  # Ray reports home unless told not to
    from prefect_ray import RayTaskRunner

    own = {"num_cpus": workers, "include_dashboard": False}
    options = {"log_to_driver": False, **({} if address else own)}
    # "local" and not nothing, for which Ray would join any cluster that it finds on this machine
    found: TaskRunner[Any] = RayTaskRunner(address=address or "local", init_kwargs=options)
    return found


def _dask_runner(workers: int, address: str | None) -> "TaskRunner[Any]":
    from prefect_dask import DaskTaskRunner

    own = {"n_workers": workers, "threads_per_worker": 1, "processes": True, "dashboard_address": None}
    client = {"timeout": PATIENCE}
    found: TaskRunner[Any] = (
        DaskTaskRunner(address=address, client_kwargs=client) if address else DaskTaskRunner(cluster_kwargs=own)
    )
    return found


def _reach(kind: str, address: str) -> None:
    """Knock at the address: what does not speak the engine's language would keep it trying for minutes, or for ever."""
    try:
        parts = urlsplit(address if "//" in address else f"//{address}")
        if not (parts.hostname and parts.port):
            raise ValueError
        with socket.create_connection((parts.hostname, parts.port), timeout=PATIENCE):
            pass
        (_greet_ray if kind == "ray" else _greet_dask)(parts.netloc, address)
    except ValueError:
        example = {"ray": "ray://HOST:10001", "dask": "tcp://HOST:8786"}[kind]
        raise InputError(f"the address {address!r} is none of {kind.capitalize()}'s, such as {example}") from None
    except TimeoutError:
        raise InputError(f"no {kind.capitalize()} cluster{_at(address)} within {PATIENCE:g} s") from None
    except OSError as error:
        raise InputError(f"no {kind.capitalize()} cluster{_at(address)}: {error.strerror or error}") from None


def _greet_ray(place: str, _: str) -> None:
    import grpc

    if os.environ.get("RAY_USE_TLS") == "1":
        return  # Ray has the certificates
    with grpc.insecure_channel(place) as channel:
        try:
            grpc.channel_ready_future(channel).result(timeout=PATIENCE)
        except grpc.FutureTimeoutError:
            raise TimeoutError from None


def _greet_dask(_: str, address: str) -> None:
    from distributed.comm import connect
    from distributed.security import Security

    async def greet() -> None:
        comm = await connect(address, **Security().get_connection_args("client"))
        await comm.close()

    asyncio.run(
        asyncio.wait_for(greet(), PATIENCE)
    )  # the time limit of Dask's own covers no greeting that fails to come


def _at(address: str | None) -> str:
    return f" answers at {address}" if address else " could be started here"


def _hint(kind: str, address: str | None) -> str:
    wants = "; if it wants a token, set RAY_AUTH_MODE=token and RAY_AUTH_TOKEN"
    return wants if kind == "ray" and address else ""
