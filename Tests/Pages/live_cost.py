"""The cost of an open live page for the training that it shows.

    python Tests/Pages/live_cost.py [--pairs 10] [--seconds 4]

Trains a 784-512-256-10 network on Fashion-MNIST with `train --ui` and two threads. Windows with one
reader of the stream of events alternate with windows without a reader; prints the milliseconds per
step of both, the median of the ratios of neighbours, and the reader's updates per second.
"""

import argparse
import os
import pathlib
import re
import socket
import statistics
import tempfile
import threading
import time
import urllib.parse

import load_live

CONFIG = """
name: mlp
data: {train: fashion-mnist, batch_size: 128, normalize: standard}
model: [flatten, {linear: 512}, relu, {linear: 256}, relu, {linear: 10}]
loss: cross_entropy
optimizer: {adam: {lr: 0.001}}
"""


class Page:
    """Reads events as a page does, and counts the updates."""

    def __init__(self, address):
        self.address = urllib.parse.urlparse(address)
        self.updates = 0
        self.is_over = False

    def connect(self):
        connection = socket.create_connection((self.address.hostname, self.address.port), 10)
        head = f"GET {self.address.path}events HTTP/1.1\r\nHost: {self.address.netloc}\r\n\r\n"
        connection.sendall(head.encode())
        return connection

    def read(self):
        with self.connect() as connection:
            while not self.is_over:
                self.updates += connection.recv(1 << 20).count(b"event: update")

    def last_step(self):
        """The current step of the run, from the first message."""
        data = b""
        with self.connect() as connection:
            while b"]\n\n" not in data:
                data += connection.recv(1 << 20)
        return max(map(int, re.findall(rb'"event": "step", "step": (\d+)', data)))


def window(page, seconds):
    """Milliseconds per step."""
    time.sleep(0.2)
    first, start = page.last_step(), time.monotonic()
    time.sleep(seconds)
    last, end = page.last_step(), time.monotonic()
    return 1000 * (end - start) / (last - first)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--pairs", type=int, default=10)
    parser.add_argument("--seconds", type=float, default=4)
    options = parser.parse_args()
    nntrain = os.environ.get("NNTRAIN", load_live.ROOT / ".build/release/nntrain")
    alone, watched, updates = [], [], []
    with tempfile.TemporaryDirectory() as folder:
        config = pathlib.Path(folder) / "mlp.yaml"
        config.write_text(CONFIG)
        training = load_live.Training(nntrain, folder, "--threads", "2", config=config)
        try:
            time.sleep(3)
            for pair in range(options.pairs):
                for is_watched in (pair % 2 == 0, pair % 2 == 1):
                    page = Page(training.address)
                    if not is_watched:
                        alone.append(window(page, options.seconds))
                        continue
                    reader = threading.Thread(target=page.read)
                    start = time.monotonic()
                    reader.start()
                    watched.append(window(page, options.seconds))
                    page.is_over = True
                    reader.join()
                    updates.append(page.updates / (time.monotonic() - start))
        finally:
            training.kill()
    ratios = [one / other for one, other in zip(watched, alone)]
    print(f"alone: {statistics.median(alone):.3f} ms per step")
    print(f"with a page: {statistics.median(watched):.3f} ms per step")
    print(f"ratio: {statistics.median(ratios):.3f} ({min(ratios):.3f} to {max(ratios):.3f})")
    print(f"updates per second: {statistics.median(updates):.1f}")


if __name__ == "__main__":
    main()
