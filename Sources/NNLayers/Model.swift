public import NNCore
public import NNGraph

/// A network: an outermost layer, usually a `Sequential`, from which graphs are built.
///
/// Building has two phases. `layout(input:)` builds the network once to find its parameters. Graphs
/// for training, evaluation and generation are then built with that layout.
///
/// ```swift
/// let model = Model {
///   Dense(128)
///   ReLU()
///   Dense(10)
/// }
/// let layout = try model.layout(input: TensorType([1, 784], .float32))
/// ```
public struct Model: Sendable {
  /// The outermost layer.
  public let root: any Layer

  /// Creates a network from one layer, which may contain others.
  public init(_ root: any Layer) { self.root = root }

  /// Creates a sequential network.
  public init(_ layers: [any Layer]) { root = Sequential(layers) }

  /// Creates a sequential network from the layers listed in braces.
  public init(@LayerBuilder _ layers: () -> [any Layer]) { root = Sequential(layers()) }

  /// Finds the parameters and buffers, and checks every layer against its input.
  ///
  /// - Parameter signature: The types of the network's inputs.
  /// - Throws: `NNError` that lists every shape mismatch and invalid option.
  public func layout(_ signature: InputSignature) throws(NNError) -> ParameterLayout {
    try layout(signature, rows: 2)
  }

  private func layout(
    _ signature: InputSignature, rows: Int
  ) throws(NNError) -> ParameterLayout {
    let graph = Graph()
    // In evaluation mode, since batch normalisation cannot train on a batch of one example.
    let context = BuildContext(
      graph: graph, dtype: signature.dtype, source: .discovery, vocabulary: signature.vocabulary)
    _ = run(context, signature.batch(of: rows).map { graph.input($0, $1) }, .evaluation)
    try graph.validate()
    let layout = ParameterLayout(
      context.entries, dtype: signature.dtype, vocabulary: signature.vocabulary)
    try MemoryLimit.check(
      Shape([layout.count]).byteCount(of: layout.dtype),
      "the network's \(layout.parameterCount) parameters", hint: "use smaller or fewer layers")
    return layout
  }

  /// Finds the parameters and buffers of a network with one floating-point input.
  ///
  /// - Parameter input: The type of the input, including the batch axis, whose extent may be any.
  /// - Throws: `NNError` that lists every shape mismatch and invalid option.
  public func layout(input: TensorType) throws(NNError) -> ParameterLayout {
    let row = TensorType(Shape(Array(input.shape.dimensions.dropFirst())), input.dtype)
    return try layout(
      InputSignature(NetworkInput(row), dtype: input.dtype), rows: input.shape[0])
  }

  /// A network that was built into a graph.
  public struct Output {
    /// The output of the outermost layer.
    public let value: Value
    /// The variable that holds all parameters, flat.
    public let parameters: Value
    /// Each parameter with its name, a part of `parameters`.
    public let parameterValues: [(name: String, value: Value)]
    /// The running statistics and their values after a training step.
    public let bufferUpdates: [(variable: Value, value: Value)]
    /// The states and their values after the steps of a sequence; only in the mode `generation`.
    public let stateUpdates: [(variable: Value, value: Value)]
    /// The states' variables, in the same order.
    public let states: [(name: String, type: TensorType)]
    /// Whether states hold every step, so that the length of sequences is limited.
    public let isBounded: Bool
    /// The output of the encoder of an encoder–decoder; nil for other networks.
    public let memory: Memory?
    /// The output of each layer; layers come before the layer that contains them.
    public let layerOutputs: [LayerOutput]
    /// The inputs of the steps of recurrent layers, [T, N, …].
    public let observedSteps: [(name: String, value: Value)]
    /// The attention weights of each layer that attends to an encoder's memory, [N, heads, T, S];
    /// empty unless `observesAttention` is true.
    public let observedAttention: [(path: String, weights: Value)]
    let layout: ParameterLayout

    /// The gradient of a scalar with respect to all parameters, in their layout; the gaps are zero.
    public func gradient(of loss: Value) -> Value {
      guard !parameterValues.isEmpty else {
        return loss.graph.constant(HostTensor(zeros: parameters.shape, dtype: parameters.dtype))
      }
      let gradients = loss.graph.gradients(
        of: loss, withRespectTo: parameterValues.map(\.value))
      return loss.graph.pack(
        gradients, offsets: parameterValues.map { layout.parameter($0.name)?.offset ?? 0 },
        count: layout.count)
    }
  }

  /// Adds the network to a graph.
  ///
  /// Shape mismatches are recorded in the graph (`Graph.validate()` throws them) and poison the
  /// output.
  ///
  /// - Parameters:
  ///   - graph: The graph to build into.
  ///   - input: The network's inputs: the types must be those of the layout, except for the first
  ///     axis and the number of steps of sequences.
  ///   - layout: The result of `layout(_:)`.
  ///   - mode: The purpose of the graph.
  ///   - randomState: int64 [2], seed and step, on which random numbers depend. Required in
  ///     training if a layer draws random numbers.
  ///   - generation: The additional inputs of the mode `generation`; nil in other modes.
  ///   - observesAttention: Whether layers that attend to a memory also return their attention
  ///     weights; false by default, which lets them skip computing the weights.
  public func build(
    in graph: Graph, input: NetworkInput<Value>, layout: ParameterLayout, mode: Mode,
    randomState: Value? = nil, generation: GenerationInput? = nil, observesAttention: Bool = false
  ) -> Output {
    precondition(
      (mode == .generation) == (generation != nil),
      "the mode `generation` needs a generation input, other modes take none")
    let flat = graph.variable(
      ParameterLayout.variableName, TensorType([layout.count], layout.dtype))
    let context = BuildContext(
      graph: graph, dtype: layout.dtype, source: .layout(layout, flat: flat),
      vocabulary: layout.vocabulary, randomState: randomState, generation: generation,
      observesAttention: observesAttention)
    if let positions = generation?.positions, input.values.shape.rank > 1,
      positions.shape != [input.values.shape[1]]
    {
      graph.report(
        "\(input.values.shape[1]) steps of a sequence with positions \(positions.shape)",
        hint: "pass GenerationInput the position of each step")
    }
    let output = run(context, input, mode)
    return Output(
      value: output, parameters: flat, parameterValues: context.parameterValues,
      bufferUpdates: context.bufferUpdates,
      stateUpdates: context.stateUpdates.map { ($0.state.variable, $0.value) },
      states: context.stateUpdates.map { ($0.state.name, $0.state.variable.type) },
      isBounded: context.isBounded, memory: context.memory,
      layerOutputs: context.layerOutputs,
      observedSteps: context.observedSteps, observedAttention: context.observedAttention,
      layout: layout
    )
  }

  /// Adds a network that reads one tensor to a graph.
  public func build(
    in graph: Graph, input: Value, layout: ParameterLayout, mode: Mode, randomState: Value? = nil
  ) -> Output {
    build(
      in: graph, input: NetworkInput(input), layout: layout, mode: mode, randomState: randomState)
  }

  private func run(
    _ context: BuildContext, _ input: NetworkInput<Value>, _ mode: Mode
  ) -> Value {
    let rows = input.values
    let vocabulary = context.vocabulary
    let fits = vocabulary == nil ? rows.dtype.isFloatingPoint : rows.dtype == .int32
    guard rows.isPoisoned || fits else {
      return context.graph.report(
        vocabulary == nil
          ? "a network computes on float32 or float64, gets \(rows.dtype)"
          : "tokens are int32, gets \(rows.dtype)",
        hint: "convert the input first")
    }
    context.declare(input)
    return context.run(
      root, rows,
      in: Scope(
        mode: mode, path: "", lengths: input.lengths, vocabularySize: vocabulary?.input,
        context: context))
  }
}

/// The types of a network's inputs for one example, and the vocabulary sizes.
public struct InputSignature: Sendable, Hashable {
  /// The type of each part of one example, without the batch axis: of an image [1, 28, 28], of a
  /// sentence's tokens int32 [T], of its length int32 [].
  public var row: NetworkInput<TensorType>
  /// The vocabulary sizes if inputs are tokens; nil if they are numbers.
  public var vocabulary: VocabularySizes?
  /// The type of parameters and computations.
  public var dtype: DType

  /// Creates a signature from its parts.
  public init(
    _ row: NetworkInput<TensorType>, vocabulary: VocabularySizes? = nil, dtype: DType
  ) {
    self.row = row
    self.vocabulary = vocabulary
    self.dtype = dtype
  }

  /// The types of a batch of `rows` examples.
  public func batch(of rows: Int) -> NetworkInput<TensorType> {
    row.map { _, type in TensorType(Shape([rows] + type.shape.dimensions), type.dtype) }
  }
}

/// The additional inputs for the next steps of a sequence, in the mode `generation`.
public struct GenerationInput {
  /// The number of steps before these, int32 [1].
  public let position: Value
  /// The position of each of these steps, counted from 0, int32 [T].
  public let positions: Value
  /// The maximum number of steps of a sequence.
  public let contextLength: Int
  /// For each sequence the index of the one whose past it continues, int32 [N], for beam search;
  /// nil if each continues its own.
  public let order: Value?
  /// The encoder's output; nil for networks without an encoder.
  public let memory: Memory?

  /// Creates the inputs from their parts.
  ///
  /// - Parameter positions: Required for several steps at once; nil for one.
  public init(
    position: Value, positions: Value? = nil, contextLength: Int, order: Value? = nil,
    memory: Memory? = nil
  ) {
    self.order = order
    self.position = position
    self.positions = positions ?? position
    self.contextLength = contextLength
    self.memory = memory
  }
}
