"""Writes tpe.json and sobol.json: results of Optuna and SciPy.

    python generate.py [FOLDER]

tpe.json `estimators`: Optuna's Parzen estimators of good and bad values, the logarithms of both
densities at candidates drawn from the good one, and the candidate that TPESampler would choose.
`splits`: results of trials, and the numbers of those that TPESampler counts as good.
sobol.json: unscrambled points of SciPy's Sobol sequence in units of 2⁻³⁰.
"""

import json
import sys
from pathlib import Path

import numpy
import optuna
from optuna.distributions import CategoricalDistribution, FloatDistribution, IntDistribution
from optuna.samplers._tpe.parzen_estimator import _ParzenEstimator, _ParzenEstimatorParameters
from optuna.samplers._tpe.sampler import _split_trials, default_gamma, default_weights
from optuna.trial import TrialState, create_trial
from scipy.stats import qmc

optuna.logging.set_verbosity(optuna.logging.ERROR)
PARAMETERS = _ParzenEstimatorParameters(
    prior_weight=1.0,
    consider_magic_clip=True,
    consider_endpoints=False,
    weights=default_weights,
    multivariate=False,
)
DISTRIBUTIONS = {
    "float": (FloatDistribution(-2.0, 3.0), {"range": [-2.0, 3.0]}),
    "log": (FloatDistribution(1e-4, 1e-1, log=True), {"log": [1e-4, 1e-1]}),
    "step": (FloatDistribution(0.0, 0.5, step=0.1), {"range": [0.0, 0.5], "step": 0.1}),
    "int": (IntDistribution(16, 256, step=16), {"range": [16, 256], "step": 16, "integer": True}),
    "int1": (IntDistribution(1, 20), {"range": [1, 20], "integer": True}),
    "int_log": (IntDistribution(2, 512, log=True), {"log": [2, 512], "integer": True}),
    "choice": (CategoricalDistribution(["a", "b", "c"]), {"choice": ["a", "b", "c"]}),
}


def estimator(distribution, values):
    return _ParzenEstimator({"x": numpy.asarray(values, dtype=float)}, {"x": distribution}, PARAMETERS)


def estimators():
    examples = []
    for name, (distribution, domain) in DISTRIBUTIONS.items():
        # From 25 values on, weights depend on age, and NumPy's order of equal values is arbitrary.
        most = 24 if getattr(distribution, "step", None) else 45
        for seed, (good_count, bad_count) in enumerate([(0, 3), (1, 9), (2, 12), (5, most)]):
            random = numpy.random.RandomState(100 * seed + len(name))
            prior = estimator(distribution, [])
            good = prior.sample(random, good_count)["x"] if good_count else numpy.array([])
            bad = prior.sample(random, bad_count)["x"]
            below, above = estimator(distribution, good), estimator(distribution, bad)
            candidates = below.sample(random, 24)
            densities = below.log_pdf(candidates), above.log_pdf(candidates)
            best = int(numpy.argmax(densities[0] - densities[1]))
            examples.append(
                {
                    "name": f"{name} {good_count} {bad_count}",
                    "domain": domain,
                    "good": good.tolist(),
                    "bad": bad.tolist(),
                    "candidates": candidates["x"].tolist(),
                    "log_good": densities[0].tolist(),
                    "log_bad": densities[1].tolist(),
                    "best": best,
                }
            )
    return examples


def splits():
    examples = []
    for direction in ["minimize", "maximize"]:
        for count in [1, 10, 11, 37, 300]:
            random = numpy.random.RandomState(count)
            study = optuna.create_study(direction=direction)
            trials = []
            for number in range(count):
                # Few complete trials, so that pruned ones are among the good.
                is_complete = random.rand() < (0.05 if count == 37 else 0.6)
                value, step = float(random.randn()), int(random.randint(1, 5))
                study.add_trial(
                    create_trial(
                        state=TrialState.COMPLETE if is_complete else TrialState.PRUNED,
                        value=value if is_complete else None,
                        intermediate_values={step: value},
                    )
                )
                trials.append({"value": value, "pruned_at": 0 if is_complete else step})
            below, _ = _split_trials(study, study.trials, default_gamma(count))
            examples.append(
                {
                    "direction": direction,
                    "trials": trials,
                    "below": [trial.number + 1 for trial in below],
                }
            )
    return examples


def sobol():
    sequence = qmc.Sobol(64, scramble=False)
    first = sequence.random(32)
    sequence.fast_forward(12345 - 32)
    later = sequence.random(1)
    integers = [[int(x * 2**30) for x in point] for point in numpy.concatenate([first, later])]
    return {"indices": list(range(32)) + [12345], "points": integers}


def write(folder, name, value):
    (folder / name).write_text(json.dumps(value, separators=(",", ":")) + "\n")


if __name__ == "__main__":
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).resolve().parent
    write(folder, "tpe.json", {"estimators": estimators(), "splits": splits()})
    write(folder, "sobol.json", sobol())
