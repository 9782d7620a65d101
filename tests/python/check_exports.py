"""Loads exports with the packages that trainers use.

Usage: check_exports.py TIEBREAK STUDY FOLDER

Exports STUDY in every format below FOLDER, loads each with `datasets`, and puts it through TRL's
own functions for preference data.
"""

import os
import subprocess
import sys
from pathlib import Path

FORMATS = {
    "trl": "standard",
    "trl-conversational": "conversational",
    "parquet": "conversational",
    "parquet-standard": "standard",
}


def main() -> None:
    tiebreak, study, folder = sys.argv[1], sys.argv[2], Path(sys.argv[3])
    # Nothing is fetched, and nothing is left in the user's cache.
    os.environ["HF_HUB_OFFLINE"] = "1"
    os.environ["HF_HOME"] = str(folder / "cache")
    counts = {}
    for name, form in FORMATS.items():
        out = folder / name
        command = [tiebreak, "export", study, "--format", name, "--out", str(out)]
        subprocess.run(command, check=True)
        counts[name] = check(out, form)
        print(f"{name}: {counts[name]} rows load, in TRL's {form} preference format")
    if len(set(counts.values())) != 1 or min(counts.values()) == 0:
        sys.exit(f"the formats differ in their number of rows, or have none: {counts}")


def check(out: Path, form: str) -> int:
    """Loads one export and checks every row; returns the number of rows."""
    from datasets import concatenate_datasets, load_dataset
    from trl.data_utils import (
        is_conversational,
        maybe_extract_prompt,
        maybe_unpair_preference_dataset,
    )

    splits = load_dataset(str(out))
    rows = concatenate_datasets(list(splits.values()))
    seen = set()
    for row in rows:
        where = f"{out}: item {row['item_id']}"
        need(row["item_id"] not in seen, f"{where} occurs twice")
        seen.add(row["item_id"])
        need(row["label_source"] in ("human", "ai"), f"{where}: {row['label_source']}")
        need(row["chosen"] != row["rejected"], f"{where}: both answers are the same")
        need(is_conversational(row) == (form == "conversational"), f"{where} is not {form}")
        kept = maybe_extract_prompt(row)
        need(kept["prompt"] == row["prompt"], f"{where}: TRL finds another prompt")
    unpaired = maybe_unpair_preference_dataset(
        rows.select_columns(["prompt", "chosen", "rejected"])
    )
    need(len(unpaired) == 2 * len(rows), f"{out}: TRL unpairs {len(unpaired)} rows")
    need(sum(unpaired["label"]) == len(rows), f"{out}: one answer in two is the chosen one")
    return len(rows)


def need(holds: bool, otherwise: str) -> None:
    if not holds:
        sys.exit(otherwise)


if __name__ == "__main__":
    main()
