"""Writes folds.json: the unshuffled folds of scikit-learn's splitters.

    python generate_folds.py [FOLDER]

Each case has the splitter's `kind` and `folds`, what it reads (`count`, `labels`, `groups`, `gap`) and
for each fold the indices it holds out (`held`) and is trained on (`kept`).
"""

import json
import sys
import warnings
from pathlib import Path

import numpy
from sklearn.model_selection import GroupKFold, KFold, StratifiedKFold, TimeSeriesSplit

warnings.simplefilter("ignore")  # classes with fewer members than folds


def case(kind, splitter, count, labels=None, groups=None, gap=0):
    """The folds of a splitter."""
    folds = list(splitter.split(numpy.zeros(count), labels, groups))
    result = {"kind": kind, "folds": len(folds), "count": count, "gap": gap}
    if labels is not None:
        result["labels"] = [int(label) for label in labels]
    if groups is not None:
        result["groups"] = [int(group) for group in groups]
    result["held"] = [fold[1].tolist() for fold in folds]
    result["kept"] = [fold[0].tolist() for fold in folds]
    return result


def main(folder):
    """Writes the file."""
    random = numpy.random.default_rng(3)
    cases = []
    for count, folds in [(2, 2), (7, 3), (10, 5), (23, 4), (5, 5)]:
        cases.append(case("plain", KFold(folds), count))
    for count, folds, classes in [(12, 3, 2), (41, 5, 3), (30, 4, 7), (17, 2, 5)]:
        labels = random.integers(0, classes, count)
        cases.append(case("stratified", StratifiedKFold(folds), count, labels=labels))
    # Classes that appear in descending order, and one with a single member.
    cases.append(
        case("stratified", StratifiedKFold(3), 13, labels=numpy.array([4] * 5 + [2] * 7 + [0]))
    )
    for count, folds, groups in [(20, 3, 5), (60, 4, 11), (60, 5, 40), (9, 2, 2), (6, 6, 6)]:
        codes = random.permutation(numpy.arange(count) % groups)
        if groups == 11:
            codes = random.choice(groups, count, p=numpy.arange(1, groups + 1) / 66)
        cases.append(case("grouped", GroupKFold(folds), count, groups=codes))
    for count, folds, gap in [(6, 5, 0), (12, 3, 0), (23, 4, 2), (23, 5, 3), (100, 2, 10)]:
        cases.append(case("time", TimeSeriesSplit(folds, gap=gap), count, gap=gap))
    path = Path(folder) / "folds.json"
    path.write_text(json.dumps({"cases": cases}, separators=(",", ":")) + "\n")


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else Path(__file__).parent)
