import NNCore
import NNGraph
import NNLayers

/// The network o = Vσ(Wi + b) + c with 2 inputs, 3 hidden nodes and 1 output, its cost on four
/// examples and that cost's slopes, in Float64.
struct SmallNetwork {
  private let layout: ParameterLayout
  private let variables = VariableStore()
  private let forward: Session
  private let backward: Session
  private let weights: [Double]

  /// Draws first weights and makes the two walks ready.
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
    for (name, tensor) in try layout.initialVariables(seed: seed) { variables[name] = tensor }
    weights = variables[ParameterLayout.variableName]?.doubles ?? []
    forward = Session(try Plan(graph, fetches: [("cost", cost)]), variables: variables)
    backward = Session(
      try Plan(graph, fetches: [("gradient", built.gradient(of: cost))]), variables: variables)
  }

  /// The slope along each weight by backpropagation.
  func gradient() throws(NNError) -> [(name: String, value: Double)] {
    backward.run()
    return elements(of: backward.read("gradient")).map { ($0.name, $0.value) }
  }

  /// (C(w + h) − C(w − h))/2h for each weight, in the same order.
  func centralDifferences(step: Double) -> [Double] {
    elements(of: HostTensor(weights)).map { element in
      let costs = [step, -step].map { shift in
        var moved = weights
        moved[element.place] += shift
        variables[ParameterLayout.variableName] = HostTensor(moved)
        forward.run()
        return forward.readScalar("cost")
      }
      variables[ParameterLayout.variableName] = HostTensor(weights)
      return (costs[0] - costs[1]) / (2 * step)
    }
  }

  /// Each weight with its name as in formulas, `W₂₁`, and its place in the flat tensor.
  private func elements(
    of flat: HostTensor
  ) -> [(name: String, place: Int, value: Double)] {
    let letters = ["0.weight": "W", "0.bias": "b", "2.weight": "V", "2.bias": "c"]
    let numbers = flat.doubles
    return layout.parameters.flatMap { entry -> [(name: String, place: Int, value: Double)] in
      guard case .parameter(let offset, _, _) = entry.role else { return [] }
      let columns = entry.shape.rank == 2 ? entry.shape[1] : 1
      return (0..<entry.shape.elementCount).map { index in
        let place = entry.shape.rank == 2 ? [index / columns, index % columns] : [index]
        let name = (letters[entry.name] ?? entry.name) + place.map { "\($0 + 1)" }.joined()
        return (name, offset + index, numbers[offset + index])
      }
    }
  }
}
