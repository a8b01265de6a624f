"""A real vLLM, on the CPU, behind ``vllm:NAME``."""

import json
import subprocess
from pathlib import Path

import pytest

from porism.generators import vllm
from porism.generators.chat import ChatRequest, Message, ModelError
from porism.generators.endpoint import Endpoint, Pace

PYTHON = Path(__file__).parents[2] / ".venv-vllm" / "bin" / "python"
ARGUMENTS = ("--max-model-len", "1024", "--enforce-eager", "--dtype", "float32", "--gpu-memory-utilization", "0.2")
SCHEMA = {
    "type": "object",
    "properties": {"yes": {"type": "boolean"}},
    "required": ["yes"],
    "additionalProperties": False,
}

pytestmark = [
    pytest.mark.heavy,
    pytest.mark.timeout(600),
    pytest.mark.skipif(
        not PYTHON.exists(), reason="no .venv-vllm: `make vllm` found no build of vLLM for this machine"
    ),
]


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> str:
    folder = tmp_path_factory.mktemp("tiny-llama")
    subprocess.run([PYTHON, Path(__file__).with_name("tiny_llama.py"), folder], check=True, capture_output=True)
    return str(folder)


def test_vllm_answers_chat_completions_and_schemas_and_is_gone_afterwards(
    model: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(vllm.VARIABLE, str(PYTHON))
    chat = ChatRequest(messages=(Message("user", "Hello"),), max_tokens=8, seed=1)
    completion = ChatRequest(prompt="Once upon", max_tokens=8, seed=1)
    held = ChatRequest(messages=(Message("user", "Yes?"),), max_tokens=64, schema=json.dumps(SCHEMA), seed=1)
    with vllm.served(model, vllm.Server(ARGUMENTS), Pace(timeout=60)) as endpoint:
        replies = endpoint.generate([chat, completion, held, chat])
        assert [reply.error for reply in replies] == [""] * 4
        assert replies[0].output_tokens == 8
        assert replies[0].finish == "length"
        assert replies[2].text.lstrip().startswith("{")  # random weights, held to the schema; spaces may fill the rest
        assert replies[0].text == replies[3].text  # greedy, the same seed
        address = endpoint.address
    with pytest.raises(ModelError, match="nothing answers"):
        Endpoint("any", address).probe()


def test_a_model_that_vllm_cannot_load_is_one_line_with_its_last_words(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(vllm.VARIABLE, str(PYTHON))
    (tmp_path / "config.json").write_text("{}")
    serving = vllm.served(str(tmp_path), vllm.Server(ARGUMENTS), Pace())
    with pytest.raises(ModelError, match=r"vLLM ended with status \d+; its last lines: ") as error:
        serving.__enter__()
    assert "\n" not in str(error.value)
