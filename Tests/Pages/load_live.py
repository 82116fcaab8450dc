"""Many clients on a live view at once, good and bad ones, during training.

    python Tests/Pages/load_live.py [--clients 200] [--seconds 30]

Most clients read the stream of events, the others load the page's files repeatedly. In addition,
some never read the response that they requested, and some begin a request and never end it. Fails if
a request of the good clients fails or waits, the program's memory grows, or its training stalls.
"""

import argparse
import asyncio
import json
import os
import pathlib
import re
import subprocess
import tempfile
import time
import urllib.parse

ROOT = pathlib.Path(__file__).resolve().parents[2]
FILES = ["", "live.js", "chart.js", "live.css"]


class Training:
    """`nntrain train --ui` on a small network by default, which trains until it is stopped."""

    def __init__(self, nntrain, folder, *options, config="docs/examples/configs/circles.yaml"):
        self.errors = open(pathlib.Path(folder) / "stderr.txt", "w+")
        command = [
            nntrain, "train", ROOT / config, "--ui",
            "--run-dir", pathlib.Path(folder) / "run", "--progress", "none",
            "--set", "checkpoint.every=1000000", "--set", "epochs=1000000", *options,
        ]
        self.process = subprocess.Popen([str(word) for word in command], stderr=self.errors)
        self.address = self.wait_for_address()

    def wait_for_address(self):
        for _ in range(600):
            match = re.search(r"live view: (\S+)", self.stderr())
            if match:
                return match[1]
            assert self.process.poll() is None, self.stderr()
            time.sleep(0.05)
        raise AssertionError("no address within 30 s")

    def stderr(self):
        self.errors.flush()
        return pathlib.Path(self.errors.name).read_text()

    def memory(self):
        """The resident memory of the process, in MiB."""
        status = pathlib.Path(f"/proc/{self.process.pid}/status").read_text()
        return int(re.search(r"VmRSS:\s+(\d+)", status)[1]) / 1024

    def interrupt(self, timeout=600):
        """Sends Ctrl-C; returns the exit status."""
        self.process.send_signal(2)
        return self.process.wait(timeout)

    def kill(self):
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        self.errors.close()


class Load:
    """The clients and their results."""

    def __init__(self, address, seconds):
        parts = urllib.parse.urlparse(address)
        self.host, self.port, self.path = parts.hostname, parts.port, parts.path
        self.end = time.monotonic() + seconds
        self.failures, self.gaps, self.waits, self.updates = [], [], [], []
        self.steps = []

    def head(self, file):
        return f"GET {self.path}{file} HTTP/1.1\r\nHost: {self.host}:{self.port}\r\n"

    async def connect(self):
        return await asyncio.open_connection(self.host, self.port, limit=1 << 22)

    async def read_events(self):
        """A page: reads every event at once."""
        updates, last = 0, time.monotonic()
        try:
            reader, writer = await self.connect()
            writer.write((self.head("events") + "\r\n").encode())
            status = await reader.readline()
            if b" 200 " not in status:
                raise ConnectionError(status.decode().strip())
            while time.monotonic() < self.end:
                line = await asyncio.wait_for(reader.readline(), 10)
                if not line:
                    raise ConnectionError("the stream ended")
                if line.startswith(b"data: "):
                    now = time.monotonic()
                    self.gaps.append(now - last)
                    last = now
                    updates += 1
                    steps = [e["step"] for e in json.loads(line[6:]) if e["event"] == "step"]
                    if steps:
                        self.steps.append((now, steps[-1]))
            writer.close()
        except (OSError, asyncio.TimeoutError) as error:
            self.failures.append(f"events: {error!r}")
        self.updates.append(updates)

    async def load_files(self):
        """A browser that opens the page repeatedly."""
        while time.monotonic() < self.end:
            start = time.monotonic()
            try:
                reader, writer = await self.connect()
                for file in FILES:
                    writer.write((self.head(file) + "\r\n").encode())
                    head = await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), 10)
                    if b" 200 " not in head.split(b"\r\n")[0]:
                        raise ConnectionError(head.split(b"\r\n")[0].decode())
                    length = int(re.search(rb"(?i)content-length: (\d+)", head)[1])
                    await asyncio.wait_for(reader.readexactly(length), 10)
                writer.close()
                self.waits.append(time.monotonic() - start)
            except (OSError, EOFError, asyncio.TimeoutError) as error:
                self.failures.append(f"files: {error!r}")
            await asyncio.sleep(0.2)

    async def read_nothing(self):
        """Requests events and reads none of them."""
        await self.hold(self.head("events") + "\r\n")

    async def send_half(self):
        """Begins a request and never ends it."""
        await self.hold(self.head("")[:-10])

    async def hold(self, text):
        while time.monotonic() < self.end:
            try:
                reader, writer = await self.connect()
                # The socket's buffer stays full: nobody reads.
                writer.transport.pause_reading()
                writer.write(text.encode())
                await asyncio.sleep(max(0.1, min(5, self.end - time.monotonic())))
                writer.transport.abort()
            except OSError as error:
                self.failures.append(f"hold: {error!r}")

    async def run(self, clients, bad):
        loaders = clients // 8
        await asyncio.gather(
            *(self.read_events() for _ in range(clients - loaders)),
            *(self.load_files() for _ in range(loaders)),
            *(self.read_nothing() for _ in range(bad)),
            *(self.send_half() for _ in range(bad)),
        )


def percentile(values, share):
    return sorted(values)[int(share * (len(values) - 1))]


def measure(nntrain, clients, seconds, folder, *options, is_timed=True):
    """Runs the load during training; returns the figures after checking them against the bounds.

    Unless `is_timed`, bounds that depend on the speed of the machine are left out.
    """
    training = Training(nntrain, folder, *options)
    try:
        time.sleep(1)
        before = training.memory()
        # A warm-up, so that pools reach their size.
        asyncio.run(Load(training.address, 1).run(clients, clients // 10))
        first = training.memory()
        load = Load(training.address, seconds)
        asyncio.run(load.run(clients, clients // 10))
        after = training.memory()
        alone = Load(training.address, 1)
        asyncio.run(alone.run(1, 0))
        half = load.steps[len(load.steps) // 2 :]
        figures = {
            "clients": clients,
            "seconds": seconds,
            "failures": len(load.failures),
            "updates_per_client_and_second": sum(load.updates) / len(load.updates) / seconds,
            "longest_gap_s": max(load.gaps),
            "pages_loaded": len(load.waits),
            "page_median_s": percentile(load.waits, 0.5),
            "page_slowest_s": max(load.waits),
            "memory_before_mib": before,
            "memory_first_load_mib": first,
            "memory_after_mib": after,
            "steps_per_s_under_load": (load.steps[-1][1] - load.steps[0][1])
            / (load.steps[-1][0] - load.steps[0][0]),
            "steps_per_s_one_page": (alone.steps[-1][1] - alone.steps[0][1])
            / (alone.steps[-1][0] - alone.steps[0][0]),
        }
        assert not load.failures, load.failures[:5]
        # Together they receive at most 400 updates per second, whatever their number.
        if is_timed:
            assert min(load.updates) >= 200 / clients * seconds, figures
            assert figures["longest_gap_s"] < 5 and figures["page_slowest_s"] < 5, figures
        assert after < before + 64 and after < first + 32, figures
        assert half[-1][1] > half[0][1], figures
        assert training.process.poll() is None, training.stderr()
        assert training.interrupt() == 130, training.stderr()
        return figures
    finally:
        training.kill()


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--clients", type=int, default=200)
    parser.add_argument("--seconds", type=float, default=30)
    parser.add_argument("--untimed", action="store_true", help="without bounds on rates and gaps")
    options = parser.parse_args()
    nntrain = os.environ.get("NNTRAIN", ROOT / ".build/release/nntrain")
    with tempfile.TemporaryDirectory() as folder:
        figures = measure(
            nntrain, options.clients, options.seconds, folder, is_timed=not options.untimed)
    for name, value in figures.items():
        print(f"{name}: {value:.4g}" if isinstance(value, float) else f"{name}: {value}")


if __name__ == "__main__":
    main()
