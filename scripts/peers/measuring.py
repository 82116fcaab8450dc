"""Timing and memory of a peer, measured in the same way as by nnbench."""

import json
import resource
import statistics
import time


def times_of(step, seconds):
    """Milliseconds of a step in repetitions of about 50 ms, after five warm-up steps.

    `step(count)` runs `count` steps and returns when the last one is finished.
    """
    step(5)
    start = time.perf_counter()
    step(1)
    count = max(1, int(0.05 / (time.perf_counter() - start)))
    times = []
    end = time.perf_counter() + seconds
    while not times or time.perf_counter() < end:
        start = time.perf_counter()
        step(count)
        times.append((time.perf_counter() - start) / count * 1e3)
    return times


def peak_mebibytes():
    """The peak memory of this process."""
    try:
        with open("/proc/self/status") as status:
            for line in status:
                if line.startswith("VmHWM:"):
                    return round(int(line.split()[1]) / 1024)
    except OSError:
        pass
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


def report(workload, framework, version, times):
    """Prints the measurements as a JSON object on one line."""
    print(
        json.dumps(
            {
                "workload": workload,
                "framework": framework,
                "version": version,
                "ms": statistics.median(times),
                "ms_min": min(times),
                "rss_mib": peak_mebibytes(),
            }
        )
    )
