"""Accessibility, screen sizes and security of the playground's page."""

import json
import re
import urllib.parse

import pytest

from playwright.sync_api import expect

from playground_page import frame_count, frames, next_frame, pixels, Playground, wait_until


def wait_for_step(page, step):
    wait_until(page, f"document.getElementById('step-count').textContent === '{step}'")


def test_keys(open_page):
    page = open_page()
    page.keyboard.press("ArrowRight")
    wait_for_step(page, 1)
    page.keyboard.press("Space")
    frames(page, frame_count(page) + 5)
    assert page.locator("#play").get_attribute("aria-pressed") == "true"
    page.keyboard.press("Space")
    assert page.locator("#play").get_attribute("aria-pressed") == "false"
    # A button keeps the space key alone.
    page.get_by_role("button", name="Reset").click()
    wait_for_step(page, 0)
    page.get_by_role("button", name="Step").click()
    wait_for_step(page, 1)
    page.keyboard.press("ArrowRight")
    wait_for_step(page, 2)
    page.keyboard.press("Space")
    wait_for_step(page, 3)
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
    # The opacity-0 radio buttons show their focus at their thumbnail.
    assert all(outline != "none" for name, outline in seen), seen
    unnamed = page.evaluate(
        """() => [...document.querySelectorAll('button:not([hidden]), input, select, textarea, canvas[role=img]')]
          .filter(element => !(element.labels?.length || element.getAttribute('aria-label')
            || element.textContent.trim() || element.title))
          .map(element => element.outerHTML.slice(0, 80))"""
    )
    assert unnamed == []


def test_nodes_show_their_weights(open_page):
    page = open_page()
    page.locator("[data-key=x]").focus()
    assert "the first coordinate" in page.locator("#detail").text_content()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowDown")
    detail = page.locator("#detail").text_content()
    assert re.match(r"Layer 1, node \d: bias [−\d.]+; weights of x [−\d.]+, y [−\d.]+\.", detail), detail
    # A node's output is shown on the stage.
    before = pixels(page, "#stage")
    page.keyboard.press("ArrowRight")
    assert pixels(page, "#stage") != before


def test_nodes_are_described_to_screen_readers(open_page):
    page = open_page()
    page.locator("[data-key=x]").focus()
    page.keyboard.press("ArrowRight")
    node = page.locator(".node:focus")
    expect(node).to_have_accessible_name("Layer 1, node 1")
    expect(node).to_have_accessible_description(re.compile("bias .*; weights of x .*, y "))
    page.keyboard.press("Tab")
    assert page.locator(".node[aria-describedby]").count() == 0


def test_the_focus_stays_on_a_node_of_a_new_network(open_page):
    page = open_page()
    page.locator("[data-key=x]").focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    key = page.locator(".node:focus").get_attribute("data-key")
    assert key not in {"x", "y"}
    next_frame(page, lambda: page.keyboard.press("Enter"))
    node = page.locator(".node:focus")
    assert node.get_attribute("data-key") == key
    assert node.get_attribute("aria-pressed") == "true"
    expect(node).to_have_accessible_description(re.compile("The network reads it"))
    # The Tab key returns to it, and only to it.
    assert page.locator(".node[tabindex='0']").count() == 1
    assert node.get_attribute("tabindex") == "0"


def test_edges_show_their_weights(open_page):
    page = open_page()
    box = page.locator("[data-key='1-0']").bounding_box()
    page.mouse.move(box["x"] - 4, box["y"] + box["height"] / 2)
    tip = page.locator(".tip")
    tip.wait_for()
    assert re.match(r"Layer 1, node \d → Layer 2, node 1: [−\d.]+$", tip.text_content())


def test_a_node_has_a_tip_with_its_name(open_page):
    page = open_page()
    page.locator("[data-key='1-0']").hover()
    tip = page.locator(".tip")
    assert tip.inner_text() == "Layer 2, node 1"
    page.locator("[data-key=x]").hover()
    assert tip.inner_text() == page.locator(".node-label").first.inner_text()
    page.mouse.move(0, 0)
    assert tip.is_hidden()


def test_a_link_restores_the_settings(playground, new_page):
    page = new_page()
    page.goto(playground.address)
    frames(page, 1)
    assert "#" not in page.url
    next_frame(page, lambda: page.get_by_label("Learning rate").select_option("0.1"))
    next_frame(page, lambda: page.get_by_role("button", name="Add a hidden layer").click())
    next_frame(page, lambda: page.locator("[data-key=x_times_y]").click())
    link = urllib.parse.parse_qs(page.url.split("#")[1])
    assert link["learning_rate"] == ["0.1"] and link["hidden"] == ["8,8,8"]
    other = new_page()
    other.goto(page.url)
    frames(other, 1)
    assert other.get_by_label("Learning rate").input_value() == "0.1"
    assert other.locator("#layer-count").inner_text() == "3 hidden layers"
    assert other.locator(".node.feature[aria-pressed=true]").count() == 3
    for name in ["#train-loss", "#test-loss"]:
        assert other.locator(name).text_content() == page.locator(name).text_content()
    # Another address in the same page is also applied.
    next_frame(other, lambda: other.evaluate("location.hash = 'seed=7'"))
    assert other.get_by_label("Seed", exact=True).input_value() == "7"
    assert other.locator("#layer-count").inner_text() == "2 hidden layers"


def test_an_invalid_link_is_reported_and_dropped(playground, new_page):
    page = new_page(allow=["400"])
    page.goto(playground.address + "#learning_rate=99&nothing=1")
    alert = page.get_by_role("alert")
    alert.wait_for()
    assert "learning_rate" in alert.inner_text()
    alert.get_by_role("button").click()
    frames(page, 1)
    assert page.get_by_label("Learning rate").input_value() == "0.01"
    assert "#" not in page.url


def test_it_is_announced_to_screen_readers(open_page):
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


def test_two_pages_are_independent(open_page):
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
        # A closed page frees its session.
        first.goto("about:blank")
        second.wait_for_timeout(500)
        alert.get_by_role("button", name="Try again").click()
        frames(second, 1)
        assert alert.is_hidden()
    finally:
        assert playground.stop() == 0


def test_an_expired_session_restarts(open_page, playground):
    page = open_page(allow=["404"])
    with page.expect_request(re.compile("/advance$")) as request:
        next_frame(page, lambda: page.get_by_role("button", name="Step").click())
    session = request.value.url.split("/")[-2]
    assert playground.request(f"api/sessions/{session}", method="DELETE")[0] == 200
    page.get_by_role("button", name="Step").click()
    alert = page.get_by_role("alert")
    alert.wait_for()
    assert "This session has ended" in alert.text_content()
    next_frame(page, lambda: alert.get_by_role("button", name="Restart").click())
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
def test_invalid_requests_are_rejected(playground, path, body, status, message):
    found, _, text = playground.request(path, body)
    assert found == status
    assert message in json.loads(text)["error"]


def test_requests_from_other_sites_are_rejected(playground):
    for headers in [{"Origin": "http://example.org"}, {"Host": "example.org"}]:
        assert playground.request("api/sessions", {}, headers=headers)[0] == 403
