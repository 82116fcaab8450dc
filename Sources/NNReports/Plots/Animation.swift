public import NNCore

/// Figures shown one after the other in one SVG, again and again.
///
/// For readers who prefer reduced motion, and where nothing moves (print, PNG, a terminal), it is the
/// last frame. The pointer on it stops it.
public struct Animation: Sendable {
  /// What the pictures show together.
  public var title: String
  /// What there is to see, for screen readers.
  public var description: String
  /// The figures with a text for each.
  public var frames: [(caption: String, figure: Figure)]
  /// How long each frame stands, in seconds.
  public var secondsPerFrame: Double

  /// Creates an animation.
  ///
  /// - Parameters:
  ///   - title: What the pictures show together.
  ///   - description: What there is to see, for screen readers.
  ///   - frames: The figures with a text for each.
  ///   - secondsPerFrame: How long each frame stands; the last one stands longer.
  public init(
    title: String, description: String, frames: [(caption: String, figure: Figure)],
    secondsPerFrame: Double = 0.5
  ) {
    self.title = title
    self.description = description
    self.frames = frames
    self.secondsPerFrame = secondsPerFrame
  }

  /// The animation as SVG; parameters as those of ``Figure/svg(theme:embedded:)``.
  public func svg(theme: Theme = .automatic, embedded: Bool = false) -> String {
    frames.last?.figure.svg(theme: theme, embedded: embedded) ?? ""
  }

  /// Writes the last frame as PNG; parameters as those of ``Figure/png(path:theme:width:)``.
  public func png(path: String, theme: Theme, width: Int? = nil) throws(NNError) {
    try frames.last?.figure.png(path: path, theme: theme, width: width)
  }

  /// The last frame in characters; parameters as those of ``Figure/text(width:height:style:)``.
  public func text(width: Int, height: Int, style: TerminalStyle) -> String {
    frames.last?.figure.text(width: width, height: height, style: style) ?? title
  }
}
