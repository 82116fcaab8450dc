public import NNAnalysis
import NNCore
public import NNDrawing

/// A drawing of permutation importance: bars of the most important features, with lines one standard
/// deviation up and down.
public struct ImportanceFigure {
  /// The maximum number of bars.
  static let largestBarCount = 20

  private let score: String
  private let isHigherBetter: Bool
  private let ranked: [(name: String, mean: Double, deviation: Double)]

  /// Draws measured importances.
  public init(_ importance: PermutationImportance) {
    self.init(
      score: importance.score, isHigherBetter: importance.isHigherBetter,
      ranked: importance.ranked.map { ($0.name, $0.mean, $0.deviation) })
  }

  /// Draws importances that were measured before, the most important feature first.
  init(
    score: String, isHigherBetter: Bool,
    ranked: [(name: String, mean: Double, deviation: Double)]
  ) {
    self.score = score
    self.isHigherBetter = isHigherBetter
    self.ranked = ranked
  }

  /// The drawing.
  ///
  /// - Parameter title: The title.
  public func figure(title: String) -> Figure {
    let shown = Array(ranked.prefix(Self.largestBarCount))
    // A line breaks at NaN, so all deviations are one mark.
    let x = shown.indices.flatMap { [Double($0), Double($0), .nan] }
    let y = shown.flatMap { [$0.mean - $0.deviation, $0.mean + $0.deviation, .nan] }
    return Figure(
      title: title,
      description: "\(axis): "
        + shown.prefix(5).map {
          "\($0.name) \(NumberText.short($0.mean)) ± \(NumberText.short($0.deviation))"
        }.joined(separator: ", "),
      panels: [
        Plot(
          y: Axis(axis),
          marks: [
            Bars(labels: shown.map(\.name), heights: shown.map(\.mean)),
            Line(x: x, y: y, color: .emphasis, width: 1.5, dash: .solid),
          ])
      ])
  }

  /// What the importance is: `fall of accuracy`.
  private var axis: String { "\(isHigherBetter ? "fall" : "rise") of \(score)" }
}
