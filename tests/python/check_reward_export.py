"""Checks an exported reward model with plain onnxruntime.

    .venv/bin/python tests/python/check_reward_export.py STUDY EXPORT_DIR

Scores every text of a study that the model has scored with the `score.py` of the export, and
compares with the scores in the study: they may differ by 1e-4 at most. Reads the study with
sqlite3 and uses nothing of Tiebreak's but the exported folder. Exits with 1 if a score differs or
there is none to compare.
"""

import importlib.util
import json
import sqlite3
import sys
from pathlib import Path

LARGEST_DIFFERENCE = 1e-4

ROWS = """
SELECT i.prompt, c.content, s.score FROM reward_score AS s
JOIN reward_model AS m ON m.id = s.reward_model_id
JOIN candidate AS c ON c.id = s.candidate_id JOIN item AS i ON i.id = c.item_id
WHERE lower(hex(m.pack_hash)) = ? ORDER BY i.ordinal, c.position
"""


def plain_text(json_text):
    """A text as it is, a single turn's content, or turns with their roles."""
    value = json.loads(json_text)
    if isinstance(value, str):
        return value
    if len(value) == 1:
        return value[0]["content"]
    return "\n\n".join(f"{turn['role']}: {turn['content']}" for turn in value)


def main():
    study, folder = map(Path, sys.argv[1:])
    spec = importlib.util.spec_from_file_location("score", folder / "score.py")
    score = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(score)
    model = score.Reward(str(folder / "reward.onnx"))
    about = model.session.get_modelmeta().custom_metadata_map
    with sqlite3.connect(f"file:{study}?mode=ro", uri=True) as connection:
        rows = connection.execute(ROWS, [about["tiebreak.pack_hash"]]).fetchall()
    worst = 0.0
    for prompt, content, expected in rows:
        reward, members = model.score(plain_text(prompt), plain_text(content))
        assert abs(sum(members) / len(members) - reward) < 1e-4, "the mean of the members"
        worst = max(worst, abs(reward - expected))
    print(f"{len(rows)} scores, largest difference {worst:.1e}")
    sys.exit(not rows or worst > LARGEST_DIFFERENCE)


if __name__ == "__main__":
    main()
