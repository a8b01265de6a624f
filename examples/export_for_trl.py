"""A dataset in the formats of TRL's trainers: whole conversations, and prompts with completions.

The same as ``porism run geometry --count 3 --seed 7 --out theorems`` and
``porism export theorems --format sft --out sft.jsonl --split ...``. Each trainer reads its file as it is:
``SFTTrainer(model, train_dataset=load_dataset("json", data_files="sft.jsonl", split="train"))``.

Run: ``python examples/export_for_trl.py``
"""

import json
from pathlib import Path

from porism.errors import InputError
from porism.pipelines import geometry
from porism.pipelines.export import export

folder = geometry.run(geometry.Geometry(seed=7), 3, Path("theorems"), compiled=False).folder
split = next((folder / "data").glob("*.parquet")).name.split("-")[0]
for format in ("sft", "prompt-completion"):
    done = export(folder, format, Path(f"{format}.jsonl"), split=split, columns=["difficulty"])
    row = json.loads(done.out.read_text(encoding="utf-8").splitlines()[0])
    print(f"{format}: {sum(done.rows.values())} rows of {', '.join(row)}")
print(row["prompt"][0]["content"])
print(row["completion"][0]["content"].splitlines()[-1])
try:
    export(folder, "preference", Path("pairs.jsonl"), split=split)
except InputError as error:
    print(error)
