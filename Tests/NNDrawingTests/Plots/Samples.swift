import NNDrawing

/// One of everything that can be drawn, with valid and invalid data.
enum Samples {
  /// Data of all kinds that marks must handle.
  static let data: [(name: String, x: [Double], y: [Double])] = [
    ("ordinary", [0, 1, 2, 3, 4], [1, 4, 2, 8, 5]),
    ("nothing", [], []),
    ("one", [3], [5]),
    ("equal", [2, 2, 2], [7, 7, 7]),
    ("holes", [0, 1, 2, 3], [1, .nan, .infinity, -.infinity]),
    ("no number", [.nan, .nan], [.nan, .nan]),
    ("negative", [-3, -2, -1], [-1, -100, -1e-9]),
    ("zeros", [0, 0, 0], [0, 0, 0]),
    ("huge", [-1e308, 1e308, 1e300], [1e300, -1e300, 1e308]),
    ("tiny", [1e-300, 2e-300, .leastNonzeroMagnitude], [.leastNormalMagnitude / 4, -1e-305, 0]),
    ("far", [1e9, 1e9 + 1e-3], [1e15, 1e15 + 1]),
    ("uneven", [1, 2, 3], [4, 5]),
  ]

  /// A name that must be escaped.
  static let name = "a < b & \"c\" 'd' ]]> η₁² \u{7}"

  /// Every mark with the same data.
  static func marks(_ x: [Double], _ y: [Double]) -> [(name: String, mark: any Mark)] {
    let (first, second) = (x.first ?? 0, y.first ?? 0)
    let grid = (0..<12).map { index in index < y.count ? y[index] : Double(index) }
    let range = -1.0...2.0
    return [
      ("line", Line(name, x: x, y: y, markers: true)),
      ("points", Points(name, x: x, y: y)),
      ("area", Area(name, x: x, lower: y, upper: y.map { $0 + 1 })),
      ("bars", Bars(name, x: x, heights: y)),
      ("named bars", Bars(name, labels: x.map { "\($0) \(name)" }, heights: y)),
      ("histogram", Histogram(name, values: y)),
      ("heat map", HeatMap(x: range, y: range, columns: 4, rows: 3, values: grid)),
      (
        "numbers",
        HeatMap(
          x: range, y: range, columns: 4, rows: 3, values: grid, colors: .diverging,
          showsValues: true)
      ),
      (
        "contour",
        Contour(
          name, x: range, y: range, columns: 4, rows: 3, values: grid, levels: [0, 1, 4.5, .nan],
          labels: true)
      ),
      ("vertical", Rule(vertical: first, label: name)),
      ("horizontal", Rule(horizontal: second, label: name)),
      ("label", Label(name, x: first, y: second)),
      ("arrow", Arrow(from: (first, second), to: (x.last ?? 0, y.last ?? 0))),
    ]
  }

  /// Every panel.
  static func panels(_ x: [Double], _ y: [Double]) -> [any Panel] {
    let pixels = y.map { UInt8(max(0, min(255, $0.isFinite ? $0 : 0))) }
    let points = zip(x, y).map { ($0, $1, $0) }
    return [
      ImageGrid(
        title: name, images: [RasterImage(width: pixels.count, height: 1, gray: pixels)],
        captions: [name], columns: 2, scale: 3),
      Scatter3D(
        title: name, groups: [(name, points), (nil, points)],
        edges: points.isEmpty ? [] : [(points[0], points[points.count - 1])]),
    ]
  }
}
