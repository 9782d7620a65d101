"""Makes drivers.json: effects of three features on the choices of people and two AI judges in the
study llmfao by statsmodels, with standard errors clustered by prompt; principles of each judge's
choices, chosen greedily; the DBG score of GPT-4 there; consistency of AI judges on swapped pairs
of LLMBar; and text features of some texts by regular expressions.

    python drivers.py llmfao.jsonl llmbar.jsonl > drivers.json

Effects and principles use every third comparison. Made with Python 3.11, NumPy 2.4.6, SciPy 1.17.1,
statsmodels 0.15.0.
"""

import json
import re
import sys
from collections import Counter

import numpy as np
import statsmodels.api as sm
from scipy.stats import spearmanr, t

everything = [json.loads(line) for line in open(sys.argv[1])]
rows = everything[::3]
prompts = {p: k for k, p in enumerate(dict.fromkeys(r["prompt"] for r in rows))}
cluster = np.array([prompts[r["prompt"]] for r in rows])
FEATURES = [
    lambda text: np.log1p(len(text.split())),
    lambda text: np.log1p(len(re.findall(r"^\s*(?:[-*+] |\d+[.)])", text, re.M))),
    lambda text: np.log1p(text.count("?")),
]
x = np.array([[f(r["response_a"]) - f(r["response_b"]) for f in FEATURES] for r in rows]).round(3)
scale = np.sqrt((x**2).mean(axis=0))
judges = {
    "people": [np.mean([(1 - y) / 2 for y in r["human_labels"]]).round(4) for r in rows],
    "gpt-4": [(1 - r["ai_labels"]["gpt-4"]) / 2 for r in rows],
    "gpt-3.5": [(1 - r["ai_labels"]["gpt-3.5-turbo-instruct"]) / 2 for r in rows],
}


def fit(y, columns):
    model = sm.GLM(np.array(y), columns, family=sm.families.Binomial())
    found = model.fit(cov_type="cluster", cov_kwds={"groups": cluster}, tol=1e-12)
    return found.params.tolist(), found.bse.tolist()


effects = {}
for name, y in judges.items():
    marginal = [fit(y, x[:, [k]] / scale[k]) for k in range(3)]
    higher = [
        float(np.mean([h if d > 0 else 1 - h for d, h in zip(x[:, k], y) if d != 0]))
        for k in range(3)
    ]
    effects[name] = {
        "marginal": [m[0][0] for m in marginal],
        "marginal_errors": [m[1][0] for m in marginal],
        "joint": fit(y, x / scale),
        "joint_with_side": fit(y, np.column_stack([x / scale, np.ones(len(y))])),
        "higher_wins": higher,
    }
correlation = spearmanr(effects["people"]["marginal"], effects["gpt-4"]["marginal"]).statistic

# Principles: each step tries every feature not yet taken, in the direction that is right more often.
paths = {}
for name, y in judges.items():
    y = np.array(y)
    clear = y != 0.5
    right = np.sign(y[clear] - 0.5)
    signs = np.sign(x[clear])
    agrees = [np.array([s == r for s, r in zip(signs[:, k], right) if s != 0]) for k in range(3)]
    odds = [np.log((a.sum() + 0.5) / ((~a).sum() + 0.5)) for a in agrees]
    path, margin = [], np.zeros(clear.sum())
    while len(path) < 3:
        hits = {}
        for k in set(range(3)) - {step[0] for step in path}:
            named = np.sign(margin + odds[k] * signs[:, k])
            hits[k] = (named == right).sum() + 0.5 * (named == 0).sum()
        best = max(sorted(hits), key=lambda k: hits[k])
        margin += odds[best] * signs[:, best]
        path.append([best, int(np.sign(odds[best])), float(abs(odds[best]))])
    paths[name] = path

# The DBG score, as win rates.
own = []
for r in everything:
    if "GPT 4" in (r["model_a"], r["model_b"]):
        side = -1 if r["model_a"] == "GPT 4" else 1
        votes = [side * y for y in r["human_labels"]]
        own.append([side * r["ai_labels"]["gpt-4"], votes])
by_judge = np.mean([(1 + judge) / 2 for judge, _ in own])
by_gold = np.mean([(1 + np.sign(sum(np.sign(votes)))) / 2 for _, votes in own])

# Swapped pairs: labels are of candidates, so that the same label twice is consistent.
swapped = {}
for judge in ("GPT-4/Vanilla", "ChatGPT/Vanilla", "Falcon/Vanilla"):
    pairs = []
    for line in open(sys.argv[2]):
        labels = json.loads(line)["ai_label_orders"].get(judge, [])
        if len(labels) == 2 and None not in labels:
            pairs.append(labels)
    before, after = np.array(pairs).T
    swapped[judge] = {
        "pairs": "".join("aAbB"[(p < 0) * 2 + (q < 0)] for p, q in pairs),
        "consistent": float((before == after).mean()),
        "both_first": float(((before < 0) & (after > 0)).mean()),
        "both_second": float(((before > 0) & (after < 0)).mean()),
        "consistent_given_first": float((after < 0)[before < 0].mean()),
        "consistent_given_second": float((after > 0)[before > 0].mean()),
    }

TEXTS = [
    ("How do I boil eggs?", "# Eggs\n\n1. **Boil** the water (10 minutes)!\n2. Add 3 eggs.\n\nEnjoy?"),
    ("How do I boil eggs?", "I'm sorry, but I can't help with that. As an AI, I think it might be unsafe…"),
    ("", ""),
    ("Compare them.", "| a | b |\n|---|:-:|\n| 1 | 2 |\n\nIt depends; perhaps a is better than B. Maybe."),
    ("Print it", "```python\n# not a heading\nprint('a ** b') # - no\nif x != 1: pass\n```\nIt’s great! 🎉👍🏽 👩‍💻 🇩🇪 ![x](y)"),
    ("Wie geht es dir?", "Mir geht es gut, danke. “Und dir?” • eins\n* zwei\n3) drei\n3.14 ist keine Liste"),
    ("Why is it bad", "I WON'T say why. We hate problems, it is a terrible mistake, kind of. My our us me!!"),
]
HEDGES = "perhaps maybe might".split()
HEDGE_PHRASES = ["i think", "it depends", "kind of"]
REFUSALS = ["i'm sorry", "i can't", "as an ai", "i won't"]
POSITIVE = "enjoy great better".split()
NEGATIVE = "unsafe bad hate problems terrible mistake".split()
FIRST = "i i'm me my we our us".split()


def words(text):
    """Punctuation of ASCII is left out around words, and for their kind typographic quotes too."""
    bare = [re.sub(r"^[!-/:-@\[-`{-~]+|[!-/:-@\[-`{-~]+$", "", w) for w in text.split()]
    bare = [w for w in bare if w]
    plain = [w.strip("“”‘’…—–•!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~").lower() for w in bare]
    return bare, [w.replace("’", "'") for w in plain]


def measured(prompt, text):
    bare, plain = words(text)
    asked = Counter(words(prompt)[1])
    counts = Counter(plain)
    outside = re.sub(r"^```.*?^```\s*$", "", text, flags=re.M | re.S)
    lines = [line.strip() for line in text.split("\n") if line.strip()]
    free = [line.strip() for line in outside.split("\n") if line.strip()]
    running = " ".join(plain)
    phrase = lambda p: len(re.findall(rf"(?:^|(?<= )){re.escape(p)}(?= |$)", running))
    numbered = sum(bool(re.match(r"\d+[.)] ", line)) for line in free)
    dot = sum(asked[w] * counts[w] for w in asked)
    norms = np.sqrt(sum(v * v for v in asked.values()) * sum(v * v for v in counts.values()))
    emoji = re.sub("[\U0001f3fb-\U0001f3ff]|\u200d.", "", text)
    emoji = re.sub("[\U0001f1e6-\U0001f1ff]{2}", "\U0001f600", emoji)
    return {
        "words": len(bare),
        "characters": len(text),
        "lines": len(lines),
        "word_length": float(np.mean([len(w) for w in bare])) if bare else None,
        "distinct_words": len(counts) / len(bare) if bare else None,
        "headings": sum(bool(re.match(r"#{1,6} ", line)) for line in free),
        "bold": outside.count("**") // 2,
        "list_items": numbered + sum(bool(re.match(r"[-*+•] ", line)) for line in free),
        "table_rows": sum(bool(re.match(r"\|.*[^|:\- ].*\|$", line)) for line in free),
        "code_blocks": text.count("```") // 2,
        "hedges": sum(counts[w] for w in HEDGES) + sum(map(phrase, HEDGE_PHRASES)),
        "refusals": sum(map(phrase, REFUSALS)),
        "positive_words": sum(counts[w] for w in POSITIVE),
        "negative_words": sum(counts[w] for w in NEGATIVE),
        "questions": text.count("?"),
        "exclamations": len(re.findall(r"!(?![\[=])", text)),
        "numbers": sum(bool(re.search(r"[0-9]", w)) for w in bare) - numbered,
        "emoji": len(re.findall("[\U0001f300-\U0001faff\u2600-\u27bf]", emoji)),
        "first_person": sum(counts[w] for w in FIRST),
        "prompt_overlap": sum(w in counts for w in asked) / len(asked) if asked else None,
        "prompt_cosine": float(dot / norms) if norms else None,
    }


print(
    json.dumps(
        {
            "rows": [
                [int(c), *map(float, d), *map(float, y)]
                for c, d, y in zip(cluster, x, zip(*judges.values()))
            ],
            "scales": scale.tolist(),
            "effects": effects,
            "people_gpt4": float(correlation),
            "quantiles": [
                float(t.ppf(0.975, len(set(cluster[x[:, k] != 0])) - 1)) for k in range(3)
            ],
            "principles": paths,
            "own": own,
            "dbg": [float(by_judge - by_gold), float(by_judge), float(by_gold)],
            "swapped": swapped,
            "texts": [{"prompt": p, "text": s, "measures": measured(p, s)} for p, s in TEXTS],
        },
        separators=(",", ":"),
    )
)
