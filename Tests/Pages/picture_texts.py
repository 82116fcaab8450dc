"""Whether the texts of a picture can be read."""

# What stands where: texts that are seen, with the corners of their lines, and the picture's own.
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


def problems(picture):
    """Texts of a picture, an `svg` element, that are cut off or lie over one another."""
    found = picture.evaluate(TEXTS)
    width, height = found["size"]
    texts = found["texts"]
    for text in texts:
        if not all(-1 <= x <= width + 1 and -1 <= y <= height + 1 for x, y in text["corners"]):
            yield f"`{text['text']}` is cut off"
    for number, one in enumerate(texts):
        for other in texts[:number]:
            if not are_apart(one["corners"], other["corners"]):
                yield f"`{one['text']}` lies over `{other['text']}`"
