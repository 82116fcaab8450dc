import NNCore
import NNGraph
import NNLayers

/// The network o = Vσ(Wi + b) + c with 2 inputs, 3 hidden nodes and 1 output, its cost on four
/// examples and that cost's gradient, in Float64.
struct SmallNetwork {
  private let layout: ParameterLayout
  private let variables = VariableStore()
  private let forward: Function
  private let backward: Function
  private let weights: [Double]

  /// Draws initial weights and prepares both passes.
  init(seed: UInt64 = 1) throws(NNError) {
    let model = Model {
      Dense(3)
      Sigmoid()
      Dense(1)
    }
    let inputs = HostTensor([0.0, 0, 0, 1, 1, 0, 1, 1], shape: [4, 2])
    let targets = HostTensor([0.0, 1, 1, 0], shape: [4, 1])
    layout = try model.layout(input: TensorType([4, 2], .float64))
    let graph = Graph()
    let built = model.build(
      in: graph, input: graph.constant(inputs), layout: layout, mode: .training)
    let cost = ((built.value - graph.constant(targets)).square() * 0.5).sum()
    variables.merge(try layout.initialVariables(seed: seed))
    weights = variables[ParameterLayout.variableName]?.doubles ?? []
    forward = try Function(graph, outputs: ["cost": cost], variables: variables)
    backward = try Function(
      graph, outputs: ["gradient": built.gradient(of: cost)], variables: variables)
  }

  /// The derivative with respect to each weight, by backpropagation.
  func gradient() throws(NNError) -> [(name: String, value: Double)] {
    try backward()
    return elements(of: try backward.read("gradient")).map { ($0.name, $0.value) }
  }

  /// (C(w + h) − C(w − h))/2h for each weight, in the same order.
  func centralDifferences(step: Double) throws(NNError) -> [Double] {
    var differences: [Double] = []
    for element in elements(of: HostTensor(weights)) {
      let above = try cost(movingWeight: element.index, by: step)
      let below = try cost(movingWeight: element.index, by: -step)
      differences.append((above - below) / (2 * step))
    }
    return differences
  }

  private func cost(movingWeight index: Int, by shift: Double) throws(NNError) -> Double {
    defer { variables[ParameterLayout.variableName] = HostTensor(weights) }
    var moved = weights
    moved[index] += shift
    variables[ParameterLayout.variableName] = HostTensor(moved)
    try forward()
    return try forward.readScalar("cost")
  }

  /// Each weight with its name as in formulas, `W₂₁`, and its index in the flat tensor.
  private func elements(
    of flat: HostTensor
  ) -> [(name: String, index: Int, value: Double)] {
    let letters = ["0.weight": "W", "0.bias": "b", "2.weight": "V", "2.bias": "c"]
    let numbers = flat.doubles
    return layout.parameters.flatMap { entry -> [(name: String, index: Int, value: Double)] in
      guard case .parameter(let offset, _, _) = entry.role else { return [] }
      let columns = entry.shape.rank == 2 ? entry.shape[1] : 1
      return (0..<entry.shape.elementCount).map { index in
        let position = entry.shape.rank == 2 ? [index / columns, index % columns] : [index]
        let name = (letters[entry.name] ?? entry.name) + position.map { "\($0 + 1)" }.joined()
        return (name, offset + index, numbers[offset + index])
      }
    }
  }
}
