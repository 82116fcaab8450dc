public import NNCore

/// Figures shown one after the other in one SVG, in a loop.
///
/// For readers who prefer reduced motion, and where nothing moves (print, PNG, a terminal), it
/// shows the last frame. Hovering pauses it.
public struct Animation: Sendable {
  /// What the frames show together.
  public var title: String
  /// The alternative text, for screen readers.
  public var description: String
  /// The figures with a text for each.
  public var frames: [(caption: String, figure: Figure)]
  /// How long each frame is shown, in seconds.
  public var secondsPerFrame: Double

  /// Creates an animation.
  ///
  /// - Parameters:
  ///   - title: What the frames show together.
  ///   - description: The alternative text, for screen readers.
  ///   - frames: The figures with a text for each.
  ///   - secondsPerFrame: How long each frame is shown; the last one longer.
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
    var canvas = SVGCanvas()
    var size = (width: 600.0, height: 30.0)
    let count = frames.count
    for (index, frame) in frames.enumerated() {
      let begin = seconds(Double(index))
      let delay = index == 0 ? "" : " style=\"animation-delay:\(begin)s\""
      let last = index == count - 1 ? " last" : ""
      canvas.add(raw: "<g class=\"frame \(kind)\(last)\"\(delay)>\n")
      let drawn = frame.figure.draw(on: &canvas)
      size = (max(size.width, drawn.width), max(size.height, drawn.height))
      canvas.write(
        frame.caption, at: Point(drawn.width / 2, drawn.height + 8),
        style: TextStyle(.medium, anchor: .middle))
      canvas.add(raw: "</g>\n")
    }
    return SVGDocument.text(
      size: (size.width, size.height + 24), title: title, description: description, theme: theme,
      embedded: embedded, style: style(frames: count), content: canvas.bytes)
  }

  /// A name of frames with this timing; pages may hold several animations.
  private var kind: String {
    "of\(frames.count)every\(Int((1000 * min(max(0.05, secondsPerFrame), 60)).rounded()))"
  }

  /// The last frame is shown as long as this many others.
  private static let pause = 4

  /// Hides all frames but the last one, and shows each in its time where motion is welcome.
  private func style(frames count: Int) -> String {
    guard count > 1 else { return "" }
    let steps = count + Self.pause - 1
    let frame = "svg.nnplot .frame.\(kind)"
    let name = "nnframe\(kind)"
    func percent(_ part: Int) -> String { SVGNumber(100 * Double(part) / Double(steps)).text }
    // Visible for one step from its delay on; the last frame for the rest of the round.
    return """
      \(frame){visibility:hidden}
      \(frame).last{visibility:visible}
      @media (prefers-reduced-motion:no-preference){
      @keyframes \(name){0%{visibility:visible}\(percent(1))%,100%{visibility:hidden}}
      @keyframes \(name)last{0%{visibility:visible}\(percent(Self.pause))%,100%{visibility:hidden}}
      \(frame),\(frame).last{visibility:hidden;\
      animation:\(name) \(seconds(Double(steps)))s step-end infinite}
      \(frame).last{animation-name:\(name)last}
      svg.nnplot:hover .frame{animation-play-state:paused}
      }

      """
  }

  private func seconds(_ frames: Double) -> String {
    SVGNumber(min(max(0.05, secondsPerFrame), 60) * frames).text
  }

  /// Writes the last frame as PNG; parameters as those of ``Figure/png(path:theme:width:)``.
  public func png(path: String, theme: Theme, width: Int? = nil) throws(NNError) {
    guard let last = frames.last else {
      throw .invalid("expected at least one frame, found an animation without frames", at: path)
    }
    try last.figure.png(path: path, theme: theme, width: width)
  }

  /// The last frame in characters; parameters as those of ``Figure/text(width:height:style:)``.
  public func text(width: Int, height: Int, style: TerminalStyle) -> String {
    frames.last?.figure.text(width: width, height: height, style: style) ?? title
  }
}
