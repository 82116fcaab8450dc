import NNCore
import NNMetrics

/// How well scores tell a class from the rest at every threshold: ROC and precision–recall curves.
struct RankingSection: ReportSection {
  static let title = "ROC and precision–recall"

  /// Curves that can be told apart in one plot.
  private static let largestCurveCount = 8
  /// Points of a curve that are drawn.
  private static let largestPointCount = 400

  /// The curves of one class. Each look at a metric sorts all rows, so what is shown is kept.
  private struct Curves {
    let name: String
    let area: Double
    let averagePrecision: Double
    let prevalence: Double
    let roc: [ROC.Point]
    let precisionRecall: [PrecisionRecall.Point]

    init(_ name: String, _ roc: ROC, _ precisionRecall: PrecisionRecall) {
      self.name = name
      area = roc.value
      averagePrecision = precisionRecall.value
      prevalence = precisionRecall.prevalence
      self.roc = RankingSection.thinned(roc.points)
      self.precisionRecall = RankingSection.thinned(precisionRecall.points)
    }
  }

  private let curves: [Curves]
  private let isBinary: Bool
  private let source: String

  init?(_ run: RunEvidence) throws(NNError) {
    guard let predictions = run.predictions else { return nil }
    let output: HostTensor
    let target: HostTensor
    let names: [(index: Int, name: String)]
    switch predictions.kind {
    case .classes(let probabilities, let labels, let known):
      output = probabilities
      target = HostTensor(labels.map { Int32($0) })
      // Of two classes one curve tells everything.
      let all = known.enumerated().map { (index: $0.offset, name: $0.element) }
      names = known.count == 2 ? [all[1]] : all
    case .binary(let probabilities, let labels, let known):
      output = probabilities
      target = HostTensor(labels.map { Double($0) }, shape: [labels.count, 1])
      names = [(0, known[1])]
    case .numbers, .other: return nil
    }
    var curves: [Curves] = []
    for (index, name) in names {
      var roc = ROC(positiveClass: index)
      var precisionRecall = PrecisionRecall(positiveClass: index)
      try roc.update(output: output, target: target)
      try precisionRecall.update(output: output, target: target)
      let found = Curves(name, roc, precisionRecall)
      if !found.roc.isEmpty { curves.append(found) }
    }
    guard !curves.isEmpty else { return nil }
    self.curves = curves
    isBinary = names.count == 1
    source = predictions.described
  }

  func write(to page: inout Page) {
    page.paragraph(
      isBinary
        ? "How well the score tells \(curves[0].name) from the other class, over \(source)."
        : "How well each class's probability tells it from all others, over \(source).")
    let drawn = curves.sorted { $0.averagePrecision < $1.averagePrecision }
      .prefix(Self.largestCurveCount)
    if drawn.count < curves.count {
      page.paragraph("The \(drawn.count) classes with the lowest average precision are drawn.")
    }
    let shown = curves.filter { curve in drawn.contains { $0.name == curve.name } }
    let unit = -0.02...1.02
    ReportStyle.pairs(&page) { page in
      page.figure(
        ReportStyle.figure(
          "ROC",
          description: "Areas under the curves: "
            + shown.map { "\($0.name) \(NumberText.short($0.area))" }.joined(separator: ", "),
          Plot(
            x: Axis("false positive rate", range: unit), y: Axis("true positive rate", range: unit),
            marks: [Line(x: [0, 1], y: [0, 1], color: .muted, width: 1, dash: .dotted)]
              + shown.map { curve in
                Line(
                  isBinary ? nil : curve.name, x: curve.roc.map(\.falsePositiveRate),
                  y: curve.roc.map(\.truePositiveRate), width: isBinary ? 2 : 1.5)
              })), caption: "The dotted line is chance.")
      page.figure(
        ReportStyle.figure(
          "Precision by recall",
          description: "Average precisions: "
            + shown.map { "\($0.name) \(NumberText.short($0.averagePrecision))" }
            .joined(separator: ", "),
          Plot(
            x: Axis("recall", range: unit), y: Axis("precision", range: unit),
            marks: shown.map { curve in
              Line(
                isBinary ? nil : curve.name, x: curve.precisionRecall.map(\.recall),
                y: curve.precisionRecall.map(\.precision), width: isBinary ? 2 : 1.5)
            })), caption: "Taking everything for a class has its share as precision.")
    }
    page.table(
      header: ["class", "area under ROC", "average precision", "share"],
      rows: curves.map { curve in
        [
          curve.name, NumberText.fixed(curve.area, decimals: 4),
          NumberText.fixed(curve.averagePrecision, decimals: 4),
          NumberText.fixed(curve.prevalence, decimals: 3),
        ]
      })
  }

  /// Every so many points, with the first and the last.
  private static func thinned<Point>(_ points: [Point]) -> [Point] {
    guard points.count > largestPointCount else { return points }
    let step = Double(points.count - 1) / Double(largestPointCount - 1)
    return (0..<largestPointCount).map { points[Int((Double($0) * step).rounded())] }
  }
}
