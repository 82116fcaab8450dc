/// Colours, ranges and texts of a plot, computed before it is drawn. The same for all canvases.
struct PlotContents {
  let plot: Plot
  let styles: [MarkStyle]
  let extent: DataExtent
  let keys: [(name: String, key: LegendKey)]
  let scale: ColorScale?
  /// Whether there is no value to show.
  var isEmpty: Bool { extent.x.isEmpty && extent.y.isEmpty }
  /// Whether a mark covers the whole rectangle between the axes, so that a grid would not show.
  var hasField: Bool { plot.marks.contains(where: \.isFilled) }
  /// A note about values that are not shown.
  let note: String?
  /// Ticks of the horizontal axis that were set or are names of categories.
  let xTicks: [Tick]?

  init(_ plot: Plot) {
    self.plot = plot
    styles = Self.styles(plot.marks)
    var extent = DataExtent(x: plot.x, y: plot.y)
    for mark in plot.marks { mark.extend(&extent) }
    self.extent = extent
    var keys: [(name: String, key: LegendKey)] = []
    for (mark, style) in zip(plot.marks, styles) {
      guard let name = mark.name, !name.isEmpty, let key = mark.key(style) else { continue }
      if let index = keys.firstIndex(where: { $0.name == name }) {
        keys[index].key = keys[index].key.joined(with: key)
      } else {
        keys.append((name, key))
      }
    }
    self.keys =
      plot.legend == .hidden ? [] : keys.map { (LegendLayout.shortened($0.name), $0.key) }
    scale = plot.marks.lazy.compactMap(\.colorScale).first
    note = Self.note(extent)
    xTicks = plot.x.ticks ?? plot.marks.lazy.compactMap(\.categories).first
  }

  /// The axes for a rectangle of a canvas.
  func frame(in box: Box) -> PlotFrame { PlotFrame(box: box, x: extent.x, y: extent.y) }

  /// Draws all marks.
  func draw(on canvas: inout some Canvas, in box: Box) {
    var frame = frame(in: box)
    for (mark, style) in zip(plot.marks, styles) {
      mark.draw(on: &canvas, in: frame, style: style)
      frame.isFilled = frame.isFilled || mark.isFilled
    }
  }

  private static func styles(_ marks: [any Mark]) -> [MarkStyle] {
    let explicit = Set(
      marks.compactMap { mark in
        if case .series(let index) = mark.color { index % Palette.count } else { nil }
      })
    var free = (0..<Palette.count).filter { !explicit.contains($0) }
    if free.isEmpty { free = Array(0..<Palette.count) }
    let dashes: [Dash] = [.solid, .dashed, .dotted, .dashDotted]
    let symbols: [Symbol] = [.circle, .triangle, .square, .diamond, .cross, .plus]
    let slots = marks.count { $0.standsSideBySide }
    var colors: [String: Int] = [:]
    var names: [String: Int] = [:]
    var slot = 0
    return marks.enumerated().map { index, mark in
      let name = mark.name ?? "\u{0}\(index)"
      let paint: Paint
      switch mark.color {
      case .automatic:
        let number = colors[name] ?? colors.count
        colors[name] = number
        paint = .series(free[number % free.count])
      case .series(let number): paint = .series(number)
      case .muted: paint = .muted
      case .emphasis: paint = .text
      }
      var style = MarkStyle(paint: paint)
      // Muted and emphasized marks use up no pattern.
      if mark.color != .muted, mark.color != .emphasis {
        let number = names[name] ?? names.count
        names[name] = number
        style.dash = mark.name == nil ? .solid : dashes[number % dashes.count]
        style.symbol = symbols[number % symbols.count]
      }
      if mark.standsSideBySide {
        style.slot = slot
        style.slots = slots
        slot += 1
      }
      return style
    }
  }

  private static func note(_ extent: DataExtent) -> String? {
    let nonPositive = extent.x.nonPositiveCount + extent.y.nonPositiveCount
    let infinite = extent.x.infiniteCount + extent.y.infiniteCount
    var parts: [String] = []
    if extent.x.isEmpty, extent.y.isEmpty { parts.append("no data") }
    if nonPositive > 0 { parts.append(count(nonPositive, "≤ 0")) }
    if infinite > 0 { parts.append(count(infinite, "infinite")) }
    return parts.isEmpty ? nil : parts.joined(separator: ", ")
  }

  private static func count(_ number: Int, _ kind: String) -> String {
    "not shown: \(number) value\(number == 1 ? "" : "s") \(kind)"
  }
}
