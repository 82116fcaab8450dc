"""The booklet of all lessons, and every drawing in it."""

import pytest

from picture_texts import problems


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
        found = problems(page.locator("svg").first)
        wrong += [f"{picture.name}: {problem}" for problem in found]
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("config", ["fashion-mlp", "lenet", "residual", "fashion-rows", "circles"])
def test_texts_of_networks_are_apart(run_nntrain, new_page, tmp_path, config):
    picture = tmp_path / "network.svg"
    run_nntrain("graph", f"docs/examples/configs/{config}.yaml", "--output", picture)
    page = new_page()
    page.goto(picture.as_uri())
    assert not list(problems(page.locator("svg").first))


def test_overlaps_are_found(new_page, tmp_path):
    picture = tmp_path / "wrong.svg"
    picture.write_text(
        '<svg xmlns="http://www.w3.org/2000/svg" width="200" height="100">'
        '<text x="20" y="50">one</text><text x="30" y="52">two</text>'
        '<text x="20" y="80" opacity="0">hidden</text><text x="190" y="80">outside</text></svg>'
    )
    page = new_page()
    page.goto(picture.as_uri())
    found = list(problems(page.locator("svg").first, families=[]))
    assert found == ["`outside` is cut off", "`two` overlaps `one`"]


def test_fonts_are_forced(new_page, tmp_path):
    """A text that one font cuts off and another does not, and one that overflows its box."""
    picture = tmp_path / "fonts.svg"
    picture.write_text(
        '<svg xmlns="http://www.w3.org/2000/svg" width="200" height="100">'
        '<style>text { font: 20px "DejaVu Sans Mono", monospace }</style>'
        '<text x="2" y="50">iiiiiiiiiiiiiii</text>'
        '<g><rect x="10" y="60" width="30" height="30"/><text x="12" y="80">wide</text></g></svg>'
    )
    page = new_page()
    page.goto(picture.as_uri())
    found = list(problems(page.locator("svg").first, families=["DejaVu Sans", "No Such Font"]))
    assert not any("No Such Font" in problem for problem in found)
    assert "`wide` overflows" in found and "`wide` overflows in DejaVu Sans" in found
    before = page.locator("text").first.evaluate("text => text.getComputedTextLength()")
    assert before > 150, "the picture has its own font again"


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
