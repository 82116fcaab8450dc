public import NNAnalysis
import NNCore
public import NNDrawing

/// A drawing of partial dependence: the mean of each output as a curve over the feature.
public struct PartialDependenceFigure {
  private let dependence: PartialDependence
  private let outputs: [Int]

  /// Draws a curve.
  ///
  /// - Parameters:
  ///   - dependence: The curve.
  ///   - outputs: The outputs to draw, by position; nil (default) for all.
  public init(_ dependence: PartialDependence, outputs: [Int]? = nil) {
    self.dependence = dependence
    self.outputs = outputs ?? Array(dependence.outputs.indices)
  }

  /// The drawing.
  ///
  /// - Parameter title: The title.
  public func figure(title: String) -> Figure {
    let grid = dependence.grid
    let axis = dependence.areProbabilities ? "mean probability" : "mean output"
    let lines = outputs.enumerated().map { position, output in
      Line(
        dependence.outputs.count > 1 ? dependence.outputs[output] : nil, x: grid,
        y: dependence.curve(of: output), color: .series(position),
        markers: grid.count <= 20)
    }
    let summary = outputs.prefix(5).map { output in
      let curve = dependence.curve(of: output)
      return "\(dependence.outputs[output]) from \(NumberText.short(curve[0])) to "
        + NumberText.short(curve[curve.count - 1])
    }
    return Figure(
      title: title,
      description: "The \(axis) for \(dependence.feature) from \(NumberText.short(grid[0])) to "
        + "\(NumberText.short(grid[grid.count - 1])): \(summary.joined(separator: ", "))",
      panels: [Plot(x: Axis(dependence.feature), y: Axis(axis), marks: lines)])
  }
}
