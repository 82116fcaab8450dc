import NNCore
import NNGraph
import NNOptimizers
import NNTestSupport
import Testing

/// A rule with state of other shapes: the second moment of a matrix is kept as means of its rows and
/// columns (Adafactor), that of a vector by element, and each tensor's step is scaled by the ratio
/// of its norm to the step's (LAMB).
private struct FactoredRule: GraphOptimizer {
  let learningRate: Double
  let decay = 0.9
  let epsilon = 1e-3
  var name: String { "factored" }

  func state(for parameters: FlatParameters) -> [OptimizerState] {
    parameters.slices.flatMap { slice -> [OptimizerState] in
      func state(_ kind: String, _ shape: Shape) -> OptimizerState {
        OptimizerState("\(kind).\(slice.name)", TensorType(shape, parameters.dtype), initial: 0.5)
      }
      return slice.shape.rank == 2
        ? [state("row", [slice.shape[0], 1]), state("column", [1, slice.shape[1]])]
        : [state("square", slice.shape)]
    } + [OptimizerState("steps", TensorType([], parameters.dtype))]
  }

  func scalars(step: Int, learningRate: Double) -> [Double] { [learningRate] }

  func update(_ step: OptimizerUpdate) -> (parameters: Value, state: [Value]) {
    var old = step.state[...]
    var new: [Value] = []
    func kept(_ value: Value) -> Value {
      guard let before = old.popFirst() else { preconditionFailure("a state is missing") }
      let after = before * decay + value * (1 - decay)
      new.append(after)
      return after
    }
    let parts = zip(
      step.layout.parts(of: step.parameters), step.layout.parts(of: step.gradient))
    let moved = parts.map { parameter, gradient in
      let squares = gradient.square()
      let moment: Value
      if parameter.shape.rank == 2 {
        let rows = kept(squares.mean(axes: [1], keepDimensions: true))
        moment = rows * kept(squares.mean(axes: [0], keepDimensions: true)) / rows.mean()
      } else {
        moment = kept(squares)
      }
      let direction = gradient / (moment.sqrt() + epsilon)
      return parameter - direction * (parameter.norm() / direction.norm()) * step.scalars[0]
    }
    guard let steps = old.popFirst() else { preconditionFailure("a state is missing") }
    return (step.layout.packed(moved), new + [steps + 1])
  }
}

@Suite struct ShapedOptimizerTests {
  private let layout = FlatParameters(
    [
      .init(name: "0.weight", shape: [2, 3], offset: 0),
      .init(name: "0.bias", shape: [4], offset: 16),
    ], count: 32, dtype: .float64)

  /// The same rule in plain Swift.
  private func oracle(steps: Int, rate: Double) -> [Double] {
    var parameters = Self.numbers(0)
    var (rows, columns) = ([0.5, 0.5], [0.5, 0.5, 0.5])
    var squares = [Double](repeating: 0.5, count: 4)
    for step in 1...steps {
      let gradient = Self.numbers(step)
      func mixed(_ old: Double, _ new: Double) -> Double { old * 0.9 + new * (1 - 0.9) }
      for row in 0..<2 {
        let sum = (0..<3).reduce(0) { $0 + gradient[row * 3 + $1] * gradient[row * 3 + $1] }
        rows[row] = mixed(rows[row], sum / 3)
      }
      for column in 0..<3 {
        let sum = (0..<2).reduce(0) { $0 + gradient[$1 * 3 + column] * gradient[$1 * 3 + column] }
        columns[column] = mixed(columns[column], sum / 2)
      }
      for index in 0..<4 {
        squares[index] = mixed(squares[index], gradient[16 + index] * gradient[16 + index])
      }
      let mean = (rows[0] + rows[1]) / 2
      let matrix = (0..<6).map { index in
        let moment = rows[index / 3] * columns[index % 3] / mean
        return gradient[index] / (moment.squareRoot() + 1e-3)
      }
      let vector = (0..<4).map { gradient[16 + $0] / (squares[$0].squareRoot() + 1e-3) }
      for (direction, offset) in [(matrix, 0), (vector, 16)] {
        func norm(_ numbers: some Sequence<Double>) -> Double {
          numbers.reduce(0) { $0 + $1 * $1 }.squareRoot()
        }
        let ratio = norm(parameters[offset..<offset + direction.count]) / norm(direction)
        for index in direction.indices {
          parameters[offset + index] -= direction[index] * ratio * rate
        }
      }
    }
    return parameters
  }

  /// Numbers of either sign in the parameters, zeros in the gaps.
  private static func numbers(_ seed: Int) -> [Double] {
    (0..<32).map { index in
      let isPart = index < 6 || (16..<20).contains(index)
      return isPart ? Double((index * 7 + seed * 5) % 11) / 4 - 1.2 : 0
    }
  }

  @Test func aRuleSeesShapesAndKeepsStateOfOthers() throws {
    let rule = FactoredRule(learningRate: 0.1)
    let graph = Graph()
    let parameters = graph.variable("parameters", layout.type)
    let gradient = graph.input("gradient", layout.type)
    let step = OptimizerStep(
      rule, layout: layout, group: "7", parameters: parameters, gradient: gradient)
    let store = VariableStore()
    store["parameters"] = HostTensor(Self.numbers(0))
    let initial = rule.initialVariables(layout, group: "7")
    #expect(
      initial.keys.sorted() == [
        "optimizer.7.column.0.weight", "optimizer.7.row.0.weight", "optimizer.7.square.0.bias",
        "optimizer.7.steps",
      ])
    for (name, tensor) in initial { store[name] = tensor }
    let function = try Function(graph, outputs: [:], updates: step.updates, variables: store)
    for number in 1...5 {
      try function([
        "gradient": HostTensor(Self.numbers(number)),
        "optimizer.7.scalars": rule.scalars(step: number, learningRate: 0.1, dtype: .float64),
      ])
    }
    expectClose(
      try #require(store["parameters"]).doubles, oracle(steps: 5, rate: 0.1),
      Tolerance(relative: 1e-12, floor: 1e-3))
    #expect(try #require(store["optimizer.7.steps"]).doubles == [5])
    #expect(store["optimizer.7.row.0.weight"]?.shape == [2, 1])
  }

  /// A variable that is not flat is updated as its elements are.
  @Test func aMatrixIsUpdatedAsItsElements() throws {
    func run(_ shape: Shape) throws -> [Double] {
      let optimizer = Adam(learningRate: 0.1)
      let graph = Graph()
      let type = TensorType(shape, .float64)
      let weights = graph.variable("w", type)
      let step = OptimizerStep(
        optimizer, parameters: weights, gradient: graph.input("gradient", type))
      let store = VariableStore()
      store["w"] = HostTensor([1.0, 2, 3, 4, 5, 6], shape: shape)
      for (name, tensor) in optimizer.initialVariables(type) { store[name] = tensor }
      let function = try Function(graph, outputs: [:], updates: step.updates, variables: store)
      for number in 1...3 {
        try function([
          "gradient": HostTensor([1.0, -2, 3, 0, 5, -6], shape: shape),
          OptimizerStep.scalarsName: optimizer.scalars(
            step: number, learningRate: 0.1, dtype: .float64),
        ])
      }
      return try #require(store["w"]).doubles
    }
    #expect(try run([2, 3]) == run([6]))
  }

  /// The norm of two tensors is that of both in one.
  @Test(arguments: [
    GradientClipping.norm(maximum: 1), .norm(maximum: 1, order: 1),
    .norm(maximum: 1, order: .infinity), .norm(maximum: 1, order: 3), .value(limit: 2),
  ])
  func clippingIsOverAllGroups(clipping: GradientClipping) throws {
    let numbers = [3.0, -4, 0.5, 1e-3, 7]
    let graph = Graph()
    let all = graph.input("all", TensorType([5], .float64))
    let (one, other) = (all.slice(at: 0, shape: [2]), all.slice(at: 2, shape: [3]))
    let whole = clipping(all)
    let parts = clipping([one, other])
    let single = clipping([all])
    let function = try Function(
      graph,
      outputs: [
        "whole": whole.gradient, "norm": whole.norm, "one": parts.gradients[0],
        "other": parts.gradients[1], "norms": parts.norm, "single": single.gradients[0],
      ])
    let result = try function(["all": HostTensor(numbers)])
    expectClose(
      try #require(result["one"]).doubles + #require(result["other"]).doubles,
      try #require(result["whole"]).doubles)
    expectClose(try #require(result["norms"]), try #require(result["norm"]))
    #expect(result["single"] == result["whole"])
  }
}
