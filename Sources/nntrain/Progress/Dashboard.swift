import NNCore
import NNReports
import NNTraining

/// Curves, bars, figures and the last epochs in the terminal, drawn over themselves while a run goes on.
///
/// The drawing is a block of lines that the cursor stands below whenever nothing is being written. So
/// whatever ends the run, the terminal needs no repair, and the last state stays to be read.
final class Dashboard: TrainingObserver {
  /// The least time between two drawings; it is a hundred times what a drawing takes, if that is longer,
  /// but no more than a second.
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
    case .weights, .checkpoint, .warning: break
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
      // The terminal has laid out its lines anew: nobody knows where ours are.
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
