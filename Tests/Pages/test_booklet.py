"""The booklet of all lessons, and every picture in it."""

import pytest

# What stands where: texts that are seen, with the corners of their lines, and the picture's own.
TEXTS = """() => {
  const picture = document.documentElement.getBoundingClientRect();
  const texts = [...document.querySelectorAll('text')]
    .filter(text => text.textContent.trim() && text.checkVisibility({visibilityProperty: true,
      opacityProperty: true}))
    .map(text => {
      const box = text.getBBox(), matrix = text.getScreenCTM();
      const corner = (x, y) => { const p = new DOMPoint(x, y).matrixTransform(matrix);
        return [p.x, p.y]; };
      const [left, right] = [box.x, box.x + box.width], [top, bottom] = [box.y, box.y + box.height];
      // Lines have room above and below their letters.
      const room = box.height / 6;
      return {text: text.textContent, corners: [corner(left, top + room), corner(right, top + room),
        corner(right, bottom - room), corner(left, bottom - room)]};
    });
  return {size: [picture.width, picture.height], texts};
}"""


def are_apart(one, other):
    """Whether a line separates two convex shapes."""
    for shape in (one, other):
        for (x0, y0), (x1, y1) in zip(shape, shape[1:] + shape[:1]):
            normal = (y1 - y0, x0 - x1)
            length = (normal[0] ** 2 + normal[1] ** 2) ** 0.5
            if length == 0:
                continue
            first = [(x * normal[0] + y * normal[1]) / length for x, y in one]
            second = [(x * normal[0] + y * normal[1]) / length for x, y in other]
            if max(first) < min(second) + 0.5 or max(second) < min(first) + 0.5:
                return True
    return False


def problems(page):
    """Texts of the picture that are cut off or lie over one another."""
    found = page.evaluate(TEXTS)
    width, height = found["size"]
    texts = found["texts"]
    for text in texts:
        if not all(-1 <= x <= width + 1 and -1 <= y <= height + 1 for x, y in text["corners"]):
            yield f"`{text['text']}` is cut off"
    for number, one in enumerate(texts):
        for other in texts[:number]:
            if not are_apart(one["corners"], other["corners"]):
                yield f"`{one['text']}` lies over `{other['text']}`"


@pytest.fixture(scope="module")
def booklet(run_nntrain, tmp_path_factory):
    folder = tmp_path_factory.mktemp("booklet")
    run_nntrain("lesson", "all", "--out", folder)
    return folder


def test_texts_of_pictures_are_apart(booklet, new_page):
    page = new_page()
    pictures = sorted(booklet.glob("*.svg"))
    assert len(pictures) > 40
    wrong = []
    for picture in pictures:
        page.goto(picture.as_uri())
        wrong += [f"{picture.name}: {problem}" for problem in problems(page)]
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("config", ["fashion-mlp", "lenet", "residual", "fashion-rows", "circles"])
def test_texts_of_networks_are_apart(run_nntrain, new_page, tmp_path, config):
    picture = tmp_path / "network.svg"
    run_nntrain("graph", f"docs/examples/configs/{config}.yaml", "--output", picture)
    page = new_page()
    page.goto(picture.as_uri())
    assert not list(problems(page))


def test_overlaps_are_found(new_page, tmp_path):
    picture = tmp_path / "wrong.svg"
    picture.write_text(
        '<svg xmlns="http://www.w3.org/2000/svg" width="200" height="100">'
        '<text x="20" y="50">one</text><text x="30" y="52">two</text>'
        '<text x="20" y="80" opacity="0">hidden</text><text x="190" y="80">outside</text></svg>'
    )
    page = new_page()
    page.goto(picture.as_uri())
    assert list(problems(page)) == ["`outside` is cut off", "`two` lies over `one`"]


@pytest.mark.parametrize("width, theme", [(1280, "light"), (1280, "dark"), (390, "light")])
def test_pages(booklet, new_page, fits_width, screenshot, width, theme):
    page = new_page(width=width, theme=theme, offline=True)
    page.goto((booklet / "index.html").as_uri())
    fits_width(page)
    screenshot(page, f"booklet-{width}-{theme}", full_page=True)
    links = page.locator("a").evaluate_all("links => links.map(link => link.href)")
    lessons = sorted({link.split("#")[0] for link in links if link.startswith("file:")})
    assert len(lessons) >= 16
    for lesson in lessons:
        page.goto(lesson)
        assert page.locator("h1").count() == 1, lesson
        assert page.locator("svg[role=img]").count() >= 1 or lesson.endswith("index.html"), lesson
        fits_width(page)
        name = lesson.split("/")[-1].removesuffix(".html")
        screenshot(page, f"lesson-{name}-{width}-{theme}", full_page=True)
