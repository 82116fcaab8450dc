import NNCore
import NNDrawing
import NNMetrics

/// The confusion matrix.
struct ConfusionSection: ReportSection {
  static let title = "Confusion"

  /// With more classes there is no plot.
  private static let largestPlotted = 40
  /// With more classes cells are too small for numbers.
  private static let largestNumbered = 16
  /// As wide as a page.
  private static let largestWidth = 880.0

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
      "Of \(source), \(NumberText.short(100 * matrix.value, digits: 4)) % are classified "
        + "correctly.")
    let count = names.count
    if count <= Self.largestPlotted {
      let ticks = names.enumerated().map { Tick(Double($0), $1) }
      let rows = ticks.map { Tick(Double(count - 1) - $0.value, $0.label) }
      let range = -0.5...(Double(count) - 0.5)
      page.figure(
        Figure(
          title: "Confusion matrix",
          description:
            "The share of each true class (row) that is predicted as each class (column): "
            + described,
          panelWidth: min(Self.largestWidth, 220 + 58 * Double(count)),
          panels: [
            Plot(
              x: Axis("predicted", range: range, ticks: ticks),
              y: Axis("true", range: range, ticks: rows), keepsAspect: true,
              marks: [cells(range)])
          ]),
        caption: "The examples of each class (row) by predicted class (column): "
          + (count <= Self.largestNumbered ? "their share of the row and their number. " : "")
          + "Colours show the share of the row.")
    }
    page.table(
      header: ["class", "examples", "precision", "recall", "F1"],
      rows: classRows + averageRows)
    if matrix.precision.contains(where: \.isNaN) || matrix.recall.contains(where: \.isNaN) {
      page.paragraph(
        "n/a: no example is predicted as the class, or none belongs to it. Averages count it as 0; "
          + "a class with neither is left out of the macro average.")
    }
  }

  private var classRows: [[String]] {
    let (support, precision, recall, f1) = (
      matrix.support, matrix.precision, matrix.recall, matrix.f1
    )
    return names.indices.map { index in
      [
        names[index], NumberText.integer(support[index]),
        Self.share(precision[index]), Self.share(recall[index]), Self.share(f1[index]),
      ]
    }
  }

  private var averageRows: [[String]] {
    let total = NumberText.integer(matrix.support.reduce(0, +))
    return [("macro average", .macro), ("weighted average", .weighted)].map {
      (name: String, kind: ConfusionMatrix.Average) in
      let scores = matrix.average(kind)
      return [
        name, total, Self.share(scores.precision), Self.share(scores.recall),
        Self.share(scores.f1),
      ]
    }
  }

  /// The matrix in colours; row 0 of a heat map is at the bottom.
  private func cells(_ range: ClosedRange<Double>) -> HeatMap {
    let count = names.count
    let rows = zip(matrix.counts, matrix.support).reversed()
    var map = HeatMap(
      x: range, y: range, columns: count, rows: count,
      values: rows.flatMap { row, total in row.map { Double($0) / Double(total) } },
      colors: .sequential, range: 0...1, bar: count > Self.largestNumbered,
      showsValues: count <= Self.largestNumbered)
    map.texts = rows.flatMap { row, total in row.map { Self.lines($0, of: total) } }
    return map
  }

  /// The texts of a cell: its share of the row and its count; only the count if it is 0.
  private static func lines(_ number: Int, of total: Int) -> [String] {
    guard number > 0 else { return ["0"] }
    return [percent(Double(number) / Double(total)), NumberText.integer(number)]
  }

  /// `97 %`, `0.4 %`: small shares have one more digit.
  private static func percent(_ share: Double) -> String {
    let percent = 100 * share
    let isRound = percent >= 9.95 || percent == percent.rounded()
    return "\(NumberText.fixed(percent, decimals: isRound ? 0 : 1))\u{A0}%"
  }

  /// The most frequent confusion, for the alternative text.
  private var described: String {
    let all = names.indices.flatMap { row in
      names.indices.filter { $0 != row && matrix.counts[row][$0] > 0 }.map { (row, $0) }
    }
    let most = all.max { matrix.counts[$0.0][$0.1] < matrix.counts[$1.0][$1.1] }
    guard let (row, column) = most else { return "all on the diagonal" }
    return "most often \(names[row]) is predicted as \(names[column]), "
      + "\(matrix.counts[row][column]) of \(matrix.support[row])"
  }

  private static func share(_ value: Double) -> String {
    value.isNaN ? "n/a" : NumberText.fixed(value, decimals: 3)
  }
}
