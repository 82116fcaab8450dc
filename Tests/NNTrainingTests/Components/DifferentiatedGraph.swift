import NNCore
import NNGraph
import NNTestSupport
import Testing

/// Values of a graph, and the gradients of L = Σ value · cotangent with respect to its arguments,
/// at a point. Cotangents are fixed random numbers.
struct DifferentiatedGraph {
  /// A value that a gradient is taken of: an input of the graph, or a variable.
  struct Argument {
    let name: String
    let value: Value
    let tensor: HostTensor
  }

  private let graph: Graph
  private let arguments: [Argument]
  private let variables: VariableStore
  private let fixed: [String: HostTensor]
  private let values: [(name: String, value: Value)]
  private let loss: Value

  /// - Parameters:
  ///   - values: The results, of which L sums those that are numbers and not `ignored`.
  ///   - arguments: The values that gradients are taken of.
  ///   - fixed: Tensors of the graph's other inputs.
  ///   - variables: Holds the graph's other variables.
  ///   - ignored: Results that are not part of L.
  init(
    _ graph: Graph, values: [(name: String, value: Value)], at arguments: [Argument],
    fixed: [String: HostTensor] = [:], variables: VariableStore = VariableStore(),
    ignored: Set<String> = []
  ) throws {
    self.graph = graph
    self.arguments = arguments
    self.variables = variables
    self.fixed = fixed
    self.values = values
    try graph.validate()
    let terms = values.filter { !ignored.contains($0.name) }.enumerated().map { index, output in
      let type = output.value.type
      let cotangent = HostTensor.normal(type.shape, dtype: type.dtype, seed: 90 + UInt64(index))
      return (output.value * graph.constant(cotangent)).sum()
    }
    loss = terms.dropFirst().reduce(terms[0], +)
  }

  /// All values by name, and each gradient as `d/` with the argument's name.
  func results(gradients: Bool = true) throws -> [String: HostTensor] {
    var outputs = values
    if gradients {
      let found = graph.gradients(of: loss, withRespectTo: arguments.map(\.value))
      outputs += zip(arguments, found).map { (name: "d/\($0.name)", value: $1) }
    }
    let function = try function(outputs)
    try function.run()
    return try Dictionary(
      uniqueKeysWithValues: outputs.map { ($0.name, try function.read($0.name)) })
  }

  /// Compares the gradient of every element of every argument with central differences; float64.
  func expectGradients(_ label: String) throws {
    let found = try results()
    let function = try function([(name: "loss", value: loss)])
    for argument in arguments {
      let expected = try numericalGradient(at: argument.tensor) { moved in
        try write(argument.name, moved, to: function)
        try function.run()
        return try function.readScalar("loss")
      }
      try write(argument.name, argument.tensor, to: function)
      expectClose(
        try #require(found["d/\(argument.name)"]), expected, .centralDifferences,
        "\(label): gradient of \(argument.name)")
    }
  }

  private func function(_ outputs: [(name: String, value: Value)]) throws -> Function {
    let function = try Function(graph, outputs: outputs, variables: variables)
    for (name, tensor) in fixed where function.inputs[name] != nil {
      try function.write(name, tensor)
    }
    for argument in arguments { try write(argument.name, argument.tensor, to: function) }
    return function
  }

  private func write(_ name: String, _ tensor: HostTensor, to function: Function) throws {
    if function.inputs[name] != nil {
      try function.write(name, tensor)
    } else {
      variables[name] = tensor
    }
  }
}

extension DifferentiatedGraph {
  /// Compares all values and gradients in float32 with those in float64.
  ///
  /// The tolerance is that of the reference fixtures; numbers that cancel to less than 1e-6 are
  /// the rounding of the terms near 1 that they are sums of.
  static func expectSimilar(
    _ rough: [String: HostTensor], _ fine: [String: HostTensor], _ label: String
  ) throws {
    for (name, expected) in fine {
      expectClose(
        try #require(rough[name]).converted(to: expected.dtype), expected,
        .float32.orAbsolute(1e-6),
        "\(label): \(name)")
    }
  }
}
