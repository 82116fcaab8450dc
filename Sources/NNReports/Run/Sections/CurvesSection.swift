import NNCore
import NNDrawing
import NNTraining

/// Loss, metrics, learning rate and gradient norm in the course of the run.
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

  /// The curves of one run, or of several together.
  static func figures(_ runs: [(name: String, facts: RunFacts)]) -> [(
    figure: Figure, caption: String
  )] {
    var result: [(figure: Figure, caption: String)] = []
    func add(_ title: String, _ caption: String, _ curves: [Curve], best: Double? = nil) {
      if let figure = figure(title, curves, best: best) { result.append((figure, caption)) }
    }
    let alone = runs.count == 1 ? runs[0].facts : nil
    /// A curve of each run that has the column.
    func curves(of column: String, in table: (RunFacts) -> RunTable?, by unit: String) -> [Curve] {
      runs.enumerated().compactMap { index, run in
        table(run.facts).flatMap {
          Curve(
            alone == nil ? run.name : nil, $0, unit, column,
            stroke: alone == nil ? stroke(ofRun: index) : nil)
        }
      }
    }
    let best = alone.flatMap { facts in
      facts.bestEpoch.flatMap { facts.epochs?["epoch"]?[$0] }
    }
    if let epochs = alone?.epochs {
      add(
        "Loss",
        "The mean loss of each epoch" + (best == nil ? "." : "; the vertical line marks the best."),
        [
          Curve("training", epochs, "epoch", "train_loss"),
          Curve("validation", epochs, "epoch", "val_loss"),
        ].compactMap { $0 }, best: best)
    } else {
      for (column, data) in [("train_loss", "training"), ("val_loss", "validation")] {
        add(
          "Loss, \(data)", "The mean loss of the \(data) data in each epoch.",
          curves(of: column, in: \.epochs, by: "epoch"))
      }
    }
    var metrics: [String] = []
    for name in runs.flatMap(\.facts.metricNames) where !metrics.contains(name) {
      metrics.append(name)
    }
    for metric in metrics {
      let data = metric.hasPrefix("val_") ? "validation" : "training"
      add(
        metric, "\(metric) of the \(data) data after each epoch.",
        curves(of: metric, in: \.epochs, by: "epoch"), best: best)
    }
    for (column, title, caption) in [
      ("loss", "Loss by steps", "The loss of single batches, before their updates."),
      ("lr", "Learning rate", "The learning rate of each logged step."),
      ("grad_norm", "Gradient", "The gradient's norm before clipping."),
    ] {
      add(title, caption, curves(of: column, in: \.steps, by: "step"))
    }
    return result
  }

  /// The line style of a run in all plots and tables of a comparison: the first 32 are distinct,
  /// and neighbours differ in more than their colour.
  static func stroke(ofRun index: Int) -> Stroke {
    let dashes: [Dash] = [.solid, .dashed, .dotted, .dashDotted]
    return Stroke(
      .series(index % Palette.count), width: 2,
      dash: dashes[(index + index / Palette.count) % dashes.count])
  }

  /// A column plotted against another.
  private struct Curve {
    let name: String?
    let x: [Double]
    let y: [Double]
    let unit: String
    let stroke: Stroke?

    init?(
      _ name: String?, _ table: RunTable, _ x: String, _ y: String, stroke: Stroke? = nil
    ) {
      guard let places = table[x], let values = table.filled(y) else { return nil }
      self.name = name
      self.x = places
      self.y = values
      unit = x
      self.stroke = stroke
    }

    /// The curve as a mark of a plot.
    var line: Line {
      var color = SeriesColor.automatic
      if case .series(let index)? = stroke?.paint { color = .series(index) }
      return Line(
        name, x: x, y: y, color: color, dash: stroke?.dash ?? .automatic, markers: x.count <= 30)
    }
  }

  private static func figure(_ title: String, _ curves: [Curve], best: Double?) -> Figure? {
    guard let first = curves.first else { return nil }
    let values = curves.flatMap(\.y).filter(\.isFinite)
    guard let least = values.min(), let greatest = values.max() else { return nil }
    // On a linear axis a curve over several powers of ten would hide its lower end.
    let isLogarithmic = least > 0 && greatest / least > 30
    var marks: [any Mark] = []
    if let best, first.x.count > 1 {
      marks.append(Rule(vertical: best, color: .muted, dash: .dotted))
    }
    marks += curves.map(\.line)
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
