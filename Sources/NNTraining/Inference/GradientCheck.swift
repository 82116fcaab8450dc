public import NNCore
package import NNData
import NNGraph
package import NNLayers
package import NNLosses

/// Compares gradients with central differences in Float64 for every parameter tensor.
///
/// The difference quotient is (L(θ + hε) − L(θ − hε)) / 2h with h = 1e-6, for a sample of each
/// tensor's elements. An element passes if the two differ by less than
/// 1e-5 + 1e-3·|difference quotient|, the tolerances of PyTorch's `gradcheck`. Near a kink (ReLU,
/// max pooling) the comparison is repeated with h = 1e-8.
public struct GradientCheck: Sendable {
  /// The result for one parameter tensor.
  public struct Row: Sendable {
    /// The parameter's name.
    public let name: String
    /// Its shape.
    public let shape: Shape
    /// The number of elements compared.
    public let checked: Int
    /// The largest absolute difference.
    public let largestDifference: Double
    /// The largest absolute value of the gradient among them.
    public let largestGradient: Double
    /// Whether every element passed.
    public let passed: Bool
  }

  /// Checks a config's model on the first examples of its training data, with initial weights.
  ///
  /// - Parameters:
  ///   - config: The model, loss and data.
  ///   - rows: The number of examples; 4 by default.
  ///   - elements: The maximum number of elements of a tensor to compare; 20 by default.
  /// - Throws: `NNError` if data, loss and layers are incompatible.
  public static func run(
    config: Config, rows: Int = 4, elements: Int = 20
  ) throws(NNError) -> [Row] {
    let data = try RunData(config).train
    return try run(
      model: config.makeModel(), objective: config.makeObjective(), data: data,
      normalization: Normalization.fit(config.data.normalize, on: data),
      seed: UInt64(config.seed), rows: rows, elements: elements)
  }

  /// Checks a model on the first examples of a data set, with initial weights drawn from `seed`.
  ///
  /// - Throws: `NNError` if data, loss and layers are incompatible.
  package static func run(
    model: Model, loss: any Loss, data: Dataset, normalization: Normalization, seed: UInt64,
    rows: Int = 4, elements: Int = 20
  ) throws(NNError) -> [Row] {
    try run(
      model: model, objective: Objective(loss), data: data, normalization: normalization,
      seed: seed, rows: rows, elements: elements)
  }

  private static func run(
    model: Model, objective: Objective, data: Dataset, normalization: Normalization, seed: UInt64,
    rows: Int, elements: Int
  ) throws(NNError) -> [Row] {
    let rows = min(rows, data.count)
    let loader = try BatchLoader(
      dataset: data, batchSize: rows, dtype: .float64, normalization: normalization,
      prefetch: false)
    guard let batch = try loader.next() else { return [] }
    let graph = Graph()
    let values = BatchValues(graph, BatchTypes(batch))
    let random = graph.input("random", TensorType([2], .int64))
    let signature = data.signature(.float64)
    let samples = SampleBatches(signature, targets: data.targetSignature(.float64))
    let layout = try model.layout(signature)
    let built = model.build(
      in: graph, input: values.input, layout: layout, mode: .training, randomState: random)
    try graph.validate()
    try requireTargets(
      of: objective, fit: data, outputs: built.outputs.map { samples(output: $1).shape })
    let value = objective(
      .init(
        batch: values, outputs: built.outputs, samples: samples, hasTargets: data.hasTargets)
    ).total
    try graph.validate()
    let gradient = built.gradient(of: value)
    let variables = VariableStore()
    variables.merge(try layout.initialVariables(seed: seed))
    func function(_ name: String, _ output: Value) throws(NNError) -> Function {
      let function = try Function(
        graph, outputs: [(name: name, value: output)], variables: variables)
      try function.write(batch)
      // Every evaluation uses the same random numbers, so dropout is a fixed function here.
      try function.write("random", HostTensor([Int64(bitPattern: seed), 1]))
      return function
    }
    let backward = try function("gradient", gradient)
    try backward.run()
    let analytic = try backward.read("gradient").doubles
    let forward = try function("loss", value)
    let difference = Difference(session: forward.session, variables: variables)
    return layout.parameters.compactMap { entry in
      guard case .parameter(let offset, _, _) = entry.role else { return nil }
      return difference.row(entry, at: offset, analytic: analytic, elements: elements, seed: seed)
    }
  }

  /// Difference quotients of a loss with respect to elements of the flat parameter tensor.
  private struct Difference {
    let session: Session
    let variables: VariableStore
    let parameters: [Double]

    init(session: Session, variables: VariableStore) {
      self.session = session
      self.variables = variables
      parameters = variables[ParameterLayout.variableName]?.doubles ?? []
    }

    func row(
      _ entry: ParameterLayout.Entry, at offset: Int, analytic: [Double], elements: Int,
      seed: UInt64
    ) -> Row {
      let count = entry.shape.elementCount
      let chosen = Philox(seed: seed, stream: UInt32(offset)).permutation(count).prefix(elements)
      var largest = (difference: 0.0, gradient: 0.0)
      var passed = true
      for index in chosen.map({ offset + $0 }) {
        let exact = analytic[index]
        var best = compare(exact, at: index, step: 1e-6)
        if !best.isFine {
          let closer = compare(exact, at: index, step: 1e-8)
          if closer.isFine { best = closer }
        }
        passed = passed && best.isFine
        largest.difference = max(largest.difference, best.size)
        largest.gradient = max(largest.gradient, abs(exact))
      }
      return Row(
        name: entry.name, shape: entry.shape, checked: chosen.count,
        largestDifference: largest.difference, largestGradient: largest.gradient, passed: passed)
    }

    private func compare(
      _ exact: Double, at index: Int, step: Double
    ) -> (size: Double, isFine: Bool) {
      let quotient = quotient(at: index, step: step)
      let size = abs(quotient - exact)
      return (size, size <= 1e-5 + 1e-3 * abs(quotient))
    }

    private func quotient(at index: Int, step: Double) -> Double {
      var moved = parameters
      func loss(_ value: Double) -> Double {
        moved[index] = value
        variables[ParameterLayout.variableName] = HostTensor(moved)
        session.run()
        return session.readScalar("loss")
      }
      let above = loss(parameters[index] + step)
      let below = loss(parameters[index] - step)
      variables[ParameterLayout.variableName] = HostTensor(parameters)
      return (above - below) / (2 * step)
    }
  }
}
