"""A careful recipe: everything tokenised first, sorted by length, cut into batches by tokens."""

import numpy as np
from common import measure

BATCH_TOKENS = 2048


def embed(session, tokenizer, texts):
    tokenizer.no_padding()
    ids = [text.ids for text in tokenizer.encode_batch(texts)]
    order = sorted(range(len(texts)), key=lambda n: -len(ids[n]))
    rows = [None] * len(texts)
    while order:
        width = len(ids[order[0]])
        count = max(1, BATCH_TOKENS // width)
        batch, order = order[:count], order[count:]
        padded = np.zeros((len(batch), width), np.int64)
        mask = np.zeros_like(padded)
        for row, n in enumerate(batch):
            padded[row, : len(ids[n])] = ids[n]
            mask[row, : len(ids[n])] = 1
        found = session.run(None, {"input_ids": padded, "attention_mask": mask})[0]
        for n, embedding in zip(batch, found):
            rows[n] = embedding
    return np.stack(rows)


measure(embed)
