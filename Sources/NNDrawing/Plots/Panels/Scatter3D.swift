/// A scatter plot in three dimensions, in orthographic projection.
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
  /// Line segments, such as the edges of a cube or a plane.
  public var edges: [(from: (Double, Double, Double), to: (Double, Double, Double))]
  /// The rotation of the view around the z axis, in degrees.
  public var azimuth: Double
  /// The angle of the view above the xy plane, in degrees.
  public var elevation: Double

  /// Creates a plot in three dimensions.
  ///
  /// - Parameters:
  ///   - title: The text above.
  ///   - x: The first axis.
  ///   - y: The second axis.
  ///   - z: The third axis, upwards.
  ///   - groups: Points that share colour and symbol, with a name for the legend.
  ///   - edges: Line segments.
  ///   - azimuth: The rotation of the view around the z axis, in degrees.
  ///   - elevation: The angle of the view above the xy plane, in degrees.
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
      for (offset, (index, name)) in zip(legend.positions, keys) {
        let position = Point(box.x + 8 + offset.x, top + offset.y)
        canvas.draw(
          key: LegendKey(styles[index].paint, symbol: styles[index].symbol), at: position)
        canvas.write(
          name, at: Point(position.x + LegendLayout.sampleWidth + 5, position.y), style: TextStyle()
        )
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
      canvas.write(text.text, at: text.position, style: text.style)
    }
    let lines = edges.flatMap {
      Clipping.clip(line: [space.position($0.from), space.position($0.to)], to: box)
    }
    canvas.draw(lines: lines, stroke: Stroke(.text, width: 1.25))
    // Slices from far to near keep near points in front, with few elements.
    let slices = 8
    var sliced = [[[Point]]](
      repeating: Array(repeating: [], count: groups.count), count: slices)
    for (index, group) in groups.enumerated() {
      for point in group.points {
        let position = space.position(point)
        guard position.isFinite, box.contains(position) else { continue }
        let slice = Int(((1 - space.distance(point)) / 2 * Double(slices)).rounded(.down))
        sliced[min(max(slice, 0), slices - 1)][index].append(position)
      }
    }
    for slice in sliced {
      for (index, positions) in slice.enumerated() where !positions.isEmpty {
        canvas.draw(
          symbols: positions, symbol: styles[index].symbol, size: 3, paint: styles[index].paint,
          hasHalo: true)
      }
    }
    if !groups.contains(where: { !$0.points.isEmpty }), edges.isEmpty {
      canvas.write(
        "no data", at: box.center, style: TextStyle(.medium, anchor: .middle, paint: .muted))
    }
  }
}
