public import NNCore
public import NNData
import NNGraph
import NNLayers
import NNLosses
public import NNTraining

/// Robustness in the norm `linf` that interval bound propagation proves: the examples whose class no
/// perturbation of at most ε changes.
///
/// Bounds are propagated through a chain of layers in Float64, whatever the run's type; see
/// `IntervalBounds`. They are loose for networks that were trained without them.
public struct IntervalCertificates: Sendable {
  /// The share of examples at one radius.
  public struct Row: Sendable, Hashable {
    /// ε, in the unit of raw inputs.
    public let radius: Double
    /// The share of examples that are proven to be predicted correctly for every perturbation.
    public let verified: Double
  }

  /// The number of examples.
  public let count: Int
  /// A row for each radius.
  public let rows: [Row]

  /// Verifies examples.
  ///
  /// - Parameters:
  ///   - model: A classifier: a chain of layers whose bounds are known.
  ///   - dataset: Data like those that it was trained on. Perturbed inputs stay in their range.
  ///   - radii: Each ε, at least 0.
  ///   - examples: The number of examples, the first ones; nil (default) for all.
  /// - Throws: `NNError` for a network that does not predict one class for each example or that has a
  ///   layer without known bounds, and for a radius out of range.
  public static func verify(
    _ model: TrainedModel, on dataset: Dataset, radii: [Double], examples: Int? = nil
  ) throws(NNError) -> IntervalCertificates {
    guard !radii.isEmpty else { throw .invalid("no eps is given") }
    let batches = try ClassBatches.of(dataset, for: model, count: examples)
    let range = try InputRange(of: dataset)
    for radius in radii {
      guard radius >= 0, radius.isFinite else {
        throw .invalid("eps is \(radius), expected a number of at least 0")
      }
      try range.require(
        radius: radius, norm: .linf, example: dataset.inputShape, at: dataset.name)
    }
    let bounds = try IntervalFunction(model)
    let count = batches.reduce(0) { $0 + $1.count }
    var rows: [Row] = []
    for radius in radii {
      var verified = 0
      for batch in batches { verified += try bounds.verifiedCount(batch, radius: radius) }
      rows.append(Row(radius: radius, verified: Double(verified) / Double(max(1, count))))
    }
    return IntervalCertificates(count: count, rows: rows)
  }
}

/// A network's interval bounds as a compiled function, for each number of examples.
///
/// Not `Sendable`: one task uses it at a time.
package final class IntervalFunction {
  private let source: NetworkSource
  private let memory = SessionMemory()
  private var functions: [(count: Int, function: Function)] = []
  private var networks: [(count: Int, function: Function)] = []

  /// Prepares a network, with its weights in Float64.
  ///
  /// - Throws: `NNError` if the weights do not match the network.
  package init(_ model: TrainedModel) throws(NNError) {
    let example = model.signature.example.map { _, type in
      type.dtype.isFloatingPoint ? TensorType(type.shape, .float64) : type
    }
    let signature = InputSignature(
      example, vocabulary: model.signature.vocabulary,
      categoryCounts: model.signature.categoryCounts, dtype: .float64)
    let layout = try model.model.layout(signature)
    let variables = VariableStore()
    let tensors = model.weights.map { name, tensor in
      (name, tensor.dtype == .float32 ? tensor.converted(to: .float64) : tensor)
    }
    variables.merge(
      try layout.variables(from: Dictionary(tensors, uniquingKeysWith: { $1 })))
    source = NetworkSource(
      model: model.model, layout: layout, signature: signature,
      normalization: model.normalization, variables: variables)
  }

  /// The bounds of the network's outputs over all inputs between two bounds, and the lower bounds of
  /// the differences between the output of each example's label and every output.
  ///
  /// - Parameters:
  ///   - low: The lower bounds of raw inputs, float64 [N, …].
  ///   - high: Their upper bounds.
  ///   - labels: int32 [N].
  package func callAsFunction(
    low: HostTensor, high: HostTensor, labels: HostTensor
  ) throws(NNError) -> (low: HostTensor, high: HostTensor, margins: HostTensor) {
    let function = try function(count: low.shape[0])
    try function.write(Self.low, low)
    try function.write(Self.high, high)
    try function.write(Self.labels, labels)
    try function.run()
    return (
      try function.read("low"), try function.read("high"), try function.read("margins")
    )
  }

  /// The outputs of the network in Float64.
  package func outputs(_ inputs: HostTensor) throws(NNError) -> HostTensor {
    let function = try network(count: inputs.shape[0])
    try function.write(Self.raw, inputs)
    try function.run()
    return try function.read("output")
  }

  /// The number of examples whose label has the greatest output for every perturbation.
  func verifiedCount(_ batch: AttackBatch, radius: Double) throws(NNError) -> Int {
    let clean = batch.clean.doubles
    let (lower, upper) = (batch.low.doubles, batch.high.doubles)
    func tensor(_ numbers: [Double]) -> HostTensor {
      HostTensor(numbers, shape: batch.clean.shape)
    }
    let labels = batch.targets.values
    let margins = try self(
      low: tensor(clean.indices.map { max(lower[$0], (clean[$0] - radius).nextDown) }),
      high: tensor(clean.indices.map { min(upper[$0], (clean[$0] + radius).nextUp) }),
      labels: labels
    ).margins
    let (numbers, width) = (margins.doubles, margins.shape[1])
    return labels.scalars(as: Int32.self).enumerated().count { row, label in
      (0..<width).allSatisfy { $0 == Int(label) || numbers[row * width + $0] > 0 }
    }
  }

  private func network(count: Int) throws(NNError) -> Function {
    if let known = networks.first(where: { $0.count == count }) { return known.function }
    let graph = Graph()
    let example = source.signature.example
    let raw = graph.input(
      Self.raw, TensorType(Shape([count] + example.values.shape.dimensions), .float64))
    let network = RawNetwork(source, raw: Ports(named: [(example.names[0], raw)])).network
    try graph.validate()
    let function = try Function(
      graph, outputs: [(name: "output", value: network.value)], variables: source.variables,
      memory: memory)
    networks.append((count, function))
    return function
  }

  /// Checks that each layer reads the output of the one before it.
  private static func requireChain(
    _ layers: [LayerOutput], from input: Value
  ) throws(NNError) {
    var previous = input
    for layer in layers {
      guard layer.inputs == [previous] else {
        throw .invalid(
          "interval bounds exist for chains of layers, and \(layer.label) does not read the output "
            + "of the layer before it", hint: "use randomized smoothing, --sigma")
      }
      previous = layer.value
    }
  }

  private static let raw = "raw"
  private static let low = "bounds.low"
  private static let high = "bounds.high"
  private static let labels = "labels"

  private func function(count: Int) throws(NNError) -> Function {
    if let known = functions.first(where: { $0.count == count }) { return known.function }
    let graph = Graph()
    let example = source.signature.example
    let type = TensorType(Shape([count] + example.values.shape.dimensions), .float64)
    let (low, high) = (graph.input(Self.low, type), graph.input(Self.high, type))
    let labels = graph.input(Self.labels, TensorType([count], .int32))
    // The network of the lower bounds gives the shapes of all layers.
    let network = RawNetwork(source, raw: Ports(named: [(example.names[0], low)]))
    let built = network.network
    let parameters = Dictionary(
      built.parameterValues.map { ($0.name, $0.value) }, uniquingKeysWith: { first, _ in first })
    // Normalisation grows with its input, and rounding keeps the order.
    var bounds = IntervalBounds(
      low: low.normalized(by: source.normalization), high: high.normalized(by: source.normalization)
    )
    let layers = built.layerOutputs.filter { !($0.layer.unnamed is Sequential) }
    try Self.requireChain(layers, from: network.normalized.values)
    for layer in layers.dropLast() { bounds = bounds.after(layer, parameters) }
    let before = bounds
    if let last = layers.last { bounds = bounds.after(last, parameters) }
    try graph.validate()
    guard bounds.low.shape.rank == 2 else {
      throw .invalid(
        "certificates need an output [N, classes], the network's is \(bounds.low.shape)")
    }
    let margins = before.margins(through: layers.last, parameters, labels: labels, outputs: bounds)
    try graph.validate()
    let function = try Function(
      graph,
      outputs: [
        (name: "low", value: bounds.low), (name: "high", value: bounds.high),
        (name: "margins", value: margins),
      ], variables: source.variables, memory: memory)
    functions.append((count, function))
    return function
  }
}
