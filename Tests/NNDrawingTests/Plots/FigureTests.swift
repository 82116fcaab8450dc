import NNDrawing
import Testing

@Suite struct FigureTests {
  /// Reads an SVG file and asserts what holds for all of them.
  @discardableResult
  static func checked(_ svg: String, _ about: String) throws -> XMLTree.Node {
    let root = try XMLTree.read(svg)
    #expect(root.name == "svg" && root.attributes["role"] == "img", "\(about)")
    #expect(root.children.first { !$0.name.isEmpty }?.name == "title", "\(about)")
    let size = (root.attributes["viewBox"] ?? "").split(separator: " ").compactMap { Double($0) }
    try #require(size.count == 4)
    for text in try PlacedText.all(in: root) {
      for corner in text.corners {
        #expect(
          corner.x >= -0.5 && corner.x <= size[2] + 0.5 && corner.y >= -0.5
            && corner.y <= size[3] + 0.5,
          "\(about): \(text.text) is cut off at \(corner)")
      }
    }
    #expect(!root.all.contains { $0.attributes["id"] != nil }, "\(about)")
    for node in root.all {
      for (name, value) in node.attributes where ["d", "points", "x", "y"].contains(name) {
        #expect(!value.contains("nan") && !value.contains("inf"), "\(about): \(value)")
      }
    }
    return root
  }

  @Test(arguments: Samples.data.indices, [Scale.linear, .log])
  func everyMarkIsWellFormed(_ index: Int, _ scale: Scale) throws {
    let (kind, x, y) = Samples.data[index]
    for (name, mark) in Samples.marks(x, y) {
      let plot = Plot(
        title: Samples.name, x: Axis(Samples.name), y: Axis(Samples.name, scale: scale),
        marks: [mark])
      let figure = Figure(title: Samples.name, description: Samples.name, panels: [plot])
      for theme in Theme.allCases {
        try Self.checked(figure.svg(theme: theme), "\(name) of \(kind)")
      }
      let embedded = figure.svg(embedded: true)
      try Self.checked(embedded, "\(name) of \(kind)")
      #expect(!embedded.contains("<style") && embedded.hasPrefix("<svg"))
      #expect(figure.svg() == figure.svg())
    }
  }

  /// Cells show as many lines as fit, and none that is too wide.
  @Test(
    arguments: [(300, ["97 %", "105"]), (60, ["97 %"]), (30, [])] as [(Double, [String])])
  func cellsHoldTheirTexts(_ width: Double, _ expected: [String]) throws {
    var map = HeatMap(
      x: 0...1, y: 0...(width > 100 ? 1 : 0.5), columns: 1, rows: 1, values: [0.97], range: 0...1,
      bar: false, showsValues: true)
    map.texts = [["97 %", "105"]]
    let bare = Axis(ticks: [])
    let figure = Figure(
      title: "", description: "", panelWidth: width,
      panels: [Plot(x: bare, y: bare, keepsAspect: true, marks: [map])])
    let root = try Self.checked(figure.svg(), "\(width)")
    #expect(try PlacedText.all(in: root).map(\.text) == expected)
  }

  @Test(arguments: Samples.data.indices)
  func everyPanelIsWellFormed(_ index: Int) throws {
    let (kind, x, y) = Samples.data[index]
    for columns in [1, 2, 3, 7] {
      let panels = Samples.panels(x, y) + [Plot(marks: Samples.marks(x, y).map(\.mark))]
      let figure = Figure(
        title: "Panels", description: "", columns: columns, panels: panels)
      try Self.checked(figure.svg(), "panels of \(kind)")
      try Self.checked(
        Plot(marks: Samples.marks(x, y).map(\.mark)).alone.svg(), "all marks of \(kind)")
    }
    try Self.checked(Figure(title: "", description: "", panels: []).svg(), "no panel")
  }

  @Test func missingDataAreReported() throws {
    func texts(_ plot: Plot) throws -> [String] {
      try PlacedText.all(in: try XMLTree.read(plot.alone.svg())).map(\.text)
    }
    #expect(try texts(Plot(marks: [])).contains("no data"))
    #expect(try texts(Plot(marks: [Line(x: [.nan], y: [1])])).contains("no data"))
    let log = Plot(y: Axis(scale: .log), marks: [Line(x: [0, 1, 2], y: [1, 0, -4])])
    #expect(try texts(log).contains("not shown: 2 values ≤ 0"))
    let infinite = Plot(marks: [Line(x: [0, 1, 2], y: [1, .infinity, 3])])
    #expect(try texts(infinite).contains("not shown: 1 value infinite"))
    let bar = Plot(marks: [Bars(x: [0, 1, 2], heights: [1, .infinity, 3])])
    #expect(try texts(bar).contains("not shown: 1 value infinite"))
    let holes = try texts(Plot(marks: [Line(x: [0, 1], y: [1, .nan])]))
    #expect(!holes.contains { $0.contains("not") })
  }

  @Test func themesSetTheColors() {
    let figure = Plot(marks: [Line(x: [0, 1], y: [0, 1])]).alone
    let (light, dark) = (Palette.light.series[0].hex, Palette.dark.series[0].hex)
    #expect(figure.svg(theme: .light).contains(light) && !figure.svg(theme: .light).contains(dark))
    #expect(figure.svg(theme: .dark).contains(dark) && !figure.svg(theme: .dark).contains(light))
    let both = figure.svg()
    #expect(both.contains(light) && both.contains(dark))
    #expect(both.contains("@media (prefers-color-scheme:dark)"))
  }

  @Test func aLongCurveStaysSmall() throws {
    var numbers = Numbers(5)
    let steps = (0..<100_000).map { Double($0) }
    let noise = steps.map { _ in Double.random(in: 0...1, using: &numbers) }
    let svg = Plot(marks: [Line(x: steps, y: noise)]).alone.svg(embedded: true)
    #expect(svg.utf8.count < 40_000, "\(svg.utf8.count) bytes")
    let points = Plot(marks: [Points(x: noise, y: steps)]).alone.svg(embedded: true)
    #expect(points.utf8.count < 1_500_000, "\(points.utf8.count) bytes")
    // No coordinate has more than two decimals.
    let root = try XMLTree.read(svg)
    for path in root.all.compactMap({ $0.attributes["d"] }) {
      let fractions = path.split(separator: ".").dropFirst().map { $0.prefix(while: \.isNumber) }
      #expect(fractions.allSatisfy { $0.count <= 2 })
    }
  }

  @Test func heatMapsAreOneImageOfTheirValues() throws {
    let map = HeatMap(
      x: 0...2, y: 0...3, columns: 2, rows: 3, values: [0, 1, 2, 3, 4, 5], colors: .gray,
      bar: false)
    let root = try XMLTree.read(Plot(marks: [map]).alone.svg())
    let images = root.all.filter { $0.name == "image" }
    #expect(images.count == 1)
    // Row 0 is at the bottom.
    let expected = RasterImage(width: 2, height: 3, values: [4, 5, 2, 3, 0, 1], colors: .gray)
    #expect(images[0].attributes["href"] == PNGEncoder.dataAddress(expected))
  }

  @Test func seriesDifferByMoreThanColour() throws {
    let marks = (0..<4).map { Line("\($0)", x: [0, 1], y: [0, Double($0)]) }
    let root = try XMLTree.read(Plot(legend: .hidden, marks: marks).alone.svg())
    let dashes = root.all.filter { $0.attributes["stroke-width"] == "2" }
      .map { $0.attributes["stroke-dasharray"] ?? "solid" }
    #expect(dashes.count == 4 && Set(dashes).count == 4)
    let points = (0..<6).map { Points("\($0)", x: [0.5], y: [Double($0)]) }
    let shapes = try XMLTree.read(Plot(legend: .hidden, marks: points).alone.svg()).all
      .compactMap { $0.attributes["d"] }.filter { $0.hasPrefix("M") }
      .map { $0.drop { $0 == "M" || $0 == " " || $0 == "." || $0.isNumber } }
    #expect(Set(shapes.suffix(6)).count == 6)
  }

  @Test func marksOfOneNameShareColourAndEntry() throws {
    let plot = Plot(
      legend: .above,
      marks: [
        Area("loss", x: [0, 1], lower: [0, 0], upper: [1, 1]),
        Line("loss", x: [0, 1], y: [0.5, 0.5]), Line("other", x: [0, 1], y: [0, 1]),
        Line("fixed", x: [0, 1], y: [1, 0], color: .series(0)),
      ])
    let svg = plot.alone.svg(embedded: true)
    let texts = try PlacedText.all(in: try XMLTree.read(svg)).map(\.text)
    #expect(texts.filter { $0 == "loss" }.count == 1)
    // The colour that one mark requests is not assigned to another one.
    #expect(svg.contains("f1\" fill-opacity=\".25\"") && svg.contains("class=\"s1\""))
    #expect(svg.contains("class=\"s2\"") && svg.contains("class=\"s0\""))
  }
}

extension Plot {
  /// A figure of this plot and nothing else.
  var alone: Figure { Figure(title: "", description: "", panels: [self]) }
}
