"""The frame rate of the playground's page.

    .build/pages/bin/python -B Tests/Pages/frame_rate.py [--seconds 5] [--least 20]

Trains the page's default 2-8-8-1 network, one epoch per frame, in Debian's Chromium. Prints the rate
as JSON; the exit status is 0 if it is at least the required one. Meant for an idle machine, so it is
not a test.
"""

import argparse
import json
import os
import pathlib
import shutil
import sys
import time

from playwright.sync_api import sync_playwright

from playground_page import Playground, frame_count, frames

ROOT = pathlib.Path(__file__).resolve().parents[2]


def measured(address, seconds):
    """Frames per second after the first ten."""
    path = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": 1280, "height": 900})
        page.goto(address)
        frames(page, 1)
        page.locator("#play").click()
        frames(page, 10)
        count, start = frame_count(page), time.monotonic()
        page.wait_for_timeout(1000 * seconds)
        rate = (frame_count(page) - count) / (time.monotonic() - start)
        browser.close()
    return rate


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--seconds", type=float, default=5)
    parser.add_argument("--least", type=float, default=20)
    options = parser.parse_args()
    playground = Playground(str(os.environ.get("NNTRAIN", ROOT / ".build/release/nntrain")))
    try:
        rate = measured(playground.address, options.seconds)
    finally:
        playground.stop()
    print(json.dumps({"frames_per_s": round(rate, 1), "least": options.least}))
    sys.exit(0 if rate >= options.least else 1)


if __name__ == "__main__":
    main()
