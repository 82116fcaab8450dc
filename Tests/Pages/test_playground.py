"""The playground's page, used as by a person."""

import pytest

from playground_page import (
    choose, click_at_once, edge_count, frame_count, frames, next_frame, pixels,
    use_table, wait_for_text, wait_until,
)


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
    # Nodes are side by side and do not overlap.
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


def test_clicks_faster_than_answers_count(open_page):
    page = open_page()
    add_node, add_layer = "[data-key=more-0]", "#more-layers"
    click_at_once(page, "[data-key=x_squared]", "[data-key=sin_x]", add_node, add_node)
    wait_for_text(page, "linear: 10")
    for name in ["x_squared", "sin_x"]:
        assert page.locator(f"[data-key={name}]").get_attribute("aria-pressed") == "true"
    click_at_once(page, *[add_node] * 9, *[add_layer] * 7)
    wait_until(page, "document.getElementById('layer-count').textContent === '6 hidden layers'")
    wait_for_text(page, "linear: 16")
    assert page.get_by_role("alert").is_hidden()


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
    # After a pause nothing continues by itself.
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


def test_more_classes(open_page):
    page = open_page()
    choose(page, "spirals")
    next_frame(page, lambda: page.locator("#classes").fill("3"))
    assert page.get_by_role("alert").is_hidden()
    assert page.locator("#legend span").count() == 3
    first = float(page.locator("#train-loss").text_content())
    for _ in range(5):
        next_frame(page, lambda: page.get_by_role("button", name="Epoch").click())
    assert float(page.locator("#train-loss").text_content()) < first
    next_frame(page, lambda: page.locator("#classes").fill("2"))
    assert page.locator("#loss").input_value() == "bce_with_logits"


def test_features_are_chosen(open_page):
    page = open_page()
    feature = page.get_by_label("Feature x·y: x times y")
    assert feature.get_attribute("aria-pressed") == "false"
    next_frame(page, feature.click)
    assert page.get_by_label("Feature x·y: x times y").get_attribute("aria-pressed") == "true"
    wait_for_text(page, "csv: playground.csv")
    page.get_by_role("tab", name="CSV").click()
    assert wait_for_text(page, "x_times_y,label").startswith("x,y,x_times_y,label\n")


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
    # A file has the same effect.
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


def test_an_invalid_table_is_reported_and_nothing_breaks(open_page):
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


BAD_TABLE = "x,y,kind\n1,two,0\n"


def test_a_rejected_table_changes_nothing_else(open_page):
    page = open_page(allow=["400"])
    choose(page, "csv")
    use_table(page, BAD_TABLE)
    alert = page.get_by_role("alert")
    alert.wait_for()
    next_frame(page, lambda: page.locator("#activation").select_option("relu"))
    assert alert.is_hidden()
    assert page.locator("#table").input_value() == BAD_TABLE
    assert page.locator("#legend").text_content() == "catdog"
    wait_for_text(page, "- relu")


def test_a_rejected_choice_shows_what_trains(open_page):
    page = open_page(allow=["400"])
    choose(page, "csv")
    page.locator("#table").fill(BAD_TABLE)
    choose(page, "moons")
    page.locator("input[value=csv]").click(force=True)
    page.get_by_role("alert").wait_for()
    assert page.locator("input[value=moons]").is_checked()
    # The table is still there to be fixed.
    assert page.locator("#table").is_visible()
    next_frame(page, lambda: page.get_by_role("button", name="Step").click())
    next_frame(page, lambda: page.get_by_role("button", name="Reset").click())
    wait_for_text(page, "moons:")


def test_a_table_that_is_too_large_is_not_sent(open_page):
    page = open_page()
    page.locator("#table").evaluate("box => { box.value = 'x,kind\\n'.repeat(80000); }")
    page.locator("input[value=csv]").click(force=True)
    assert "The table has 560,000 bytes" in page.get_by_role("alert").text_content()
    assert page.locator("input[value=circles]").is_checked()
    next_frame(page, lambda: page.get_by_role("button", name="Reset").click())
    wait_for_text(page, "circles:")


def test_frames_match_the_session_when_a_later_choice_is_rejected(open_page):
    page = open_page(allow=["400"])
    choose(page, "csv")
    page.locator("#table").fill(BAD_TABLE)
    click_at_once(page, "#fewer-layers", "#use-table")
    page.get_by_role("alert").wait_for()
    assert page.locator("#layer-count").text_content() == "1 hidden layer"
    assert edge_count(page) == 2 * 8 + 8
    next_frame(page, lambda: page.get_by_role("button", name="Step").click())
    assert page.locator("#step-count").text_content() == "1"
    wait_for_text(page, "- linear: 8")


def test_a_failure_of_the_page_is_reported(open_page):
    page = open_page(allow=["RangeError"])
    page.route("**/advance", lambda route: route.fulfill(body=b"\x04\0\0\0{}  "))
    page.locator("#play").click()
    alert = page.get_by_role("alert")
    alert.wait_for()
    assert "The page has failed" in alert.text_content()
    assert page.locator("#play-text").text_content() == "Play"
    page.unroute("**/advance")
    next_frame(page, lambda: alert.get_by_role("button", name="Restart").click())
    next_frame(page, lambda: page.get_by_role("button", name="Step").click())
    assert page.locator("#step-count").text_content() == "1"
    assert alert.is_hidden()


def one_column(classes):
    """A table of one input whose classes are adjacent intervals."""
    rows = (f"{row},{row * classes // 60}" for row in range(60))
    return "place,kind\n" + "\n".join(rows) + "\n"


def inked_rows(page, selector, color, left, right):
    """The heights at which a colour of the page is, between two shares of a canvas's width."""
    return page.eval_on_selector(
        selector,
        """(canvas, [name, left, right]) => {
          const text = getComputedStyle(document.documentElement).getPropertyValue(name).trim();
          const wanted = [1, 3, 5].map(place => parseInt(text.slice(place, place + 2), 16));
          const { width, height } = canvas;
          const { data } = canvas.getContext('2d').getImageData(0, 0, width, height);
          const rows = [];
          for (let y = 0; y < height; y += 1) {
            for (let x = Math.floor(left * width); x < right * width; x += 1) {
              const place = 4 * (y * width + x);
              if (wanted.every((part, index) => Math.abs(part - data[place + index]) < 8)) {
                rows.push(y / height);
                break;
              }
            }
          }
          return rows;
        }""",
        [color, left, right],
    )


def test_one_input_and_three_classes(open_page, screenshot):
    page = open_page()
    choose(page, "csv")
    next_frame(page, lambda: use_table(page, one_column(3)))
    screenshot(page, "playground-one-input", full_page=True)
    # Points of every class are on the stage, one class above the other.
    for name, low, high in [("class0", 0.6, 0.9), ("class1", 0.3, 0.6), ("class2", 0, 0.3)]:
        rows = inked_rows(page, "#stage", f"--{name}", 0, 1)
        assert any(low < row < high for row in rows), (name, rows)
    assert page.locator("#decide").is_disabled()


def test_one_input_and_softmax_of_two_classes(open_page):
    page = open_page()
    choose(page, "csv")
    next_frame(page, lambda: use_table(page, one_column(2)))
    next_frame(page, lambda: page.locator("#loss").select_option("cross_entropy"))
    for _ in range(20):
        next_frame(page, lambda: page.get_by_role("button", name="Epoch").click())
    # The first class is on the left, the second on the right.
    for output, falls in [(0, True), (1, False)]:
        canvas = f"[data-key=output-{output}] canvas"
        left = min(inked_rows(page, canvas, "--class1", 0, 0.2))
        right = min(inked_rows(page, canvas, "--class1", 0.8, 1))
        assert (left < right) == falls, (output, left, right)


def test_only_classes_are_decided(open_page):
    page = open_page()
    assert page.locator("#decide").is_enabled()
    choose(page, "sine")
    assert page.locator("#decide").is_disabled()
    choose(page, "circles")
    assert page.locator("#decide").is_enabled()


def test_divergence_is_reported(open_page):
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
    assert page.locator("#test-score").text_content() == f"{100 * float(found['val_accuracy']):.1f} %"


def test_the_program_is_shown(open_page):
    page = open_page()
    page.get_by_role("tab", name="YAML").focus()
    page.keyboard.press("ArrowRight")
    assert page.get_by_role("tab", name="Swift").get_attribute("aria-selected") == "true"
    text = wait_for_text(page, "import NeuralNet")
    assert text.startswith("import NeuralNet\n")
    assert "Dense(8)\n  Tanh()\n" in text
