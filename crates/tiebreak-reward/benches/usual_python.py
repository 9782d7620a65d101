"""The usual recipe: batches of 32 in the order of arrival, padded to the longest of the batch."""

import numpy as np
from common import measure

BATCH = 32


def embed(session, tokenizer, texts):
    tokenizer.enable_padding()
    rows = []
    for start in range(0, len(texts), BATCH):
        encoded = tokenizer.encode_batch(texts[start : start + BATCH])
        inputs = {
            "input_ids": np.array([text.ids for text in encoded], np.int64),
            "attention_mask": np.array([text.attention_mask for text in encoded], np.int64),
        }
        rows.append(session.run(None, inputs)[0])
    return np.concatenate(rows)


measure(embed)
