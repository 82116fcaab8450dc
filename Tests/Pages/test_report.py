"""Reports of runs, opened without a network in a browser."""

import re

import numpy
import pytest

from picture_texts import problems

CIRCLES = """\
name: circles
data:
  train: {circles: {samples: 300, noise: 0.05}}
  validation: {split: 0.2}
  test: {circles: {samples: 200, noise: 0.05}}
  batch_size: 32
model: [{linear: 16}, tanh, {linear: 2}]
loss: cross_entropy
optimizer: {adam: {lr: 0.02}}
metrics: [accuracy]
epochs: 12
log: {every: 5}
"""

SINE = """\
name: sine
data:
  train: {sine: {samples: 200, noise: 0.05}}
  validation: {split: 0.2}
  batch_size: 16
model: [{linear: 12}, tanh, {linear: 1}]
loss: mse
optimizer: {adam: {lr: 0.02}}
metrics: [r2]
epochs: 15
"""

PICTURES = """\
name: "<stripes> & \\"bars\\""
data:
  train: {npz: pictures.npz}
  validation: {split: 0.25}
  batch_size: 16
  normalize: standard
model:
  - conv2d: {out_channels: 6, kernel_size: 3, padding: same}
  - relu
  - residual: [{conv2d: {out_channels: 6, kernel_size: 3, padding: same}}, relu]
  - max_pool2d: 2
  - flatten
  - linear: 3
loss: cross_entropy
optimizer: {adam: {lr: 0.01}}
metrics: [accuracy]
epochs: 4
"""

GENERAL = ["Summary", "Curves", "Network", "Layers", "Time", "Config", "Environment"]
CLASSES = ["Confusion", "ROC and precision–recall", "Calibration", "Worst examples"]


@pytest.fixture(scope="module")
def runs(run_nntrain, tmp_path_factory):
    folder = tmp_path_factory.mktemp("report")
    random = numpy.random.default_rng(4)
    labels = random.integers(0, 3, 160)
    pictures = random.integers(0, 60, (160, 1, 9, 9))
    for row, label in enumerate(labels):
        pictures[row, 0, :, :: label + 2] += 150
    numpy.savez(folder / "pictures.npz", x=pictures.astype("uint8"), y=labels)
    for name, text in {"circles": CIRCLES, "sine": SINE, "pictures": PICTURES}.items():
        (folder / f"{name}.yaml").write_text(text)
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
        ("circles", GENERAL[:2] + CLASSES[:3] + ["Over the plane", "Worst examples"] + GENERAL[2:]),
        ("sine", GENERAL[:2] + ["Predictions"] + GENERAL[2:]),
        ("pictures", GENERAL[:2] + CLASSES + ["First layer"] + GENERAL[2:]),
    ],
)
def test_sections(runs, new_page, fits_width, name, expected):
    path = runs / name / "report.html"
    assert path.stat().st_size < 2_000_000
    page = opened(new_page, path)
    assert headings(page) == expected
    assert page.locator("text=This part is missing").count() == 0
    # Every figure is drawn and says what it shows.
    for picture in page.locator("main svg").all():
        box = picture.bounding_box()
        assert box and box["width"] > 100 and box["height"] > 50
        assert not list(problems(picture))
    assert page.locator("main figure svg").count() >= 3
    for image in page.locator("main img").all():
        assert image.evaluate("image => image.complete && image.naturalWidth > 0")
        assert image.get_attribute("alt")
    assert page.locator("script").count() == 0
    fits_width(page)


@pytest.mark.parametrize("name", ["circles", "sine", "pictures"])
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_narrow(runs, new_page, fits_width, screenshot, name, theme):
    page = opened(new_page, runs / name / "report.html", width=390, height=844, theme=theme)
    fits_width(page)
    for details in page.locator("details").all():
        details.locator("summary").first.click()
    fits_width(page)
    # Figures that stand in pairs on a wide screen are seen whole on this one.
    for figure in page.locator(".pairs .picture").all():
        assert figure.evaluate("element => element.scrollWidth <= element.clientWidth")
    screenshot(page, f"report-{name}-390-{theme}", full_page=True)


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_looks(runs, new_page, screenshot, theme):
    for name in ("circles", "sine", "pictures"):
        page = opened(new_page, runs / name / "report.html", theme=theme)
        screenshot(page, f"report-{name}-{theme}", full_page=True)


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
    counts = cells(page, "Confusion")
    assert sum(int(row[1]) for row in counts) == 200
    assert summary["parameters"] == "82"
    layers = cells(page, "Layers")
    assert layers[0][:4] == ["0", "Dense 16", "[16]", "48"]
    assert layers[-1][3] == "82"
    # Recall weighted by examples is accuracy.
    found = sum(int(row[1]) * float(row[3]) for row in counts) / 200
    assert abs(found - accuracy) < 2e-3


def test_hashes(runs, new_page):
    import hashlib

    page = opened(new_page, runs / "sine" / "report.html")
    rows = page.locator("table").last.locator("tbody tr").all()
    found = {row.locator("th").inner_text(): row.locator("td").inner_text() for row in rows}
    for name in ("model.safetensors", "config.yaml"):
        assert found[name] == hashlib.sha256((runs / "sine" / name).read_bytes()).hexdigest()


def test_texts_of_users_are_only_text(runs, new_page):
    page = opened(new_page, runs / "pictures" / "report.html")
    assert page.locator("h1").inner_text() == '<stripes> & "bars"'
    assert page.title() == '<stripes> & "bars"'
    assert page.locator("stripes").count() == 0


def percent(text):
    """The number before a percent sign: `0.5 %`, `1.2×10⁻⁴ %`."""
    digits = re.search(r"(\S+)\s%", text)[1].replace("×10", "e").replace("−", "-")
    return float(digits.translate(str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁻", "0123456789-")))


def test_worst_examples_are_the_worst(runs, new_page):
    page = opened(new_page, runs / "pictures" / "report.html")
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
