/// A surface that marks draw on: an SVG file, a terminal, or a map of what is covered.
///
/// Lengths are in the canvas's own unit. Nothing is clipped: the caller must stay within its box.
public protocol Canvas {
  /// How wide a unit of x looks, in units of y.
  var unitAspect: Double { get }
  /// The height of a line of text.
  func lineHeight(_ size: TextSize) -> Double
  /// The width of a text.
  func width(of text: String, _ size: TextSize) -> Double
  /// The factor from lengths meant for an SVG file to the canvas's unit.
  var strokeScale: Double { get }

  /// Draws lines through points.
  mutating func draw(lines: [[Point]], stroke: Stroke)
  /// Fills the inside of rings; where rings lie in each other, every second one is a hole.
  mutating func fill(rings: [[Point]], paint: Paint, opacity: Double)
  /// Fills rectangles.
  mutating func fill(boxes: [Box], paint: Paint, opacity: Double)
  /// Draws a symbol at each point.
  ///
  /// - Parameters:
  ///   - positions: The center of each symbol.
  ///   - symbol: The shape.
  ///   - size: Half the width of a symbol, in units of an SVG file.
  ///   - paint: The colour.
  ///   - hasHalo: Whether a ring of the background's colour sets symbols off from what is behind.
  mutating func draw(
    symbols positions: [Point], symbol: Symbol, size: Double, paint: Paint, hasHalo: Bool)
  /// Writes a line of text.
  mutating func write(_ text: String, at position: Point, style: TextStyle)
  /// Draws pixels, stretched to a rectangle.
  mutating func draw(image: RasterImage, in box: Box)
}

/// The sizes of text.
public enum TextSize: Sendable, Hashable, CaseIterable {
  /// At ticks and in cells.
  case small
  /// At axes, in legends and at marks.
  case medium
  /// Above panels; bold.
  case large
}

/// The size, alignment and color of a line of text.
public struct TextStyle: Sendable, Hashable {
  /// The part of the text that lies at the given point, along its direction.
  public enum Anchor: Sendable, Hashable { case start, middle, end }

  /// The size.
  public var size: TextSize
  /// The part of the text that lies at the given point.
  public var anchor: Anchor
  /// The colour.
  public var paint: Paint
  /// Degrees clockwise; only an SVG file rotates text.
  public var rotation: Double
  /// Whether an edge of the background's colour sets the text off from what is behind.
  public var hasHalo: Bool

  /// Creates a style; the text is centred vertically at its point.
  public init(
    _ size: TextSize = .medium, anchor: Anchor = .start, paint: Paint = .text,
    rotation: Double = 0, hasHalo: Bool = false
  ) {
    self.size = size
    self.anchor = anchor
    self.paint = paint
    self.rotation = rotation
    self.hasHalo = hasHalo
  }
}
