"""The comparison as Markdown."""

import datetime
import importlib.metadata
import re
import statistics

from contenders import (
    GENERATION_ROWS,
    GRADIENT_ROWS,
    INFERENCE_ROWS,
    OURS,
    PROCESS_ROWS,
    TITLES,
    TRAINING_ROWS,
    WRITTEN,
)

ABSENT = "–"


class Figures:
    """The rounds of one contender in one row: those of the variant with the best median."""

    def __init__(self, variants):
        whole = [rounds for rounds in variants if rounds and None not in rounds]
        self.rounds = min(
            whole, key=lambda rounds: statistics.median(f["ms"] for f in rounds), default=[]
        )

    def median(self, key):
        numbers = [figures[key] for figures in self.rounds if figures.get(key) is not None]
        return statistics.median(numbers) if numbers else None


class Row:
    """One line: ours and the peers that finished."""

    def __init__(self, name, results):
        self.title = TITLES.get(name, name.replace("-infer", ", batch "))
        self.ours = Figures(results[name][OURS])
        found = {label: Figures(runs) for label, runs in results[name].items() if label != OURS}
        self.peers = {label: figures for label, figures in found.items() if figures.rounds}

    def ratio(self, key):
        """The best peer's median divided by ours."""
        ours = self.ours.median(key)
        peers = [figures.median(key) for figures in self.peers.values()]
        peers = [number for number in peers if number is not None]
        return min(peers) / ours if peers and ours else None

    def ratios(self):
        """The smallest and the largest ratio of one round."""
        if not self.peers:
            return None
        # A peer whose best variant failed late has fewer rounds: only rounds that all have count.
        each = [
            min(figures["ms"] for figures in peers) / ours["ms"]
            for ours, *peers in zip(
                self.ours.rounds, *(figures.rounds for figures in self.peers.values())
            )
        ]
        return min(each), max(each)


def number(value, digits=3):
    """A number with the given number of significant digits, or a dash."""
    if value is None:
        return ABSENT
    if value >= 10**digits:
        return f"{value:,.0f}"
    text = f"{value:#.{digits}g}"
    return text.rstrip(".") if "e" not in text else f"{value:.2g}"


def mebibytes(value):
    return ABSENT if value is None else f"{value:.0f}"


def lines(header, rows):
    """A table; the first column is text, the others are numbers."""
    rule = ["---"] + ["---:"] * (len(header) - 1)
    return ["| " + " | ".join(cells) + " |" for cells in [header, rule, *rows]]


def share(value):
    return ABSENT if value is None else f"{100 * value:.0f} %"


def steps(names, results):
    """Rows whose contenders measure themselves."""
    rows = [Row(name, results) for name in names]
    labels = list(dict.fromkeys(label for row in rows for label in row.peers))
    header = ["workload", "ours, ms", "of limit", *(f"{label}, ms" for label in labels)]
    header += ["best peer ÷ ours", "rounds", "ours, MiB", *(f"{label}, MiB" for label in labels)]
    header += ["leanest peer ÷ ours"]
    table = []
    for row in rows:
        peers = [row.peers.get(label) for label in labels]
        span = row.ratios()
        cells = [row.title, number(row.ours.median("ms")), share(row.ours.median("limit_share"))]
        cells += [number(peer and peer.median("ms")) for peer in peers]
        cells += [
            f"**{number(row.ratio('ms'))}**",
            f"{number(span[0])} to {number(span[1])}" if span else ABSENT,
            mebibytes(row.ours.median("rss_mib")),
        ]
        cells += [mebibytes(peer and peer.median("rss_mib")) for peer in peers]
        table.append(cells + [number(row.ratio("rss_mib"), 2)])
    return lines(header, table)


def texts(names, results):
    """Rows whose contenders generate texts, in tokens per second."""
    table = []
    for row in (Row(name, results) for name in names):
        peer = row.peers.get("PyTorch")
        span = row.ratios()
        cells = [row.title]
        for figures in (row.ours, peer):
            time = figures and figures.median("ms")
            cells.append(number(time and 1e3 * WRITTEN / time))
        cells += [
            f"**{number(row.ratio('ms'))}**",
            f"{number(span[0])} to {number(span[1])}" if span else ABSENT,
            mebibytes(row.ours.median("rss_mib")),
            mebibytes(peer and peer.median("rss_mib")),
        ]
        table.append(cells)
    header = ["workload", "ours, tokens/s", "PyTorch, tokens/s", "PyTorch ÷ ours, time", "rounds"]
    return lines([*header, "ours, MiB", "PyTorch, MiB"], table)


def processes(names, results):
    """Rows that are timed from outside."""
    table = []
    for row in (Row(name, results) for name in names):
        peer = row.peers.get("PyTorch")
        cells = [row.title]
        for figures in (row.ours, peer):
            cells += [
                number(figures and figures.median("ms")),
                mebibytes(figures and figures.median("rss_mib")),
                number(figures and figures.median("accuracy")),
            ]
        table.append(cells + [f"**{number(row.ratio('ms'))}**", number(row.ratio("rss_mib"), 2)])
    header = ["whole process"]
    for name in ("ours", "PyTorch"):
        header += [f"{name}, ms", f"{name}, MiB", f"{name}, accuracy"]
    return lines(header + ["PyTorch ÷ ours, time", "memory"], table)


def processor():
    try:
        with open("/proc/cpuinfo") as file:
            found = re.search(r"^model name\s*:\s*(.+)$", file.read(), re.MULTILINE)
            return found[1] if found else "unknown processor"
    except OSError:
        return "unknown processor"


def versions():
    names = {"PyTorch": "torch", "JAX": "jax", "ONNX Runtime": "onnxruntime"}
    return ", ".join(f"{name} {importlib.metadata.version(names[name])}" for name in names)


def machine(results):
    """Our first object that describes the machine."""
    objects = (
        figures for row in results.values() for rounds in row[OURS] for figures in rounds
    )
    return next((figures for figures in objects if "core" in figures), None)


def document(results, options, command, load):
    """Everything between the markers."""
    done = [name for name in options.rows if results[name]]
    ours = machine(results)
    own = ""
    if ours:
        own = (
            f" OpenBLAS core type {ours['core']}; measured peaks: {ours['peak_gflops']:.0f} "
            f"GFLOP/s in large GEMMs, {ours['peak_gb_per_s']:.0f} GB/s of memory bandwidth."
        )
    text = [
        f"`{command}` on {datetime.date.today()}: {processor()}, {options.threads} threads, "
        f"{versions()}.{own} Load before the start: {load:.1f}.",
        "",
        f"Medians of {options.rounds} rounds. In each round every contender ran once, in a "
        "separate process. PyTorch ran with `OMP_WAIT_POLICY` passive and unset, and for gradients "
        "with respect to images in both memory formats; the best result is shown. Memory is the "
        "peak of the whole process.",
    ]
    sections = [
        ("Training steps", TRAINING_ROWS, steps),
        ("Forward passes", INFERENCE_ROWS, steps),
        ("Generation with a key–value cache", GENERATION_ROWS, texts),
        ("Gradients with respect to images", GRADIENT_ROWS, steps),
        ("Whole processes", PROCESS_ROWS, processes),
    ]
    for title, names, make in sections:
        chosen = [name for name in names if name in done]
        if chosen:
            text += ["", f"{title}:", "", *make(chosen, results)]
    return "\n".join(text)


def write(text, file, haswell):
    """Replaces the text between the markers of this table."""
    name = "bench-peers haswell" if haswell else "bench-peers"
    begin, end = f"<!-- {name}: begin -->", f"<!-- {name}: end -->"
    old = file.read_text()
    before, found_begin, rest = old.partition(begin)
    _, found_end, after = rest.partition(end)
    if not found_begin or not found_end:
        raise RuntimeError(f"{file} lacks the lines {begin} and {end}, between which tables go")
    file.write_text(f"{before}{begin}\n{text}\n{end}{after}")
