"""Makes leaderboard.json: Bradley-Terry, Davidson, standard errors, style covariates, Elo and win
rates of simulated comparisons, and strengths of the LLMFAO human labels, by other programs.

    python leaderboard.py LLMFAO.jsonl > leaderboard.json

Made with Python 3.11, NumPy 2.4.6, SciPy 1.17.1, statsmodels 0.15.0, choix 0.4.1, evalica 0.4.2.
"""

import json
import sys

import choix
import evalica
import numpy as np
import statsmodels.api as sm
from evalica import Winner
from scipy.optimize import approx_fprime, minimize
from scipy.special import expit

SYSTEMS, CLUSTERS, ROWS = 6, 60, 420
FIRST, SECOND, TIE = 0, 1, 2


def simulate():
    """Rows of first, second, outcome, cluster, weight, and three covariates of which the last is
    the side. The last system of each pair is drawn more often from the weak ones."""
    rng = np.random.default_rng(11)
    truth, nu = np.linspace(1.0, -1.0, SYSTEMS), 0.8
    rows, x = [], []
    for row in range(ROWS):
        i, j = rng.permutation(SYSTEMS)[:2]
        style = [round(float(v), 3) for v in rng.normal(size=2) * [1.0, 20.0]] + [1.0]
        m = truth[i] - truth[j] + 0.5 * style[0] - 0.02 * style[1] + 0.2
        p = np.array([np.exp(m / 2), np.exp(-m / 2), nu])
        outcome = int(rng.choice(3, p=p / p.sum()))
        weight = float(rng.choice([1.0, 1.0, 2.0]))
        rows.append([int(i), int(j), outcome, int(rng.integers(CLUSTERS)), weight])
        x.append(style)
    return rows, x


def contrast(systems, extra=0):
    """From systems 1.. with system 0 at 0 to strengths with mean 0, and covariates as they are."""
    to = np.zeros((systems + extra, systems - 1 + extra))
    to[1:systems, : systems - 1] = np.eye(systems - 1)
    to[:systems, : systems - 1] -= 1 / systems
    to[systems:, systems - 1 :] = np.eye(extra)
    return to


def logit(rows, x):
    """statsmodels' Logit on the decided comparisons, each once: strengths with mean 0, then
    coefficients in units of the root mean square, with HC0 and clustered errors."""
    decided = [k for k, row in enumerate(rows) if row[2] != TIE]
    design = np.zeros((len(decided), SYSTEMS))
    for place, k in enumerate(decided):
        design[place, rows[k][0]], design[place, rows[k][1]] = 1, -1
    y = np.array([1.0 if rows[k][2] == FIRST else 0.0 for k in decided])
    clusters = np.array([rows[k][3] for k in decided])
    design, extra = design[:, 1:], 0
    if x is not None:
        style = np.array([x[k] for k in decided])
        design = np.column_stack([design, style / np.sqrt((style**2).mean(axis=0))])
        extra = style.shape[1]
    to = contrast(SYSTEMS, extra)
    model = sm.Logit(y, design)
    plain = model.fit(disp=0, tol=1e-12)
    hc0 = model.fit(disp=0, tol=1e-12, cov_type="HC0")
    clustered = model.fit(
        disp=0,
        tol=1e-12,
        cov_type="cluster",
        cov_kwds={"groups": clusters, "use_correction": False},
    )
    error = lambda fit: list(np.sqrt(np.diag(to @ fit.cov_params() @ to.T)))
    return {
        "parameters": list(to @ plain.params),
        "log_likelihood": plain.llf,
        "hc0": error(hc0),
        "clustered": error(clustered),
        "comparisons": len(decided),
        "clusters": len(set(clusters)),
    }


def davidson_losses(v, rows, systems):
    """The negative log-likelihood of each row, system 0 at 0, ln nu last."""
    s = np.concatenate([[0.0], v[:-1]])
    rows = np.array(rows)
    i, j, outcome = rows[:, 0].astype(int), rows[:, 1].astype(int), rows[:, 2].astype(int)
    m = s[i] - s[j]
    terms = np.column_stack([m / 2, -m / 2, np.full(len(m), v[-1])])
    logs = terms - np.log(np.exp(terms).sum(axis=1, keepdims=True))
    return -rows[:, 4] * logs[np.arange(len(m)), outcome]


def davidson(rows, systems):
    """By SciPy, with clustered errors from numerical derivatives of the written-out likelihood."""
    value = lambda v: davidson_losses(v, rows, systems).sum()
    found = minimize(value, np.zeros(systems), method="BFGS", options={"gtol": 1e-6})
    found = minimize(value, found.x, method="Nelder-Mead", options={"xatol": 1e-9, "fatol": 1e-12})
    v, h = found.x, 1e-4
    clusters = np.array([row[3] for row in rows])
    names = sorted(set(clusters))
    sums = lambda v: np.array([davidson_losses(v, rows, systems)[clusters == c].sum() for c in names])
    scores, hessian = np.zeros((len(names), systems)), np.zeros((systems, systems))
    for k in range(systems):
        step = np.zeros(systems)
        step[k] = h
        scores[:, k] = (sums(v + step) - sums(v - step)) / (2 * h)
        up, down = (approx_fprime(v + d, value, 1e-6) for d in (step, -step))
        hessian[k] = (up - down) / (2 * h)
    inverse = np.linalg.inv((hessian + hessian.T) / 2)
    to = contrast(systems, 1)
    covariance = to @ inverse @ scores.T @ scores @ inverse @ to.T
    return {
        "parameters": list(to @ v),
        "log_likelihood": -value(v),
        "clustered": list(np.sqrt(np.diag(covariance))),
        "clusters": len(names),
    }


def centred(scores, names):
    """ln of evalica's scores, with mean 0, in the order of names."""
    values = np.log(np.array([scores[name] for name in names]))
    return list(values - values.mean())


def evalica_arguments(rows):
    winner = {FIRST: Winner.X, SECOND: Winner.Y, TIE: Winner.Draw}
    return {
        "xs": [str(row[0]) for row in rows],
        "ys": [str(row[1]) for row in rows],
        "winners": [winner[row[2]] for row in rows],
        "weights": [row[4] for row in rows],
    }


def simulated():
    rows, x = simulate()
    names = [str(i) for i in range(SYSTEMS)]
    arguments = evalica_arguments(rows)
    half = evalica.bradley_terry(**arguments, tolerance=1e-14, limit=100_000)
    plain = {**arguments, "weights": None}
    wins = [(row[0], row[1]) if row[2] == FIRST else (row[1], row[0]) for row in rows if row[2] != TIE]
    ignored = choix.opt_pairwise(SYSTEMS, wins, method="Newton-CG", tol=1e-12)
    elo = evalica.elo(**plain, k=32.0).scores
    average = evalica.average_win_rate(**arguments).scores
    return {
        "systems": SYSTEMS,
        "rows": rows,
        "covariates": x,
        "evalica_half": centred(half.scores, names),
        "choix_unweighted_decided": list(ignored - ignored.mean()),
        "evalica_elo_unweighted_k32": [elo[name] for name in names],
        "evalica_average_win_rate": [average[name] for name in names],
        "statsmodels_unweighted_decided": logit(rows, None),
        "statsmodels_style_unweighted_decided": logit(rows, x),
        "scipy_davidson": davidson(rows, SYSTEMS),
    }


def llmfao(path):
    """Counts of each pair: first wins (a label of -1), second wins, ties of the human labels."""
    cells, names = {}, []
    xs, ys, winners = [], [], []
    for line in open(path):
        row = json.loads(line)
        a, b = row["model_a"], row["model_b"]
        names += [name for name in (a, b) if name not in names]
        for label in row["human_labels"]:
            xs.append(a)
            ys.append(b)
            winners.append({-1: Winner.X, 1: Winner.Y, 0: Winner.Draw}[label])
            i, j = names.index(a), names.index(b)
            place = {-1: 0, 1: 1, 0: 2}[label]
            if i > j:
                i, j, place = j, i, {0: 1, 1: 0, 2: 2}[place]
            cells.setdefault((i, j), [0, 0, 0])[place] += 1
    half = evalica.bradley_terry(xs, ys, winners, tolerance=1e-14, limit=100_000)
    average = evalica.average_win_rate(xs, ys, winners)
    return {
        "systems": len(names),
        "cells": [[i, j, *counts] for (i, j), counts in sorted(cells.items())],
        "evalica_half": centred(half.scores, names),
        "evalica_average_win_rate": [average.scores[name] for name in names],
    }


def compact(value):
    """One line for each entry of the two levels that matter."""
    blocks = []
    for name, block in value.items():
        lines = [f"  {json.dumps(key)}: {json.dumps(entry)}" for key, entry in block.items()]
        blocks.append(f" {json.dumps(name)}: {{\n" + ",\n".join(lines) + "\n }")
    return "{\n" + ",\n".join(blocks) + "\n}"


def rounded(value):
    if isinstance(value, dict):
        return {key: rounded(entry) for key, entry in value.items()}
    if isinstance(value, (list, tuple)):
        return [rounded(entry) for entry in value]
    return round(float(value), 10) if isinstance(value, float) else value


if __name__ == "__main__":
    result = {"simulated": simulated(), "llmfao": llmfao(sys.argv[1])}
    print(compact(rounded(result)))
