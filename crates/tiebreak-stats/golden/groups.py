"""Makes groups.json: a mixture of two Bradley-Terry models and annotators' weights under a common
prior, on answers of the study llmfao, both written out in NumPy from their definitions.

    python groups.py llmfao.jsonl > groups.json

The mixture's penalised likelihood is maximised directly, not by EM, by SciPy's BFGS from 30
starts; standard errors are from a numerical Hessian of that likelihood. Annotators' weights are
the fixed point that their definition asks for: each mode by BFGS, the population's mean by
scipy.optimize.root over the annotators' posterior means, the variances by their update until they
stand.

Made with Python 3.11, NumPy 2.4.6, SciPy 1.17.1.
"""

import json
import sys
from collections import Counter

import numpy as np
from scipy.optimize import minimize, root
from scipy.special import expit, logsumexp

PENALTY, GROUPS, SYSTEMS = 1.0, 2, 14
ANNOTATORS, ANSWERS, POPULATION_PENALTY = 12, 60, 1e-3

rows = [json.loads(line) for line in open(sys.argv[1])]
answers = [(r, w, y) for r in rows for w, y in zip(r["human_raters"], r["human_labels"])]


def numbered(values):
    order = {v: k for k, v in enumerate(dict.fromkeys(values))}
    return [order[v] for v in values], len(order)


def target(label):
    """-1 prefers the first response, 1 the second."""
    return (1 - label) / 2


# The mixture.
counts = Counter(m for r in rows for m in (r["model_a"], r["model_b"]))
most = {m for m, _ in counts.most_common(SYSTEMS)}
chosen = [(r, w, y) for r, w, y in answers if r["model_a"] in most and r["model_b"] in most]
systems = sorted(most)
a = np.array([systems.index(r["model_a"]) for r, _, _ in chosen])
b = np.array([systems.index(r["model_b"]) for r, _, _ in chosen])
y = np.array([target(label) for _, _, label in chosen])
who, people = numbered([w for _, w, _ in chosen])
member = np.eye(people)[who]


def unpack(x):
    eta = np.append(x[GROUPS * SYSTEMS :], 0.0)
    return x[: GROUPS * SYSTEMS].reshape(GROUPS, SYSTEMS), eta - logsumexp(eta)


def joint(x):
    theta, ln_share = unpack(x)
    margin = theta[:, a] - theta[:, b]
    logs = y * margin - np.logaddexp(0, margin)
    return theta, margin, ln_share, ln_share[:, None] + logs @ member


def negative(x):
    theta, margin, ln_share, total = joint(x)
    value = -logsumexp(total, axis=0).sum() + PENALTY / 2 * (theta**2).sum()
    r = np.exp(total - logsumexp(total, axis=0))
    rest = r[:, who] * (y - expit(margin))
    gradient = PENALTY * theta
    for g in range(GROUPS):
        gradient[g] -= np.bincount(a, rest[g], SYSTEMS) - np.bincount(b, rest[g], SYSTEMS)
    by_eta = -(r.sum(axis=1) - people * np.exp(ln_share))[:-1]
    return value, np.concatenate([gradient.ravel(), by_eta])


rng = np.random.default_rng(1)
size = GROUPS * SYSTEMS + GROUPS - 1
runs = [
    minimize(negative, rng.normal(0, 1, size), jac=True, method="BFGS", options={"gtol": 1e-8})
    for _ in range(30)
]
best = min(runs, key=lambda run: run.fun)
x = best.x
hessian = np.array(
    [(negative(x + e)[1] - negative(x - e)[1]) / 2e-4 for e in 1e-4 * np.eye(size)]
)
covariance = np.linalg.inv((hessian + hessian.T) / 2)
theta, _, ln_share, total = joint(x)
centre = np.eye(SYSTEMS) - 1 / SYSTEMS
errors = [
    np.sqrt(np.diag(centre @ covariance[g * SYSTEMS :][:SYSTEMS, g * SYSTEMS :][:, :SYSTEMS] @ centre))
    for g in range(GROUPS)
]
share = np.exp(ln_share)
order = np.argsort(-share)
responsibilities = np.exp(total - logsumexp(total, axis=0))
mixture = {
    "systems": SYSTEMS,
    "rows": [[int(p), int(i), int(j), float(t)] for p, i, j, t in zip(who, a, b, y)],
    "penalty": PENALTY,
    "penalised": -best.fun,
    "log_likelihood": float(logsumexp(total, axis=0).sum()),
    "shares": share[order].tolist(),
    "share_error": float(np.sqrt(covariance[-1, -1]) * share[0] * share[1]),
    "strengths": theta[order].round(6).tolist(),
    "errors": np.array(errors)[order].round(6).tolist(),
    "first_membership": responsibilities[order][:, 0].round(6).tolist(),
}

# Annotators' weights.
busiest = [w for w, _ in Counter(w for _, w, _ in answers).most_common(ANNOTATORS)]
seen, rest = Counter(), []
for r, w, label in answers:
    if w in busiest and seen[w] < ANSWERS:
        seen[w] += 1
        words = [np.log1p(len(r[k].split())) for k in ("response_a", "response_b")]
        lines = [np.log1p(r[k].count("\n")) for k in ("response_a", "response_b")]
        x = [round(float(words[0] - words[1]), 3), round(float(lines[0] - lines[1]), 3)]
        rest.append([busiest.index(w), target(label), *x])
data = np.array(rest)
scale = np.sqrt((data[:, 2:] ** 2).mean(axis=0))
parts = [(data[data[:, 0] == k, 2:] / scale, data[data[:, 0] == k, 1]) for k in range(ANNOTATORS)]


def mode(x, t, mean, variance):
    def value(w):
        m = x @ w
        return np.logaddexp(0, m).sum() - t @ m + ((w - mean) ** 2 / variance).sum() / 2

    def slope(w):
        return x.T @ (expit(x @ w) - t) + (w - mean) / variance

    w = minimize(value, mean, jac=slope, method="BFGS", options={"gtol": 1e-9}).x
    p = expit(x @ w)
    v = np.linalg.inv((x.T * (p * (1 - p))) @ x + np.diag(1 / variance))
    spread = np.array([row @ v @ row for row in x])
    average = w - v @ (x.T @ (p * (1 - p) * (1 - 2 * p) * spread)) / 2
    return w, v, average


mean, variance = np.zeros(2), np.full(2, 0.25)
for _ in range(5000):

    def pull(mean):
        away = sum(mode(x, t, mean, variance)[2] - mean for x, t in parts)
        return away / variance - POPULATION_PENALTY * mean

    mean = root(pull, mean, tol=1e-10).x
    modes = [mode(x, t, mean, variance) for x, t in parts]
    before = variance
    variance = np.mean([(w - mean) ** 2 + np.diag(v) for _, v, w in modes], axis=0)
    if np.abs(np.sqrt(variance) - np.sqrt(before)).max() < 1e-8:
        break
inverse = np.diag(1 / variance)
information = sum(inverse - inverse @ v @ inverse for _, v, _ in modes)
information += POPULATION_PENALTY * np.eye(2)
weights = {
    "rows": rest,
    "penalty": POPULATION_PENALTY,
    "population": (mean / scale).tolist(),
    "errors": (np.sqrt(np.diag(np.linalg.inv(information))) / scale).tolist(),
    "deviations": (np.sqrt(variance) / scale).tolist(),
    "annotators": [(w / scale).round(6).tolist() for w, _, _ in modes],
}
print(json.dumps({"mixture": mixture, "weights": weights}, separators=(",", ":")))
print([round(run.fun, 4) for run in runs], len(rest), len(chosen), file=sys.stderr)
