import NNCore
import NNTraining

/// All combinations of values, of which the last parameter varies fastest. A parameter that does
/// not exist with the sections chosen has no values.
struct GridSampler: Sampler {
  private let space: SearchSpace

  /// - Throws: `NNError` for a parameter with infinitely many values.
  init(_ space: SearchSpace) throws(NNError) {
    self.space = space
    for parameter in space.parameters where parameter.domain.count == nil {
      throw .invalid(
        "a grid needs a finite number of values, and `\(parameter.path)` has every number of its "
          + "range",
        at: "search.parameters",
        hint: "list them, as in {choice: [0.001, 0.01, 0.1]}, or give a range a `step`")
    }
  }

  func point(
    ofTrial trial: Int, after observations: [Observation], pending: [SearchPoint]
  ) -> SearchPoint? {
    var rest = trial - 1
    let empty = SearchPoint(Array(repeating: nil, count: space.parameters.count))
    return find(&rest, at: 0, in: empty)
  }

  /// The point with the given number among those that share the first values of another point.
  ///
  /// - Parameter rest: The number, from 0; reduced by the number of points if there are fewer.
  private func find(_ rest: inout Int, at depth: Int, in point: SearchPoint) -> SearchPoint? {
    guard depth < space.order.count else {
      if rest == 0 { return point }
      rest -= 1
      return nil
    }
    let index = space.order[depth]
    guard space.exists(index, at: point), let count = space.parameters[index].domain.count else {
      return find(&rest, at: depth + 1, in: point)
    }
    // Without this, a point of a large grid would take as long as all points before it.
    if let size = sizeWithoutConditions(from: depth + 1) {
      let first = rest / size
      guard first < count else {
        rest -= [count, size].saturatingProduct
        return nil
      }
      rest -= first * size
      var next = point
      next.values[index] = space.parameters[index].domain.value(atIndex: first)
      return find(&rest, at: depth + 1, in: next)
    }
    for value in 0..<count {
      var next = point
      next.values[index] = space.parameters[index].domain.value(atIndex: value)
      if let found = find(&rest, at: depth + 1, in: next) { return found }
    }
    return nil
  }

  /// The number of combinations of the parameters from a depth on, if none depends on another.
  private func sizeWithoutConditions(from depth: Int) -> Int? {
    let rest = space.order[depth...]
    guard rest.allSatisfy({ space.isUnconditional($0) }) else { return nil }
    return rest.map { space.parameters[$0].domain.count ?? 1 }.saturatingProduct
  }
}
