/// Clips lines and polygons to a rectangle.
package enum Clipping {
  /// The parts of a line that are inside (Liang and Barsky, 1984); a point that is not finite
  /// breaks the line.
  package static func clip(line points: [Point], to box: Box) -> [[Point]] {
    var parts: [[Point]] = []
    var part: [Point] = []
    func close() {
      if part.count > 1 { parts.append(part) }
      part = []
    }
    for (first, second) in zip(points, points.dropFirst()) {
      guard first.isFinite, second.isFinite, let inside = clip(from: first, to: second, box) else {
        close()
        continue
      }
      if part.last != inside.from {
        close()
        part = [inside.from]
      }
      part.append(inside.to)
    }
    close()
    return parts
  }

  private static func clip(from first: Point, to second: Point, _ box: Box)
    -> (from: Point, to: Point)?
  {
    if box.contains(first), box.contains(second) { return (first, second) }
    let (dx, dy) = (second.x - first.x, second.y - first.y)
    var (start, end) = (0.0, 1.0)
    for (step, room) in [
      (-dx, first.x - box.x), (dx, box.maxX - first.x), (-dy, first.y - box.y),
      (dy, box.maxY - first.y),
    ] {
      if step == 0 {
        guard room >= 0 else { return nil }
      } else if step < 0 {
        start = max(start, room / step)
      } else {
        end = min(end, room / step)
      }
    }
    guard start <= end else { return nil }
    let from = start > 0 ? Point(first.x + start * dx, first.y + start * dy) : first
    let to = end < 1 ? Point(first.x + end * dx, first.y + end * dy) : second
    return (from, to)
  }

  /// The part of a ring that is inside (Sutherland and Hodgman, 1974).
  package static func clip(ring points: [Point], to box: Box) -> [Point] {
    typealias Side = (isInside: (Point) -> Bool, crossing: (Point, Point) -> Point)
    func atX(_ x: Double) -> (Point, Point) -> Point {
      { Point(x, $0.y + (x - $0.x) / ($1.x - $0.x) * ($1.y - $0.y)) }
    }
    func atY(_ y: Double) -> (Point, Point) -> Point {
      { Point($0.x + (y - $0.y) / ($1.y - $0.y) * ($1.x - $0.x), y) }
    }
    let sides: [Side] = [
      ({ $0.x >= box.x }, atX(box.x)), ({ $0.x <= box.maxX }, atX(box.maxX)),
      ({ $0.y >= box.y }, atY(box.y)), ({ $0.y <= box.maxY }, atY(box.maxY)),
    ]
    return sides.reduce(points) { ring, side in
      guard var previous = ring.last else { return [] }
      var result: [Point] = []
      for point in ring {
        if side.isInside(point) != side.isInside(previous) {
          result.append(side.crossing(previous, point))
        }
        if side.isInside(point) { result.append(point) }
        previous = point
      }
      return result
    }
  }
}
