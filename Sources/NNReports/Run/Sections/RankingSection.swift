import NNCore
import NNDrawing
import NNMetrics

/// ROC and precision–recall curves: how well scores separate a class from the rest.
struct RankingSection: ReportSection {
  static let title = "ROC and precision–recall"

  /// The maximum number of curves in one plot.
  private static let largestCurveCount = 8

  /// The curves of one class. Computing a metric sorts all examples, so the results are stored.
  private struct Curves {
    let name: String
    let area: Double
    let averagePrecision: Double
    let prevalence: Double
    let roc: [ROC.Point]
    let precisionRecall: [PrecisionRecall.Point]

    /// Computes the curves from scores and labels: 1 for examples of the class, 0 for all others.
    init(_ name: String, scores: HostTensor, labels: HostTensor) throws(NNError) {
      var ranks = (roc: ROC(), precisionRecall: PrecisionRecall())
      try ranks.roc.update(output: scores, target: labels)
      try ranks.precisionRecall.update(output: scores, target: labels)
      self.name = name
      roc = ranks.roc.points
      precisionRecall = ranks.precisionRecall.points
      area = ROC.area(under: roc)
      averagePrecision = PrecisionRecall.average(of: precisionRecall)
      prevalence = ranks.precisionRecall.prevalence
    }
  }

  private let curves: [Curves]
  private let isBinary: Bool
  private let source: String

  init?(_ run: RunEvidence) throws(NNError) {
    guard let predictions = run.predictions,
      let (scores, labels, names) = predictions.classScores
    else { return nil }
    // With two classes one curve is enough.
    let shown = names.count == 2 ? 1..<2 : names.indices
    var curves: [Curves] = []
    let shape: Shape = [labels.count, 1]
    for index in shown {
      let own = stride(from: index, to: scores.count, by: names.count).map { scores[$0] }
      let found = try Curves(
        names[index], scores: HostTensor(own, shape: shape),
        labels: HostTensor(labels.map { $0 == index ? 1.0 : 0 }, shape: shape))
      if !found.roc.isEmpty { curves.append(found) }
    }
    guard !curves.isEmpty else { return nil }
    self.curves = curves
    isBinary = shown.count == 1
    source = predictions.described
  }

  func write(to page: inout Page) {
    page.paragraph(
      isBinary
        ? "How well the score separates \(curves[0].name) from the other class, over \(source)."
        : "How well each class's probability separates it from all others, over \(source).")
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
            })), caption: "A classifier that always predicts the class has its share as precision.")
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
}
