/// A text at a place of the plot.
public struct Label: Mark {
  /// Which side of the place the text stands on.
  public enum Anchor: Sendable, Hashable {
    /// In the middle.
    case center
    /// To the left or to the right.
    case left, right
    /// Above or below.
    case above, below
  }

  /// The text.
  public var text: String
  /// The place along the horizontal axis.
  public var x: Double
  /// The place along the vertical axis.
  public var y: Double
  /// Which side of the place the text stands on.
  public var anchor: Anchor
  /// The colour.
  public var color: SeriesColor

  /// Creates a text.
  ///
  /// - Parameters:
  ///   - text: The text.
  ///   - x: The place along the horizontal axis.
  ///   - y: The place along the vertical axis.
  ///   - anchor: Which side of the place the text stands on; it moves to stay within the axes.
  ///   - color: The colour.
  public init(
    _ text: String, x: Double, y: Double, anchor: Anchor = .right, color: SeriesColor = .emphasis
  ) {
    self.text = text
    self.x = x
    self.y = y
    self.anchor = anchor
    self.color = color
  }
}
