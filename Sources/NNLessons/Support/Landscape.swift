import NNCore
import NNGraph
import NNOptimizers

/// A function of a few weights, written once as a graph: what optimizers descend, what pictures show
/// and what derivatives come from, all in Float64.
struct Landscape: Sendable {
  /// How many weights there are.
  let dimension: Int
  /// The height, element by element, from one value for each weight.
  let height: @Sendable (_ weights: [Value]) -> Value

  /// Describes a function.
  init(dimension: Int, _ height: @escaping @Sendable (_ weights: [Value]) -> Value) {
    self.dimension = dimension
    self.height = height
  }

  /// a + ½ Σᵢⱼ Hᵢⱼ (wᵢ − cᵢ)(wⱼ − cⱼ)
  init(quadratic hessian: [[Double]], minimum: [Double], lowest: Double = 0) {
    self.init(dimension: minimum.count) { weights in
      let distances = zip(weights, minimum).map { $0 - $1 }
      var sum = distances[0] * 0 + lowest
      for (row, left) in zip(hessian, distances) {
        for (factor, right) in zip(row, distances) where factor != 0 {
          sum = sum + left * right * (factor / 2)
        }
      }
      return sum
    }
  }

  /// The heights at some points.
  func heights(at points: [[Double]]) throws(NNError) -> [Double] {
    let graph = Graph()
    let coordinates = (0..<dimension).map { axis in
      graph.constant(HostTensor(points.map { $0[axis] }))
    }
    let session = try session(graph, fetches: [("height", height(coordinates))])
    session.run()
    return session.read("height").doubles
  }

  /// The heights of a function of two weights over a grid, its row 0 at the least y.
  func grid(
    x: ClosedRange<Double>, y: ClosedRange<Double>, columns: Int, rows: Int
  ) throws(NNError) -> [Double] {
    let xs = x.spaced(columns)
    return try heights(at: y.spaced(rows).flatMap { y in xs.map { [$0, y] } })
  }

  /// Gradient and Hessian (row by row) at a point, both by automatic differentiation.
  func derivatives(
    at point: [Double]
  ) throws(NNError) -> (gradient: [Double], hessian: [[Double]]) {
    let graph = Graph()
    let weights = graph.variable("weights", TensorType([dimension], .float64))
    let slope = graph.gradients(of: height(of: weights), withRespectTo: [weights])[0]
    let rows = (0..<dimension).map { row in
      graph.gradients(of: slope.slice(at: row, shape: []), withRespectTo: [weights])[0]
    }
    let variables = VariableStore()
    variables["weights"] = HostTensor(point)
    let fetches = [("gradient", slope)] + rows.enumerated().map { ("row \($0)", $1) }
    let session = try session(graph, fetches: fetches, variables: variables)
    session.run()
    return (
      session.read("gradient").doubles, rows.indices.map { session.read("row \($0)").doubles }
    )
  }

  /// Where an optimizer goes from a point: `steps` + 1 places, the start among them.
  func path(
    from start: [Double], by optimizer: any Optimizer, steps: Int
  ) throws(NNError) -> [[Double]] {
    let graph = Graph()
    let type = TensorType([dimension], .float64)
    let weights = graph.variable("weights", type)
    let slope = graph.gradients(of: height(of: weights), withRespectTo: [weights])[0]
    let update = OptimizerStep(optimizer, parameters: weights, gradient: slope)
    let variables = VariableStore()
    variables["weights"] = HostTensor(start)
    for (name, tensor) in optimizer.initialVariables(type) { variables[name] = tensor }
    let session = try session(
      graph, fetches: [("gradient", slope)], updates: update.updates, variables: variables)
    var places = [start]
    for step in 1...max(1, steps) {
      session.write(
        OptimizerStep.scalarsName,
        optimizer.scalars(step: step, learningRate: optimizer.learningRate, dtype: .float64))
      session.run()
      places.append(variables["weights"]?.doubles ?? start)
    }
    return places
  }

  private func height(of weights: Value) -> Value {
    height((0..<dimension).map { weights.slice(at: $0, shape: []) })
  }

  private func session(
    _ graph: Graph, fetches: [(String, Value)], updates: [(variable: Value, value: Value)] = [],
    variables: VariableStore = VariableStore()
  ) throws(NNError) -> Session {
    let plan = try Plan(
      graph, fetches: fetches.map { (name: $0.0, value: $0.1) }, updates: updates)
    return Session(plan, variables: variables)
  }
}

extension [[Double]] {
  /// The distance of each place from a point.
  func distances(from center: [Double]) -> [Double] {
    map { place in
      zip(place, center).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }.squareRoot()
    }
  }

  /// One coordinate of each place.
  func coordinate(_ axis: Int) -> [Double] { map { $0[axis] } }
}

extension ClosedRange<Double> {
  /// So many numbers from one end to the other, evenly spaced.
  func spaced(_ count: Int) -> [Double] {
    guard count > 1 else { return [lowerBound] }
    return (0..<count).map {
      lowerBound + (upperBound - lowerBound) * Double($0) / Double(count - 1)
    }
  }
}
