"""Makes tiny_reward/, a reward model as Hugging Face's tools export them, and tiny_reward.json,
what Python makes of it.

    python tiny_reward.py

The model has the architecture of a Llama sequence classifier (RMS norms, rotary positions,
grouped queries, SwiGLU, the last token that is not padding pooled in the graph) with random
weights. Its tokens come from transformers' apply_chat_template, its scores from onnxruntime, one
text at a time and unpadded. Needs numpy, onnx, onnxruntime, tokenizers, jinja2 and transformers.
"""

import datetime
import json
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
from onnx import TensorProto, helper, numpy_helper
from tokenizers import AddedToken, Tokenizer, decoders, models, pre_tokenizers, trainers
from transformers import PreTrainedTokenizerFast
from transformers.utils import chat_template_utils

from chat_families import CONVERSATIONS, FAMILIES

HERE = Path(__file__).parent
FOLDER = HERE / "tiny_reward"
HIDDEN, LAYERS, HEADS, KEY_HEADS, WIDE = 32, 2, 4, 2, 48
HEAD = HIDDEN // HEADS
POSITIONS, THETA, EPSILON = 128, 10000.0, 1e-5
SPECIAL = [
    "<|pad|>", "<s>", "</s>", "<|im_start|>", "<|im_end|>", "<|endoftext|>",
    "<|begin_of_text|>", "<|start_header_id|>", "<|end_header_id|>", "<|eot_id|>",
    "<bos>", "<eos>", "<start_of_turn>", "<end_of_turn>", "[INST]", "[/INST]",
    "<|system|>", "<|user|>", "<|assistant|>", "<|end|>",
]


class FixedDay(datetime.datetime):
    @classmethod
    def now(cls):
        return cls(2024, 7, 26)


# What strftime_now asks.
chat_template_utils.datetime = FixedDay
rng = np.random.default_rng(7)


def make_tokenizer():
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=380,
        special_tokens=[AddedToken(token, special=True) for token in SPECIAL],
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    text = [turn["content"] for conversation in CONVERSATIONS for turn in conversation]
    tokenizer.train_from_iterator(text, trainer)
    return tokenizer


class Graph:
    def __init__(self):
        self.nodes, self.constants = [], []

    def constant(self, name, value):
        self.constants.append(numpy_helper.from_array(np.asarray(value), name))
        return name

    def weight(self, name, *shape):
        value = rng.normal(0, shape[0] ** -0.5, shape).astype(np.float32)
        return self.constant(name, value)

    def __call__(self, operator, *inputs, **attributes):
        output = f"t{len(self.nodes)}"
        self.nodes.append(helper.make_node(operator, list(inputs), [output], **attributes))
        return output


def rms_norm(g, name, x):
    mean = g("ReduceMean", g("Mul", x, x), axes=[-1], keepdims=1)
    root = g("Sqrt", g("Add", mean, "epsilon"))
    gain = g.constant(name, (1 + rng.normal(0, 0.1, HIDDEN)).astype(np.float32))
    return g("Mul", g("Div", x, root), gain)


def split(g, x, heads, shape):
    return g("Transpose", g("Reshape", x, shape), perm=[0, 2, 1, 3])


def rotate(g, x):
    first, second = g("Slice", x, "zero", "half", "last"), g("Slice", x, "half", "whole", "last")
    turned = g("Concat", g("Neg", second), first, axis=-1)
    return g("Add", g("Mul", x, "cos"), g("Mul", turned, "sin"))


def make_model(vocabulary):
    g = Graph()
    g.constant("epsilon", np.float32(EPSILON))
    for name, value in [("zero", 0), ("half", HEAD // 2), ("whole", HEAD), ("last", -1)]:
        g.constant(name, np.array([value], np.int64))
    for name, value in [("one", [1]), ("axis2", [2])]:
        g.constant(name, np.array(value, np.int64))
    g.constant("queries", np.array([0, 0, HEADS, HEAD], np.int64))
    g.constant("keys", np.array([0, 0, KEY_HEADS, HEAD], np.int64))
    g.constant("grouped", np.array([0, KEY_HEADS, 1, -1, HEAD], np.int64))
    g.constant("spread", np.array([1, 1, HEADS // KEY_HEADS, 1, 1], np.int64))
    g.constant("all_heads", np.array([0, HEADS, -1, HEAD], np.int64))
    g.constant("joined", np.array([0, 0, HIDDEN], np.int64))
    g.constant("scale", np.float32(HEAD**-0.5))
    g.constant("far", np.float32(-1e9))
    g.constant("one_f", np.float32(1))
    g.constant("pad", np.int64(0))
    angles = np.outer(np.arange(POSITIONS), THETA ** (-np.arange(0, HEAD, 2) / HEAD))
    angles = np.concatenate([angles, angles], -1)
    g.constant("cosines", np.cos(angles).astype(np.float32))
    g.constant("sines", np.sin(angles).astype(np.float32))

    # The length of the longest text, and the numbers 0, 1, 2, ... up to it.
    length = g("Gather", g("Shape", "input_ids"), g.constant("second", np.int64(1)), axis=0)
    place = g("Range", "pad", length, g.constant("step", np.int64(1)))
    for name, table in [("cos", "cosines"), ("sin", "sines")]:
        g.nodes.append(helper.make_node("Gather", [table, place], [name], axis=0))
    row = g("Unsqueeze", place, g.constant("axis1", np.array([1], np.int64)))
    column = g("Unsqueeze", place, g.constant("axis0", np.array([0], np.int64)))
    seen = g("Cast", g("GreaterOrEqual", row, column), to=TensorProto.FLOAT)
    mask = g("Cast", "attention_mask", to=TensorProto.FLOAT)
    mask = g("Unsqueeze", mask, g.constant("axes12", np.array([1, 2], np.int64)))
    hidden_part = g("Mul", g("Sub", "one_f", g("Mul", seen, mask)), "far")

    x = g("Gather", g.weight("embedding", vocabulary, HIDDEN), "input_ids", axis=0)
    for n in range(LAYERS):
        y = rms_norm(g, f"norm_a{n}", x)
        query = split(g, g("MatMul", y, g.weight(f"q{n}", HIDDEN, HIDDEN)), HEADS, "queries")
        key_width = KEY_HEADS * HEAD
        key = split(g, g("MatMul", y, g.weight(f"k{n}", HIDDEN, key_width)), KEY_HEADS, "keys")
        value = split(g, g("MatMul", y, g.weight(f"v{n}", HIDDEN, key_width)), KEY_HEADS, "keys")
        query, key = rotate(g, query), rotate(g, key)
        spread = []
        for part in (key, value):
            part = g("Tile", g("Reshape", part, "grouped"), "spread")
            spread.append(g("Reshape", part, "all_heads"))
        key, value = spread
        logits = g("Mul", g("MatMul", query, g("Transpose", key, perm=[0, 1, 3, 2])), "scale")
        odds = g("Softmax", g("Add", logits, hidden_part), axis=-1)
        mixed = g("Transpose", g("MatMul", odds, value), perm=[0, 2, 1, 3])
        mixed = g("Reshape", mixed, "joined")
        x = g("Add", x, g("MatMul", mixed, g.weight(f"o{n}", HIDDEN, HIDDEN)))
        y = rms_norm(g, f"norm_b{n}", x)
        gate = g("MatMul", y, g.weight(f"gate{n}", HIDDEN, WIDE))
        gate = g("Mul", gate, g("Sigmoid", gate))
        up = g("MatMul", y, g.weight(f"up{n}", HIDDEN, WIDE))
        x = g("Add", x, g("MatMul", g("Mul", gate, up), g.weight(f"down{n}", WIDE, HIDDEN)))
    scores = g("MatMul", rms_norm(g, "norm", x), g.weight("score", HIDDEN, 1))

    # As transformers pools: the rightmost token that is not the padding's.
    text = g("Cast", g("Not", g("Equal", "input_ids", "pad")), to=TensorProto.INT64)
    end = g("ArgMax", g("Mul", text, place), axis=-1, keepdims=1)
    end = g("Unsqueeze", end, "axis2")
    logits = g("Squeeze", g("GatherElements", scores, end, axis=1), "one")
    g.nodes.append(helper.make_node("Identity", [logits], ["logits"]))

    shape = ["batch_size", "sequence_length"]
    inputs = [
        helper.make_tensor_value_info(name, TensorProto.INT64, shape)
        for name in ["input_ids", "attention_mask"]
    ]
    output = helper.make_tensor_value_info("logits", TensorProto.FLOAT, ["batch_size", 1])
    graph = helper.make_graph(g.nodes, "tiny reward", inputs, [output], g.constants)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    onnx.checker.check_model(model, full_check=True)
    return model


def write(name, value):
    (FOLDER / name).write_text(json.dumps(value, indent=2, ensure_ascii=False) + "\n", "utf-8")


FOLDER.mkdir(exist_ok=True)
tokenizer = make_tokenizer()
tokenizer.save(str(FOLDER / "tokenizer.json"))
onnx.save(make_model(tokenizer.get_vocab_size()), FOLDER / "model.onnx")
family = next(family for family in FAMILIES if family["name"] == "chatml")
write("config.json", {
    "architectures": ["LlamaForSequenceClassification"],
    "model_type": "llama",
    "hidden_size": HIDDEN,
    "id2label": {"0": "LABEL_0"},
    "label2id": {"LABEL_0": 0},
    "max_position_embeddings": POSITIONS,
    "pad_token_id": 0,
    "vocab_size": tokenizer.get_vocab_size(),
})
write("tokenizer_config.json", {
    "bos_token": {"content": "<|endoftext|>", "special": True},
    "eos_token": "<|im_end|>",
    "pad_token": "<|pad|>",
    "model_max_length": POSITIONS,
    "truncation_side": "left",
    "tokenizer_class": "PreTrainedTokenizerFast",
    "chat_template": family["template"],
})
write("special_tokens_map.json", {"bos_token": "<|endoftext|>", "eos_token": "<|im_end|>"})

session = onnxruntime.InferenceSession(str(FOLDER / "model.onnx"))
from_folder = PreTrainedTokenizerFast.from_pretrained(str(FOLDER))
cases = []
for conversation in CONVERSATIONS:
    for turns in range(1, len(conversation) + 1):
        if conversation[turns - 1]["role"] != "assistant":
            continue
        ids = from_folder.apply_chat_template(
            conversation[:turns], truncation=True, max_length=POSITIONS, return_dict=False
        )
        array = np.array([ids], np.int64)
        (logits,) = session.run(None, {"input_ids": array, "attention_mask": array * 0 + 1})
        cases.append({
            "prompt": conversation[: turns - 1],
            "answer": conversation[turns - 1]["content"],
            "ids": ids,
            "score": round(float(logits[0, 0]), 7),
        })

templates = []
for family in FAMILIES:
    wrapped = PreTrainedTokenizerFast(tokenizer_object=tokenizer, **family["tokens"])
    for conversation in CONVERSATIONS:
        row = {"family": family["name"], "messages": conversation}
        arguments = {"chat_template": family["template"]}
        try:
            row["text"] = wrapped.apply_chat_template(conversation, tokenize=False, **arguments)
            row["ids"] = wrapped.apply_chat_template(conversation, return_dict=False, **arguments)
        except Exception as error:
            row["error"] = str(error)
        templates.append(row)

(HERE / "tiny_reward.json").write_text(
    json.dumps({"made_by": "tiny_reward.py", "cases": cases}, ensure_ascii=False) + "\n", "utf-8"
)
families = [{"name": f["name"], "template": f["template"], "tokens": f["tokens"]} for f in FAMILIES]
(HERE / "chat_templates.json").write_text(
    json.dumps(
        {"made_by": "tiny_reward.py", "families": families, "cases": templates},
        ensure_ascii=False,
    )
    + "\n",
    "utf-8",
)
print(len(cases), "scores,", len(templates), "texts,", sum("error" in t for t in templates), "refused")
