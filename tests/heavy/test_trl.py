"""The real TRL trains a tiny model of random weights for a few steps on each format, so that they are known to load."""

import copy
from collections.abc import Callable
from pathlib import Path
from typing import Any
from zlib import crc32

import exports
import pytest
from datasets import Dataset, load_dataset

from porism.pipelines import rollouts, verifiers
from porism.pipelines.export import export

trl = pytest.importorskip("trl", reason="no TRL here: the extra `train` brings it")
torch = pytest.importorskip("torch", reason="no PyTorch here: the extra `train` brings it")
transformers = pytest.importorskip("transformers")
tokenizers = pytest.importorskip("tokenizers")

pytestmark = [pytest.mark.heavy, pytest.mark.timeout(600)]

LENGTH = 8192  # tokens, which are bytes
TEMPLATE = """\
{%- if tools %}{{ '<|system|>' + (tools | tojson) + '<|end|>' }}{% endif %}
{%- for turn in messages %}
{{- '<|' + turn.role + '|>' + (turn.content or '') }}
{%- for call in turn.tool_calls or [] %}{{ '<tool_call>' + (call.function | tojson) + '</tool_call>' }}{% endfor %}
{{- '<|end|>' }}
{%- endfor %}
{%- if add_generation_prompt %}{{ '<|assistant|>' }}{% endif %}"""


@pytest.fixture(scope="module")
def tokenizer() -> Any:
    """One token for each byte, made here."""
    specials = ["<pad>", "<|end|>", "<|system|>", "<|user|>", "<|assistant|>", "<|tool|>"]
    alphabet = {byte: number for number, byte in enumerate(sorted(tokenizers.pre_tokenizers.ByteLevel.alphabet()))}
    fast = tokenizers.Tokenizer(tokenizers.models.BPE(vocab=alphabet, merges=[]))
    fast.pre_tokenizer = tokenizers.pre_tokenizers.ByteLevel(add_prefix_space=False)
    fast.decoder = tokenizers.decoders.ByteLevel()
    found = transformers.PreTrainedTokenizerFast(tokenizer_object=fast, pad_token="<pad>", eos_token="<|end|>")
    found.add_special_tokens({"additional_special_tokens": specials[2:]})
    found.chat_template = TEMPLATE
    return found


@pytest.fixture(scope="module")
def model(tokenizer: Any, tmp_path_factory: pytest.TempPathFactory) -> str:
    """A folder with random weights."""
    torch.manual_seed(0)
    config = transformers.LlamaConfig(
        vocab_size=len(tokenizer), hidden_size=16, intermediate_size=32, num_hidden_layers=1, num_attention_heads=2,
        max_position_embeddings=LENGTH, pad_token_id=tokenizer.pad_token_id, eos_token_id=tokenizer.eos_token_id,
    )  # fmt: skip
    folder = tmp_path_factory.mktemp("model")
    transformers.LlamaForCausalLM(config).save_pretrained(folder)
    return str(folder)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    """Datasets by the name of what makes them."""
    root, there = tmp_path_factory.mktemp("datasets"), dict[str, Path]()

    def of(name: str) -> Path:
        if name not in there:
            more = (root / "source.jsonl",) if name == "revisions" else ()
            there[name] = getattr(exports, name)(root / name, *more)
        return there[name]

    return of


def rows(folder: Path, format: str, ending: str, tmp_path: Path, **more: Any) -> Dataset:
    out = tmp_path / f"rows{ending}"
    split = "train" if list((folder / "data").glob("train-*")) else "test"
    export(folder, format, out, split=split, **more)
    kind = "json" if ending == ".jsonl" else "parquet"
    return load_dataset(kind, data_files=str(out), split="train", cache_dir=str(tmp_path / "cache"))


def arguments(kind: Any, tmp_path: Path, **more: Any) -> Any:
    return kind(
        output_dir=str(tmp_path / "run"), max_steps=2, per_device_train_batch_size=2, use_cpu=True, report_to="none",
        save_strategy="no", logging_steps=1, learning_rate=1e-3, disable_tqdm=True, bf16=False, **more,
    )  # fmt: skip


def learnt(trainer: Any) -> None:
    """Train, and see that something was learnt from: losses are numbers, and weights have moved."""
    before = {name: value.clone() for name, value in trainer.model.named_parameters()}
    trainer.train()
    losses = [entry["loss"] for entry in trainer.state.log_history if "loss" in entry]
    assert len(losses) == 2
    assert all(loss == loss for loss in losses)
    assert any(not torch.equal(before[name], value) for name, value in trainer.model.named_parameters())


@pytest.mark.parametrize(
    ("name", "format", "ending"),
    [
        ("theorems", "sft", ".parquet"),
        ("theorems", "prompt-completion", ".jsonl"),
        ("instructions", "sft", ".jsonl"),
        ("instructions", "prompt-completion", ".parquet"),
        *(
            (("tool_calls", format, ending))
            for format in ("sft", "prompt-completion")
            for ending in (".jsonl", ".parquet")
        ),
    ],
)
def test_sft(
    name: str, format: str, ending: str, made: Callable[[str], Path], model: str, tokenizer: Any, tmp_path: Path
) -> None:
    data = rows(made(name), format, ending, tmp_path)
    how = arguments(trl.SFTConfig, tmp_path, max_length=LENGTH)
    trainer = trl.SFTTrainer(model=model, args=how, train_dataset=data, processing_class=tokenizer)
    learnt(trainer)
    text = tokenizer.decode(trainer.train_dataset[0]["input_ids"])
    assert ("<tool_call>" in text) == (name == "tool_calls")


@pytest.mark.parametrize(
    ("name", "ending"), [("tool_calls", ".jsonl"), ("tool_calls", ".parquet"), ("revisions", ".jsonl")]
)
def test_dpo(name: str, ending: str, made: Callable[[str], Path], model: str, tokenizer: Any, tmp_path: Path) -> None:
    data = rows(made(name), "preference", ending, tmp_path)
    how = arguments(trl.DPOConfig, tmp_path, max_length=LENGTH)
    learnt(trl.DPOTrainer(model=model, args=how, train_dataset=data, processing_class=tokenizer))


def test_kto(made: Callable[[str], Path], model: str, tokenizer: Any, tmp_path: Path) -> None:
    data = rows(made("tool_calls"), "unpaired", ".parquet", tmp_path)
    how = arguments(trl.KTOConfig, tmp_path, max_length=LENGTH)
    learnt(trl.KTOTrainer(model=model, args=how, train_dataset=data, processing_class=tokenizer))


def test_steps_as_a_process_reward(made: Callable[[str], Path], model: str, tokenizer: Any, tmp_path: Path) -> None:
    """TRL has no trainer for them since it gave up its own: a token classifier reads a label at each step's end."""
    data = rows(made("tool_calls"), "steps", ".jsonl", tmp_path)
    row = data[0]
    ids, labels = tokenizer(row["prompt"])["input_ids"], []
    labels += [-100] * len(ids)
    for step, label in zip(row["completions"], row["labels"], strict=True):
        said = tokenizer(f"{step}\n")["input_ids"]
        ids, labels = ids + said, labels + [-100] * (len(said) - 1) + [int(label)]
    classifier = transformers.LlamaForTokenClassification.from_pretrained(model, num_labels=2)
    loss = classifier(input_ids=torch.tensor([ids]), labels=torch.tensor([labels])).loss
    loss.backward()
    assert torch.isfinite(loss)


def odd(completion: Any) -> float:
    """Something that differs among samples, since those of random weights are all wrong."""
    return crc32(str(completion).encode()) / 2**32


@pytest.mark.parametrize("name", ["theorems", "tool_calls", "votes"])
def test_grpo_with_our_reward(
    name: str, made: Callable[[str], Path], model: str, tokenizer: Any, tmp_path: Path
) -> None:
    data = rows(made(name), "rlvr", ".parquet", tmp_path)
    seen: list[float] = []

    def reward(**given: Any) -> list[float]:
        seen.extend(found := verifiers.reward(**given))
        return [value + odd(one) for value, one in zip(found, given["completions"], strict=True)]

    how = arguments(trl.GRPOConfig, tmp_path, max_completion_length=16, num_generations=2)
    trainer = trl.GRPOTrainer(
        model=model, reward_funcs=reward, args=how, train_dataset=data, processing_class=tokenizer
    )
    learnt(trainer)
    assert seen == [0.0] * len(seen)
    assert len(seen) == 4


def test_grpo_in_a_world(made: Callable[[str], Path], model: str, tokenizer: Any, tmp_path: Path) -> None:
    """The rollouts of the trainer are played in worlds of the rows, whose methods are the model's tools."""
    template = Path(trl.__file__).parent / "chat_templates" / "qwen3.jinja"
    if not template.exists():
        pytest.skip("this TRL has no template of Qwen3, whose calls it reads")
    data = rows(made("tool_calls"), "rlvr", ".parquet", tmp_path)
    begun: list[str] = []

    class World(rollouts.environment("sqlite")):  # type: ignore[misc]
        def reset(self, task: str, **row: Any) -> None:
            begun.append(task)
            super().reset(task, **row)

    tokenizer = copy.deepcopy(tokenizer)
    tokenizer.chat_template = template.read_text()
    how = arguments(trl.GRPOConfig, tmp_path, max_completion_length=16, num_generations=2)
    trainer = trl.GRPOTrainer(
        model=model, args=how, train_dataset=data, processing_class=tokenizer, environment_factory=World,
        reward_funcs=lambda completions, **_: list(map(odd, completions)),
    )  # fmt: skip
    learnt(trainer)
    assert set(begun) <= set(data["task"])
    assert begun
