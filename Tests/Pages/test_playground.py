"""The playground's page, used as a person uses it."""

import json
import re
import subprocess
import time
import urllib.error
import urllib.request

import pytest

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
        return self.process.wait(timeout=10)


@pytest.fixture(scope="module")
def playground(nntrain):
    playground = Playground(nntrain)
    yield playground
    assert playground.stop() == 0


@pytest.fixture
def open_page(playground, new_page):
    def make(**options):
        page = new_page(**options)
        page.goto(playground.address)
        frames(page, 1)
        return page

    return make


def wait_until(page, expression, seconds=20):
    """Waits until an expression of the page is true; its policy forbids Playwright's own way."""
    end = time.monotonic() + seconds
    while not page.evaluate(expression):
        assert time.monotonic() < end, f"{expression} is not true after {seconds} s"
        page.wait_for_timeout(10)


def frames(page, count):
    """Waits until the page has drawn so many frames."""
    wait_until(page, f"(document.body.dataset.frames ?? 0) >= {count}")


def frame_count(page):
    return int(page.evaluate("document.body.dataset.frames"))


def next_frame(page, act):
    """Acts and waits for the frame that follows."""
    count = frame_count(page)
    act()
    frames(page, count + 1)


def edge_count(page):
    return int(page.locator("#net").get_attribute("data-edges"))


def pixels(page, selector):
    return page.eval_on_selector(selector, "canvas => canvas.toDataURL()")


def choose(page, source):
    next_frame(page, lambda: page.locator(f"input[value={source}]").check(force=True))


def settings_of(page):
    return page.locator("#code").text_content()


def wait_for_text(page, text):
    wait_until(page, f"document.getElementById('code').textContent.includes({json.dumps(text)})")


# What is on the page.


def test_it_opens(open_page):
    page = open_page()
    assert page.title() == "Playground – nntrain"
    assert page.locator("input[name=source]").count() == 7
    assert page.locator(".node").count() == 9 + 8 + 8 + 1
    assert edge_count(page) == 2 * 8 + 8 * 8 + 8
    assert page.locator("#parameters").text_content() == "105 weights and biases"
    assert page.locator("#message").is_hidden()
    assert page.locator("#train-loss").text_content() != "–"


def test_a_click_adds_a_node_and_a_layer(open_page):
    page = open_page()
    next_frame(page, lambda: page.get_by_label("Add a node to hidden layer 1").click())
    assert edge_count(page) == 2 * 9 + 9 * 8 + 8
    next_frame(page, lambda: page.get_by_label("Add a hidden layer", exact=True).click())
    assert page.locator("#layer-count").text_content() == "3 hidden layers"
    assert edge_count(page) == 2 * 9 + 9 * 8 + 8 * 8 + 8
    next_frame(page, lambda: page.get_by_label("Remove a node from hidden layer 3").click())
    wait_for_text(page, "- linear: 9\n  - tanh\n  - linear: 8\n  - tanh\n  - linear: 7\n")
    for _ in range(3):
        next_frame(page, lambda: page.get_by_label("Remove the last hidden layer").click())
    assert edge_count(page) == 2
    assert page.get_by_label("Remove the last hidden layer").is_disabled()


def test_bounds_of_the_network(open_page, fits_width):
    page = open_page(width=390, height=844)
    for _ in range(4):
        next_frame(page, lambda: page.get_by_label("Add a hidden layer", exact=True).click())
    assert page.get_by_label("Add a hidden layer", exact=True).is_disabled()
    for _ in range(8):
        next_frame(page, lambda: page.get_by_label("Add a node to hidden layer 6").click())
    assert page.get_by_label("Add a node to hidden layer 6").is_disabled()
    fits_width(page)
    # Nodes lie side by side, not upon each other.
    boxes = page.eval_on_selector_all(
        ".node", "nodes => nodes.map(node => node.getBoundingClientRect().toJSON())"
    )
    assert len(boxes) == 9 + 5 * 8 + 16 + 1
    for index, one in enumerate(boxes):
        for other in boxes[index + 1 :]:
            apart = (
                one["right"] <= other["left"]
                or other["right"] <= one["left"]
                or one["bottom"] <= other["top"]
                or other["bottom"] <= one["top"]
            )
            assert apart, (one, other)


def test_playing_changes_the_boundary(open_page):
    page = open_page()
    before = pixels(page, "#stage")
    assert page.locator("#step-count").text_content() == "0"
    page.locator("#play").click()
    frames(page, frame_count(page) + 30)
    assert page.locator("#play").get_attribute("aria-pressed") == "true"
    page.get_by_role("button", name="Pause").click()
    assert pixels(page, "#stage") != before
    assert int(page.locator("#epoch-count").text_content().replace(",", "")) >= 29
    # A pause is one: nothing goes on by itself.
    page.wait_for_timeout(200)
    count = frame_count(page)
    page.wait_for_timeout(400)
    assert frame_count(page) == count


def test_steps_epochs_and_reset(open_page):
    page = open_page()
    start = page.locator("#train-loss").text_content()
    next_frame(page, lambda: page.get_by_role("button", name="Step").click())
    assert page.locator("#step-count").text_content() == "1"
    next_frame(page, lambda: page.get_by_role("button", name="Epoch").click())
    assert page.locator("#step-count").text_content() == "14"
    assert page.locator("#epoch-count").text_content() == "1"
    assert page.locator("#train-loss").text_content() != start
    next_frame(page, lambda: page.get_by_role("button", name="Reset").click())
    assert page.locator("#step-count").text_content() == "0"
    assert page.locator("#train-loss").text_content() == start


def test_spirals_are_solved_by_hand(open_page, screenshot):
    page = open_page()
    choose(page, "spirals")
    next_frame(page, lambda: page.locator("#learning_rate").select_option("0.03"))
    next_frame(page, lambda: page.locator("[data-key=sin_x]").click())
    page.locator("#speed").select_option("fast")
    page.locator("#play").click()
    for part in ["train", "test"]:
        score = f"parseFloat(document.getElementById('{part}-score').textContent)"
        wait_until(page, f"{score} >= 95", seconds=60)
    page.locator("#play").click()
    screenshot(page, "playground-spirals", full_page=True)


def test_frames_come_fast(open_page):
    """A 2-8-8-1 net shows at least 20 frames a second."""
    page = open_page()
    page.locator("#play").click()
    frames(page, 10)
    count, start = frame_count(page), page.evaluate("performance.now()")
    page.wait_for_timeout(3000)
    seconds = (page.evaluate("performance.now()") - start) / 1000
    rate = (frame_count(page) - count) / seconds
    print(f"{rate:.1f} frames a second")
    assert rate >= 20


# Every kind of data.


@pytest.mark.parametrize("source", ["xor", "moons", "blobs", "sine"])
def test_every_source_trains(open_page, source, screenshot):
    page = open_page()
    choose(page, source)
    first = float(page.locator("#train-loss").text_content())
    for _ in range(15):
        next_frame(page, lambda: page.get_by_role("button", name="Epoch").click())
    assert float(page.locator("#train-loss").text_content()) < first
    wait_for_text(page, f"{source}:")
    name = page.locator("#score-name").text_content()
    assert name == ("Mean error" if source == "sine" else "Accuracy")
    screenshot(page, f"playground-{source}")


def test_features_are_chosen(open_page):
    page = open_page()
    feature = page.get_by_label("Feature x·y: x times y")
    assert feature.get_attribute("aria-pressed") == "false"
    next_frame(page, feature.click)
    assert page.get_by_label("Feature x·y: x times y").get_attribute("aria-pressed") == "true"
    wait_for_text(page, "csv: playground.csv")
    page.get_by_role("tab", name="CSV").click()
    assert settings_of(page).startswith("x,y,x_times_y,label\n")


def test_a_table_of_ones_own(open_page, screenshot):
    page = open_page()
    next_frame(page, lambda: page.locator("input[value=csv]").check(force=True))
    assert page.locator("#legend").text_content() == "catdog"
    rows = "\n".join(f"{row / 10},{(row * row) / 100}" for row in range(40))
    page.locator("#table").fill(f"length,<b>area</b>\n{rows}\n")
    page.locator("#task").select_option("numbers")
    next_frame(page, lambda: page.get_by_role("button", name="Use this table").click())
    assert page.locator("#score-name").text_content() == "Mean error"
    wait_for_text(page, "task: regression")
    # A file does the same.
    table = "a,b,c\n" + "".join(f"{row},{row % 5},{row % 3}\n" for row in range(30))
    page.locator("#task").select_option("automatic")
    next_frame(
        page,
        lambda: page.locator("#file").set_input_files(
            {"name": "own.csv", "mimeType": "text/csv", "buffer": table.encode()}
        ),
    )
    assert page.locator("#legend span").count() == 3
    screenshot(page, "playground-table")


def test_a_wrong_table_is_said_and_nothing_breaks(open_page):
    page = open_page(allow=["400"])
    next_frame(page, lambda: page.locator("input[value=csv]").check(force=True))
    page.locator("#table").fill("x,y,kind\n1,two,0\n")
    page.get_by_role("button", name="Use this table").click()
    alert = page.get_by_role("alert")
    alert.wait_for()
    assert 'expected a number, found "two"' in alert.text_content()
    assert "Your table:2" in alert.text_content()
    choose(page, "moons")
    assert alert.is_hidden()


def test_divergence_is_said(open_page):
    page = open_page()
    choose(page, "sine")
    next_frame(page, lambda: page.locator("#optimizer").select_option("sgd"))
    next_frame(page, lambda: page.locator("#activation").select_option("relu"))
    next_frame(page, lambda: page.locator("[data-key=x_squared]").click())
    next_frame(page, lambda: page.locator("#learning_rate").select_option("3"))
    page.locator("#play").click()
    alert = page.get_by_role("alert")
    alert.wait_for(timeout=20000)
    assert "the loss became" in alert.text_content()
    assert page.locator("#play").get_attribute("aria-pressed") == "false"
    next_frame(page, lambda: alert.get_by_role("button", name="Reset").click())
    assert alert.is_hidden()


# Config and program.


def test_the_config_on_the_page_trains_to_the_same(open_page, run_nntrain, tmp_path):
    page = open_page()
    choose(page, "moons")
    next_frame(page, lambda: page.locator("[data-key=radius]").click())
    wait_for_text(page, "csv: playground.csv")
    for name in ["YAML", "CSV"]:
        page.get_by_role("tab", name=name).click()
        with page.expect_download() as download:
            page.get_by_role("link", name="Download").click()
        download.value.save_as(tmp_path / download.value.suggested_filename)
    run_nntrain("check", "playground.yaml", cwd=tmp_path)
    run_nntrain(
        "train", "playground.yaml", "--run-dir", "run", "--set", "epochs=3", cwd=tmp_path
    )
    for _ in range(3):
        next_frame(page, lambda: page.get_by_role("button", name="Epoch").click())
    header, *rows = [
        line.split(",") for line in (tmp_path / "run" / "metrics.csv").read_text().splitlines()
    ]
    found = dict(zip(header, rows[-1]))
    shown = page.locator("#test-loss").text_content()
    assert float(shown) == float(f"{float(found['val_loss']):.3g}")
    assert page.locator("#test-score").text_content() == f"{100 * float(found['accuracy']):.1f} %"


def test_the_program_is_shown(open_page):
    page = open_page()
    page.get_by_role("tab", name="YAML").focus()
    page.keyboard.press("ArrowRight")
    assert page.get_by_role("tab", name="Swift").get_attribute("aria-selected") == "true"
    text = settings_of(page)
    assert text.startswith("import NeuralNet\n")
    assert "Dense(8)\n  Tanh()\n" in text


# Keyboard, screen readers, windows of all sizes.


def test_keys(open_page):
    page = open_page()
    page.keyboard.press("ArrowRight")
    wait_until(page, "document.getElementById('step-count').textContent === '1'")
    page.keyboard.press("Space")
    frames(page, frame_count(page) + 5)
    assert page.locator("#play").get_attribute("aria-pressed") == "true"
    page.keyboard.press("Space")
    assert page.locator("#play").get_attribute("aria-pressed") == "false"


def test_every_control_is_reached_and_named(open_page):
    page = open_page()
    seen = []
    for _ in range(60):
        page.keyboard.press("Tab")
        found = page.evaluate(
            """() => {
              const element = document.activeElement;
              const outline = getComputedStyle(element).outlineStyle;
              return [element.id || element.dataset.key || element.value || element.tagName, outline];
            }"""
        )
        if found[0] in {"BODY", "HTML"} or found[0] in [name for name, _ in seen]:
            break
        seen.append(found)
    names = [name for name, _ in seen]
    for name in [
        "reset play step epoch speed activation loss optimizer learning_rate batch_size weight_decay "
        "seed dice circles samples noise train_share more-layers x show-test decide tab-yaml copy "
        "download"
    ][0].split():
        assert name in names, names
    # The opacity-0 radio buttons show their focus at their picture.
    assert all(outline != "none" for name, outline in seen), seen
    unnamed = page.evaluate(
        """() => [...document.querySelectorAll('button:not([hidden]), input, select, textarea, canvas[role=img]')]
          .filter(element => !(element.labels?.length || element.getAttribute('aria-label')
            || element.textContent.trim() || element.title))
          .map(element => element.outerHTML.slice(0, 80))"""
    )
    assert unnamed == []


def test_nodes_tell_their_weights(open_page):
    page = open_page()
    page.locator("[data-key=x]").focus()
    assert "the first coordinate" in page.locator("#detail").text_content()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowDown")
    detail = page.locator("#detail").text_content()
    assert re.match(r"Layer 1, node \d: bias [−\d.]+; weights of x [−\d.]+, y [−\d.]+\.", detail), detail
    # What a node has learnt is shown large.
    before = pixels(page, "#stage")
    page.keyboard.press("ArrowRight")
    assert pixels(page, "#stage") != before


def test_edges_tell_their_weights(open_page):
    page = open_page()
    box = page.locator("[data-key='1-0']").bounding_box()
    page.mouse.move(box["x"] - 4, box["y"] + box["height"] / 2)
    tip = page.locator(".tip")
    tip.wait_for()
    assert re.match(r"Layer 1, node \d → Layer 2, node 1: [−\d.]+$", tip.text_content())


def test_it_is_told_to_screen_readers(open_page):
    page = open_page()
    live = page.get_by_role("status")
    assert live.get_attribute("aria-live") == "polite"
    assert "training loss" in live.text_content()
    next_frame(page, lambda: page.get_by_role("button", name="Epoch").click())
    assert live.text_content().startswith("Epoch 1, step 14: training loss")


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width, height", [(1280, 900), (768, 1024), (390, 844)])
def test_every_width(open_page, fits_width, screenshot, width, height, theme):
    page = open_page(width=width, height=height, theme=theme)
    for _ in range(6):
        next_frame(page, lambda: page.get_by_role("button", name="Epoch").click())
    fits_width(page)
    screenshot(page, f"playground-{width}-{theme}", full_page=True)


# Sessions.


def test_two_pages_are_apart(open_page):
    one, other = open_page(), open_page()
    next_frame(one, lambda: one.get_by_role("button", name="Epoch").click())
    assert one.locator("#step-count").text_content() == "14"
    assert other.locator("#step-count").text_content() == "0"
    next_frame(other, lambda: other.get_by_role("button", name="Epoch").click())
    for name in ["#train-loss", "#test-loss"]:
        assert one.locator(name).text_content() == other.locator(name).text_content()


def test_too_many_pages(nntrain, new_page):
    playground = Playground(nntrain, "--sessions", "1")
    try:
        first = new_page()
        first.goto(playground.address)
        frames(first, 1)
        second = new_page(allow=["429"])
        second.goto(playground.address)
        alert = second.get_by_role("alert")
        alert.wait_for()
        assert "All 1 sessions of this playground are in use" in alert.text_content()
        status, headers, body = playground.request("api/sessions", {})
        assert status == 429 and 1 <= int(headers["Retry-After"]) <= 60
        # A page that is closed makes room.
        first.goto("about:blank")
        second.wait_for_timeout(500)
        alert.get_by_role("button", name="Try again").click()
        frames(second, 1)
        assert alert.is_hidden()
    finally:
        assert playground.stop() == 0


def test_a_session_that_has_ended_starts_anew(open_page, playground):
    page = open_page(allow=["404"])
    with page.expect_request(re.compile("/advance$")) as request:
        next_frame(page, lambda: page.get_by_role("button", name="Step").click())
    session = request.value.url.split("/")[-2]
    assert playground.request(f"api/sessions/{session}", method="DELETE")[0] == 200
    page.get_by_role("button", name="Step").click()
    alert = page.get_by_role("alert")
    alert.wait_for()
    assert "This session has ended" in alert.text_content()
    next_frame(page, lambda: alert.get_by_role("button", name="Start anew").click())
    next_frame(page, lambda: page.get_by_role("button", name="Step").click())
    assert page.locator("#step-count").text_content() == "1"


@pytest.mark.parametrize(
    "path, body, status, message",
    [
        ("api/sessions", b"{", 400, "expected a name in quotes"),
        ("api/sessions", b"\xff", 400, "UTF-8"),
        ("api/sessions", {"samples": 10**9}, 400, "from 20 to 1000"),
        ("api/sessions", {"hidden": [10**6]}, 400, "from 1 to 16"),
        ("api/sessions", {"table": "1" * 300000}, 400, "at most 200000 bytes"),
        ("api/sessions", b"x" * 600000, 413, "at most 420000 bytes"),
        ("api/sessions/0123/advance", {"steps": 1}, 404, "this session has ended"),
        ("api/sessions/0123/advance", {"steps": 0}, 400, "from 1 to 10000"),
        ("api/sessions/0123/advance", {}, 400, "gets 0 of them"),
        ("api/sessions/../advance", {"steps": 1}, 404, "nothing at this address"),
        ("playground.js", {}, 405, "expected GET"),
    ],
)
def test_wrong_requests_are_refused(playground, path, body, status, message):
    found, _, text = playground.request(path, body)
    assert found == status
    assert message in json.loads(text)["error"]


def test_it_answers_no_other_site(playground):
    for headers in [{"Origin": "http://example.org"}, {"Host": "example.org"}]:
        assert playground.request("api/sessions", {}, headers=headers)[0] == 403
