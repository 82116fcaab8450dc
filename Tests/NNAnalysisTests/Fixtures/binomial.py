"""Exact lower confidence bounds of Clopper and Pearson by SciPy, and normal quantiles.

Prints the tables of CertificationTests.swift.
"""

from scipy.stats import beta, norm

for alpha in (0.05, 0.001):
    for successes, count in ((1, 1), (1, 10), (7, 10), (10, 10), (60, 100), (99, 100), (100, 100),
                             (5001, 10000), (9990, 10000), (10000, 10000), (99500, 100000)):
        bound = beta.ppf(alpha, successes, count - successes + 1)
        print(f"    ({successes}, {count}, {alpha}, {float(bound)!r}),")
for probability in (1e-300, 1e-12, 0.001, 0.25, 0.5, 0.75, 0.9, 0.999, 1 - 1e-9):
    print(f"    ({probability!r}, {float(norm.ppf(probability))!r}),")
