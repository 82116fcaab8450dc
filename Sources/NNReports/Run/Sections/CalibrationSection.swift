import NNCore
import NNDrawing
import NNMetrics

/// Calibration: whether predicted probabilities agree with observed frequencies.
struct CalibrationSection: ReportSection {
  static let title = "Calibration"

  private let calibration: Calibration
  private let isBinary: Bool
  private let source: String

  init?(_ run: RunEvidence) throws(NNError) {
    guard let predictions = run.predictions else { return nil }
    var calibration: Calibration
    switch predictions.kind {
    case .classes(let probabilities, let labels, _), .steps(let probabilities, let labels, _):
      calibration = Calibration(rule: .classes)
      try calibration.update(
        output: probabilities, target: HostTensor(labels.map { Int32($0) }))
      isBinary = false
    case .binary(let probabilities, let labels, _):
      calibration = Calibration(rule: .decisions)
      try calibration.update(
        output: probabilities,
        target: HostTensor(labels.map { Double($0) }, shape: [labels.count, 1]))
      isBinary = true
    case .numbers, .other: return nil
    }
    self.calibration = calibration
    source = predictions.described
  }

  func write(to page: inout Page) {
    page.paragraph(
      "The expected calibration error is \(NumberText.short(calibration.value)), over \(source): "
        + "the mean difference between predicted probability and observed frequency.")
    let filled = calibration.bins.filter { $0.count > 0 }
    let unit = -0.02...1.02
    let axis = Axis(isBinary ? "probability of class 1" : "confidence", range: unit)
    let share = isBinary ? "share of class 1" : "accuracy"
    let middles = calibration.bins.map { ($0.lowerBound + $0.upperBound) / 2 }
    let counts = calibration.bins.map { Double($0.count) }
    let total = counts.reduce(0, +)
    var bars = Bars(
      "share of the predictions", x: middles, heights: counts.map { $0 / max(total, 1) },
      color: .muted)
    bars.opacity = 0.3
    ReportStyle.pairs(&page) { page in
      page.figure(
        ReportStyle.figure(
          "Reliability", description: "Reliability diagram of \(filled.count) bins",
          Plot(
            x: axis, y: Axis(nil, range: unit),
            marks: [
              bars, Line(x: [0, 1], y: [0, 1], color: .muted, width: 1, dash: .dotted),
              Line(
                share, x: filled.map(\.confidence), y: filled.map(\.accuracy),
                color: .series(0), markers: true),
            ])),
        caption: (isBinary
          ? "On the dotted line predictions are calibrated."
          : "On the dotted line predictions are calibrated; below it the network is overconfident.")
          + " Points above low bars are based on few predictions.")
      page.figure(
        ReportStyle.figure(
          "Predictions", description: "The number of predictions in each bin",
          Plot(x: axis, y: Axis("examples"), marks: [Bars(x: middles, heights: counts)])),
        caption: "The number of predictions in each range of probability.")
    }
    page.details(summary: "The bins") { page in
      page.table(
        header: [axis.label ?? "", "predictions", "mean", share],
        rows: filled.map { bin in
          [
            "\(NumberText.fixed(bin.lowerBound, decimals: 3)) to "
              + NumberText.fixed(bin.upperBound, decimals: 3),
            NumberText.integer(bin.count),
            NumberText.fixed(bin.confidence, decimals: 3),
            NumberText.fixed(bin.accuracy, decimals: 3),
          ]
        })
    }
  }
}
