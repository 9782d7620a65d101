"""Checks exported data sets with the libraries that trainers use.

    python -m venv .venv
    .venv/bin/pip install --no-deps -r tests/python/requirements.txt
    .venv/bin/python tests/python/check_export.py EXPORT_DIR...

For each folder: `datasets.load_dataset(FOLDER)` with nothing else said must give the splits, row
counts, columns and types of manifest.json; TRL's own functions must take the rows for what they
are. Prints one line for each failed check and `N passed, M failed` at the end; exits with 1 if any
failed. Needs no network and no torch.
"""

import json
import os
import sys
import tempfile
import traceback
from pathlib import Path

os.environ.update(
    HF_DATASETS_OFFLINE="1",
    HF_HUB_OFFLINE="1",
    HF_DATASETS_DISABLE_PROGRESS_BARS="1",
    HF_HUB_DISABLE_TELEMETRY="1",
    TRANSFORMERS_VERBOSITY="error",
)

import pyarrow.parquet as pq
from datasets import List, Value, disable_caching, load_dataset
from tokenizers import Tokenizer, models, pre_tokenizers
from transformers import PreTrainedTokenizerFast
from trl.data_utils import (
    is_conversational,
    is_conversational_from_value,
    maybe_apply_chat_template,
    maybe_extract_prompt,
    maybe_unpair_preference_dataset,
)

# Types as the manifest names them.
FEATURES = {
    "string": Value("string"),
    "float64": Value("float64"),
    "int64": Value("int64"),
    "list of strings": List(Value("string")),
    "list of {role, content}": List({"role": Value("string"), "content": Value("string")}),
}
CONVERSATIONAL = {"trl-conversational", "parquet"}
# Names that TRL's trainers give to columns that they make themselves, or read as something else.
RESERVED = {
    "chosen_ids", "rejected_ids", "prompt_ids", "chosen_input_ids", "rejected_input_ids",
    "ref_chosen_logps", "ref_rejected_logps", "completion", "completion_mask", "label", "labels",
    "messages", "images", "image", "tools", "chat_template_kwargs", "input_ids", "text",
}
# Rows of each split that go through the chat template, which is slow.
TEMPLATED_ROWS = 500
CHAT_TEMPLATE = (
    "{% for m in messages %}<|{{ m['role'] }}|>{{ m['content'] }}<|end|>{% endfor %}"
    "{% if add_generation_prompt %}<|assistant|>{% endif %}"
)


class Checks:
    """Counts checks and says which failed."""

    def __init__(self):
        self.passed = self.failed = 0
        self.where = ""

    def that(self, holds, what):
        if holds:
            self.passed += 1
        else:
            self.failed += 1
            print(f"FAILED {self.where}: {what}")

    def equal(self, actual, expected, what):
        self.that(actual == expected, f"{what}: {actual!r}, expected {expected!r}")


def tokenizer():
    """A tokenizer made on the spot: only its chat template is used."""
    words = Tokenizer(models.WordLevel({"<unk>": 0}, unk_token="<unk>"))
    words.pre_tokenizer = pre_tokenizers.Whitespace()
    made = PreTrainedTokenizerFast(tokenizer_object=words, unk_token="<unk>", eos_token="<|end|>")
    made.chat_template = CHAT_TEMPLATE
    return made


def stored_rows(path):
    """The rows of a data file, read without `datasets`."""
    if path.suffix == ".parquet":
        return pq.read_table(path).to_pylist()
    # Not splitlines: text may hold separators that JSON does not escape.
    return [json.loads(line) for line in path.read_bytes().split(b"\n") if line]


def check_columns(checks, manifest, dataset):
    columns = manifest["columns"]
    checks.equal(dataset.column_names, [c["name"] for c in columns], "columns")
    checks.equal(dataset.column_names[:3], ["prompt", "chosen", "rejected"], "first columns")
    checks.equal(sorted(RESERVED & set(dataset.column_names)), [], "names reserved by trainers")
    for column in columns:
        name = column["name"]
        checks.equal(dataset.features.get(name), FEATURES[column["type"]], f"type of {name}")
        if not column["nullable"]:
            nulls = dataset.data.column(name).null_count
            checks.equal(nulls, 0, f"nulls in {name}")
    if "margin" in dataset.column_names:
        checks.that(all(isinstance(m, float) for m in dataset["margin"]), "margin is a number")


def check_values(checks, dataset, path):
    rows = stored_rows(path)
    differing = [i for i, (a, b) in enumerate(zip(dataset, rows)) if a != b]
    checks.equal(differing[:5], [], f"rows that differ from {path.name}")
    sources = set(dataset["label_source"])
    checks.that(sources <= {"human", "ai"}, f"label sources {sources}")


def check_trl(checks, manifest, dataset, template):
    conversational = manifest["format"] in CONVERSATIONAL
    core = dataset.select_columns(["prompt", "chosen", "rejected"])
    sample = dataset.select(range(min(TEMPLATED_ROWS, dataset.num_rows)))
    checks.that(
        all(is_conversational(row) == conversational for row in dataset),
        f"is_conversational is {conversational} for every row",
    )
    checks.that(not any(is_conversational_from_value(row) for row in sample), "not from/value")
    checks.that(
        all(maybe_extract_prompt(dict(row)) == row for row in sample),
        "maybe_extract_prompt leaves the explicit prompt alone",
    )
    # What the trainers do before tokenizing.
    checks.that(
        all(row["prompt"] + row["chosen"] and row["prompt"] + row["rejected"] for row in core
            if conversational),
        "prompt and answer can be joined",
    )
    unpaired = maybe_unpair_preference_dataset(core)
    checks.equal(unpaired.num_rows, 2 * dataset.num_rows, "rows after unpairing")
    checks.equal(
        set(unpaired.column_names), {"prompt", "completion", "label"}, "columns after unpairing"
    )
    wrong = 0
    for row in sample:
        row = {name: row[name] for name in ("prompt", "chosen", "rejected")}
        text = maybe_apply_chat_template(row, template)
        if not conversational:
            wrong += text != row
            continue
        last = "".join(f"<|{m['role']}|>{m['content']}<|end|>" for m in row["chosen"])
        wrong += not (text["prompt"] + text["chosen"]).endswith(last)
        wrong += not all(isinstance(part, str) for part in text.values())
    checks.equal(wrong, 0, "rows that the chat template breaks")


def check_export(checks, folder, template):
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    checks.equal(manifest["tool"]["name"], "tiebreak", "tool")
    leftovers = [p.name for p in folder.rglob("*") if p.name.endswith(".partial")]
    checks.equal(leftovers, [], "partial files")
    with tempfile.TemporaryDirectory() as cache:
        splits = load_dataset(str(folder), cache_dir=cache)
        counts = {name: split.num_rows for name, split in splits.items()}
        files = manifest["files"]
        checks.equal(counts, {f["split"]: f["rows"] for f in files}, "rows by split")
        checks.equal(sum(counts.values()), manifest["rows"], "rows")
        checks.equal(manifest["human"] + manifest["ai"], manifest["rows"], "label sources add up")
        for file in files:
            checks.where = f"{folder} {file['split']}"
            path = folder / file["path"]
            checks.equal(path.stat().st_size, file["bytes"], "size of the file")
            dataset = splits[file["split"]]
            human = dataset["label_source"][:].count("human")
            checks.equal(human, file["human"], "rows labelled by people")
            check_columns(checks, manifest, dataset)
            check_values(checks, dataset, path)
            check_trl(checks, manifest, dataset, template)
        splits = dataset = None


def main(folders):
    if not folders:
        print(__doc__)
        return 2
    disable_caching()
    checks, template = Checks(), tokenizer()
    for folder in map(Path, folders):
        checks.where = str(folder)
        try:
            check_export(checks, folder, template)
        except Exception:
            checks.that(False, traceback.format_exc())
    print(f"{checks.passed} passed, {checks.failed} failed")
    return 1 if checks.failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
