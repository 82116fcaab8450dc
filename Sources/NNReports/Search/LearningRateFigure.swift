import NNCore
package import NNDrawing
package import NNTraining

extension LearningRateCurve {
  /// The loss by learning rate, with the suggested rates.
  package var figure: Figure {
    let rates = points.map(\.rate)
    var marks: [any Mark] = [
      Line("batch", x: rates, y: shown(points.map(\.loss)), color: .muted, width: 1, dash: .solid),
      Line("smoothed", x: rates, y: shown(points.map(\.smoothed)), color: .series(0), dash: .solid),
    ]
    var texts: [String] = []
    if let steepest {
      marks.append(Rule(vertical: steepest, label: "steepest", color: .series(1)))
      texts.append("steepest at \(NumberText.short(steepest))")
    }
    if let minimumTenth {
      marks.append(
        Rule(vertical: minimumTenth, label: "minimum/10", color: .series(2), dash: .dotted))
      texts.append("a tenth of the minimum at \(NumberText.short(minimumTenth))")
    }
    return Figure(
      title: "Learning rate",
      description: "Loss by learning rate: \(texts.joined(separator: ", "))",
      panels: [Plot(x: Axis("learning rate", scale: .log), y: Axis("loss"), marks: marks)])
  }

  /// Losses without those that are so large that the others would lie on a line.
  private func shown(_ losses: [Double]) -> [Double] {
    let smoothed = points.map(\.smoothed).filter(\.isFinite)
    guard let least = smoothed.min(), let first = smoothed.first else { return losses }
    let limit = max(first, least) + 2 * abs(first - least) + 0.1 * abs(first)
    return losses.map { $0 <= limit ? $0 : .nan }
  }
}
