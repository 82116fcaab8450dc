"""Whether the texts of a drawing are legible in any font."""

# Font families that pages may be shown in, requested by the pages or used as fallbacks.
FAMILIES = ["DejaVu Sans", "Liberation Sans", "Arimo", "Helvetica", "Arial", "Noto Sans", "Roboto"]

# Whether a family is installed: then the width of a text differs from that in the fallback font,
# for one of two fallbacks.
INSTALLED = """family => {
  const context = document.createElementNS('http://www.w3.org/1999/xhtml', 'canvas')
    .getContext('2d');
  const width = font => { context.font = `40px ${font}`;
    return context.measureText('Wmil@ 0.91 gjü').width; };
  return ['monospace', 'serif'].some(other => width(`"${family}", ${other}`) !== width(other));
}"""

FORCE = """family => {
  document.getElementById('forced')?.remove();
  if (!family) return;
  const root = document.documentElement;
  const style = document.createElementNS(root.namespaceURI, 'style');
  style.id = 'forced';
  style.textContent = `text, text * { font-family: "${family}" !important; }`;
  root.append(style);
}"""

# Positions: the visible texts with the corners of their lines, and the size of the drawing.
TEXTS = """root => {
  const picture = root.getBoundingClientRect();
  const texts = [...root.querySelectorAll('text')]
    .filter(text => text.textContent.trim() && text.checkVisibility({visibilityProperty: true,
      opacityProperty: true}))
    .map(text => {
      const box = text.getBBox(), matrix = text.getScreenCTM();
      const corner = (x, y) => { const p = new DOMPoint(x, y).matrixTransform(matrix);
        return [p.x - picture.x, p.y - picture.y]; };
      const [left, right] = [box.x, box.x + box.width], [top, bottom] = [box.y, box.y + box.height];
      // Lines have space above and below their letters.
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


# Texts of a network's boxes that extend beyond them, and boxes that extend beyond the drawing.
OVERFLOWS = """root => [...root.querySelectorAll('g')].flatMap(group => {
  const box = [...group.children].find(child => child.tagName === 'rect');
  if (!box) return [];
  const inside = (one, other, room) => one.left >= other.left - room
    && one.right <= other.right + room && one.top >= other.top - room
    && one.bottom <= other.bottom + room;
  const outer = box.getBoundingClientRect();
  const wrong = [...group.children].filter(child => child.tagName === 'text'
    && !inside(child.getBoundingClientRect(), outer, 0)).map(child => child.textContent);
  if (!inside(outer, root.getBoundingClientRect(), 1)) wrong.push('a box');
  return wrong;
})"""


def problems(picture, families=FAMILIES):
    """Texts of a drawing, an `svg` element, that are illegible in one of the installed fonts."""
    page = picture.page
    for family in [None] + [name for name in families if page.evaluate(INSTALLED, name)]:
        page.evaluate(FORCE, family)
        place = f" in {family}" if family else ""
        for problem in problems_in_font(picture):
            yield problem + place
    page.evaluate(FORCE, None)


def problems_in_font(picture):
    """Texts that are cut off, overlap or extend beyond their box."""
    for text in picture.evaluate(OVERFLOWS):
        yield f"`{text}` overflows"
    found = picture.evaluate(TEXTS)
    width, height = found["size"]
    texts = found["texts"]
    for text in texts:
        if not all(-1 <= x <= width + 1 and -1 <= y <= height + 1 for x, y in text["corners"]):
            yield f"`{text['text']}` is cut off"
    for number, one in enumerate(texts):
        for other in texts[:number]:
            if not are_apart(one["corners"], other["corners"]):
                yield f"`{one['text']}` overlaps `{other['text']}`"
