public import NNCore
public import NNGraph

/// A network: an outermost layer, usually a sequence, from which graphs are built.
///
/// Building has two phases. `layout(input:)` builds the network once to find its parameters; graphs
/// for training and for use are then built with that layout.
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

  /// A network of one layer, which may hold others.
  public init(_ root: any Layer) { self.root = root }

  /// A sequence of layers.
  public init(_ layers: [any Layer]) { root = Sequential(layers) }

  /// A sequence of layers, listed in braces.
  public init(@LayerBuilder _ layers: () -> [any Layer]) { root = Sequential(layers()) }

  /// Finds the parameters and buffers, and whether every layer fits its input.
  ///
  /// - Parameter signature: What the network reads.
  /// - Throws: `NNError` with every misfit found.
  public func layout(_ signature: InputSignature) throws(NNError) -> ParameterLayout {
    try layout(signature, rows: 2)
  }

  private func layout(
    _ signature: InputSignature, rows: Int
  ) throws(NNError) -> ParameterLayout {
    let graph = Graph()
    // Evaluation, since training refuses what a batch of one cannot give: statistics.
    let build = ModelBuild(
      graph: graph, dtype: signature.dtype, source: .discovery, vocabulary: signature.vocabulary)
    _ = run(build, signature.batch(of: rows).map { graph.input($0, $1) }, .evaluation)
    try graph.validate()
    let layout = ParameterLayout(
      build.entries, dtype: signature.dtype, vocabulary: signature.vocabulary)
    try MemoryLimit.check(
      Shape([layout.count]).byteCount(of: layout.dtype),
      "the network's \(layout.parameterCount) parameters", hint: "use smaller or fewer layers")
    return layout
  }

  /// Finds the parameters and buffers of a network that reads one tensor of numbers.
  ///
  /// - Parameter input: The type of the input, batch axis included; its extent may be any.
  /// - Throws: `NNError` with every misfit found.
  public func layout(input: TensorType) throws(NNError) -> ParameterLayout {
    let row = TensorType(Shape(Array(input.shape.dimensions.dropFirst())), input.dtype)
    return try layout(
      InputSignature(NetworkInput(row), dtype: input.dtype), rows: input.shape[0])
  }

  /// The network in a graph.
  public struct Output {
    /// What the outermost layer gives.
    public let value: Value
    /// The variable that holds all parameters, flat.
    public let parameters: Value
    /// Each parameter under its name, a part of `parameters`.
    public let parameterValues: [(name: String, value: Value)]
    /// What each running statistic becomes after a training step.
    public let bufferUpdates: [(variable: Value, value: Value)]
    /// What each state becomes after a step of a sequence; in the mode `generation` alone.
    public let stateUpdates: [(variable: Value, value: Value)]
    /// The states' variables, in the same order.
    public let states: [(name: String, type: TensorType)]
    /// Whether states hold every step, so that sequences must end.
    public let isBounded: Bool
    /// What the encoder of an encoder–decoder gave; nil for other networks.
    public let memory: Memory?
    /// What each layer gives, parts before the layer that holds them.
    public let layerOutputs: [LayerOutput]
    /// What the steps of a sequence read in layers that go step by step, [T, N, …].
    public let observedSteps: [(name: String, value: Value)]
    /// What each layer that attends to a memory gives its steps, [N, heads, T, S]; only where it was
    /// asked for.
    public let observedAttention: [(path: String, weights: Value)]
    let layout: ParameterLayout

    /// The gradient of a scalar with respect to all parameters, laid out as they are; zeros between
    /// them.
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
  /// Misfits are recorded in the graph (`Graph.validate()` throws them) and poison the output.
  ///
  /// - Parameters:
  ///   - graph: Where to build.
  ///   - input: What the network gets, of the types that the layout was found for up to the first
  ///     axis, and the steps of sequences.
  ///   - layout: What `layout(_:)` found.
  ///   - mode: What the graph is for.
  ///   - randomState: int64 [2], seed and step: what random numbers depend on. Needed where a layer
  ///     draws some in training.
  ///   - generation: What one step of a sequence needs beside its rows; for that mode alone.
  ///   - observesAttention: Whether layers that attend to a memory give their weights; false by
  ///     default, and they need not compute them.
  public func build(
    in graph: Graph, input: NetworkInput<Value>, layout: ParameterLayout, mode: Mode,
    randomState: Value? = nil, generation: GenerationInput? = nil, observesAttention: Bool = false
  ) -> Output {
    precondition(
      (mode == .generation) == (generation != nil), "one mode and its input come together")
    let flat = graph.variable(
      ParameterLayout.variableName, TensorType([layout.count], layout.dtype))
    let build = ModelBuild(
      graph: graph, dtype: layout.dtype, source: .layout(layout, flat: flat),
      vocabulary: layout.vocabulary, randomState: randomState, generation: generation,
      observesAttention: observesAttention)
    if let positions = generation?.positions, input.rows.shape.rank > 1,
      positions.shape != [input.rows.shape[1]]
    {
      graph.report(
        "\(input.rows.shape[1]) steps of a sequence with positions \(positions.shape)",
        hint: "give GenerationInput the position of each step")
    }
    let output = run(build, input, mode)
    return Output(
      value: output, parameters: flat, parameterValues: build.parameterValues,
      bufferUpdates: build.bufferUpdates,
      stateUpdates: build.stateUpdates.map { ($0.state.variable, $0.value) },
      states: build.stateUpdates.map { ($0.state.name, $0.state.variable.type) },
      isBounded: build.isBounded, memory: build.memory,
      layerOutputs: build.layerOutputs,
      observedSteps: build.observedSteps, observedAttention: build.observedAttention, layout: layout
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
    _ build: ModelBuild, _ input: NetworkInput<Value>, _ mode: Mode
  ) -> Value {
    let rows = input.rows
    let vocabulary = build.vocabulary
    let fits = vocabulary == nil ? rows.dtype.isFloatingPoint : rows.dtype == .int32
    guard rows.isPoisoned || fits else {
      return build.graph.report(
        vocabulary == nil
          ? "a network computes on float32 or float64, gets \(rows.dtype)"
          : "tokens are int32, gets \(rows.dtype)",
        hint: "convert the input first")
    }
    build.declare(input)
    return build.run(
      root, rows,
      in: Scope(
        mode: mode, path: "", lengths: input.lengths, vocabularySize: vocabulary?.input,
        build: build))
  }
}

/// What a network reads: the types of one row's parts, and how many tokens there are.
public struct InputSignature: Sendable, Hashable {
  /// The type of each part of a row, without the batch axis: of one picture [1, 28, 28], of a
  /// sentence's tokens int32 [T], of its length int32 [].
  public var row: NetworkInput<TensorType>
  /// How many tokens there are where rows are tokens; nil where they are numbers.
  public var vocabulary: VocabularySizes?
  /// The type of parameters and computations.
  public var dtype: DType

  /// Puts the parts together.
  public init(
    _ row: NetworkInput<TensorType>, vocabulary: VocabularySizes? = nil, dtype: DType
  ) {
    self.row = row
    self.vocabulary = vocabulary
    self.dtype = dtype
  }

  /// The types of a batch of so many rows.
  public func batch(of rows: Int) -> NetworkInput<TensorType> {
    row.map { _, type in TensorType(Shape([rows] + type.shape.dimensions), type.dtype) }
  }
}

/// What the next steps of a sequence need beside their rows, in the mode `generation`.
public struct GenerationInput {
  /// How many steps came before these, int32 [1].
  public let position: Value
  /// How many steps came before each of these, int32 [T].
  public let positions: Value
  /// How many steps a sequence may have.
  public let contextLength: Int
  /// Which row's past each row goes on with, int32 [N], as beam search needs; nil for its own.
  public let order: Value?
  /// What the encoder gave; nil for networks without one.
  public let memory: Memory?

  /// Puts the parts together.
  ///
  /// - Parameter positions: Needed where there are several steps at once; nil for one.
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
