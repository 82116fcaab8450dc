public import NNCore

/// Panels in a grid under a title: the unit that is written to a file, put in a page or printed.
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
  /// What there is to see, for those who cannot see it.
  public var description: String
  /// How many panels stand side by side.
  public var columns: Int
  /// The panels, row by row.
  public var panels: [any Panel]

  /// Creates a figure.
  ///
  /// - Parameters:
  ///   - title: The text above all panels; may be empty.
  ///   - description: What there is to see, for screen readers.
  ///   - columns: How many panels stand side by side.
  ///   - panels: The panels, row by row.
  public init(title: String, description: String, columns: Int = 1, panels: [any Panel]) {
    self.title = title
    self.description = description
    self.columns = max(1, columns)
    self.panels = panels
  }

  /// The figure as SVG.
  ///
  /// - Parameters:
  ///   - theme: Colours for a light or a dark background, or both in one file.
  ///   - embedded: Whether it goes into a page that holds `PageStyle`: no XML header, no style.
  public func svg(theme: Theme = .automatic, embedded: Bool = false) -> String {
    "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 600 60\"></svg>"
  }

  /// Writes the figure as a PNG file, by the program `rsvg-convert` of librsvg.
  ///
  /// - Parameters:
  ///   - path: The file to replace or create.
  ///   - theme: Colours for a light or a dark background; `.automatic` is light.
  ///   - width: Pixels from left to right; nil takes two for each unit of the SVG.
  /// - Throws: `NNError` when the program is missing or fails, or the file cannot be written.
  public func png(path: String, theme: Theme, width: Int? = nil) throws(NNError) {}

  /// The figure in characters, for a terminal.
  ///
  /// - Parameters:
  ///   - width: The most columns that it may take.
  ///   - height: The most lines that it may take.
  ///   - style: The characters to draw with, and whether in colour.
  public func text(width: Int, height: Int, style: TerminalStyle) -> String { title }
}
