/// Points in space, seen from afar, in a box of three axes.
public struct Scatter3D: Panel {
  /// The text above.
  public var title: String?
  /// The first axis, to the right when the azimuth is 0.
  public var x: Axis
  /// The second axis, away from the reader when the azimuth is 0.
  public var y: Axis
  /// The third axis, upwards.
  public var z: Axis
  /// Points that share colour and symbol.
  public var groups: [(name: String?, points: [(Double, Double, Double)])]
  /// Straight lines between two places, as of a cube or a plane.
  public var edges: [(from: (Double, Double, Double), to: (Double, Double, Double))]
  /// Degrees by which the reader walked around the box.
  public var azimuth: Double
  /// Degrees by which the reader stands above the box.
  public var elevation: Double

  /// Creates a plot in three dimensions.
  ///
  /// - Parameters:
  ///   - title: The text above.
  ///   - x: The first axis.
  ///   - y: The second axis.
  ///   - z: The third axis, upwards.
  ///   - groups: Points that share colour and symbol, with a name for the legend.
  ///   - edges: Straight lines between two places.
  ///   - azimuth: Degrees by which the reader walked around the box.
  ///   - elevation: Degrees by which the reader stands above the box.
  public init(
    title: String? = nil, x: Axis = Axis("x"), y: Axis = Axis("y"), z: Axis = Axis("z"),
    groups: [(name: String?, points: [(Double, Double, Double)])],
    edges: [(from: (Double, Double, Double), to: (Double, Double, Double))] = [],
    azimuth: Double = 30, elevation: Double = 25
  ) {
    self.title = title
    self.x = x
    self.y = y
    self.z = z
    self.groups = groups
    self.edges = edges
    self.azimuth = azimuth
    self.elevation = elevation
  }

  /// The height that suits a width.
  public func height(forWidth width: Double) -> Double { 0.82 * width + 24 }

  /// Draws the box, lines and points.
  public func draw(on canvas: inout SVGCanvas, in box: Box) {
    let lines = TextMetrics.wrapped(title ?? "", to: box.width - 8, .large, lines: 2)
    var top = box.y + 2
    for line in lines {
      canvas.write(
        line, at: Point(box.center.x, top + PlotLayout.titleHeight / 2),
        style: TextStyle(.large, anchor: .middle))
      top += PlotLayout.titleHeight
    }
    let styles = styles
    let keys = groups.indices.compactMap { index in
      groups[index].name.map { (index, LegendLayout.shortened($0)) }
    }
    if !keys.isEmpty {
      let legend = LegendLayout(keys.map(\.1), width: box.width - 16)
      for (offset, (index, name)) in zip(legend.places, keys) {
        let place = Point(box.x + 8 + offset.x, top + offset.y)
        canvas.draw(
          key: LegendKey(styles[index].paint, symbol: styles[index].symbol), at: place)
        canvas.write(
          name, at: Point(place.x + LegendLayout.sampleWidth + 5, place.y), style: TextStyle())
      }
      top += legend.size.height
    }
    drawSpace(
      on: &canvas, in: Box(x: box.x, y: top, width: box.width, height: box.maxY - top),
      margin: (52, 34))
  }

  /// Draws the box, lines and points in characters.
  public func draw(on screen: inout TerminalScreen, in cells: CellBox) {
    var area = cells
    if let title { screen.write(title, in: area.takeTop(), align: .center) }
    let keys = zip(groups, styles).compactMap { group, style in
      group.name.map { (name: $0, key: LegendKey(style.paint, symbol: style.symbol)) }
    }
    if !keys.isEmpty { screen.write(legend: keys, in: area.takeTop()) }
    let box = screen.box(of: area)
    drawSpace(
      on: &screen, in: box,
      margin: (screen.width(of: "000000", .small), 2 * screen.lineHeight(.small)))
  }

  private var styles: [(paint: Paint, symbol: Symbol)] {
    let symbols: [Symbol] = [.circle, .triangle, .square, .diamond, .cross, .plus]
    return groups.indices.map { (.series($0), symbols[$0 % symbols.count]) }
  }

  private func drawSpace(
    on canvas: inout some Canvas, in box: Box, margin: (x: Double, y: Double)
  ) {
    let space = Space(
      self, in: box, margin: margin, on: canvas)
    canvas.draw(lines: space.grid, stroke: Stroke(.grid))
    canvas.draw(lines: space.outline, stroke: Stroke(.muted))
    for text in space.texts {
      canvas.write(text.text, at: text.place, style: text.style)
    }
    let lines = edges.flatMap {
      Clipping.clip(line: [space.place($0.from), space.place($0.to)], to: box)
    }
    canvas.draw(lines: lines, stroke: Stroke(.text, width: 1.25))
    // Slices from far to near keep near points in front, with few elements.
    let slices = 8
    var sliced = [[[Point]]](
      repeating: Array(repeating: [], count: groups.count), count: slices)
    for (index, group) in groups.enumerated() {
      for point in group.points {
        let place = space.place(point)
        guard place.isFinite, box.contains(place) else { continue }
        let slice = Int(((1 - space.distance(point)) / 2 * Double(slices)).rounded(.down))
        sliced[min(max(slice, 0), slices - 1)][index].append(place)
      }
    }
    for slice in sliced {
      for (index, places) in slice.enumerated() where !places.isEmpty {
        canvas.draw(
          symbols: places, symbol: styles[index].symbol, size: 3, paint: styles[index].paint,
          hasHalo: true)
      }
    }
    if !groups.contains(where: { !$0.points.isEmpty }), edges.isEmpty {
      canvas.write(
        "no data", at: box.center, style: TextStyle(.medium, anchor: .middle, paint: .muted))
    }
  }
}
