"""The live view in a browser, and the requests that its server rejects."""

import http.client
import json
import os
import re
import time
import socket
import subprocess
import sys
import urllib.parse

import pytest

import load_live

# The pages' content security policy forbids the scripts that wait_for_function would evaluate.
RUNNING = "#state[data-state=running]"


@pytest.fixture
def training(nntrain, tmp_path):
    """A training run that continues until it is stopped; options may be given."""
    started = []

    def start(*options):
        started.append(load_live.Training(nntrain, tmp_path, *options))
        return started[-1]

    yield start
    for training in started:
        training.kill()


def inked(page, index):
    """The number of drawn pixels of a chart."""
    return page.evaluate(
        """(index) => {
          const canvas = document.querySelectorAll("canvas")[index];
          const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
          let count = 0;
          for (let i = 3; i < data.length; i += 4) count += data[i] > 0;
          return count;
        }""",
        index,
    )


def wait_for_ink(page, index):
    """Waits until a chart is drawn, which happens in the browser's next animation frame."""
    end = time.monotonic() + 10
    while inked(page, index) <= 500:
        assert time.monotonic() < end, f"nothing is drawn on chart {index}"
        page.wait_for_timeout(20)


def number(page, name):
    text = page.inner_text(f"#{name}").split("/")[0].replace(",", "").strip()
    return float(text) if text not in {"–", ""} else 0


@pytest.mark.parametrize("width, theme", [(1280, "light"), (390, "dark")])
def test_curves_grow_until_the_run_is_interrupted(
    training, new_page, screenshot, fits_width, width, theme
):
    run = training("--set", "log.every=20")
    page = new_page(width=width, theme=theme)
    page.goto(run.address)
    page.wait_for_selector(RUNNING)
    page.wait_for_selector("#epochs tbody tr:nth-child(3)")
    assert page.inner_text("h1") == "circles"
    titles = page.locator("figcaption b").all_inner_texts()
    assert titles == ["Loss", "Validation accuracy", "Learning rate", "Gradient norm"]
    for index in range(4):
        wait_for_ink(page, index)
    step, epoch = number(page, "step"), number(page, "epoch")
    updates = page.evaluate("Number(document.documentElement.dataset.updates)")
    page.wait_for_timeout(1000)
    assert number(page, "step") > step and number(page, "epoch") >= epoch
    assert page.evaluate("Number(document.documentElement.dataset.updates)") - updates >= 8
    assert number(page, "speed") > 0 and number(page, "gradient") > 0
    assert re.fullmatch(r"Loss: batch \S+, smoothed \S+, validation \S+",
                        page.locator("canvas").first.get_attribute("aria-label"))
    fits_width(page)
    page.get_by_label("logarithmic loss").check()
    page.wait_for_timeout(200)
    screenshot(page, f"live-{width}-{theme}", full_page=True)
    assert run.interrupt() == 130
    page.wait_for_selector("#state[data-state=interrupted]")
    assert page.inner_text("#state") == "interrupted"


# Epochs of a run that ends by itself: several seconds, so that the page is open before the end on a
# busy machine, too.
EPOCHS = 20_000


def test_a_run_that_ends_shows_its_end(training, new_page):
    run = training("--set", f"epochs={EPOCHS}")
    page = new_page()
    page.goto(run.address)
    page.wait_for_selector("#state[data-state=finished]", timeout=180_000)
    assert run.process.wait(60) == 0
    assert page.inner_text("#epoch") == f"{EPOCHS:,} / {EPOCHS:,}"
    assert page.evaluate("document.getElementById('progress').value") == 1
    rows = page.locator("#epochs tbody tr").all_inner_texts()
    assert rows[0].startswith(f"{EPOCHS:,}") and len(rows) <= 200
    # The page stays as it is, without requests to the ended program.
    page.wait_for_timeout(500)
    assert page.inner_text("#state") == "finished"


def test_a_page_stays_after_the_end(training, new_page):
    run = training("--set", "epochs=300", "--ui-stay", "60")
    page = new_page()
    page.goto(run.address)
    link = page.get_by_role("link", name="Report")
    link.wait_for()
    assert page.inner_text("#state") == "finished"
    with page.expect_popup() as popup:
        link.click()
    assert popup.value.locator("h1").first.inner_text()
    popup.value.close()
    # Reloading does not end it.
    page.reload()
    link.wait_for()
    page.wait_for_timeout(3000)
    assert run.process.poll() is None
    assert "the live view remains until its page is closed" in run.stderr()
    page.close()
    assert run.process.wait(10) == 0


def test_the_button_stops_the_run(training, new_page, tmp_path):
    run = training()
    page = new_page()
    page.goto(run.address)
    page.get_by_role("button", name="Stop and save").click()
    page.wait_for_selector("#state[data-state=interrupted]")
    assert run.process.wait(10) == 130
    assert "--resume" in run.stderr()
    assert page.get_by_role("button", name="Stop").count() == 0


def test_smoothed_curves_forget_their_first_point(training, new_page):
    run = training()
    page = new_page()
    page.goto(run.address)
    losses = [1.0] + [0.5] * 199
    found = page.evaluate(
        """async (losses) => {
          const { Series } = await import(new URL("chart.js", location.href));
          const series = new Series();
          losses.forEach((loss, index) => series.add(index + 1, loss));
          return series.smoothed().y;
        }""",
        losses,
    )
    weight = 2 / (1 + len(losses) / 20)
    for index in range(len(losses)):
        weights = [weight * (1 - weight) ** (index - other) for other in range(index + 1)]
        mean = sum(w * loss for w, loss in zip(weights, losses)) / sum(weights)
        assert abs(found[index] - mean) < 1e-12
    assert found[9] < 0.52


def test_curves_show_their_values(training, new_page):
    run = training("--set", "log.every=20")
    page = new_page()
    page.goto(run.address)
    wait_for_ink(page, 0)
    box = page.locator("canvas").first.bounding_box()
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    tip = page.locator("figure").first.locator(".tip")
    tip.wait_for()
    text = tip.inner_text()
    assert re.match(r"step [\d,]+: batch \S+, smoothed \S+, validation \S+", text), text
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] - 60)
    tip.wait_for(state="hidden")


def test_a_hidden_window_shows_the_end(training, new_page):
    run = training("--set", f"epochs={EPOCHS}")
    page = new_page()
    # As in a hidden tab.
    page.add_init_script("window.requestAnimationFrame = () => 0")
    page.goto(run.address)
    page.wait_for_selector("#state[data-state=finished]", state="attached", timeout=180_000)
    assert page.title() == "finished · circles"
    assert page.locator("#epochs tbody tr").first.inner_text().startswith(f"{EPOCHS:,}")
    # The program does not wait: the page has closed its connection.
    assert run.process.wait(60) == 0
    page.wait_for_timeout(500)
    assert page.inner_text("#state") == "finished"


def test_a_failure_is_shown_with_its_reason(training, new_page, tmp_path):
    run = training("--set", "checkpoint.every=1")
    page = new_page()
    page.goto(run.address)
    page.wait_for_selector(RUNNING)
    # From now on checkpoints cannot be written.
    checkpoints = tmp_path / "run" / "checkpoints"
    checkpoints.rename(tmp_path / "elsewhere")
    checkpoints.write_text("")
    page.wait_for_selector("#state[data-state=failed]")
    assert str(checkpoints) in page.inner_text("#message")
    assert run.process.wait(10) == 1, run.stderr()


def test_closing_pages_does_not_disturb_the_training(training, browser):
    run = training()
    for _ in range(3):
        context = browser.new_context()
        pages = [context.new_page() for _ in range(3)]
        for page in pages:
            page.goto(run.address)
            page.wait_for_selector(RUNNING)
        pages[0].close()
        context.close()
        assert run.process.poll() is None
    assert run.interrupt() == 130, run.stderr()


def ask(run, path="", method="GET", body=None, **headers):
    """The status of a request; the path follows the token unless it begins with a slash."""
    address = urllib.parse.urlparse(run.address)
    connection = http.client.HTTPConnection(address.hostname, address.port, timeout=10)
    connection.putrequest(
        method, path if path.startswith("/") else address.path + path, skip_host="Host" in headers)
    if body is not None:
        headers["Content-Length"] = str(len(body))
    for name, value in headers.items():
        connection.putheader(name, value)
    connection.endheaders(body)
    answer = connection.getresponse()
    text = answer.read()
    connection.close()
    return answer.status, text, answer.headers


def test_requests_without_the_token_are_rejected(training):
    run = training()
    port = urllib.parse.urlparse(run.address).port
    token = urllib.parse.urlparse(run.address).path.strip("/")
    assert re.fullmatch("[0-9a-f]{32}", token)
    assert ask(run)[0] == 200
    assert ask(run, "/")[0] == 403
    assert ask(run, "/" + "0" * 32 + "/")[0] == 403
    assert ask(run, "/favicon.ico")[0] == 403
    assert ask(run, Host="evil.example")[0] == 403
    assert ask(run, Host=f"evil.example:{port}")[0] == 403
    assert ask(run, Origin="https://evil.example")[0] == 403
    assert ask(run, Origin="null")[0] == 403
    assert ask(run, Origin=f"http://127.0.0.1:{port}")[0] == 200
    for path in ["../../../etc/passwd", "..%2f..%2fetc/passwd", "nothing", "live.js/", "//etc/passwd"]:
        assert ask(run, f"/{token}/{path}")[0] == 404, path
    status, text, headers = ask(run, method="POST", body=b"x")
    assert status == 405 and headers["Allow"] == "GET, HEAD" and "error" in json.loads(text)
    assert "default-src 'none'" in ask(run)[2]["Content-Security-Policy"]
    assert ask(run, f"/{token}")[2]["Location"] == f"/{token}/"
    # Other addresses of this machine are not served.
    with pytest.raises(OSError):
        socket.create_connection((socket.gethostbyname(socket.gethostname()), port), timeout=2) \
            if not socket.gethostbyname(socket.gethostname()).startswith("127.") \
            else socket.create_connection(("127.0.0.2", port), timeout=2)
    assert run.interrupt() == 130


def test_a_port_in_use_is_reported_and_leaves_no_run(run_nntrain, tmp_path):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        done = run_nntrain(
            "train", load_live.ROOT / "docs/examples/configs/circles.yaml", "--ui-port", port,
            "--run-dir", tmp_path / "run", status=2)
    assert f"--ui-port: port {port} is taken" in done.stderr and "--ui-port 0" in done.stderr
    assert not (tmp_path / "run").exists()


def test_a_script_is_not_kept_waiting(run_nntrain, tmp_path):
    done = run_nntrain(
        "train", load_live.ROOT / "docs/examples/configs/circles.yaml", "--ui", "--quiet",
        "--run-dir", tmp_path / "run", timeout=20)
    assert done.stdout == "" and done.stderr.startswith("live view: http://127.0.0.1:")


def test_on_a_terminal_the_page_is_waited_for(nntrain, tmp_path):
    # As in the README: no option sets how long.
    main, terminal = os.openpty()
    process = subprocess.Popen(
        [nntrain, "train", load_live.ROOT / "docs/examples/configs/circles.yaml", "--ui", "--quiet",
         "--run-dir", tmp_path / "run"], stdout=subprocess.DEVNULL, stderr=terminal)
    os.close(terminal)
    text = ""
    try:
        while "Ctrl-C ends it" not in text:
            text += os.read(main, 4096).decode()
        # Before the default of 30 s is over.
        time.sleep(1)
        assert process.poll() is None
        process.send_signal(2)
        assert process.wait(20) == 0
    except OSError:
        raise AssertionError(f"the program ended at once: {text}") from None
    finally:
        process.kill()
        process.wait()
        os.close(main)


def test_two_hundred_clients(nntrain):
    # In a separate process: the browser's driver has an event loop in this one.
    done = subprocess.run(
        [sys.executable, load_live.__file__, "--seconds", "20", "--untimed"], capture_output=True, text=True,
        env={**os.environ, "NNTRAIN": nntrain}, timeout=1800)
    assert done.returncode == 0, done.stderr
    print(done.stdout)


def test_earlier_runs_are_linked(training, new_page, screenshot, tmp_path):
    hostile = "<img src=x onerror=alert(1)>"
    for name in ["circles-1", hostile]:
        (tmp_path / name).mkdir()
        (tmp_path / name / "config.yaml").write_text("name: a\n")
        (tmp_path / name / "report.html").write_text(f"<!doctype html><title>r</title><h1>report of {len(name)}</h1>")
    run = training()
    page = new_page()
    page.goto(run.address)
    page.get_by_text("Earlier runs").click()
    links = page.locator("#runs a")
    assert sorted(links.all_inner_texts()) == sorted(["circles-1", hostile])
    assert page.locator("#runs img").count() == 0
    screenshot(page, "live-earlier")
    with page.expect_popup() as popup:
        page.get_by_role("link", name="circles-1").click()
    assert popup.value.locator("h1").inner_text() == "report of 9"
    assert run.interrupt() == 130


def test_without_earlier_runs_there_is_no_list(training, new_page):
    run = training()
    page = new_page()
    page.goto(run.address)
    page.wait_for_selector(RUNNING)
    assert page.get_by_text("Earlier runs").is_hidden()
