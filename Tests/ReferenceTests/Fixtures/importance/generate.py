"""Permutation importance and partial dependence of scikit-learn for small networks, in float64.

Each example holds `config` (the layers as in a config file), `x` [N, F], the targets `y` and
`state.…`. `permutations` [R, N] are those that scikit-learn drew, read off the tables that it passed
to the network: row i gets the feature of row permutations[r, i], the same for every feature.
`importance.SCORE` are its importances [F, R], with `.mean` and `.std`; `grid.F` and `average.F` its
partial dependence on feature F. Options: `resolution` of the grid.
"""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import numpy
import torch
from sklearn.base import BaseEstimator, ClassifierMixin, RegressorMixin
from sklearn.inspection import partial_dependence, permutation_importance
from torch import nn

from common import Fixture, integers, normal, output_folder, tensor

REPEATS = 3
RESOLUTION = 12


class Network(BaseEstimator):
    """A torch network as a fitted estimator that records the tables that it reads."""

    def __init__(self, model=None):
        self.model = model
        self.tables = []

    def fit(self, x, y):
        return self

    def __sklearn_is_fitted__(self):
        return True

    def outputs(self, x):
        self.tables.append(numpy.array(x))
        with torch.no_grad():
            return self.model(torch.from_numpy(numpy.array(x))).numpy()


class Regressor(RegressorMixin, Network):
    def predict(self, x):
        return self.outputs(x)[:, 0]


class Classifier(ClassifierMixin, Network):
    classes_ = numpy.arange(3)

    def predict_proba(self, x):
        return self.outputs(x)

    def predict(self, x):
        return self.outputs(x).argmax(1)


def permutations(estimator, x):
    """The permutations in the tables of one call of permutation_importance."""
    found = {}
    for table in estimator.tables:
        for column in (0, 1):
            if not numpy.array_equal(table[:, column], x[:, column]):
                order = [int(numpy.flatnonzero(x[:, column] == value)[0])
                         for value in table[:, column]]
                found.setdefault(column, []).append(order)
    assert found[0] == found[1] and len(found[0]) == REPEATS
    return numpy.array(found[0], dtype=numpy.int64)


def add(fixture, name, layers, model, estimator, y, scores):
    example = fixture.example(name, config={"model": layers}, resolution=RESOLUTION)
    for key, value in model.state_dict().items():
        given = example.given(f"state.{key}", normal(f"{name} {key}", *value.shape, scale=0.8))
        value.copy_(tensor(given, "float64"))
    x = normal(f"{name} x", 40, 4)
    # A column with few values, and one that the network does not use.
    x[:, 2] = numpy.round(x[:, 2])
    model[0].weight.data[:, 3] = 0
    example.given("state.0.weight", model[0].weight.detach().numpy().astype(numpy.float32))
    x = example.given("x", x).astype(numpy.float64)
    y = example.given("y", y)
    for score in scores:
        estimator.tables.clear()
        result = permutation_importance(
            estimator, x, y, scoring=score, n_repeats=REPEATS, random_state=5)
        orders = permutations(estimator, x)
        example.given("permutations", orders)
        example.expected("float64", f"importance.{score}", result.importances)
        example.expected("float64", f"importance.{score}.mean", result.importances_mean)
        example.expected("float64", f"importance.{score}.std", result.importances_std)
    for feature in (0, 1, 2):
        result = partial_dependence(
            estimator, x, [feature], grid_resolution=RESOLUTION, kind="average", method="brute")
        example.expected("float64", f"grid.{feature}", result["grid_values"][0])
        example.expected("float64", f"average.{feature}", result["average"].T)


def main():
    torch.set_default_dtype(torch.float64)
    fixture = Fixture()
    model = nn.Sequential(nn.Linear(4, 6), nn.Tanh(), nn.Linear(6, 1))
    add(fixture, "regression", [{"linear": 6}, "tanh", {"linear": 1}], model, Regressor(model),
        normal("regression y", 40).astype(numpy.float64),
        ["neg_mean_squared_error", "neg_mean_absolute_error", "r2"])
    model = nn.Sequential(nn.Linear(4, 6), nn.Tanh(), nn.Linear(6, 3), nn.Softmax(1))
    add(fixture, "classes", [{"linear": 6}, "tanh", {"linear": 3}, "softmax"], model,
        Classifier(model), integers("classes y", 40, below=3), ["accuracy"])
    fixture.save(output_folder(__file__) / "importance.safetensors")


if __name__ == "__main__":
    main()
