import NNCore
import NNDrawing
import NNMetrics

/// Which classes are taken for which.
struct ConfusionSection: ReportSection {
  static let title = "Confusion"

  /// More classes are no picture any more.
  private static let largestPicture = 40
  /// More classes leave no room for numbers.
  private static let largestNumbered = 16

  private let names: [String]
  private let matrix: ConfusionMatrix
  private let source: String

  init?(_ run: RunEvidence) throws(NNError) {
    guard let predictions = run.predictions,
      let (scores, labels, names) = predictions.classScores
    else { return nil }
    var matrix = ConfusionMatrix(rule: .classes)
    try matrix.update(
      output: HostTensor(scores, shape: [labels.count, names.count]),
      target: HostTensor(labels.map { Int32($0) }))
    self.names = names
    self.matrix = matrix
    source = predictions.described
  }

  func write(to page: inout Page) {
    page.paragraph(
      "Of \(source), \(NumberText.short(100 * matrix.value, digits: 4)) % are put into the right "
        + "class.")
    let count = names.count
    if count <= Self.largestPicture {
      let ticks = names.enumerated().map { Tick(Double($0), $1) }
      let rows = ticks.map { Tick(Double(count - 1) - $0.value, $0.label) }
      let range = -0.5...(Double(count) - 0.5)
      page.figure(
        Figure(
          title: "Confusion matrix",
          description: "A row for each true class, a column for each "
            + "predicted one",
          panelWidth: min(640, 200 + 64 * Double(count)),
          panels: [
            Plot(
              x: Axis("predicted", range: range, ticks: ticks),
              y: Axis("true", range: range, ticks: rows), keepsAspect: true,
              marks: [
                HeatMap(
                  x: range, y: range, columns: count, rows: count,
                  // Row 0 of a heat map is at the bottom.
                  values: matrix.counts.reversed().joined().map { Double($0) },
                  colors: .sequential, bar: count > Self.largestNumbered,
                  showsValues: count <= Self.largestNumbered)
              ])
          ]), caption: "How many examples of each class (row) are taken for which (column).")
    }
    page.table(
      header: ["class", "examples", "precision", "recall", "F1"],
      rows: names.indices.map { index in
        let examples = matrix.counts[index].reduce(0, +)
        let predicted = matrix.counts.reduce(0) { $0 + $1[index] }
        // From counts, since a class that is never predicted has no precision, but an F1 of 0.
        let score = 2 * Double(matrix.counts[index][index]) / Double(examples + predicted)
        return [
          names[index], "\(examples)", Self.share(matrix.precision[index]),
          Self.share(matrix.recall[index]), Self.share(score),
        ]
      })
  }

  private static func share(_ value: Double) -> String {
    value.isNaN ? "n/a" : NumberText.fixed(value, decimals: 3)
  }
}
