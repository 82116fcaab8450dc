extension Plot {
  /// The height that suits a width.
  public func height(forWidth width: Double) -> Double {
    PlotLayout.height(of: self, width: width)
  }

  /// Draws the plot into a rectangle of an SVG file.
  public func draw(on canvas: inout SVGCanvas, in box: Box) {
    let contents = PlotContents(self)
    let (layout, position) = PlotLayout.settled(contents, in: box)
    drawTitle(on: &canvas, layout)
    drawGrid(on: &canvas, contents, layout)
    contents.draw(on: &canvas, in: layout.area)
    drawAxes(on: &canvas, contents, layout)
    if let scale = contents.scale { drawBar(of: scale, on: &canvas, layout) }
    drawLegend(on: &canvas, contents, layout, position)
    guard let note = contents.note else { return }
    if let position = layout.notePosition {
      canvas.write(note, at: position, style: TextStyle(.small, anchor: .end, paint: .muted))
    } else {
      canvas.write(
        TextMetrics.shortened(note, to: layout.area.width - 8, .small), at: layout.area.center,
        style: TextStyle(.small, anchor: .middle, paint: .muted, hasHalo: true))
    }
  }

  private func drawTitle(on canvas: inout SVGCanvas, _ layout: PlotLayout) {
    for (index, line) in layout.title.enumerated() {
      canvas.write(
        line,
        at: Point(
          layout.area.center.x.clamped(to: layout.box, width: canvas.width(of: line, .large)),
          layout.box.y + (Double(index) + 0.5) * PlotLayout.titleHeight),
        style: TextStyle(.large, anchor: .middle))
    }
  }

  private func drawGrid(
    on canvas: inout SVGCanvas, _ contents: PlotContents, _ layout: PlotLayout
  ) {
    guard !contents.hasField else { return }
    let frame = contents.frame(in: layout.area)
    let area = layout.area
    let isNamed = contents.xTicks != nil && contents.extent.x.scale == .linear
    let vertical = isNamed ? [] : layout.x.ticks.major.map { frame.x($0.value) }
    let lines =
      vertical.map { [Point($0, area.y), Point($0, area.maxY)] }
      + layout.y.ticks.major.map {
        [Point(area.x, frame.y($0.value)), Point(area.maxX, frame.y($0.value))]
      }
    canvas.draw(lines: lines, stroke: Stroke(.grid))
  }

  private func drawAxes(
    on canvas: inout SVGCanvas, _ contents: PlotContents, _ layout: PlotLayout
  ) {
    // Without ticks and names there is nothing to read off: such a plot has no axes.
    let isBare = [x, y].allSatisfy { $0.label == nil && $0.ticks?.isEmpty ?? false }
    guard contents.hasField || !isBare else { return }
    let area = layout.area
    let frame = contents.frame(in: area)
    let length = PlotLayout.tickLength
    var lines: [[Point]] = [
      [Point(area.x, area.y), Point(area.x, area.maxY), Point(area.maxX, area.maxY)]
    ]
    if contents.hasField {
      lines.append([
        Point(area.x, area.y), Point(area.maxX, area.y), Point(area.maxX, area.maxY),
      ])
    }
    for position in layout.x.ticks.major.map({ frame.x($0.value) }) {
      lines.append([Point(position, area.maxY), Point(position, area.maxY + length)])
    }
    for position in layout.x.ticks.minor.map({ frame.x($0) }) {
      lines.append([Point(position, area.maxY), Point(position, area.maxY + length / 2)])
    }
    for position in layout.y.ticks.major.map({ frame.y($0.value) }) {
      lines.append([Point(area.x, position), Point(area.x - length, position)])
    }
    for position in layout.y.ticks.minor.map({ frame.y($0) }) {
      lines.append([Point(area.x, position), Point(area.x - length / 2, position)])
    }
    canvas.draw(lines: lines, stroke: Stroke(.muted))
    drawTexts(on: &canvas, frame, layout)
  }

  private func drawTexts(on canvas: inout SVGCanvas, _ frame: PlotFrame, _ layout: PlotLayout) {
    let area = layout.area
    let length = PlotLayout.tickLength
    let isSlanted = layout.x.isSlanted
    for tick in layout.x.ticks.major {
      canvas.write(
        tick.label,
        at: Point(frame.x(tick.value) + (isSlanted ? 2 : 0), area.maxY + length + 8),
        style: TextStyle(
          .small, anchor: isSlanted ? .end : .middle, paint: .muted,
          rotation: isSlanted ? AxisTicks.slant : 0))
    }
    for tick in layout.y.ticks.major {
      canvas.write(
        tick.label, at: Point(area.x - length - 3, frame.y(tick.value)),
        style: TextStyle(.small, anchor: .end, paint: .muted))
    }
    if let label = x.label {
      let fitted = TextMetrics.shortened(label, to: layout.box.width - 8, .medium)
      let width = canvas.width(of: fitted, .medium)
      canvas.write(
        fitted,
        at: Point(
          area.center.x.clamped(to: layout.box, width: width),
          area.maxY + length + layout.x.depth + PlotLayout.labelHeight / 2),
        style: TextStyle(.medium, anchor: .middle))
    }
    if let label = y.label {
      let position = area.x - length - 3 - layout.y.width - 12
      // Texts under the axis may extend as far to the left.
      let names = x.label.map { min(canvas.width(of: $0, .medium), layout.box.width) / 2 } ?? 0
      let isFree =
        area.center.x - names > position + 12
        && layout.x.ticks.major.allSatisfy {
          frame.x($0.value) - layout.x.reach($0).left > position + 12
        }
      let (top, bottom) = (layout.top + 2, isFree ? layout.box.maxY - 4 : area.maxY + 4)
      let fitted = TextMetrics.shortened(label, to: bottom - top, .medium)
      let half = canvas.width(of: fitted, .medium) / 2
      let middle = max(top + half, min(area.center.y, bottom - half))
      // An axis shorter than a letter cannot show its name.
      if fitted.count > 1 || fitted == label {
        canvas.write(
          fitted, at: Point(position, middle),
          style: TextStyle(.medium, anchor: .middle, rotation: -90))
      }
    }
  }

  private func drawBar(
    of scale: ColorScale, on canvas: inout SVGCanvas, _ layout: PlotLayout
  ) {
    let bar = layout.bar
    let steps = 128
    let range = scale.range
    let values = (0..<steps).map { step in
      let part = (Double(steps - step) - 0.5) / Double(steps)
      return range.lowerBound * (1 - part) + range.upperBound * part
    }
    canvas.draw(
      image: RasterImage(
        width: 1, height: steps, values: values, colors: scale.map, range: range), in: bar)
    let map = AxisMap(scale: .linear, range: range, from: bar.maxY, to: bar.y)
    var lines = [
      [
        Point(bar.x, bar.y), Point(bar.maxX, bar.y), Point(bar.maxX, bar.maxY),
        Point(bar.x, bar.maxY), Point(bar.x, bar.y),
      ]
    ]
    for tick in layout.barTicks {
      let position = map(tick.value)
      lines.append([Point(bar.maxX, position), Point(bar.maxX + PlotLayout.tickLength, position)])
      canvas.write(
        tick.label, at: Point(bar.maxX + PlotLayout.tickLength + 3, position),
        style: TextStyle(.small, paint: .muted))
    }
    canvas.draw(lines: lines, stroke: Stroke(.muted))
  }

  private func drawLegend(
    on canvas: inout SVGCanvas, _ contents: PlotContents, _ layout: PlotLayout,
    _ position: LegendPosition
  ) {
    guard !contents.keys.isEmpty, position != .hidden else { return }
    let names = contents.keys.map(\.name)
    let box: Box
    let entries: LegendLayout
    if let above = layout.legend {
      entries = LegendLayout(names, width: layout.box.width - 16)
      box = above
    } else {
      entries = LegendLayout(names, width: 0)
      box = LegendLayout.box(entries.size, in: layout.area, at: position)
      canvas.fill(boxes: [box], paint: .background, opacity: 0.85)
    }
    for (offset, entry) in zip(entries.positions, contents.keys) {
      let left = Point(box.x + offset.x, box.y + offset.y)
      canvas.draw(key: entry.key, at: left)
      canvas.write(
        entry.name, at: Point(left.x + LegendLayout.sampleWidth + 5, left.y), style: TextStyle())
    }
  }
}

extension SVGCanvas {
  /// Draws the sample of a legend's entry, with its left end at a point.
  mutating func draw(key: LegendKey, at position: Point) {
    let width = LegendLayout.sampleWidth
    if let opacity = key.opacity {
      let box = Box(x: position.x, y: position.y - 5, width: width, height: 10)
      fill(boxes: [box], paint: key.paint, opacity: opacity)
    }
    if let stroke = key.stroke {
      draw(lines: [[position, Point(position.x + width, position.y)]], stroke: stroke)
    }
    if let symbol = key.symbol {
      draw(
        symbols: [Point(position.x + width / 2, position.y)], symbol: symbol, size: 3.5,
        paint: key.paint, hasHalo: false)
    }
  }
}

extension Double {
  /// This center of something of a given width, moved so that it stays within a rectangle.
  func clamped(to box: Box, width: Double) -> Double {
    min(max(self, box.x + width / 2 + 2), max(box.maxX - width / 2 - 2, box.x + width / 2 + 2))
  }
}
