/// The positions of a figure's panels.
struct FigureLayout {
  /// The whole drawing.
  let size: (width: Double, height: Double)
  /// The lines of the title.
  let title: [String]
  /// The rectangle of each panel.
  let boxes: [Box]

  static let margin = 8.0
  private static let gap = 14.0

  init(_ figure: Figure) {
    let columns = max(1, min(figure.columns, max(figure.panels.count, 1)))
    let usual: Double =
      switch columns {
      case 1: 600
      case 2: 380
      case 3: 292
      case 4: 232
      default: max(960 / Double(columns), 120)
      }
    let panelWidth = figure.panelWidth ?? usual
    let width = Double(columns) * panelWidth + Double(columns - 1) * Self.gap + 2 * Self.margin
    title = TextMetrics.wrapped(figure.title, to: width - 2 * Self.margin, .large, lines: 3)
    var y = Self.margin + Double(title.count) * 20 + (title.isEmpty ? 0 : 6)
    var boxes: [Box] = []
    for start in stride(from: 0, to: figure.panels.count, by: columns) {
      let row = figure.panels[start..<min(start + columns, figure.panels.count)]
      let height = row.map { $0.height(forWidth: panelWidth) }.max() ?? 0
      for column in row.indices {
        boxes.append(
          Box(
            x: Self.margin + Double(column - start) * (panelWidth + Self.gap), y: y,
            width: panelWidth, height: height))
      }
      y += height + Self.gap
    }
    self.boxes = boxes
    size = (width, max(y - (boxes.isEmpty ? 0 : Self.gap), 30) + Self.margin)
  }
}
