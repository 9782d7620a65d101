"""Makes preference_fit.json: weights of Bradley-Terry, Davidson and Rao-Kupper models with
features, found by SciPy from the likelihoods written out in NumPy.

    python preference_fit.py > preference_fit.json

Made with Python 3.11, NumPy 2.4.6, SciPy 1.17.1.
"""

import json
import sys

import numpy as np
from scipy.optimize import minimize
from scipy.special import expit, xlogy

DIM, PAIRS = 4, 60


def probabilities(kind, margin, parameter):
    """P(first), P(tie), P(second); for `half` of a tie there is none."""
    if kind == "half":
        first = expit(margin)
        return first, np.zeros_like(first), 1 - first
    if kind == "davidson":
        a, b, nu = np.exp(margin / 2), np.exp(-margin / 2), np.exp(parameter)
        total = a + b + nu
        return a / total, nu / total, b / total
    theta = 1 + np.exp(parameter)  # any parameter gives a theta above 1
    a, b = np.exp(margin), 1.0
    return a / (a + theta * b), (theta**2 - 1) * a * b / ((a + theta * b) * (b + theta * a)), b / (
        b + theta * a
    )


def log_loss(kind, x, shares, weights, w, parameter):
    first, tie, second = probabilities(kind, x @ w, parameter)
    if kind == "half":
        y = np.column_stack([shares[:, 0] + shares[:, 1] / 2, shares[:, 2] + shares[:, 1] / 2])
        losses = -xlogy(y, np.column_stack([first, second])).sum(axis=1)
    else:
        losses = -xlogy(shares, np.column_stack([first, tie, second])).sum(axis=1)
    return losses @ weights / weights.sum()


def main():
    rng = np.random.default_rng(7)
    # As 32-bit floats, which is what is read back.
    x = rng.normal(size=(PAIRS, DIM)).astype(np.float32).astype(np.float64) * [1, 10, 0.1, 1]
    x = x.astype(np.float32).astype(np.float64)
    truth = np.array([1.0, -0.05, 4.0, 0.0])
    votes = rng.integers(1, 5, size=PAIRS)
    shares = np.array(
        [
            rng.multinomial(n, np.array(p) / sum(p)) / n
            for n, p in zip(votes, np.column_stack(probabilities("davidson", x @ truth, -0.5)))
        ]
    )
    weights = rng.choice([0.25, 0.5, 1.0, 1.5], size=PAIRS)
    scale = np.sqrt((x**2).T @ weights / weights.sum())
    fits = []
    for kind in ["half", "davidson", "rao-kupper"]:
        for penalty in [0.01, 0.3]:

            def objective(v):
                loss = log_loss(kind, x, shares, weights, v[:DIM] / scale, v[DIM])
                return loss + penalty / 2 * (v[:DIM] ** 2).sum()

            found = minimize(objective, np.zeros(DIM + 1), method="BFGS", options={"gtol": 1e-9})
            w, parameter = found.x[:DIM] / scale, found.x[DIM]
            tie = {"half": None, "davidson": parameter, "rao-kupper": np.log1p(np.exp(parameter))}
            fits.append(
                {
                    "ties": kind,
                    "penalty": penalty,
                    "weights": list(w),
                    "tie": tie[kind],
                    "log_loss": log_loss(kind, x, shares, weights, w, parameter),
                }
            )
    pairs = [
        {"x": list(row), "shares": list(share), "weight": weight}
        for row, share, weight in zip(x, shares, weights)
    ]
    json.dump({"dim": DIM, "pairs": pairs, "fits": fits}, sys.stdout, indent=1)
    print()


main()
