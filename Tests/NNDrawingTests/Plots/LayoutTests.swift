import NNDrawing
import Testing

/// Nothing overlaps and nothing is cut off, whatever the numbers are.
@Suite struct LayoutTests {
  /// Plots with ranges, scales, names and sizes of all kinds.
  static func plot(_ seed: UInt64) -> Plot {
    var numbers = Numbers(seed)
    func axis(_ name: String) -> Axis {
      let isLog = Int.random(in: 0..<3, using: &numbers) == 0
      var scale = 1.0
      for _ in 0..<Int.random(in: 0...9, using: &numbers) { scale *= 10 }
      if Bool.random(using: &numbers) { scale = 1 / scale }
      let lower = Double.random(in: isLog ? 0.01...1 : -3...3, using: &numbers) * scale
      let upper =
        isLog
        ? lower * Double.random(in: 1.05...1e6, using: &numbers)
        : lower + Double.random(in: 0.001...5, using: &numbers) * scale
      return Axis(
        Bool.random(using: &numbers) ? name : nil, scale: isLog ? .log : .linear,
        range: lower...upper)
    }
    let (x, y) = (axis("the horizontal axis"), axis("the vertical axis"))
    var marks: [any Mark] = []
    if Bool.random(using: &numbers) {
      marks.append(
        HeatMap(
          x: x.range ?? 0...1, y: y.range ?? 0...1, columns: 2, rows: 2,
          values: (0..<4).map { _ in Double.random(in: -1e-3...1e4, using: &numbers) }))
    }
    for index in 0..<Int.random(in: 0...9, using: &numbers) {
      marks.append(
        Line(
          "series number \(index)", x: [x.range?.lowerBound ?? 0, x.range?.upperBound ?? 1],
          y: [y.range?.lowerBound ?? 0, y.range?.upperBound ?? 1]))
    }
    return Plot(
      title: Bool.random(using: &numbers) ? "A title of the plot" : nil, x: x, y: y,
      keepsAspect: Int.random(in: 0..<4, using: &numbers) == 0, marks: marks)
  }

  private static func expectNoOverlap(_ figure: Figure, _ about: String) throws {
    let root = try FigureTests.checked(figure.svg(embedded: true), about)
    let texts = try PlacedText.all(in: root)
    for (index, first) in texts.enumerated() {
      for second in texts.dropFirst(index + 1) {
        #expect(!first.overlaps(second), "\(about): \(first.text) and \(second.text)")
      }
    }
  }

  @Test(arguments: [1, 2, 3, 4])
  func noTextsOverlap(_ columns: Int) throws {
    for seed in 0..<40 as Range<UInt64> {
      let plots = (0..<UInt64(columns)).map { Self.plot(seed * 10 + $0) }
      try Self.expectNoOverlap(
        Figure(title: "All", description: "", columns: columns, panels: plots),
        "columns \(columns), seed \(seed)")
    }
  }

  @Test(arguments: [1, 2, 5, 10, 30, 100])
  func namesAreSlantedOrThinnedButNeverOverlap(_ count: Int) throws {
    let names = (0..<count).map { "category \($0) of \(count)" }
    for columns in [1, 2, 4] {
      let bars = Plot(
        x: Axis("class"), y: Axis("count"),
        marks: [Bars("a", labels: names, heights: names.map { Double($0.count) })])
      let side = Double(count)
      let ticks = names.enumerated().map { Tick(Double($0) + 0.5, $1) }
      let matrix = Plot(
        x: Axis("predicted", ticks: ticks), y: Axis("true", ticks: ticks), keepsAspect: true,
        marks: [
          HeatMap(
            x: 0...side, y: 0...side, columns: count, rows: count,
            values: (0..<(count * count)).map { Double($0) }, showsValues: true)
        ])
      try Self.expectNoOverlap(
        Figure(
          title: "Names", description: "", columns: columns,
          panels: Array(repeating: bars, count: columns - 1) + [matrix]),
        "\(count) names in \(columns) columns")
    }
  }

  @Test(arguments: [0.0, 30, 45, 90, -50, 135, 200, 290], [5.0, 25, 60, 89])
  func spaceHasItsTextsApart(_ azimuth: Double, _ elevation: Double) throws {
    var numbers = Numbers(2)
    let points = (0..<50).map { _ in
      (
        Double.random(in: 0...1, using: &numbers), Double.random(in: -500...1, using: &numbers),
        Double.random(in: 0...1e-6, using: &numbers)
      )
    }
    try Self.expectNoOverlap(
      Figure(
        title: "Space", description: "", columns: 2,
        panels: [
          Scatter3D(
            title: "A view", groups: [("points", points)], azimuth: azimuth, elevation: elevation)
        ]),
      "azimuth \(azimuth), elevation \(elevation)")
  }

  /// The rectangle behind the legend's entries.
  private static func legend(in root: XMLTree.Node) throws -> [Double]? {
    let paths = root.all.filter { $0.name == "path" && $0.attributes["class"] == "fb" }
    guard let path = paths.first?.attributes["d"] else { return nil }
    let numbers = path.split { !"-.0123456789".contains($0) }.flatMap { part -> [Double] in
      part.split(separator: "-", omittingEmptySubsequences: false).enumerated()
        .compactMap { index, text in Double((index > 0 ? "-" : "") + text) }
    }
    return Array(numbers.prefix(4))
  }

  @Test func anAutomaticLegendHidesNoPoint() throws {
    var inside = 0
    for seed in 0..<80 as Range<UInt64> {
      var numbers = Numbers(seed)
      let count = Int.random(in: 1...40, using: &numbers)
      let x = (0..<count).map { _ in Double.random(in: 0...1, using: &numbers) }
      let y = (0..<count).map { _ in Double.random(in: 0...1, using: &numbers) }
      let plot = Plot(
        x: Axis(range: 0...1), y: Axis(range: 0...1),
        marks: [Points("points of a name", x: x, y: y)])
      let root = try XMLTree.read(plot.alone.svg(embedded: true))
      guard let box = try Self.legend(in: root) else { continue }
      inside += 1
      try #require(box.count == 4)
      let paths = root.all.compactMap { $0.attributes["d"] }
      let dots = try #require(
        paths.first { $0.hasSuffix("h0") && $0.contains("h0M") || $0.hasSuffix("h0") })
      for dot in dots.split(separator: "M") {
        let position = dot.dropLast(2).split(separator: " ").compactMap { Double($0) }
        try #require(position.count == 2)
        let isHidden =
          position[0] > box[0] - 3 && position[0] < box[0] + box[2] + 3 && position[1] > box[1] - 3
          && position[1] < box[1] + box[3] + 3
        #expect(!isHidden, "seed \(seed)")
      }
    }
    // Sparse plots have a free corner, crowded ones do not: both were seen.
    #expect(inside > 10 && inside < 80)
  }

  @Test func equalUnitsAreEquallyLong() throws {
    let plot = Plot(
      x: Axis(range: 0...4, ticks: [Tick(0, "left"), Tick(4, "right")]),
      y: Axis(range: 0...2, ticks: [Tick(0, "low"), Tick(2, "high")]), keepsAspect: true,
      marks: [])
    let texts = try PlacedText.all(in: try XMLTree.read(plot.alone.svg()))
    func middle(_ text: String) throws -> Point {
      let corners = try #require(texts.first { $0.text == text }).corners
      return Point((corners[0].x + corners[1].x) / 2, (corners[0].y + corners[2].y) / 2)
    }
    let width = try middle("right").x - middle("left").x
    let height = try middle("low").y - middle("high").y
    #expect(abs(width / height - 2) < 1e-3, "\(width) by \(height)")
  }
}
