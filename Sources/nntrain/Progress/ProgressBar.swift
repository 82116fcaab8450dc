import NNCore
import NNTraining

/// A bar on the last line of a terminal, with loss, metric, speed and remaining time; the lines of
/// ``PlainProgress`` scroll past above it.
final class ProgressBar: TrainingObserver {
  /// The time between two drawings.
  private static let interval = Duration.milliseconds(100)
  private static let clearLine = "\r\u{1B}[2K"

  private let plain = PlainProgress()
  private let clock = ContinuousClock()
  private var start: TrainingEvent.Start?
  private var startTime = ContinuousClock.now
  private var lastDrawing: ContinuousClock.Instant?
  private var isDrawn = false
  private var rowsDone = 0
  private var metric: (name: String, value: Double)?

  deinit { clear() }

  func receive(_ event: TrainingEvent) throws(NNError) {
    let lines = plain.lines(for: event)
    if !lines.isEmpty {
      clear()
      for line in lines { Console.show(line) }
    }
    switch event {
    case .started(let start):
      self.start = start
      startTime = clock.now
    case .step(let step):
      rowsDone += step.rows
      drawIfDue(step)
    case .epoch(let epoch): metric = epoch.metrics.first
    case .trace, .weights, .checkpoint, .warning: break
    case .finished: clear()
    }
  }

  private func drawIfDue(_ step: TrainingEvent.Step) {
    let now = clock.now
    if let lastDrawing, lastDrawing.duration(to: now) < Self.interval { return }
    guard let start else { return }
    lastDrawing = now
    isDrawn = true
    let line = text(step, start, seconds: startTime.duration(to: now) / .seconds(1))
    Console.show(Self.clearLine + line, terminator: "")
  }

  /// The bar for the terminal's width; facts without room are left out from the end.
  private func text(
    _ step: TrainingEvent.Step, _ start: TrainingEvent.Start, seconds: Double
  ) -> String {
    let steps = max(1, start.epochs * start.stepsPerEpoch)
    let share = min(1, Double(step.step) / Double(steps))
    let stepsNow = Double(step.step - start.stepsDone)
    var facts = ["loss \(NumberText.rounded(step.loss, digits: 3))"]
    if let metric { facts.append("\(metric.name) \(NumberText.rounded(metric.value))") }
    facts.append(
      "\(NumberText.grouped(Int((Double(rowsDone) / max(seconds, 1e-9)).rounded()))) samples/s")
    facts.append("\(NumberText.clock(seconds / stepsNow * Double(steps - step.step))) left")
    let filled = Int(share * 20)
    let bar = String(repeating: "=", count: filled) + String(repeating: " ", count: 20 - filled)
    var line = "epoch \(step.epoch)/\(start.epochs) [\(bar)] \(Int(share * 100)) %"
    // Some terminals wrap a line of their full width.
    let width = Console.width - 1
    for fact in facts where line.count + 2 + fact.count <= width { line += "  \(fact)" }
    return String(line.prefix(max(0, width)))
  }

  private func clear() {
    guard isDrawn else { return }
    Console.show(Self.clearLine, terminator: "")
    isDrawn = false
  }
}
