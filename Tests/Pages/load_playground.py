"""Many clients of the playground at once.

    python Tests/Pages/load_playground.py [--clients 200] [--seconds 30]

They open sessions, train and leave, as fast as they are answered. Sessions that were
allowed must never fail, all other clients must receive 429, and the program's memory must not grow
once all sessions exist. Prints the results as JSON; the exit status is 0 if they are correct.
"""

import argparse
import http.client
import json
import os
import pathlib
import random
import sys
import threading
import time
import urllib.parse

from playground_page import Playground

ROOT = pathlib.Path(__file__).resolve().parents[2]
SESSIONS = 32


class Client(threading.Thread):
    """Opens a session, trains a while, changes it, leaves, and comes back."""

    def __init__(self, address, number, start):
        super().__init__(daemon=True)
        self.place = urllib.parse.urlparse(address)
        self.random = random.Random(number)
        self.begin, self.end = start, 0.0
        self.frames, self.refused, self.failures, self.slowest = 0, 0, [], 0.0

    def call(self, method, path, body=None):
        start = time.monotonic()
        data = None if body is None else json.dumps(body)
        self.connection.request(method, self.place.path + path, body=data)
        answer = self.connection.getresponse()
        content = answer.read()
        self.slowest = max(self.slowest, time.monotonic() - start)
        return answer.status, answer.headers, content

    def run(self):
        self.begin.wait()
        try:
            self.connection = http.client.HTTPConnection(
                self.place.hostname, self.place.port, timeout=30
            )
            while time.monotonic() < self.end:
                self.visit()
            self.connection.close()
        except Exception as error:  # noqa: BLE001 – whatever it is, it is a failure
            self.failures.append(repr(error))

    def settings(self):
        return {
            "source": self.random.choice(["circles", "spirals", "blobs", "sine"]),
            "hidden": [self.random.randint(1, 16) for _ in range(self.random.randint(0, 6))],
            "seed": self.random.randint(0, 1000),
        }

    def visit(self):
        status, headers, content = self.call("POST", "api/sessions", self.settings())
        if status == 429:
            self.refused += 1
            if "Retry-After" not in headers:
                self.failures.append("429 without Retry-After")
            time.sleep(1)
            return
        if status != 200:
            self.failures.append(f"open: {status} {content[:200]}")
            return
        length = int.from_bytes(content[:4], "little")
        session = json.loads(content[4 : 4 + length])["session"]
        for step in range(self.random.randint(5, 40)):
            if step % 10 == 9:
                status, _, content = self.call(
                    "POST", f"api/sessions/{session}", self.settings()
                )
            else:
                status, _, content = self.call(
                    "POST", f"api/sessions/{session}/advance", {"milliseconds": 10}
                )
            if status != 200:
                self.failures.append(f"advance: {status} {content[:200]}")
                return
            self.frames += 1
            if time.monotonic() > self.end:
                break
        self.call("DELETE", f"api/sessions/{session}")


def resident(process):
    """The resident memory of the process, in bytes."""
    status = pathlib.Path(f"/proc/{process.pid}/status").read_text()
    line = next(line for line in status.splitlines() if line.startswith("VmRSS:"))
    return int(line.split()[1]) * 1024


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--clients", type=int, default=200)
    parser.add_argument("--seconds", type=float, default=30)
    options = parser.parse_args()
    seconds, count = options.seconds, options.clients
    nntrain = os.environ.get("NNTRAIN", ROOT / ".build/release/nntrain")
    playground = Playground(str(nntrain), "--sessions", str(SESSIONS))
    process = playground.process
    begin = threading.Event()
    clients = [Client(playground.address, number, begin) for number in range(count)]
    for client in clients:
        client.start()
    end = time.monotonic() + seconds
    for client in clients:
        client.end = end
    begin.set()
    memory = [resident(process)]
    while time.monotonic() < end:
        time.sleep(1)
        memory.append(resident(process))
    for client in clients:
        client.join(60)
    alive = process.poll() is None
    status = playground.stop()
    failures = [failure for client in clients for failure in client.failures]
    middle = memory[len(memory) // 2]
    report = {
        "clients": count, "seconds": seconds,
        "frames": sum(client.frames for client in clients),
        "refused": sum(client.refused for client in clients),
        "failures": len(failures), "first_failures": failures[:5],
        "slowest_s": round(max(client.slowest for client in clients), 2),
        "memory_mb": {"half": middle >> 20, "end": memory[-1] >> 20, "most": max(memory) >> 20},
        "ended": status == 0 and alive,
    }
    print(json.dumps(report, indent=2))
    is_right = (
        not failures and report["ended"] and report["frames"] > 0
        and (count <= SESSIONS or report["refused"] > 0)
        and max(memory) < 1 << 30
    )
    sys.exit(0 if is_right else 1)


if __name__ == "__main__":
    main()
