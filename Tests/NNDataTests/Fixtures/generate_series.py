"""Filled series and steps of dates by pandas, exponential smoothing by statsmodels.

pandas 3.1, statsmodels 0.15: python generate_series.py writes series.json.
"""

import json
import warnings
from pathlib import Path

import numpy
import pandas
from statsmodels.tsa.holtwinters import ExponentialSmoothing

warnings.simplefilter("ignore")
random = numpy.random.default_rng(17)


def noisy(count, season, trend):
    times = numpy.arange(count)
    wave = 5 * numpy.sin(2 * numpy.pi * times / max(season, 2)) if season > 1 else 0
    return numpy.round(20 + trend * times + wave + random.normal(0, 1, count).cumsum() * 0.3
                       + random.normal(0, 1, count), 3)


def smoothing():
    examples = []
    for name, season, trend, count in [("simple", 1, False, 31), ("holt", 1, True, 40),
                                       ("quarters", 4, True, 45), ("months", 12, True, 84)]:
        values = noisy(count, season, 0.3 if trend else 0)
        model = ExponentialSmoothing(
            values, trend="add" if trend else None, seasonal="add" if season > 1 else None,
            seasonal_periods=season if season > 1 else None, initialization_method="estimated")
        best = model.fit(optimized=True, remove_bias=False,
                         method="least_squares")
        other = model.fit(optimized=True)
        if other.sse < best.sse:
            best = other
        parameters = best.params
        level = float(parameters["smoothing_level"])
        # statsmodels keeps the rate of the trend below that of the level.
        smoothing_trend = float(parameters["smoothing_trend"]) if trend else 0.0
        gamma = float(parameters["smoothing_seasonal"]) if season > 1 else 0.0
        # The initial states that are best for given rates.
        fixed = dict(smoothing_level=0.4)
        if trend:
            fixed["smoothing_trend"] = 0.2
        if season > 1:
            fixed["smoothing_seasonal"] = 0.3
        with model.fix_params({key: value for key, value in fixed.items()}):
            given = model.fit(method="least_squares", minimize_kwargs={"xtol": 1e-15, "ftol": 1e-15,
                                                                        "gtol": 1e-15})
        # One season ahead statsmodels uses the seasonal state before the last value's update.
        steps = 8 if season == 1 else min(8, season - 1)
        examples.append({
            "name": name, "season": season, "trend": trend, "values": values.tolist(),
            "error": float(best.sse), "rates": [level, smoothing_trend, gamma],
            "forecast": best.forecast(steps).tolist(),
            "fixed": list(fixed.values()), "fixed_error": float(given.sse),
            "fixed_forecast": given.forecast(steps).tolist(),
        })
    return examples


def filled():
    values = pandas.Series([1.5, None, None, 4.0, -2.0, None, 7.25, None, None, None, 0.5])
    return {
        "values": [None if numpy.isnan(value) else value for value in values],
        "linear": values.interpolate().tolist(), "previous": values.ffill().tolist(),
    }


def steps():
    ranges = []
    for frequency, start in [("h", "2024-02-28"), ("15min", "2023-12-31 22:00"), ("D", "2024-02-20"),
                             ("B", "2024-02-21"), ("W-WED", "2023-11-29"), ("MS", "2023-09-01"),
                             ("ME", "2023-11-30"), ("QS", "2022-07-01"), ("QE", "2022-06-30"),
                             ("YS", "1997-01-01"), ("YE", "1999-12-31"), ("2D", "1969-12-25"),
                             ("s", "2024-12-31 23:59:50")]:
        dates = pandas.date_range(start, periods=15, freq=frequency)
        ranges.append({
            "frequency": frequency,
            "dates": [date.strftime("%Y-%m-%d %H:%M:%S") for date in dates],
            "seconds": [int(date.timestamp()) for date in dates],
        })
    return ranges


document = {"smoothing": smoothing(), "filled": filled(), "steps": steps()}
Path(__file__).with_name("series.json").write_text(json.dumps(document, indent=1) + "\n")
