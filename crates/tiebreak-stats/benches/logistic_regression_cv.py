"""scikit-learn's LogisticRegressionCV on the pairs of the bench: the same folds, penalties, and
standardised differences without an intercept. It has no ensemble and no ties.

    python logistic_regression_cv.py FOLDER PENALTY,PENALTY,...
"""

import sys
import time
import warnings
from pathlib import Path

import numpy as np
import sklearn
from sklearn.linear_model import LogisticRegressionCV
from sklearn.model_selection import PredefinedSplit

folder, penalties = Path(sys.argv[1]), [float(p) for p in sys.argv[2].split(",")]
labels = np.fromfile(folder / "labels", np.uint8)
x = np.fromfile(folder / "differences", np.float32).reshape(len(labels), -1)
folds = np.fromfile(folder / "folds", np.uint8)

began = time.perf_counter()
x = x / np.sqrt((x.astype(np.float64) ** 2).mean(axis=0))
# C weighs the sum of the losses: C = 1 / (n * penalty), n being four fifths of the pairs.
n = len(labels) * 0.8
model = LogisticRegressionCV(
    Cs=[1 / (n * p) for p in penalties],
    cv=PredefinedSplit(folds),
    fit_intercept=False,
    scoring="neg_log_loss",
    max_iter=300,
    n_jobs=2,
)
with warnings.catch_warnings():
    warnings.simplefilter("ignore", FutureWarning)
    model.fit(x, labels)
print(
    f"scikit-learn {sklearn.__version__} LogisticRegressionCV, {x.shape[0]} x {x.shape[1]}, "
    f"2 jobs, no ensemble: {time.perf_counter() - began:.2f} s"
)
