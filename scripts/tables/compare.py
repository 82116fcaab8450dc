"""Trains on each table with nntrain and with scikit-learn, and prints the table of docs/results.md.

    compare.py NNTRAIN DATA RUNS [TABLE…]

nntrain: `nntrain init`, then `nntrain train`, nothing else. scikit-learn: MLPClassifier or MLPRegressor
with its defaults, and the best of 20 random choices of its parameters by cross-validation on the
training rows. Since it reads only numbers, its inputs are prepared: numbers are standardized, missing
ones are means, and texts are categories. Targets are standardized in regression. Where the input is a text
it is logistic regression on TF-IDF instead. Scores are accuracies or R² on the test rows, with their
means and ranges over seeds.
"""

import json
import subprocess
import sys
import warnings
from pathlib import Path

import numpy as np
import pandas as pd
from make import TARGETS, TEXTS
from scipy.stats import loguniform
from sklearn.compose import TransformedTargetRegressor, make_column_selector, make_column_transformer
from sklearn.exceptions import ConvergenceWarning
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import RandomizedSearchCV
from sklearn.neural_network import MLPClassifier, MLPRegressor
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

SEEDS = [1, 2, 3, 4, 5]
SEARCH = {
    "hidden_layer_sizes": [(32,), (64,), (100,), (200,), (64, 32), (128, 64)],
    "activation": ["relu", "tanh"],
    "alpha": loguniform(1e-5, 1e-1),
    "learning_rate_init": loguniform(3e-4, 1e-2),
    "batch_size": [16, 32, 64, 128],
    "early_stopping": [False, True],
}


def network(inputs, is_regression, **options):
    """The preparation of inputs and a network with its defaults, except for the options."""
    # A text that hardly repeats tells nothing as a category.
    categories = [
        name for name in inputs.select_dtypes(exclude="number")
        if inputs[name].nunique() < len(inputs) / 2
    ]
    numbers = make_pipeline(SimpleImputer(), StandardScaler())
    prepare = make_column_transformer(
        (numbers, make_column_selector(dtype_include="number")),
        (OneHotEncoder(handle_unknown="ignore"), categories),
    )
    if is_regression:
        mlp = TransformedTargetRegressor(MLPRegressor(**options), transformer=StandardScaler())
    else:
        mlp = MLPClassifier(**options)
    return make_pipeline(prepare, mlp)


def scores_of_scikit_learn(train, test, target):
    """The scores of the defaults by seed, and that of the best of 20."""
    inputs, targets = train.drop(columns=target), train[target]
    held_out = test.drop(columns=target), test[target]
    is_regression = targets.dtype.kind == "f"
    defaults = [
        network(inputs, is_regression, random_state=seed).fit(inputs, targets).score(*held_out)
        for seed in SEEDS
    ]
    prefix = "transformedtargetregressor__regressor__" if is_regression else "mlpclassifier__"
    search = RandomizedSearchCV(
        network(inputs, is_regression, random_state=0, max_iter=500),
        {prefix + name: choices for name, choices in SEARCH.items()},
        n_iter=20, cv=3 if len(train) > 10_000 else 5, random_state=0,
    )
    return defaults, search.fit(inputs, targets).score(*held_out)


def score_of_tf_idf(train, test, target):
    """The score of logistic regression on the frequencies of words."""
    model = make_pipeline(TfidfVectorizer(), LogisticRegression(max_iter=1000))
    text = next(name for name in train.columns if name != target)
    return model.fit(train[text], train[target]).score(test[text], test[target])


def scores_of_nntrain(nntrain, data, runs, name):
    """The scores of `nntrain init` and `nntrain train` by seed."""

    def call(*arguments):
        done = subprocess.run(
            [nntrain, *map(str, arguments), "--quiet"], check=True, stdout=subprocess.PIPE, text=True)
        return done.stdout

    config, target = runs / f"{name}.yaml", TARGETS[name]
    call("init", data / f"{name}-train.csv", "--target", target, "--out", config, "--overwrite")
    scores = []
    for seed in SEEDS:
        run = runs / f"{name}-{seed}"
        call("train", config, "--seed", seed, "--run-dir", run, "--resume")
        figures = json.loads(call("evaluate", run, "--data", data / f"{name}-test.csv", "--json"))["figures"]
        scores.append(figures["accuracy"] if "accuracy" in figures else figures["r2"])
    return scores


def span(scores):
    return f"{np.mean(scores):.3f} ({min(scores):.3f}–{max(scores):.3f})"


def main():
    nntrain, data, runs = sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3])
    runs.mkdir(parents=True, exist_ok=True)
    # 200 epochs do not always converge.
    warnings.filterwarnings("ignore", category=ConvergenceWarning)
    # A batch of the search may be larger than the table.
    warnings.filterwarnings("ignore", message="Got `batch_size`")
    header = ["Table", "training rows", "test rows", "`init` and `train`", "defaults", "best of 20"]
    print(f"| {' | '.join(header)} |")
    print("|---|---:|---:|---:|---:|---:|")
    for name in sys.argv[4:] or TARGETS:
        train, test = (pd.read_csv(data / f"{name}-{part}.csv") for part in ("train", "test"))
        ours = scores_of_nntrain(nntrain, data, runs, name)
        if name in TEXTS:
            cells = [span(ours), f"{score_of_tf_idf(train, test, TARGETS[name]):.3f} (TF-IDF)", "–"]
        else:
            defaults, best = scores_of_scikit_learn(train, test, TARGETS[name])
            cells = [span(ours), span(defaults), f"{best:.3f}"]
        print(f"| {' | '.join([name, f'{len(train):,}', f'{len(test):,}', *cells])} |", flush=True)


if __name__ == "__main__":
    main()
