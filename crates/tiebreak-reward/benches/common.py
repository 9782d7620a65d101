"""What both Python contenders of the scoring bench share: reading, timing, reporting."""

import json
import sys
import time

import numpy as np
import onnxruntime
from tokenizers import Tokenizer

MAX_LENGTH = 512


def open_model(folder):
    """The pack's session with default options, and its tokenizer cutting at the maximum length."""
    session = onnxruntime.InferenceSession(
        f"{folder}/model.onnx", providers=["CPUExecutionProvider"]
    )
    tokenizer = Tokenizer.from_file(f"{folder}/tokenizer.json")
    tokenizer.enable_truncation(MAX_LENGTH)
    return session, tokenizer


def measure(embed):
    """Times `embed(session, tokenizer, texts)` once, warm, for the bench: PACK TEXTS OUT."""
    folder, texts_file, out = sys.argv[1:]
    with open(texts_file, encoding="utf-8") as file:
        texts = json.load(file)
    session, tokenizer = open_model(folder)
    embed(session, tokenizer, texts[:64])
    start = time.perf_counter()
    embeddings = embed(session, tokenizer, texts)
    seconds = time.perf_counter() - start
    np.asarray(embeddings, "<f4").tofile(out)
    print(json.dumps({"seconds": seconds, "version": onnxruntime.__version__}))
