import NNDrawing

/// A line of text at its position in an SVG file, with the width of its font.
struct PlacedText {
  let text: String
  let size: TextSize
  let rotation: Double
  /// The corners, rotated.
  let corners: [Point]

  /// All visible texts of a file.
  static func all(in root: XMLTree.Node) throws -> [PlacedText] {
    try root.all.filter { $0.name == "text" }.map(PlacedText.init)
  }

  init(_ node: XMLTree.Node) throws {
    text = node.fullText
    let classes = (node.attributes["class"] ?? "").split(separator: " ").map(String.init)
    guard let size = TextSize.allCases.first(where: { classes.contains("\($0)") }) else {
      throw XMLTree.Malformed(reason: "a text of no size: \(text)")
    }
    self.size = size
    var width = 0.0
    for part in node.children {
      let scale = part.attributes["font-size"].map { Double($0.dropLast(2)) ?? 1 } ?? 1
      width += scale * TextMetrics.width(of: part.fullText, size)
    }
    let left: Double =
      switch node.attributes["text-anchor"] {
      case "middle": -width / 2
      case "end": -width
      default: 0
      }
    func number(_ name: String) -> Double { Double(node.attributes[name] ?? "0") ?? 0 }
    let points = TextMetrics.points(size)
    // From the top of capitals to the foot of the lowest letters.
    let (top, bottom) = (number("y") - 0.74 * points, number("y") + 0.22 * points)
    let box = [(left, top), (left + width, top), (left + width, bottom), (left, bottom)]
    guard let transform = node.attributes["transform"] else {
      rotation = 0
      corners = box.map { Point($0.0 + number("x"), $0.1) }
      return
    }
    let numbers = transform.split { !"-.0123456789".contains($0) }.compactMap { Double($0) }
    guard numbers.count == 3 else { throw XMLTree.Malformed(reason: transform) }
    rotation = numbers[2]
    let (cosine, sine) = (Self.cosine(rotation), Self.sine(rotation))
    corners = box.map {
      Point(
        numbers[0] + cosine * $0.0 - sine * $0.1, numbers[1] + sine * $0.0 + cosine * $0.1)
    }
  }

  /// Whether two texts overlap (the separating axis theorem for two rectangles).
  func overlaps(_ other: PlacedText) -> Bool {
    for (shape, _) in [(corners, 0), (other.corners, 1)] {
      for side in 0..<2 {
        let (first, second) = (shape[side], shape[side + 1])
        let normal = (-(second.y - first.y), second.x - first.x)
        func extent(_ corners: [Point]) -> (Double, Double) {
          let positions = corners.map { $0.x * normal.0 + $0.y * normal.1 }
          return (positions.min() ?? 0, positions.max() ?? 0)
        }
        let (one, two) = (extent(corners), extent(other.corners))
        let slack = 1e-6 * max(abs(one.1), abs(two.1), 1)
        if one.1 <= two.0 + slack || two.1 <= one.0 + slack { return false }
      }
    }
    return true
  }

  private static func sine(_ degrees: Double) -> Double {
    degrees == -90 ? -1 : degrees == -40 ? -0.642_787_609_686_539_3 : .nan
  }

  private static func cosine(_ degrees: Double) -> Double {
    degrees == -90 ? 0 : degrees == -40 ? 0.766_044_443_118_978 : .nan
  }
}
