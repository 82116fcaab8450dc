/// The boundary of a network in the plane: where its logit is 0.
struct PlaneBoundary {
  /// Points of the boundary: its crossings with the lines between neighbouring points of a grid.
  let crossings: [(x: Double, y: Double)]

  /// Finds the crossings, by linear interpolation between the points of a grid.
  ///
  /// - Parameters:
  ///   - grid: The grid.
  ///   - logits: The logit at each of its points.
  init(_ grid: PlaneGrid, logits: [Double]) {
    let points = grid.points
    var crossings: [(x: Double, y: Double)] = []
    func cross(_ first: Int, _ second: Int) {
      let (a, b) = (logits[first], logits[second])
      guard (a > 0) != (b > 0) else { return }
      let share = a / (a - b)
      crossings.append(
        (
          points[first].x + share * (points[second].x - points[first].x),
          points[first].y + share * (points[second].y - points[first].y)
        ))
    }
    for row in 0..<grid.rows {
      for column in 0..<grid.columns {
        let index = row * grid.columns + column
        if column + 1 < grid.columns { cross(index, index + 1) }
        if row + 1 < grid.rows { cross(index, index + grid.columns) }
      }
    }
    self.crossings = crossings
  }

  /// The Euclidean distance of a point from the boundary; infinite without a boundary.
  func distance(x: Double, y: Double) -> Double {
    let squares = crossings.map { ($0.x - x) * ($0.x - x) + ($0.y - y) * ($0.y - y) }
    return squares.min()?.squareRoot() ?? .infinity
  }
}
