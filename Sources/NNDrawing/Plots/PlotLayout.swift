/// The positions of a plot's parts in an SVG file: margins follow the widths of the texts.
struct PlotLayout {
  /// The rectangle between the axes.
  let area: Box
  /// The lines of the title.
  let title: [String]
  /// The whole rectangle.
  let box: Box
  /// The lower end of title, legend and note.
  let top: Double
  /// The rectangle of a legend above the axes.
  private(set) var legend: Box?
  /// The middle of the note about values that are not shown.
  private(set) var notePosition: Point?
  /// The ticks of the horizontal axis.
  let x: AxisTicks
  /// The ticks of the vertical axis.
  let y: AxisTicks
  /// The ticks of the color bar.
  let barTicks: [Tick]
  /// The size of everything outside the axes.
  private let around: (width: Double, height: Double)

  static let tickLength = 4.0
  static let titleHeight = 19.0
  static let barWidth = 12.0
  static let barGap = 10.0
  static let labelHeight = 18.0

  /// Computes the layout within a rectangle.
  init(_ contents: PlotContents, in box: Box, hasLegendAbove: Bool) {
    let plot = contents.plot
    self.box = box
    title = TextMetrics.wrapped(plot.title ?? "", to: box.width - 8, .large, lines: 2)
    var top = box.y + (title.isEmpty ? 8 : Double(title.count) * Self.titleHeight + 8)
    if hasLegendAbove {
      let size = LegendLayout(contents.keys.map(\.name), width: box.width - 16).size
      legend = Box(x: box.x + 8, y: top - 4, width: size.width, height: size.height)
      top += size.height
    }
    if contents.note != nil, !contents.isEmpty {
      notePosition = Point(box.maxX - 10, top + 2)
      top += 14
    }
    self.top = top
    let xLabel = plot.x.label == nil ? 4 : Self.labelHeight + 4
    let yLabel = plot.y.label == nil ? 6 : Self.labelHeight + 4
    let floor = box.maxY - xLabel - Self.tickLength
    let tallest = AxisTicks(
      given: plot.y.ticks, contents.extent.y, length: max(floor - 16 - top, 20), along: .vertical)
    var left = box.x + yLabel + tallest.width + Self.tickLength + 4
    var right = box.maxX - 10
    if let scale = contents.scale {
      let texts =
        Self.ticks(of: scale, length: max(floor - 16 - top, 20))
        .map { TextMetrics.width(of: $0.label, .small) }.max() ?? 0
      right -= Self.barGap + Self.barWidth + Self.tickLength + 3 + texts
    }
    // The height of the labels under the horizontal axis depends on its length, and vice versa;
    // three iterations converge.
    var depth = AxisTicks.plainDepth
    var whole = box
    var area = box
    for _ in 0..<3 {
      whole = Box(
        x: left, y: top, width: max(right - left, 20), height: max(floor - depth - top, 20))
      area = plot.keepsAspect ? Self.fitted(whole, Self.ratio(contents)) : whole
      let ticks = AxisTicks(
        given: contents.xTicks, contents.extent.x, length: area.width, along: .horizontal)
      let map = contents.frame(in: area).x
      // Texts at both ends may extend beyond the axis.
      for tick in ticks.ticks.major {
        let reach = ticks.reach(tick)
        left += max(0, box.x + 2 - (map(tick.value) - reach.left))
        right -= max(0, map(tick.value) + reach.right - (box.maxX - 2))
      }
      depth = max(depth, ticks.depth)
    }
    around = (box.width - whole.width, box.height - whole.height)
    self.area = area
    if let legend {
      // Aligned with the axes where there is enough space.
      self.legend?.x = min(area.x - 5, box.maxX - legend.width)
    }
    x = AxisTicks(
      given: contents.xTicks, contents.extent.x, length: area.width, along: .horizontal)
    y = AxisTicks(given: plot.y.ticks, contents.extent.y, length: area.height, along: .vertical)
    barTicks = contents.scale.map { Self.ticks(of: $0, length: area.height) } ?? []
  }

  /// The layout with the position of its legend.
  static func settled(
    _ contents: PlotContents, in box: Box
  ) -> (layout: PlotLayout, legend: LegendPosition) {
    var position = contents.keys.isEmpty ? .hidden : contents.plot.legend
    if position == .automatic {
      let layout = PlotLayout(contents, in: box, hasLegendAbove: false)
      position = LegendLayout.freeCorner(of: layout.area, for: contents) ?? .above
      if position != .above { return (layout, position) }
    }
    return (PlotLayout(contents, in: box, hasLegendAbove: position == .above), position)
  }

  /// The rectangle of the color bar.
  var bar: Box {
    Box(x: area.maxX + Self.barGap, y: area.y, width: Self.barWidth, height: area.height)
  }

  /// The height at which a plot looks best in a column.
  static func height(of plot: Plot, width: Double) -> Double {
    let base = width > 450 ? 0.6 * width : max(0.75 * width, 150)
    let contents = PlotContents(plot)
    let height = plot.keepsAspect ? width : base
    let layout = settled(contents, in: Box(x: 0, y: 0, width: width, height: height)).layout
    if plot.keepsAspect {
      let ideal = (width - layout.around.width) * ratio(contents)
      return min(max(ideal, 60), width) + layout.around.height
    }
    // Long names and legends must not squeeze the axes.
    return max(base, layout.around.height + 0.42 * width)
  }

  /// Height over width of an area whose axes have equal units.
  private static func ratio(_ contents: PlotContents) -> Double {
    let (x, y) = (contents.extent.x.range, contents.extent.y.range)
    let ratio = (y.upperBound - y.lowerBound) / (x.upperBound - x.lowerBound)
    return min(max(ratio, 0.05), 20)
  }

  private static func fitted(_ area: Box, _ ratio: Double) -> Box {
    let width = min(area.width, area.height / ratio)
    return Box(
      x: area.x + (area.width - width) / 2, y: area.y, width: width, height: width * ratio)
  }

  private static func ticks(of scale: ColorScale, length: Double) -> [Tick] {
    AxisTicks(
      given: nil, scale: .linear, range: scale.range, length: length, along: .vertical
    ).ticks.major
  }
}
