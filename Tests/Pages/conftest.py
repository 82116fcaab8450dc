"""Fixtures for tests of pages: the program, a browser, screenshots.

`scripts/test-pages` runs them. A page fails its test when its console shows an error, when it sends
a request to another machine, or when it scrolls sideways.
"""

import os
import pathlib
import shutil
import subprocess
import urllib.parse

import pytest
from playground_page import Playground, frames
from playwright.sync_api import sync_playwright

ROOT = pathlib.Path(__file__).resolve().parents[2]
SCREENSHOTS = ROOT / ".build" / "screenshots"
LOCAL = {"", "127.0.0.1", "localhost"}


@pytest.fixture(scope="session")
def nntrain():
    """The program's path: the environment variable NNTRAIN, else the release build."""
    path = pathlib.Path(os.environ.get("NNTRAIN", ROOT / ".build" / "release" / "nntrain"))
    assert path.exists(), f"{path} is not there; build it: swift build -c release"
    return str(path)


@pytest.fixture(scope="session")
def run_nntrain(nntrain):
    """Calls the program; fails unless it exits with `status`."""

    def run(*words, status=0, timeout=1800, **options):
        done = subprocess.run(
            [nntrain, *map(str, words)], capture_output=True, text=True, timeout=timeout, **options
        )
        assert done.returncode == status, f"{words}: status {done.returncode}\n{done.stderr}"
        return done

    return run


@pytest.fixture(scope="session")
def browser():
    """Debian's Chromium, headless."""
    path = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
    assert path, "there is no chromium; install it: apt-get install chromium"
    with sync_playwright() as playwright:
        # Its sandbox does not run for root, as in containers.
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture
def new_page(browser):
    """Creates monitored pages: errors in the console and requests to other machines fail the test.

    new_page(width=1280, height=900, theme="light", offline=False, allow=())
    `offline` rejects all requests except for files; `allow` lists texts of errors that the test
    provokes.
    """
    contexts, errors = [], []

    def make(width=1280, height=900, theme="light", offline=False, allow=(), **options):
        context = browser.new_context(
            viewport={"width": width, "height": height}, color_scheme=theme, **options
        )
        contexts.append(context)

        def route(route):
            address = urllib.parse.urlparse(route.request.url)
            is_local = address.scheme in {"file", "data", "blob"} or (
                not offline and address.hostname in LOCAL
            )
            if is_local:
                route.continue_()
            else:
                errors.append(f"a request to {route.request.url}")
                route.abort()

        context.route("**/*", route)
        page = context.new_page()

        def note(text):
            if not any(part in text for part in allow):
                errors.append(text)

        page.on("console", lambda message: message.type == "error" and note(message.text))
        page.on("pageerror", lambda error: note(str(error)))
        return page

    yield make
    for context in contexts:
        context.close()
    assert not errors, "\n".join(errors)


@pytest.fixture
def screenshot():
    """Saves a screenshot of a page under .build/screenshots, for inspection."""

    def keep(page, name, **options):
        SCREENSHOTS.mkdir(parents=True, exist_ok=True)
        page.screenshot(path=SCREENSHOTS / f"{name}.png", **options)

    return keep


@pytest.fixture
def fits_width():
    """Fails where a page is wider than its window."""

    def check(page):
        width = page.evaluate("document.documentElement.scrollWidth")
        window = page.evaluate("document.documentElement.clientWidth")
        assert width <= window, f"the page is {width} pixels wide in a window of {window}"

    return check


@pytest.fixture(scope="module")
def playground(nntrain):
    """The running playground program."""
    playground = Playground(nntrain)
    yield playground
    assert playground.stop() == 0


@pytest.fixture
def open_page(playground, new_page):
    """Opens the playground's page and waits for its first frame."""

    def make(**options):
        page = new_page(**options)
        page.goto(playground.address)
        frames(page, 1)
        return page

    return make
