/// A panel in the grid of a figure.
///
/// A new panel is one file with a type of this protocol: it reports its height for a width and
/// draws itself twice, into an SVG file and into the characters of a terminal.
public protocol Panel: Sendable {
  /// The height that suits a width, in units of an SVG file.
  func height(forWidth width: Double) -> Double
  /// Draws into a rectangle of an SVG file.
  func draw(on canvas: inout SVGCanvas, in box: Box)
  /// Draws into a rectangle of a terminal.
  func draw(on screen: inout TerminalScreen, in cells: CellBox)
}
