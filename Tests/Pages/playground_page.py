"""Helpers for tests of the playground's program and page."""

import json
import subprocess
import time
import urllib.error
import urllib.request


class Playground:
    """The program with its page."""

    def __init__(self, nntrain, *words):
        self.process = subprocess.Popen(
            [nntrain, "playground", "--no-open", *words], stdout=subprocess.PIPE, text=True
        )
        line = self.process.stdout.readline()
        assert line.startswith("playground: http://127.0.0.1:"), line
        self.address = line.split()[1]

    def request(self, path, body=None, method=None, headers=None):
        """Status, headers and body of a request."""
        data = None if body is None else body if isinstance(body, bytes) else json.dumps(body).encode()
        request = urllib.request.Request(
            self.address + path, data=data, method=method, headers=headers or {}
        )
        try:
            with urllib.request.urlopen(request, timeout=20) as answer:
                return answer.status, answer.headers, answer.read()
        except urllib.error.HTTPError as error:
            return error.code, error.headers, error.read()

    def stop(self):
        self.process.terminate()
        return self.process.wait(timeout=600)


def wait_until(page, expression, seconds=60):
    """Waits until an expression of the page is true; its policy forbids Playwright's function."""
    end = time.monotonic() + seconds
    while not page.evaluate(expression):
        assert time.monotonic() < end, f"{expression} is not true after {seconds} s"
        page.wait_for_timeout(10)


def frames(page, count):
    """Waits until the page has drawn `count` frames."""
    wait_until(page, f"(document.body.dataset.frames ?? 0) >= {count}")


def frame_count(page):
    return int(page.evaluate("document.body.dataset.frames"))


def next_frame(page, act):
    """Acts and waits for the next frame."""
    count = frame_count(page)
    act()
    frames(page, count + 1)


def edge_count(page):
    return int(page.locator("#net").get_attribute("data-edges"))


def pixels(page, selector):
    return page.eval_on_selector(selector, "canvas => canvas.toDataURL()")


def choose(page, source):
    next_frame(page, lambda: page.locator(f"input[value={source}]").check(force=True))


def use_table(page, table):
    """Enters a table without waiting."""
    page.locator("#table").fill(table)
    page.get_by_role("button", name="Use this table").click()


def click_at_once(page, *selectors):
    """Clicks before any answer can arrive."""
    page.evaluate(
        "selectors => selectors.forEach(selector => document.querySelector(selector).click())",
        list(selectors),
    )


def wait_for_text(page, text):
    """Waits until config, program or data have a text, which arrive after the frame; returns them."""
    wait_until(page, f"document.getElementById('code').textContent.includes({json.dumps(text)})")
    return page.locator("#code").text_content()


# The content of the page.
