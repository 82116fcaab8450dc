import NNCore
import NNReports
import NNTraining

/// A dashboard in the terminal: curves, bars, figures and the last epochs, redrawn during a run.
///
/// The drawing is a block of lines, and between drawings the cursor is below it. So however the run
/// ends, the terminal is in a normal state and shows the last drawing.
final class Dashboard: TrainingObserver {
  /// The shortest time between two drawings, and the upper limit of a hundred times the duration of
  /// a drawing, which applies if it is longer.
  private static let (interval, longest) = (Duration.milliseconds(100), Duration.seconds(1))

  private var history = RunHistory()
  private var rate = RecentRate()
  private var startTime = ContinuousClock.now
  private var nextDrawing = ContinuousClock.now
  private var drawn: (lines: Int, size: TerminalSize)?
  private let style = Console.pictureStyle

  func receive(_ event: TrainingEvent) throws(NNError) {
    history.add(event)
    let now = ContinuousClock.now
    switch event {
    case .started:
      startTime = now
      draw(at: now)
    case .step, .epoch: if now >= nextDrawing { draw(at: now) }
    case .finished: draw(at: now)
    case .trace, .weights, .checkpoint, .warning: break
    }
  }

  private func draw(at now: ContinuousClock.Instant) {
    let size = Console.size
    let seconds = startTime.duration(to: now) / .seconds(1)
    let layout = DashboardLayout(
      history: history, seconds: seconds, rowsPerSecond: rate.update(history.rows, at: seconds),
      style: style)
    // On the last line the terminal would scroll, and on the last column break the line.
    let lines = layout.lines(columns: size.columns - 1, rows: size.rows - 1)
    var text = ""
    if let drawn {
      // A resized terminal has rewrapped its lines, so the position of ours is unknown.
      let up = drawn.lines > 0 ? "\u{1B}[\(drawn.lines)A" : ""
      text = drawn.size == size ? "\r" + up : "\u{1B}[H\u{1B}[2J"
    }
    text += lines.map { "\($0)\u{1B}[K\n" }.joined() + "\u{1B}[J"
    Console.show(text, terminator: "")
    drawn = (lines.count, size)
    let cost = now.duration(to: .now)
    nextDrawing = now + max(Self.interval, min(cost * 100, Self.longest))
  }
}
