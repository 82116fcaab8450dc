extension Plot {
  /// Draws the plot into a rectangle of a terminal.
  public func draw(on screen: inout TerminalScreen, in cells: CellBox) {
    let contents = PlotContents(self)
    var area = cells
    if let title { screen.write(title, in: area.takeTop(), align: .center) }
    if !contents.keys.isEmpty, area.height > 6 {
      screen.write(legend: contents.keys, in: area.takeTop())
    }
    let note = [y.label.map { "\($0)" }, contents.note].compactMap { $0 }
      .joined(separator: "   ")
    let head = note.isEmpty || area.height < 5 ? nil : area.takeTop()
    var foot = x.label == nil || area.height <= 4 ? nil : area.takeBottom()
    let texts = area.height > 2 ? area.takeBottom() : nil
    let ticks = Self.ticks(
      y.ticks, contents.extent.y, count: max(2, area.height / 3))
    let margin = min(
      ticks.map { TerminalText.width($0.label, screen.style) }.max() ?? 0, max(area.width / 3, 0))
    guard area.width > margin + 3, area.height > 1 else {
      screen.write(note.isEmpty ? "too small" : note, in: cells)
      return
    }
    if let head { screen.write(note, in: head, paint: .muted) }
    let inner = CellBox(
      column: area.column + margin + 1, row: area.row, width: area.width - margin - 1,
      height: area.height - 1)
    let fitted = keepsAspect ? Self.fitted(inner, contents) : inner
    contents.draw(on: &screen, in: screen.dotBox(of: fitted))
    if let label = x.label, foot != nil {
      foot?.column = fitted.column
      foot?.width = max(fitted.width, TerminalText.width(label, screen.style))
      screen.write(label, in: foot ?? fitted, align: .center, paint: .muted)
    }
    drawAxes(on: &screen, fitted, contents, ticks, margin: margin, texts: texts)
  }

  private func drawAxes(
    on screen: inout TerminalScreen, _ inner: CellBox, _ contents: PlotContents, _ ticks: [Tick],
    margin: Int, texts: CellBox?
  ) {
    let isASCII = screen.style.glyphs == .ascii
    let frame = contents.frame(in: screen.dotBox(of: inner))
    let axis = inner.column - 1
    for row in 0..<inner.height {
      screen.put(isASCII ? "|" : "│", column: axis, row: inner.row + row, paint: .muted)
    }
    let bottom = inner.row + inner.height
    let line = String(repeating: isASCII ? "-" : "─", count: inner.width)
    screen.put((isASCII ? "+" : "└") + line, column: axis, row: bottom, paint: .muted)
    let box = screen.box(of: CellBox(column: 0, row: 0, width: 1, height: 1))
    for tick in ticks {
      let row = Int(frame.y(tick.value) / box.height)
      guard row >= inner.row, row < bottom else { continue }
      let label = CellBox(column: axis - margin, row: row, width: margin, height: 1)
      screen.write(tick.label, in: label, align: .right, paint: .muted)
      screen.put(isASCII ? "+" : "┤", column: axis, row: row, paint: .muted)
    }
    guard let texts else { return }
    let given = contents.xTicks
    let chosen = Self.horizontalTicks(given, contents.extent.x, screen, inner)
    var free = axis - margin
    for tick in chosen {
      let column = Int(frame.x(tick.value) / box.width)
      guard column >= inner.column, column < inner.column + inner.width else { continue }
      let label = TerminalText.plain(tick.label, screen.style)
      let count = label.unicodeScalars.count
      let start = min(column - count / 2, texts.column + texts.width - count)
      guard start >= free, !label.isEmpty else { continue }
      screen.put(isASCII ? "+" : "┬", column: column, row: bottom, paint: .muted)
      screen.put(label, column: start, row: texts.row, paint: .muted)
      free = start + count + 1
    }
  }

  private static func ticks(
    _ given: [Tick]?, _ extent: AxisExtent, count: Int
  ) -> [Tick] {
    let range = extent.range
    if let given { return given.filter { range.contains($0.value) } }
    return
      (extent.scale == .log
      ? Ticks.log(range, count: count) : Ticks.linear(range, count: count)).major
  }

  private static func horizontalTicks(
    _ given: [Tick]?, _ extent: AxisExtent, _ screen: TerminalScreen, _ inner: CellBox
  ) -> [Tick] {
    if let given {
      // Names that do not fit are truncated to the distance between two of them.
      let widest = given.map { TerminalText.width($0.label, screen.style) }.max() ?? 1
      let least = min(max(widest, 1), 7) + 1
      let stride = max(1, (given.count * least + inner.width - 1) / max(inner.width, 1))
      let room = max(stride * inner.width / max(given.count, 1) - 1, 1)
      return given.enumerated().filter { $0.offset.isMultiple(of: stride) }.map { _, tick in
        let text = TerminalText.plain(tick.label, screen.style)
        return Tick(tick.value, TerminalText.shortened(text, to: room, screen.style))
      }
    }
    var count = max(1, inner.width / 7)
    while count > 1 {
      let ticks = ticks(nil, extent, count: count)
      let needed = ticks.reduce(0) { $0 + TerminalText.width($1.label, screen.style) + 3 }
      if needed <= inner.width { return ticks }
      count -= 1
    }
    return ticks(nil, extent, count: 1)
  }

  /// The part of a rectangle in which both axes have equal units.
  private static func fitted(_ cells: CellBox, _ contents: PlotContents) -> CellBox {
    let (x, y) = (contents.extent.x.range, contents.extent.y.range)
    // Characters are about twice as high as wide.
    let ratio =
      (y.upperBound - y.lowerBound) / (x.upperBound - x.lowerBound) / 2
    let width = min(Double(cells.width), Double(cells.height) / ratio)
    let height = min(Double(cells.height), width * ratio)
    return CellBox(
      column: cells.column, row: cells.row, width: max(Int(width.rounded()), 2),
      height: max(Int(height.rounded()), 1))
  }
}

extension TerminalScreen {
  /// Writes samples and names in a row.
  mutating func write(legend keys: [(name: String, key: LegendKey)], in box: CellBox) {
    guard box.height > 0 else { return }
    var column = box.column
    for (name, key) in keys {
      let sample = sample(of: key)
      let text = TerminalText.plain(name, style)
      let count = text.unicodeScalars.count + sample.unicodeScalars.count + 1
      guard column + count <= box.column + box.width else { return }
      put(sample, column: column, row: box.row, paint: key.paint)
      put(text, column: column + sample.unicodeScalars.count + 1, row: box.row, paint: .text)
      column += count + 3
    }
  }

  private func sample(of key: LegendKey) -> String {
    let isASCII = style.glyphs == .ascii
    if let symbol = key.symbol, key.stroke == nil {
      return !isASCII && style.hasColors ? "•" : String(Self.letter(symbol))
    }
    guard let stroke = key.stroke else { return isASCII ? "##" : "██" }
    if isASCII { return String(repeating: String(Self.letter(key.paint)), count: 2) }
    return switch stroke.dash {
    case .automatic, .solid: "──"
    case .dashed: "╌╌"
    case .dotted: "··"
    case .dashDotted: "─·"
    }
  }
}
