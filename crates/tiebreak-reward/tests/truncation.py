"""Makes truncation.json: what the tokenizers library makes of one text and of two that are too
long, cut at the end and at the start.

    python truncation.py > truncation.json

Needs tokenizers 0.23. A case is a maximum length, the side to cut, the number of words of the
first and the second text (null for none), the ids and their types. The words of a text go round
from a to g; the second begins with d.
"""

import json
from itertools import cycle, islice

from tokenizers import Tokenizer

SPECIAL = {"<": 1, ">": 2}


def template(kind):
    def part(name):
        if name in SPECIAL:
            return {"SpecialToken": {"id": name, "type_id": 0}}
        return {"Sequence": {"id": name, "type_id": int(name == "B")}}

    return [part(name) for name in kind]


def tokenizer(pair):
    """Whole words of one letter; no post-processor if `pair` is None."""
    processor = {
        "type": "TemplateProcessing",
        "single": template("<A>"),
        "pair": template(pair or "AB"),
        "special_tokens": {
            name: {"id": name, "ids": [number], "tokens": [name]}
            for name, number in SPECIAL.items()
        },
    }
    return {
        "version": "1.0",
        "truncation": None,
        "padding": None,
        "added_tokens": [],
        "normalizer": None,
        "pre_tokenizer": {"type": "Whitespace"},
        "post_processor": processor if pair else None,
        "decoder": None,
        "model": {
            "type": "WordLevel",
            "unk_token": "?",
            "vocab": {"[PAD]": 0, **SPECIAL, "?": 3, **{c: 4 + n for n, c in enumerate("abcdefg")}},
        },
    }


def text(length, start):
    return " ".join(islice(cycle("abcdefg"), start, start + length))


MAX_LENGTHS = [7, 8]
SINGLES = [1, 5, 6, 7, 30]
PAIRS = [(0, 20), (20, 2), (5, 5), (5, 6), (6, 5), (8, 9), (9, 8), (9, 9), (10, 30), (30, 10)]


def main():
    groups = []
    for pair in ["<A>B>", "<A>B", "AB", None]:
        described = tokenizer(pair)
        reader = Tokenizer.from_str(json.dumps(described))
        cases = []
        for max_length in MAX_LENGTHS:
            for side in ["right", "left"]:
                reader.enable_truncation(max_length, direction=side)
                for first, second in [(length, None) for length in SINGLES] + PAIRS:
                    texts = (text(first, 0), None if second is None else text(second, 3))
                    one = reader.encode(*texts)
                    [batched] = reader.encode_batch([texts[0] if second is None else texts])
                    assert (one.ids, one.type_ids) == (batched.ids, batched.type_ids)
                    cases.append([max_length, side, first, second, one.ids, one.type_ids])
        groups.append({"tokenizer": described, "cases": cases})
    print(json.dumps({"groups": groups}, separators=(",", ":")))


main()
