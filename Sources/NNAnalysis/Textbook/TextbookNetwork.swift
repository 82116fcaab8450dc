import NNCore
import NNLayers
import NNTraining

/// A network of dense layers with activations, as the course draws it: p = Wq + b, q = σ(p).
struct TextbookNetwork {
  /// A dense layer with the activation after it.
  struct DenseLayer {
    let weight: StepTrace.ParameterValues
    let bias: StepTrace.ParameterValues?
    /// The number of its inputs.
    let inputs: Int
    /// The number of its nodes.
    let outputs: Int
    /// p and its gradient, [N, outputs].
    let pre: StepTrace.LayerValues
    /// σ and q; nil where q = p.
    var post: (activation: TextbookActivation, values: StepTrace.LayerValues)?

    /// The values that the next layer reads.
    var output: StepTrace.LayerValues { post?.values ?? pre }
  }

  /// σ₀ and q₀, if the input goes through an activation first.
  private(set) var input: (activation: TextbookActivation, values: StepTrace.LayerValues)?
  /// The dense layers in order.
  private(set) var layers: [DenseLayer] = []
  /// The number of examples.
  let examples: Int
  /// The number of the network's inputs.
  let inputs: Int

  /// The number of parameters up to which single numbers are shown.
  static let largestParameterCount = 200

  /// Recognizes the network of a step.
  ///
  /// - Throws: `NNError` with the reason if it is another network.
  init(_ trace: StepTrace) throws(NNError) {
    let count = trace.parameters.reduce(0) { $0 + $1.before.elementCount }
    guard count <= Self.largestParameterCount else {
      throw .invalid(
        "it has \(count) parameters; single numbers are shown up to \(Self.largestParameterCount)")
    }
    guard trace.inputs.count == 1, trace.inputs.values.dtype.isFloatingPoint else {
      throw .invalid(
        "it has several inputs or reads tokens; single numbers are shown for one input")
    }
    let rows = trace.inputs.values
    examples = rows.shape[0]
    inputs = rows.elementCount / max(1, examples)
    for values in trace.layers where !(values.layer is Sequential) {
      if values.layer is Dense {
        try append(values, trace)
      } else if let activation = TextbookActivation(values.layer) {
        try append(activation, values)
      } else if !(values.layer is Flatten) {
        throw .invalid(
          "it has a layer `\(values.path)` (\(values.layer.description)); single numbers are shown "
            + "for a chain of dense layers with element-wise activations")
      }
    }
    guard !layers.isEmpty else { throw .invalid("it has no dense layer") }
  }

  private mutating func append(
    _ values: StepTrace.LayerValues, _ trace: StepTrace
  ) throws(NNError) {
    let prefix = values.path.isEmpty ? "" : values.path + "."
    guard let weight = trace.parameters.first(where: { $0.name == prefix + "weight" }),
      values.output.shape.rank == 2
    else {
      throw .invalid(
        "its layer `\(values.path)` shares its weights or reads sequences; single numbers are shown "
          + "for a chain of dense layers")
    }
    layers.append(
      DenseLayer(
        weight: weight, bias: trace.parameters.first { $0.name == prefix + "bias" },
        inputs: weight.before.shape[1], outputs: weight.before.shape[0], pre: values))
  }

  private mutating func append(
    _ activation: TextbookActivation, _ values: StepTrace.LayerValues
  ) throws(NNError) {
    let last = layers.indices.last
    guard last.map({ layers[$0].post == nil }) ?? (input == nil) else {
      throw .invalid(
        "its layer `\(values.path)` is a second activation after another; single numbers are shown "
          + "for one activation after each dense layer")
    }
    if let last { layers[last].post = (activation, values) } else { input = (activation, values) }
  }

  /// The network in words: `2 inputs, 3 tanh, 1 output`.
  var description: String {
    let nodes = layers.map { layer in
      "\(layer.outputs) \(layer.post?.activation.name ?? "linear")"
    }
    return (["\(inputs) input\(inputs == 1 ? "" : "s")"] + nodes).joined(separator: " → ")
  }
}
