"""Writes the tables of docs/results.md, each as one file for training and one for testing.

    make.py PACKAGES BIBLE OUT

PACKAGES holds the unpacked Debian packages weka, r-cran-mlbench and r-cran-cardata, and BIBLE is
king-james.txt of scripts/prepare-data.
"""

import re
import sys
import warnings
import zlib
from pathlib import Path

import pandas as pd
import rdata
from scipy.io import arff
from sklearn import datasets
from sklearn.model_selection import train_test_split

# The column to predict.
TARGETS = {
    "breast-cancer": "target",
    "wine": "target",
    "diabetes": "target",
    "credit": "class",
    "titanic": "survived",
    "segment": "class",
    "letters": "lettr",
    "grain": "is_about_grain",
    "testaments": "testament",
}
# Tables of which the input is a text.
TEXTS = {"grain", "testaments"}


def scikit_learn(load):
    data = load(as_frame=True)
    table = data.frame
    if "target_names" in data:
        table["target"] = data.target_names[table["target"]]
    return table


def weka(packages, name):
    rows, _ = arff.loadarff(packages / f"usr/share/doc/weka/examples/{name}.arff")
    table = pd.DataFrame(rows)
    for column in table.select_dtypes(object):
        table[column] = table[column].str.decode("utf-8")
    return table


def letters(packages):
    """Sixteen measurements of each of 20,000 printed letters."""
    file = packages / "usr/lib/R/site-library/mlbench/data/LetterRecognition.rda"
    table = rdata.read_rda(file)["LetterRecognition"]
    return table.astype({column: int for column in table.columns[1:]})


def titanic(packages):
    """Name, survival, sex, age and class of 1,309 passengers; 263 ages are missing."""
    base = packages / "usr/lib/R/site-library/carData/data/Rdata"
    index = rdata.conversion.convert(rdata.parser.parse_file(base.with_suffix(".rdx")))
    start, size = index["variables"]["TitanicSurvival"]
    # Four bytes of a size, then a stream of zlib.
    stored = base.with_suffix(".rdb").read_bytes()[start + 4 : start + size]
    table = rdata.conversion.convert(rdata.parser.parse_data(zlib.decompress(stored)))
    table.insert(0, "name", table.index)
    return table


def news(packages, part):
    """News agency reports of 1987, and whether they are about grain."""
    file = packages / f"usr/share/doc/weka/examples/ReutersGrain-{part}.arff"
    # SciPy reads no texts from ARFF.
    rows = re.findall(r"^'((?:[^'\\]|\\.)*)',([01])$", file.read_text(encoding="latin-1"), re.MULTILINE)
    characters = {"n": "\n", "t": "\t", "r": "\r"}

    def text(written):
        return re.sub(r"\\(.)", lambda match: characters.get(match[1], match[1]), written)

    return pd.DataFrame(
        {"text": [text(written) for written, _ in rows],
         "is_about_grain": ["yes" if label == "1" else "no" for _, label in rows]})


def testaments(bible):
    """Verses of the Bible, and the testament that they are from."""
    verses = bible.read_text(encoding="utf-8").splitlines()
    # Malachi ends with verse 23,145.
    return pd.DataFrame(
        {"verse": verses,
         "testament": ["old" if index < 23_145 else "new" for index in range(len(verses))]})


def main():
    packages, bible, out = map(Path, sys.argv[1:])
    # rdata warns of the extensions of R's own files.
    warnings.simplefilter("ignore")
    out.mkdir(parents=True, exist_ok=True)
    tables = {
        "breast-cancer": scikit_learn(datasets.load_breast_cancer),
        "wine": scikit_learn(datasets.load_wine),
        "diabetes": scikit_learn(datasets.load_diabetes),
        "credit": weka(packages, "credit-g"),
        "titanic": titanic(packages),
        "letters": letters(packages),
        "testaments": testaments(bible),
    }
    # Three quarters of the rows, with the shares of the classes, are for training.
    splits = {
        name: train_test_split(
            table, test_size=0.25, random_state=0,
            stratify=None if name == "diabetes" else table[TARGETS[name]],
        )
        for name, table in tables.items()
    }
    splits["segment"] = (weka(packages, "segment-challenge"), weka(packages, "segment-test"))
    splits["grain"] = (news(packages, "train"), news(packages, "test"))
    for name, parts in splits.items():
        for part, rows in zip(("train", "test"), parts, strict=True):
            rows.to_csv(out / f"{name}-{part}.csv", index=False)


if __name__ == "__main__":
    main()
