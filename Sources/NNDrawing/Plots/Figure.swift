public import NNCore

/// Panels in a grid under a title: the unit that is written to a file, embedded in a page or
/// printed.
///
/// ```swift
/// let figure = Figure(
///   title: "Loss", description: "The loss falls from 2.3 to 0.2 within five epochs.",
///   panels: [
///     Plot(
///       x: Axis("epoch"), y: Axis("loss", scale: .log),
///       marks: [Line("training", x: epochs, y: losses)])
///   ])
/// ```
public struct Figure: Sendable {
  /// The text above all panels.
  public var title: String
  /// The alternative text, for screen readers.
  public var description: String
  /// The number of panels in a row.
  public var columns: Int
  /// The width of a panel, in units of the drawing; nil for a default by the number of columns.
  public var panelWidth: Double?
  /// The panels, row by row.
  public var panels: [any Panel]

  /// Creates a figure.
  ///
  /// - Parameters:
  ///   - title: The text above all panels; may be empty.
  ///   - description: The alternative text, for screen readers.
  ///   - columns: The number of panels in a row.
  ///   - panelWidth: The width of a panel; nil for a default by the number of columns.
  ///   - panels: The panels, row by row.
  public init(
    title: String, description: String, columns: Int = 1, panelWidth: Double? = nil,
    panels: [any Panel]
  ) {
    self.title = title
    self.description = description
    self.columns = max(1, columns)
    self.panelWidth = panelWidth
    self.panels = panels
  }

  /// The figure as SVG.
  ///
  /// - Parameters:
  ///   - theme: Colours for a light or a dark background, or both in one file.
  ///   - embedded: Whether it is embedded in a page with `PageStyle`: no XML header, no style.
  public func svg(theme: Theme = .automatic, embedded: Bool = false) -> String {
    document(SVGCanvas(), theme: theme, embedded: embedded)
  }

  private func document(_ canvas: SVGCanvas, theme: Theme, embedded: Bool) -> String {
    var canvas = canvas
    let size = draw(on: &canvas)
    return SVGDocument.text(
      size: size, title: title, description: description, theme: theme, embedded: embedded,
      content: canvas.bytes)
  }

  /// Writes the figure as a PNG file, by the program `rsvg-convert` of librsvg.
  ///
  /// - Parameters:
  ///   - path: The file to replace or create.
  ///   - theme: Colours for a light or a dark background; `.automatic` is light.
  ///   - width: Pixels from left to right; nil takes two for each unit of the SVG.
  /// - Throws: `NNError` when the program is missing or fails, or the file cannot be written.
  public func png(path: String, theme: Theme, width: Int? = nil) throws(NNError) {
    let size = FigureLayout(self).size
    // librsvg interpolates between pixels, whatever a file asks for.
    let document = document(
      SVGCanvas(enlargesImages: true), theme: theme == .automatic ? .light : theme,
      embedded: false)
    try SVGConverter.writePNG(
      document, to: path,
      width: width ?? Int((2 * size.width).rounded()))
  }

  /// The figure in characters, for a terminal.
  ///
  /// - Parameters:
  ///   - width: The maximum number of columns.
  ///   - height: The maximum number of lines.
  ///   - style: The characters to draw with, and whether in colour.
  /// - Returns: Lines, without a line break after the last one.
  public func text(width: Int, height: Int, style: TerminalStyle) -> String {
    var screen = TerminalScreen(width: max(width, 1), height: max(height, 1), style: style)
    draw(on: &screen, in: CellBox(column: 0, row: 0, width: max(width, 1), height: max(height, 1)))
    return screen.text
  }

  /// Draws the title and all panels.
  ///
  /// - Returns: The size of the drawing.
  @discardableResult
  func draw(on canvas: inout SVGCanvas) -> (width: Double, height: Double) {
    let layout = FigureLayout(self)
    for (index, line) in layout.title.enumerated() {
      canvas.write(
        line,
        at: Point(layout.size.width / 2, FigureLayout.margin + (Double(index) + 0.5) * 20),
        style: TextStyle(.large, anchor: .middle))
    }
    for (panel, box) in zip(panels, layout.boxes) { panel.draw(on: &canvas, in: box) }
    return layout.size
  }
}
