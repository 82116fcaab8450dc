"""Regularization and weights that are set by hand, on the playground's page."""

import json

import pytest

from playground_page import frames, next_frame, pixels, wait_for_text, wait_until


def editor(page):
    return page.get_by_role("dialog")


def shown(page, key):
    """The page's description of a node: its bias and weights."""
    page.locator(f"[data-key='{key}']").focus()
    return page.locator("#detail").text_content()


def test_regularization_is_chosen_and_in_the_texts(open_page):
    page = open_page()
    for label, value in [("L1 penalty", "0.003"), ("Weight decay (L2)", "0.01"), ("Dropout", "0.2")]:
        next_frame(page, lambda: page.get_by_label(label).select_option(value))
    # The texts arrive after the frame; the last one has the last choice.
    text = wait_for_text(page, "- dropout: {p: 0.2}")
    assert "l1_penalty: 0.003" in text and text.count("- dropout: {p: 0.2}") == 2 and "weight_decay: 0.01}" in text
    page.get_by_role("tab", name="Swift").click()
    text = wait_for_text(page, "  Dropout(0.2)")
    assert text.count("  Dropout(0.2)\n") == 2 and "l1Penalty: 0.003" in text
    assert page.url.split("#")[1] == "l1_penalty=0.003&weight_decay=0.01&dropout=0.2"
    for name in ["l1_penalty", "weight_decay"]:
        options = page.locator(f"#{name} option").evaluate_all("all => all.map(one => one.value)")
        assert options == ["0", "0.001", "0.003", "0.01", "0.03", "0.1", "0.3", "1", "3", "10"]


def test_a_link_restores_regularization(playground, new_page):
    page = new_page()
    page.goto(playground.address + "#l1_penalty=0.02&dropout=0.4&weight_decay=0.0001")
    frames(page, 1)
    wait_for_text(page, "l1_penalty: 0.02")
    # Values that the lists lack are also selected.
    assert page.locator("#l1_penalty").input_value() == "0.02"
    assert page.locator("#weight_decay").input_value() == "0.0001"
    assert page.locator("#dropout").input_value() == "0.4"


@pytest.mark.parametrize(
    "link, parts",
    [
        ("dropout=1", ["`dropout` expects a number from 0.0 to 0.9, gets 1"]),
        ("l1_penalty=-1", ["`l1_penalty` expects a number from 0.0 to 10.0, gets -1"]),
        ("weight_decay=", ['`weight_decay` expects a number from 0.0 to 10.0, gets ""']),
        ("learning_rate=fast", ['gets "fast"']),
        ("hidden=3,x", ["`hidden` expects at most 6 integers"]),
        ("dropuot=0.2", ["there is no `dropuot`", "dropout"]),
    ],
)
def test_an_invalid_link_reports_what_is_allowed(playground, new_page, link, parts):
    page = new_page(allow=["400"])
    page.goto(f"{playground.address}#{link}")
    alert = page.get_by_role("alert")
    alert.wait_for()
    for part in parts:
        assert part in alert.text_content()
    alert.get_by_role("button", name="Restart").click()
    frames(page, 1)
    assert "#" not in page.url and alert.is_hidden()


def test_a_bias_is_set_at_its_node(open_page):
    page = open_page()
    before = pixels(page, "#stage")
    page.locator("[data-key='1-2']").click()
    assert editor(page).get_by_text("Layer 2, node 3").is_visible()
    field = editor(page).get_by_label("Value")
    assert field.evaluate("field => field === document.activeElement")
    field.fill("-7.5")
    next_frame(page, lambda: field.press("Enter"))
    live = page.get_by_role("status").text_content()
    assert live.startswith("Layer 2, node 3, bias: −7.5. Epoch 0, step 0: training loss")
    assert page.locator("#edited").inner_text() == "1 of them set by hand; Reset reinitializes it"
    assert pixels(page, "#stage") != before
    page.keyboard.press("Escape")
    assert editor(page).count() == 0
    # The focus is where it was.
    assert page.evaluate("document.activeElement.dataset.key") == "1-2"
    assert "bias −7.5; weights of" in shown(page, "1-2")
    next_frame(page, lambda: page.get_by_role("button", name="Reset").click())
    assert page.locator("#edited").is_hidden()
    assert pixels(page, "#stage") == before


def test_a_weight_is_set_with_the_keyboard(open_page):
    page = open_page()
    page.locator("[data-key='0-0']").focus()
    page.keyboard.press("Enter")
    which = editor(page).get_by_label("Weight")
    assert which.locator("option").all_inner_texts() == ["bias", "from x", "from y"]
    which.select_option("from y")
    field = editor(page).get_by_label("Value")
    # Keys in the form do not act on the page.
    step = page.locator("#step-count").text_content()
    page.keyboard.press("ArrowRight")
    field.fill("−3,5".replace(",", "."))
    next_frame(page, lambda: editor(page).get_by_role("button", name="Set").click())
    assert page.locator("#step-count").text_content() == step == "0"
    editor(page).get_by_role("button", name="Close").click()
    assert "y −3.5" in shown(page, "0-0")


def test_a_connection_opens_its_weight(open_page):
    page = open_page()
    # The middle of the line from x to the first node.
    place = page.evaluate(
        """() => {
          const box = key => document.querySelector(`[data-key="${key}"]`).getBoundingClientRect();
          const [from, to] = [box('x'), box('0-0')];
          return { x: (from.right + to.left) / 2, y: (from.top + from.height / 2 + to.top + to.height / 2) / 2 };
        }"""
    )
    page.mouse.click(place["x"], place["y"])
    assert editor(page).get_by_label("Weight").locator("option:checked").inner_text() == "from x"
    editor(page).get_by_label("Value").fill("4")
    next_frame(page, lambda: page.keyboard.press("Enter"))
    page.keyboard.press("Escape")
    assert "weights of x 4, y" in shown(page, "0-0")


@pytest.mark.parametrize("text, found", [("", "nothing"), ("much", "much"), ("100.5", "100.5"), ("1e999", "1e999")])
def test_invalid_weights_are_reported_and_not_sent(open_page, text, found):
    page = open_page()
    page.locator("[data-key='output-0']").click()
    sent = []
    page.on("request", lambda request: sent.append(request.url))
    field = editor(page).get_by_label("Value")
    field.fill(text)
    field.press("Enter")
    alert = editor(page).get_by_role("alert")
    assert alert.inner_text() == f"Expected a number from −100 to 100, found {found}."
    assert field.get_attribute("aria-invalid") == "true"
    field.fill("1")
    assert alert.count() == 0 and field.get_attribute("aria-invalid") is None
    assert not sent


def test_a_weight_is_set_while_it_plays(open_page):
    page = open_page()
    page.locator("#play").click()
    page.locator("[data-key='0-0']").click()
    field = editor(page).get_by_label("Value")
    field.fill("50")
    field.press("Enter")
    wait_until(page, "!document.getElementById('edited').hidden")
    assert page.locator("#play").get_attribute("aria-pressed") == "true"
    page.get_by_role("button", name="Pause").click()
    assert page.get_by_role("alert").is_hidden()


def test_the_program_rejects_weights_out_of_range(playground):
    status, _, frame = playground.request("api/sessions", {"hidden": [2]})
    assert status == 200
    length = int.from_bytes(frame[:4], "little")
    session = json.loads(frame[4 : 4 + length])["session"]
    for weight, part in [
        ({"layer": 2, "node": 0, "value": 1}, "`layer` expects an integer from 0 to 1, gets 2"),
        ({"layer": 0, "node": 0, "value": 1e9}, "from -100.0 to 100.0"),
        ({"layer": 0, "value": 1}, "expects `layer`, `node` and `value`"),
    ]:
        status, _, text = playground.request(f"api/sessions/{session}/weight", weight)
        assert status == 400 and part in json.loads(text)["error"]
    status, _, frame = playground.request(
        f"api/sessions/{session}/weight", {"layer": 0, "node": 1, "input": 0, "value": 0.5}
    )
    assert status == 200


# Screen readers.


def test_announcements_are_current_after_a_pause(open_page):
    page = open_page()
    page.locator("#play").click()
    for _ in range(3):
        frames(page, int(page.evaluate("document.body.dataset.frames")) + 5)
        page.locator("#play").click()
        # The last frame may still be in flight.
        wait_until(
            page,
            """document.getElementById('live').textContent.startsWith(
              `Epoch ${document.getElementById('epoch-count').textContent.replaceAll(',', '')}, `
              + `step ${document.getElementById('step-count').textContent.replaceAll(',', '')}:`)""",
        )
        page.wait_for_timeout(200)
        count = page.locator("#step-count").text_content().replace(",", "")
        assert f"step {count}:" in page.locator("#live").text_content()
        page.locator("#play").click()
    page.locator("#play").click()


def test_the_same_text_is_read_again(open_page):
    page = open_page()
    first = page.locator("#live").text_content()
    next_frame(page, lambda: page.get_by_role("button", name="Reset").click())
    second = page.locator("#live").text_content()
    assert first != second and first.strip() == second.strip()
