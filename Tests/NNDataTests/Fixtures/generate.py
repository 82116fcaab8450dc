"""Writes columns.json and formats.json: results of pandas, scikit-learn and SciPy.

    python generate.py [FOLDER]

columns.json: for each case the texts of a column, the training rows, the options, and the inputs that
scikit-learn's imputers, scalers and encoders, fitted to the training rows, make of all rows.
formats.json: files in ARFF and LIBSVM, and the numbers that SciPy and scikit-learn read.
"""

import io
import json
import sys
from pathlib import Path

import numpy
import pandas
from scipy.io import arff
from sklearn.datasets import dump_svmlight_file, load_svmlight_file
from sklearn.impute import MissingIndicator, SimpleImputer
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import (
    MinMaxScaler,
    OneHotEncoder,
    OrdinalEncoder,
    QuantileTransformer,
    RobustScaler,
    StandardScaler,
)

ROWS = 41
TRAIN = [row for row in range(ROWS) if row % 3 != 1]
SCALES = {
    "standard": StandardScaler,
    "min_max": MinMaxScaler,
    "robust": RobustScaler,
    "quantile": lambda: QuantileTransformer(n_quantiles=min(256, len(TRAIN)), subsample=10**9),
}
IMPUTERS = {"mean": "mean", "median": "median", "mode": "most_frequent", "constant": "constant"}


def column(values):
    return numpy.asarray(values, dtype=float).reshape(-1, 1)


def case(name, texts, expected, **options):
    matrix = numpy.asarray(expected, dtype=float)
    return {
        "name": name,
        "texts": ["" if text is None else str(text) for text in texts],
        "train": TRAIN,
        "options": options,
        "expected": matrix.reshape(len(texts), -1).tolist(),
    }


def number_cases():
    random = numpy.random.RandomState(1)
    values = numpy.round(random.lognormal(1, 1.5, ROWS), 3)
    values[7] = values[9]
    gaps = values.copy()
    gaps[[0, 4, 5, 13, 19, 40]] = numpy.nan
    texts = [repr(float(value)) for value in values]
    gap_texts = [None if numpy.isnan(value) else repr(float(value)) for value in gaps]
    train = column(gaps)[TRAIN]
    for name, make in SCALES.items():
        scaler = make().fit(column(values)[TRAIN])
        yield case(f"scale {name}", texts, scaler.transform(column(values)), scale=name)
    yield case("scale log", texts, numpy.log1p(values), scale="log")
    signed = values - 4
    yield case(
        "scale log of signed numbers",
        [repr(float(value)) for value in signed],
        numpy.sign(signed) * numpy.log1p(numpy.abs(signed)),
        scale="log",
    )
    for name, strategy in IMPUTERS.items():
        imputer = SimpleImputer(strategy=strategy, fill_value=2.5).fit(train)
        more = {"constant": "2.5"} if name == "constant" else {}
        yield case(f"missing {name}", gap_texts, imputer.transform(column(gaps)), missing=name, **more)
    imputer = SimpleImputer(strategy="mean").fit(train)
    marks = MissingIndicator(features="all").fit(train).transform(column(gaps))
    yield case(
        "missing indicator",
        gap_texts,
        numpy.hstack([imputer.transform(column(gaps)), marks]),
        missing="indicator",
    )
    for name, make in SCALES.items():
        if name == "quantile":
            continue  # Rounding decides where scikit-learn puts a value that fills several quantiles.
        pipe = make_pipeline(SimpleImputer(strategy="median"), make()).fit(train)
        yield case(
            f"median and {name}", gap_texts, pipe.transform(column(gaps)), missing="median", scale=name
        )
    constant = ["3"] * ROWS
    yield case("a constant", constant, StandardScaler().fit_transform(column([3] * ROWS)), scale="standard")


def category_cases():
    random = numpy.random.RandomState(2)
    words = numpy.array(["red", "Green", "blau é", "x,y"])[random.randint(0, 4, ROWS)].astype(object)
    # One category that no training row has.
    words[1] = "violet"
    table = words.reshape(-1, 1)
    one_hot = OneHotEncoder(handle_unknown="ignore", sparse_output=False).fit(table[TRAIN])
    yield case("one-hot", words, one_hot.transform(table), type="category")
    ordinal = OrdinalEncoder(handle_unknown="use_encoded_value", unknown_value=-1).fit(table[TRAIN])
    yield case("ordinal", words, ordinal.transform(table), type="category", encode="ordinal")
    gaps = table.copy()
    gaps[[0, 3, 4, 30]] = None
    imputer = SimpleImputer(strategy="most_frequent", missing_values=None)
    pipe = make_pipeline(imputer, OneHotEncoder(handle_unknown="ignore", sparse_output=False))
    pipe.fit(gaps[TRAIN])
    yield case("mode of categories", gaps[:, 0], pipe.transform(gaps), type="category", missing="mode")
    flags = ["yes" if value else "No" for value in random.randint(0, 2, ROWS)]
    yield case("Booleans", flags, [flag == "yes" for flag in flags])


def date_cases():
    days = pandas.to_datetime("1969-11-28") + pandas.to_timedelta(
        numpy.random.RandomState(3).randint(0, 30000, ROWS), unit="D"
    )
    times = days + pandas.to_timedelta(numpy.arange(ROWS) * 1753, unit="s")

    def inputs(dates, hours):
        train = dates[TRAIN]
        span = (train.max() - train.min()).total_seconds()
        parts = [[(date - train.min()).total_seconds() / span for date in dates]]
        shares = [(dates.month - 1) / 12, dates.day_of_week / 7]
        if hours:
            shares.append((dates.hour * 3600 + dates.minute * 60 + dates.second) / 86400)
        for share in shares:
            parts += [numpy.sin(2 * numpy.pi * share), numpy.cos(2 * numpy.pi * share)]
        return numpy.array(parts, dtype=float).T

    yield case("dates", days.strftime("%Y-%m-%d"), inputs(days, False))
    yield case("dates with times", times.strftime("%Y-%m-%dT%H:%M:%SZ"), inputs(times, True))
    yield case("German dates", days.strftime("%d.%m.%Y"), inputs(days, False))
    yield case("day first", days.strftime("%d/%m/%Y"), inputs(days, False), type="date", order="dmy")
    yield case("month first", days.strftime("%m/%d/%Y"), inputs(days, False), type="date", order="mdy")


ARFF = """% A comment
@RELATION weather

@attribute outside_temperature numeric
@attribute wind REAL
@ATTRIBUTE count INTEGER
@attribute outlook {sunny, partly-cloudy, rainy}

@DATA
21.5,3,4,sunny
-1e1,?,5,partly-cloudy
% another
 0.1 , 7.25,-3,rainy
?,1e-3,0,sunny
"""


def formats():
    data, meta = arff.loadarff(io.StringIO(ARFF))
    numbers = [[float(row[name]) for name in meta.names()[:3]] for row in data]
    random = numpy.random.RandomState(4)
    x = numpy.round(random.normal(size=(7, 5)), 4) * (random.rand(7, 5) < 0.5)
    x[:, 4] = 0
    x[2, 4] = 1e-300
    y = random.randint(0, 3, 7)
    file = io.BytesIO()
    dump_svmlight_file(x, y, file, zero_based=False, query_id=[1, 1, 2, 2, 2, 3, 3])
    text = file.getvalue().decode()
    features, labels, _ = load_svmlight_file(
        io.BytesIO(text.encode()), query_id=True, zero_based=False
    )
    missing = lambda value: None if numpy.isnan(value) else value  # noqa: E731
    return {
        "arff": {
            "text": ARFF,
            "numbers": [[missing(value) for value in row] for row in numbers],
            "categories": [row["outlook"].decode() for row in data],
        },
        "libsvm": {
            "text": text,
            "inputs": features.toarray().tolist(),
            "labels": [int(label) for label in labels],
        },
    }


def main():
    folder = Path(sys.argv[1] if len(sys.argv) > 1 else Path(__file__).parent)
    cases = [*number_cases(), *category_cases(), *date_cases()]
    (folder / "columns.json").write_text(json.dumps(cases, ensure_ascii=False) + "\n")
    (folder / "formats.json").write_text(json.dumps(formats(), ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main()
