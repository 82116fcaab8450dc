import NNCore
import NNGraph
import NNOptimizers

/// A function of a few weights, written once as a graph that serves optimizers, plots and
/// derivatives, all in Float64.
struct Landscape: Sendable {
  /// The number of weights.
  let dimension: Int
  /// The height, element by element, from one value for each weight.
  let height: @Sendable (_ weights: [Value]) -> Value

  /// Creates a function.
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
    let function = try Function(graph, outputs: ["height": height(coordinates)])
    try function()
    return try function.read("height").doubles
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
    let gradient = graph.gradients(of: height(of: weights), withRespectTo: [weights])[0]
    let rows = (0..<dimension).map { row in
      graph.gradients(of: gradient.slice(at: row, shape: []), withRespectTo: [weights])[0]
    }
    let variables = VariableStore()
    variables["weights"] = HostTensor(point)
    let hessian = graph.pack(
      rows, offsets: rows.indices.map { $0 * dimension }, count: dimension * dimension)
    let function = try Function(
      graph, outputs: ["gradient": gradient, "hessian": hessian], variables: variables)
    try function()
    let numbers = try function.read("hessian").doubles
    return (
      try function.read("gradient").doubles,
      rows.indices.map { Array(numbers[$0 * dimension..<($0 + 1) * dimension]) }
    )
  }

  /// The path of an optimizer from a point: `steps` + 1 points, including the start.
  func path(
    from start: [Double], by optimizer: any GraphOptimizer, steps: Int
  ) throws(NNError) -> [[Double]] {
    let graph = Graph()
    let type = TensorType([dimension], .float64)
    let weights = graph.variable("weights", type)
    let gradient = graph.gradients(of: height(of: weights), withRespectTo: [weights])[0]
    let update = OptimizerStep(optimizer, parameters: weights, gradient: gradient)
    let variables = VariableStore()
    variables["weights"] = HostTensor(start)
    variables.merge(optimizer.initialVariables(type))
    let function = try Function(
      graph, outputs: [:], updates: update.updates, variables: variables)
    var points = [start]
    for step in 1...max(1, steps) {
      try function([
        OptimizerStep.scalarsName: optimizer.scalars(
          step: step, learningRate: optimizer.learningRate, dtype: .float64)
      ])
      points.append(variables["weights"]?.doubles ?? start)
    }
    return points
  }

  private func height(of weights: Value) -> Value {
    height((0..<dimension).map { weights.slice(at: $0, shape: []) })
  }
}

extension [[Double]] {
  /// The distance of each point from a center.
  func distances(from center: [Double]) -> [Double] {
    map { point in
      zip(point, center).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }.squareRoot()
    }
  }

  /// One coordinate of each point.
  func coordinate(_ axis: Int) -> [Double] { map { $0[axis] } }
}

extension ClosedRange<Double> {
  /// `count` evenly spaced numbers from one end to the other.
  func spaced(_ count: Int) -> [Double] {
    guard count > 1 else { return [lowerBound] }
    return (0..<count).map {
      lowerBound + (upperBound - lowerBound) * Double($0) / Double(count - 1)
    }
  }
}
