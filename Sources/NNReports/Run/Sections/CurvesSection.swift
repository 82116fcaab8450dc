import NNCore
import NNDrawing
import NNTraining

/// Loss, metrics, learning rate and the gradient's norm as the run went on.
struct CurvesSection: ReportSection {
  static let title = "Curves"

  private let figures: [(figure: Figure, caption: String)]

  init?(_ run: RunEvidence) throws(NNError) {
    figures = Self.figures([("", run.facts)])
    if figures.isEmpty { return nil }
  }

  func write(to page: inout Page) {
    ReportStyle.pairs(&page) { page in
      for (figure, caption) in figures { page.figure(figure, caption: caption) }
    }
  }

  /// The curves of some runs laid over each other; a run alone has no name.
  static func figures(_ runs: [(name: String, facts: RunFacts)]) -> [(
    figure: Figure, caption: String
  )] {
    var result: [(figure: Figure, caption: String)] = []
    func add(_ title: String, _ caption: String, _ curves: [Curve], best: Double? = nil) {
      if let figure = figure(title, curves, best: best) { result.append((figure, caption)) }
    }
    let isAlone = runs.count == 1
    func named(_ run: String, _ part: String) -> String { isAlone ? part : "\(run), \(part)" }
    let best =
      isAlone ? runs[0].facts.bestEpoch.flatMap { runs[0].facts.epochs?["epoch"]?[$0] } : nil
    add(
      "Loss",
      "The mean loss of each epoch" + (best == nil ? "." : "; the upright line marks the best."),
      runs.flatMap { name, facts in
        [
          facts.epochs.flatMap { Curve(named(name, "training"), $0, "epoch", "train_loss") },
          facts.epochs.flatMap { Curve(named(name, "validation"), $0, "epoch", "val_loss") },
        ].compactMap { $0 }
      }, best: best)
    var metrics: [String] = []
    for name in runs.flatMap(\.facts.metricNames) where !metrics.contains(name) {
      metrics.append(name)
    }
    for metric in metrics {
      let data = metric.hasPrefix("val_") ? "validation" : "training"
      add(
        metric, "\(metric) of the \(data) data after each epoch.",
        runs.compactMap { name, facts in
          facts.epochs.flatMap { Curve(isAlone ? nil : name, $0, "epoch", metric) }
        }, best: best)
    }
    for (column, title, caption) in [
      ("loss", "Loss by steps", "The loss of single batches, before their updates."),
      ("lr", "Learning rate", "The learning rate of each logged step."),
      ("grad_norm", "Gradient", "The gradient's norm before clipping."),
    ] {
      add(
        title, caption,
        runs.compactMap { name, facts in
          facts.steps.flatMap { Curve(isAlone ? nil : name, $0, "step", column) }
        })
    }
    return result
  }

  /// A column against another.
  private struct Curve {
    let name: String?
    let x: [Double]
    let y: [Double]
    let unit: String

    init?(_ name: String?, _ table: RunTable, _ x: String, _ y: String) {
      guard let places = table[x], let values = table.filled(y) else { return nil }
      self.name = name
      self.x = places
      self.y = values
      unit = x
    }
  }

  private static func figure(_ title: String, _ curves: [Curve], best: Double?) -> Figure? {
    guard let first = curves.first else { return nil }
    let values = curves.flatMap(\.y).filter(\.isFinite)
    guard let least = values.min(), let greatest = values.max() else { return nil }
    // A curve over several powers of ten shows nothing of its lower end otherwise.
    let isLogarithmic = least > 0 && greatest / least > 30
    var marks: [any Mark] = []
    if let best, first.x.count > 1 {
      marks.append(Rule(vertical: best, color: .muted, dash: .dotted))
    }
    for curve in curves {
      marks.append(Line(curve.name, x: curve.x, y: curve.y, markers: curve.x.count <= 30))
    }
    let ends = curves.map { curve in
      let last = curve.y.last { !$0.isNaN } ?? .nan
      let begin = curve.y.first { !$0.isNaN } ?? .nan
      return (curve.name.map { "\($0) " } ?? "")
        + "from \(NumberText.short(begin)) to \(NumberText.short(last))"
    }
    return ReportStyle.figure(
      title, description: "\(title) by \(first.unit): \(ends.joined(separator: "; "))",
      Plot(
        x: Axis(first.unit, isCount: true), y: Axis(nil, scale: isLogarithmic ? .log : .linear),
        marks: marks))
  }
}
