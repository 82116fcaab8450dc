"""Runs all contenders in turn for several rounds and prints medians; see scripts/bench-peers."""

import argparse
import fnmatch
import json
import os
import re
import shlex
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter, defaultdict
from pathlib import Path

import contenders
import tables

LONGEST_RUN = 900
# A variant this many times slower than another one of the same contender is not run again.
HOPELESS = 3


def parsed():
    parser = argparse.ArgumentParser(prog="scripts/bench-peers", description=__doc__)
    parser.add_argument("--rounds", type=int, default=3, help="how often each contender runs")
    parser.add_argument("--seconds", type=float, default=2, help="how long each one measures")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--only", help="rows, separated by commas; patterns may be used")
    parser.add_argument("--haswell", action="store_true", help="limit our OpenBLAS to AVX2")
    parser.add_argument("--no-write", action="store_true", help="do not write docs/performance.md")
    parser.add_argument("--dry-run", action="store_true", help="check the options and exit")
    options = parser.parse_args()
    if options.rounds < 1 or options.threads < 1 or options.seconds <= 0:
        parser.error("rounds, threads and seconds must be more than 0")
    options.rows = list(contenders.ROWS)
    if options.only:
        patterns = options.only.split(",")
        for pattern in patterns:
            if not fnmatch.filter(contenders.ROWS, pattern):
                parser.error(f"no row {pattern}; there are {', '.join(contenders.ROWS)}")
        options.rows = [
            row
            for row in contenders.ROWS
            if any(fnmatch.fnmatch(row, pattern) for pattern in patterns)
        ]
    return options


def run(contender, limit):
    """Runs a contender once, for at most `limit` seconds; returns its own figures, or wall-clock time
    and memory of the whole process."""
    with tempfile.TemporaryFile("w+") as errors:
        start = time.perf_counter()
        process = subprocess.Popen(
            contender.command,
            env=os.environ | contender.environment,
            stdout=subprocess.PIPE,
            stderr=errors,
            text=True,
        )
        killer = threading.Timer(limit, process.kill)
        killer.start()
        output = process.stdout.read()
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        milliseconds = (time.perf_counter() - start) * 1e3
        killer.cancel()
        if process.returncode != 0:
            errors.seek(0)
            raise RuntimeError(
                f"{shlex.join(contender.command)} ended with {process.returncode}\n"
                + "".join(errors.readlines()[-5:])
            )
    if not contender.timed_outside:
        return json.loads(output.strip().splitlines()[-1])
    figures = {"ms": milliseconds, "rss_mib": usage.ru_maxrss // 1024}
    accuracy = re.findall(r"accuracy ([0-9.]+)", output)
    if accuracy:
        figures["accuracy"] = float(accuracy[-1])
    return figures


def attempt(row, index, contender, limit):
    """A contender's figures of one round; None if a peer fails, which must not end the comparison."""
    try:
        runs = [run(contender, limit) for _ in range(contender.repetitions)]
    except (RuntimeError, ValueError, OSError) as error:
        if contender.label == contenders.OURS:
            raise
        print(f"{row}, {contender.label}: {error}", file=sys.stderr)
        return None
    figures = runs[-1] | {"ms": statistics.median(figures["ms"] for figures in runs)}
    variables = "".join(f", {name}={value}" for name, value in contender.environment.items())
    print(
        f"round {index + 1}: {row}, {contender.label}{variables}: {figures['ms']:.4g} ms",
        file=sys.stderr,
        flush=True,
    )
    return figures


def fastest(variants):
    """The best time so far of a contender in any variant, in ms; None before it has finished."""
    return min((figures["ms"] for rounds in variants for figures in rounds if figures), default=None)


def limit(contender, variants, place):
    """The time limit of a process: whole processes need not finish if another variant is much faster."""
    best = fastest(variants[:place] + variants[place + 1 :])
    if contender.timed_outside and best is not None:
        return min(LONGEST_RUN, max(1, HOPELESS * best / 1e3))
    return LONGEST_RUN


def worth_running(variants, place):
    """Whether a variant has not failed and has been nearly as fast as the best one."""
    rounds = variants[place]
    if None in rounds:
        return False
    return not rounds or fastest([rounds]) <= HOPELESS * fastest(variants)


def measured(options, scratch):
    """results[row][label]: one list per variant of the command, with the figures of each round."""
    results = defaultdict(lambda: defaultdict(list))
    field = {row: contenders.contenders(row, options, scratch) for row in options.rows}
    for row in options.rows:
        if row in contenders.INFERENCE_ROWS:
            subprocess.run(contenders.export(row, scratch), check=True)
        if not field[row]:
            print(f"{row}: left out, since Fashion-MNIST is not installed", file=sys.stderr)
    for row in options.rows:
        for contender in field[row]:
            results[row][contender.label].append([])
    for index in range(options.rounds):
        for row in options.rows:
            places = Counter()
            for contender in field[row]:
                variants = results[row][contender.label]
                place = places[contender.label]
                places[contender.label] += 1
                if worth_running(variants, place):
                    allowed = limit(contender, variants, place)
                    variants[place].append(attempt(row, index, contender, allowed))
    return results


def main():
    options = parsed()
    if options.dry_run:
        return
    load = os.getloadavg()[0]
    with tempfile.TemporaryDirectory() as scratch:
        results = measured(options, scratch)
    arguments = [argument for argument in sys.argv[1:] if argument != "--no-write"]
    command = shlex.join(["scripts/bench-peers", *arguments])
    text = tables.document(results, options, command, load)
    print(text)
    if not options.no_write and not options.only:
        tables.write(text, Path("docs/performance.md"), options.haswell)


if __name__ == "__main__":
    try:
        main()
    except (RuntimeError, subprocess.CalledProcessError) as error:
        sys.exit(f"error: {error}")
    except KeyboardInterrupt:
        sys.exit(130)
