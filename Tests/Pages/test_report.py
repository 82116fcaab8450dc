"""Reports of runs, opened without a network in a browser."""

import base64
import re

import pytest

from picture_texts import problems
from report_runs import CONFIGS, write_inputs

GENERAL = ["Summary", "Curves", "Network", "Layers", "Time", "Config", "Environment"]
CLASSES = ["Confusion", "ROC and precision–recall", "Calibration", "Worst examples"]
PLANE = ["Output over the input plane"]


@pytest.fixture(scope="module")
def runs(run_nntrain, tmp_path_factory):
    folder = tmp_path_factory.mktemp("report")
    write_inputs(folder)
    for name in CONFIGS:
        run_nntrain("train", folder / f"{name}.yaml", "--run-dir", folder / name, "--quiet")
    return folder


def opened(new_page, path, **options):
    page = new_page(offline=True, **options)
    page.goto(path.as_uri())
    return page


def headings(page):
    return page.locator("main h2").all_inner_texts()


@pytest.mark.parametrize(
    "name, expected",
    [
        ("circles", GENERAL[:2] + CLASSES[:3] + PLANE + CLASSES[3:] + GENERAL[2:]),
        ("binary", GENERAL[:2] + CLASSES[:3] + PLANE + CLASSES[3:] + GENERAL[2:]),
        ("sine", GENERAL[:2] + ["Predictions"] + GENERAL[2:]),
        ("series", GENERAL[:2] + ["Predictions", "Forecast"] + GENERAL[2:]),
        ("text", GENERAL[:2] + ["Samples"] + GENERAL[2:]),
        ("pairs", GENERAL[:2] + ["Samples"] + GENERAL[2:]),
        ("images", GENERAL[:2] + CLASSES + ["First layer"] + GENERAL[2:]),
    ],
)
def test_sections(runs, new_page, fits_width, name, expected):
    path = runs / name / "report.html"
    assert path.stat().st_size < 2_000_000
    page = opened(new_page, path)
    assert headings(page) == expected
    assert page.locator("text=This section is missing").count() == 0
    # Every figure is drawn and has a description.
    for picture in page.locator("main svg[role=img]").all():
        box = picture.bounding_box()
        assert box and box["width"] > 100 and box["height"] > 50
        assert not list(problems(picture))
    assert page.locator("main figure svg").count() >= 2
    # The headline under the title has the score and the facts of the run.
    score = page.locator("header .score")
    assert re.match(r"[−\d.]+", score.locator("strong").inner_text())
    assert page.locator("header dt").first.inner_text() == "trained"
    assert page.locator("header pre").inner_text().startswith("nntrain train ")
    for image in page.locator("main img").all():
        assert image.evaluate("image => image.complete && image.naturalWidth > 0")
        assert image.get_attribute("alt")
    assert page.locator("script").count() == 0
    fits_width(page)


@pytest.mark.parametrize("name", list(CONFIGS))
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_narrow(runs, new_page, fits_width, screenshot, name, theme):
    page = opened(new_page, runs / name / "report.html", width=390, height=844, theme=theme)
    fits_width(page)
    for details in page.locator("details").all():
        details.locator("summary").first.click()
    fits_width(page)
    # Figures that are in pairs on a wide screen are entirely visible on this one.
    for figure in page.locator(".pairs .picture").all():
        assert figure.evaluate("element => element.scrollWidth <= element.clientWidth")
    screenshot(page, f"report-{name}-390-{theme}", full_page=True)


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_looks(runs, new_page, screenshot, theme):
    for name in CONFIGS:
        page = opened(new_page, runs / name / "report.html", theme=theme)
        screenshot(page, f"report-{name}-{theme}", full_page=True)


# The colour at the left or right edge of a screenshot, which the page itself decodes.
EDGE = """async ([address, part]) => {
  const image = new Image();
  image.src = address;
  await image.decode();
  const canvas = document.createElement('canvas');
  [canvas.width, canvas.height] = [image.width, image.height];
  const context = canvas.getContext('2d');
  context.drawImage(image, 0, 0);
  const column = part === 'left' ? 1 : image.width - 2;
  // The lowest line is free of letters.
  return [...context.getImageData(column, image.height - 3, 1, 1).data];
}"""


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_what_scrolls_shows_it(runs, new_page, theme):
    """There is a shadow at an edge beyond which there is more, and only there."""
    page = opened(new_page, runs / "circles" / "report.html", width=390, height=844, theme=theme)
    table = page.locator(".table", has=page.locator("th", has_text="average precision")).last
    assert table.evaluate("element => element.scrollWidth > element.clientWidth + 20")

    def edge(part):
        picture = base64.b64encode(table.screenshot()).decode()
        return page.evaluate(EDGE, [f"data:image/png;base64,{picture}", part])

    plain = page.evaluate("getComputedStyle(document.body).backgroundColor")
    ground = [int(number) for number in re.findall(r"\d+", plain)[:3]]
    assert edge("right")[:3] != ground and edge("left")[:3] == ground
    table.evaluate("element => element.scrollTo(element.scrollWidth, 0)")
    assert edge("right")[:3] == ground and edge("left")[:3] != ground


@pytest.mark.parametrize("name", list(CONFIGS))
def test_paper(runs, new_page, name):
    """On paper nothing scrolls, and no figure is wider or taller than a page.

    Very tall networks continue on the next page.
    """
    # The area of A4 within margins of 1 cm, at 96 pixels per inch.
    page = opened(new_page, runs / name / "report.html", width=718, height=1047)
    page.emulate_media(media="print")
    for region in page.locator(".picture, .table, .drawing, pre").all():
        assert region.evaluate(
            "element => getComputedStyle(element).overflowX === 'visible'"
            " && element.scrollWidth <= element.clientWidth + 1"
        ), region.evaluate("element => element.outerHTML.slice(0, 200)")
    for picture in page.locator("main svg[role=img]").all():
        box = picture.bounding_box()
        assert box["width"] <= 718
        is_tall = picture.evaluate("picture => picture.closest('.tall') !== null")
        assert is_tall or box["height"] <= 1047
    (runs / "paper").mkdir(exist_ok=True)
    page.pdf(path=runs / "paper" / f"{name}.pdf", format="A4")


def cells(page, heading):
    """The first table below a heading, as a list of rows."""
    return page.evaluate(
        """heading => {
          const title = [...document.querySelectorAll("h2")].find(h => h.innerText === heading);
          let element = title;
          while (element && !element.querySelector("table")) element = element.nextElementSibling;
          return [...element.querySelectorAll("tbody tr")].map(
            row => [...row.children].map(cell => cell.innerText));
        }""",
        heading,
    )


def test_figures_are_those_of_the_run(runs, run_nntrain, new_page):
    page = opened(new_page, runs / "circles" / "report.html")
    summary = dict(cells(page, "Summary"))
    evaluated = run_nntrain("evaluate", runs / "circles").stdout
    accuracy = float(re.search(r"^accuracy +(\S+)$", evaluated, re.M)[1])
    assert summary["epochs"] == "12 of 12"
    assert abs(float(summary["test accuracy"]) - accuracy) < 5e-4
    assert page.locator("header .score").inner_text() == f"{100 * accuracy:g}\u00a0% test accuracy"
    counts = cells(page, "Confusion")
    assert [row[0] for row in counts] == ["0", "1", "macro average", "weighted average"]
    assert [row[1] for row in counts[2:]] == ["200", "200"]
    averages = {row[0]: [float(cell) for cell in row[2:]] for row in counts[2:]}
    counts = counts[:2]
    assert sum(int(row[1]) for row in counts) == 200
    for column, mean in enumerate(averages["macro average"], 2):
        assert abs(mean - sum(float(row[column]) for row in counts) / 2) < 1.1e-3
    assert abs(averages["weighted average"][1] - accuracy) < 1e-3
    assert summary["parameters"] == "82"
    layers = cells(page, "Layers")
    assert layers[0][:4] == ["0", "Dense 16", "[16]", "48"]
    assert layers[-1][3] == "82"
    # Recall weighted by examples is accuracy.
    found = sum(int(row[1]) * float(row[3]) for row in counts) / 200
    assert abs(found - accuracy) < 2e-3


def test_confusion_is_normalised_by_rows(runs, new_page):
    page = opened(new_page, runs / "circles" / "report.html")
    picture = page.locator("svg", has=page.locator("title", has_text="Confusion matrix")).first
    texts = picture.evaluate(
        "picture => [...picture.querySelectorAll('text')].map(text => text.textContent)"
    )
    shares = [percent(text) for text in texts if text.endswith("%")]
    counts = [int(text) for text in texts if text.isdigit() and int(text) > 1]
    assert shares and len(shares) <= 4
    # Both classes have 100 examples, so a share in percent is a count.
    assert [count for count in counts if count in shares] == shares


def test_reliability_shows_counts(runs, new_page):
    page = opened(new_page, runs / "binary" / "report.html")
    picture = page.locator("svg", has=page.locator("title", has_text="Reliability")).first
    assert "share of the predictions" in picture.inner_html()
    page.locator("summary", has_text="The bins").click()
    bins = page.locator("details", has_text="The bins").locator("tbody tr").all()
    counts = [int(row.locator("td").first.inner_text()) for row in bins]
    assert sum(counts) == 200 and len(counts) <= 15


def test_forecast(runs, run_nntrain, new_page):
    page = opened(new_page, runs / "series" / "report.html")
    section = page.locator("details", has_text="The forecast as numbers")
    section.locator("summary").click()
    rows = [row.locator("th, td").all_inner_texts() for row in section.locator("tbody tr").all()]
    printed = run_nntrain("forecast", runs / "series", "--steps", 12).stdout.split()
    assert [row[0] for row in rows] == [str(120 + step) for step in range(12)]
    for row, value in zip(rows, printed):
        assert abs(float(row[1]) - float(value)) <= 0.5


def test_hashes(runs, new_page):
    import hashlib

    page = opened(new_page, runs / "sine" / "report.html")
    rows = page.locator("table").last.locator("tbody tr").all()
    found = {row.locator("th").inner_text(): row.locator("td").inner_text() for row in rows}
    for name in ("model.safetensors", "config.yaml"):
        assert found[name] == hashlib.sha256((runs / "sine" / name).read_bytes()).hexdigest()


def test_texts_of_users_are_only_text(runs, new_page):
    page = opened(new_page, runs / "images" / "report.html")
    assert page.locator("h1").inner_text() == '<stripes> & "bars"'
    assert page.title() == '<stripes> & "bars"'
    assert page.locator("stripes").count() == 0


def percent(text):
    """The number before a percent sign: `0.5 %`, `1.2×10⁻⁴ %`."""
    digits = re.search(r"(\S+)\s%", text)[1].replace("×10", "e").replace("−", "-")
    return float(digits.translate(str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁻", "0123456789-")))


def test_worst_examples_are_the_worst(runs, new_page):
    page = opened(new_page, runs / "images" / "report.html")
    tiles = page.locator(".tiles li")
    assert tiles.count() == 32
    shares = [percent(tile.inner_text()) for tile in tiles.all()]
    assert shares == sorted(shares)


def test_comparison(runs, run_nntrain, new_page, fits_width, screenshot):
    other = runs / "circles-2"
    run_nntrain(
        "train", runs / "circles.yaml", "--run-dir", other, "--set", "optimizer.adam.lr=0.2",
        "--quiet", "--no-report",
    )
    path = runs / "both.html"
    run_nntrain("report", runs / "circles", other, "--output", path)
    page = opened(new_page, path)
    assert headings(page) == ["Figures", "Curves", "Configs"]
    assert cells(page, "Configs") == [["optimizer.adam.lr", "0.02", "0.2"]]
    assert page.locator("main figure svg").count() >= 4
    # A run has the same line style everywhere.
    for index, name in enumerate(["circles", "circles-2"]):
        heads = page.locator("thead th", has_text=re.compile(rf"^\s*{name}$")).all()
        assert len(heads) == 2
        for head in heads:
            assert head.locator("path").get_attribute("class") == f"s{index}"
    # The best of a row is marked: the lowest loss, the highest accuracy.
    marks = page.evaluate(
        """[...document.querySelectorAll('table')][0].querySelectorAll('tbody tr').values()
          .map(row => [row.cells[0].innerText, [...row.cells].slice(1).map(cell => [
            parseFloat(cell.innerText), cell.querySelector('.best') !== null])]).toArray()"""
    )
    figures = {name: values for name, values in marks}
    for name, choose in [("test loss", min), ("test accuracy", max)]:
        values = [value for value, _ in figures[name]]
        assert [best for _, best in figures[name]] == [
            len(set(values)) > 1 and value == choose(values) for value in values
        ]
    fits_width(page)
    screenshot(page, "comparison-light", full_page=True)
    narrow = opened(new_page, path, width=390, height=844, theme="dark")
    fits_width(narrow)
    screenshot(narrow, "comparison-390-dark", full_page=True)


def test_keyboard_reaches_what_scrolls(runs, new_page):
    page = opened(new_page, runs / "circles" / "report.html")
    for region in page.locator(".table, .drawing, pre").all():
        assert region.get_attribute("tabindex") == "0"
    summary = page.locator("summary").first
    summary.focus()
    page.keyboard.press("Enter")
    assert page.locator("details").first.get_attribute("open") is not None
