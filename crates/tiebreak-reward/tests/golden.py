"""Makes golden.json: embeddings of all-MiniLM-L6-v2 computed apart from ONNX and from the
tokenizers library, with NumPy in 64-bit floats and a WordPiece of its own.

    python golden.py MODEL_FOLDER > golden.json

MODEL_FOLDER holds the published model.safetensors and vocab.txt. Needs numpy alone.
"""

import json
import math
import struct
import sys
import unicodedata
from pathlib import Path

import numpy as np

MAX_LENGTH = 512
HEADS = 12
LAYERS = 6
EPSILON = 1e-12
TEXTS = [
    "Which of these two answers is better?",
    "Zwölf Boxkämpfer naïvely ate crème brûlée, isn't it? 東京 costs 3.50 €! Supercalifragilistic",
    " ".join(f"The {n}th sentence of a long answer goes on, past the cut." for n in range(60)),
]

folder = Path(sys.argv[1])
vocabulary = {
    word: index for index, word in enumerate((folder / "vocab.txt").read_text("utf-8").splitlines())
}


def is_punctuation(char):
    ascii_symbol = char.isascii() and char.isprintable() and not char.isalnum() and char != " "
    return ascii_symbol or unicodedata.category(char).startswith("P")


def words(text):
    """Lower case, no accents; punctuation and Chinese characters stand alone."""
    text = unicodedata.normalize("NFD", text.lower())
    spaced = ""
    for char in text:
        if unicodedata.category(char) == "Mn":
            continue
        alone = is_punctuation(char) or 0x4E00 <= ord(char) <= 0x9FFF
        spaced += f" {char} " if alone else char
    return spaced.split()


def pieces(word):
    """The longest known piece first, then the longest known continuation, and so on."""
    found, start = [], 0
    while start < len(word):
        for end in range(len(word), start, -1):
            piece = ("##" if start else "") + word[start:end]
            if piece in vocabulary:
                found.append(piece)
                start = end
                break
        else:
            return ["[UNK]"]
    return found


def tokens(text):
    body = [piece for word in words(text) for piece in pieces(word)][: MAX_LENGTH - 2]
    return [vocabulary[piece] for piece in ["[CLS]", *body, "[SEP]"]]


def read_weights(path):
    data = path.read_bytes()
    (size,) = struct.unpack("<Q", data[:8])
    weights = {}
    for name, entry in json.loads(data[8 : 8 + size]).items():
        if name != "__metadata__" and entry["dtype"] == "F32":
            start, end = (8 + size + offset for offset in entry["data_offsets"])
            flat = np.frombuffer(data[start:end], "<f4").astype(np.float64)
            weights[name] = flat.reshape(entry["shape"])
    return weights


weights = read_weights(folder / "model.safetensors")
erf = np.vectorize(math.erf)


def linear(name, x):
    return x @ weights[f"{name}.weight"].T + weights[f"{name}.bias"]


def norm(name, x):
    centred = x - x.mean(-1, keepdims=True)
    scaled = centred / np.sqrt((centred**2).mean(-1, keepdims=True) + EPSILON)
    return scaled * weights[f"{name}.weight"] + weights[f"{name}.bias"]


def attention(name, x):
    def heads(part):
        return linear(f"{name}.self.{part}", x).reshape(len(x), HEADS, -1).transpose(1, 0, 2)

    query, key, value = heads("query"), heads("key"), heads("value")
    logits = query @ key.transpose(0, 2, 1) / math.sqrt(query.shape[-1])
    odds = np.exp(logits - logits.max(-1, keepdims=True))
    mixed = odds / odds.sum(-1, keepdims=True) @ value
    return linear(f"{name}.output.dense", mixed.transpose(1, 0, 2).reshape(x.shape))


def embed(ids):
    table = "embeddings.{}_embeddings.weight".format
    x = weights[table("word")][ids] + weights[table("position")][: len(ids)]
    x = norm("embeddings.LayerNorm", x + weights[table("token_type")][0])
    for n in range(LAYERS):
        layer = f"encoder.layer.{n}"
        x = norm(f"{layer}.attention.output.LayerNorm", x + attention(f"{layer}.attention", x))
        wide = linear(f"{layer}.intermediate.dense", x)
        active = wide * (1 + erf(wide / math.sqrt(2))) / 2
        x = norm(f"{layer}.output.LayerNorm", x + linear(f"{layer}.output.dense", active))
    mean = x.mean(0)
    return mean / np.linalg.norm(mean)


cases = []
for text in TEXTS:
    ids = tokens(text)
    cases.append({
        "text": text,
        "tokens": len(ids),
        "embedding": [round(float(value), 7) for value in embed(ids)],
    })
json.dump({"made_by": "golden.py", "cases": cases}, sys.stdout, ensure_ascii=False)
print()
