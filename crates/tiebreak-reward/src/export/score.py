"""Scores answers with a reward model exported by Tiebreak (text).

    python score.py reward.onnx < pairs.jsonl

Reads one JSON object a line with the strings "prompt" and "answer" and writes one with "reward"
and "member_rewards". The difference of two rewards is the log-odds that the first answer is
preferred. Needs onnxruntime, tokenizers and numpy; the tokenizer and all settings are in the
model file's metadata.
"""

import json
import math
import re
import string
import sys

import numpy as np
import onnxruntime
from tokenizers import Tokenizer

SPACE = "\t\n\v\f\r \x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000"
BLANKS = re.compile(f"[{SPACE}]+")
LEADING = re.compile(f"^[{SPACE}]+")
LIST_ITEM = re.compile(r"[-*+] |[0-9]+[.)]")


def words(text):
    """Runs without white space, without ASCII punctuation around them, in lower case."""
    trimmed = (word.strip(string.punctuation) for word in BLANKS.split(text))
    return [word.lower() for word in trimmed if word]


def surface(prompt, answer):
    """The surface features that Tiebreak's documentation lists, in their order."""
    found, asked = words(answer), set(words(prompt))
    distinct = set(found)
    lines = (LEADING.sub("", line.removesuffix("\r")) for line in answer.split("\n"))
    lines = [line for line in lines if line]
    log = math.log1p

    def share(part, whole):
        return part / whole if whole else 0.0

    return [
        log(len(answer)),
        log(len(found)),
        log(len(lines)),
        log(sum(LIST_ITEM.match(line) is not None for line in lines)),
        log(sum(line.startswith("#") for line in lines)),
        log(sum(line.startswith("```") for line in lines)),
        log(answer.count("**") // 2),
        log(answer.count("?")),
        share(sum(c in string.digits for c in answer), len(answer)),
        share(sum(map(len, found)), len(found)),
        share(len(distinct), len(found)),
        share(len(asked & distinct), len(asked)),
    ]


class Reward:
    """A model file, ready to score."""

    def __init__(self, path):
        self.session = onnxruntime.InferenceSession(path, providers=["CPUExecutionProvider"])
        about = self.session.get_modelmeta().custom_metadata_map
        self.tokenizer = Tokenizer.from_str(about["tiebreak.tokenizer"])
        self.tokenizer.no_padding()
        self.tokenizer.enable_truncation(
            int(about["tiebreak.max_length"]), direction=about["tiebreak.truncation_side"]
        )
        self.pad_id = int(about["tiebreak.pad_id"])
        self.inputs = [port.name for port in self.session.get_inputs()]
        self.columns = self.session.get_inputs()[self.inputs.index("surface")].shape[1]

    def score(self, prompt, answer):
        """The reward of one answer, and what each member of the ensemble gives it."""
        encodings = self.tokenizer.encode_batch([prompt, answer])
        # Rows alternate: a prompt, its answer.
        width = max(len(encoding.ids) for encoding in encodings)
        input_ids = np.full((2, width), self.pad_id, np.int64)
        mask, types, places = (np.zeros_like(input_ids) for _ in range(3))
        for row, encoding in enumerate(encodings):
            length = len(encoding.ids)
            input_ids[row, :length] = encoding.ids
            mask[row, :length] = 1
            types[row, :length] = encoding.type_ids
            places[row, :length] = np.arange(length)
        values = {
            "input_ids": input_ids,
            "attention_mask": mask,
            "token_type_ids": types,
            "position_ids": places,
            "surface": np.array([surface(prompt, answer)[: self.columns]], np.float32),
        }
        values = {name: values[name] for name in self.inputs}
        reward, members = self.session.run(["reward", "member_rewards"], values)
        return float(reward[0]), [float(member) for member in members[0]]


def main():
    model = Reward(sys.argv[1])
    for line in sys.stdin:
        row = json.loads(line)
        reward, members = model.score(row["prompt"], row["answer"])
        print(json.dumps({"reward": reward, "member_rewards": members}))


if __name__ == "__main__":
    main()
