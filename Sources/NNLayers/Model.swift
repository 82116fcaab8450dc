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

  /// Creates a network of several inputs or outputs from ordinary code.
  ///
  /// ```swift
  /// let model = Model { inputs, scope in
  ///   let image = scope.apply(tower, to: scope.input("image"), named: "tower")
  ///   let joined = Value.concatenated([image, scope.input("table")], axis: 1)
  ///   return ["class": scope.apply(Dense(10), to: joined, named: "class")]
  /// }
  /// ```
  ///
  /// - Parameter body: Adds the network to the graph, and returns its outputs by name, the main one
  ///   first.
  public init(_ body: @escaping @Sendable (_ inputs: Ports<Value>, _ scope: Scope) -> Ports<Value>)
  {
    root = FunctionalNetwork(body: body)
  }

  /// Finds the parameters and buffers, and checks every layer against its input.
  ///
  /// - Parameters:
  ///   - signature: The types of the network's inputs.
  ///   - name: A name, with which the names of the network's variables start; nil (default) for
  ///     none. Needed for a second network in a graph or a `VariableStore`.
  ///   - grouping: The groups of parameters; one group by default.
  /// - Throws: `NNError` that lists every shape mismatch and invalid option, or every pattern that
  ///   matches no parameter and every overlap of groups; also for a name that does not start with a
  ///   letter or that has a dot.
  public func layout(
    _ signature: InputSignature, name: String? = nil,
    grouping: ParameterGrouping = ParameterGrouping()
  ) throws(NNError) -> ParameterLayout {
    try layout(signature, rows: 2, name: name, grouping: grouping)
  }

  private func layout(
    _ signature: InputSignature, rows: Int, name: String?, grouping: ParameterGrouping
  ) throws(NNError) -> ParameterLayout {
    if let name, !(name.first?.isLetter ?? false) || name.contains(".") {
      throw .invalid(
        "a network cannot be named `\(name)`",
        hint: "use a name that starts with a letter and has no dot, such as `critic`")
    }
    let graph = Graph()
    // In evaluation mode, since batch normalisation cannot train on a batch of one example.
    let context = BuildContext(
      graph: graph, input: signature.batch(of: rows).map { graph.input($0, $1) },
      dtype: signature.dtype, source: .discovery, vocabulary: signature.vocabulary,
      categoryCounts: signature.categoryCounts)
    _ = run(context, .evaluation)
    try graph.validate()
    let layout = try ParameterLayout(
      context.entries, name: name, dtype: signature.dtype, vocabulary: signature.vocabulary,
      categoryCounts: signature.categoryCounts, grouping: grouping)
    try MemoryLimit.check(
      Shape([layout.count]).byteCount(of: layout.dtype),
      "the network's \(layout.parameterCount) parameters", hint: "use smaller or fewer layers")
    return layout
  }

  /// Finds the parameters and buffers of a network with one floating-point input.
  ///
  /// - Parameters:
  ///   - input: The type of the input, including the batch axis, whose extent may be any.
  ///   - name: A name, with which the names of the network's variables start; nil (default) for
  ///     none.
  ///   - grouping: The groups of parameters; one group by default.
  /// - Throws: As `layout(_:name:grouping:)`.
  public func layout(
    input: TensorType, name: String? = nil, grouping: ParameterGrouping = ParameterGrouping()
  ) throws(NNError) -> ParameterLayout {
    let row = TensorType(Shape(Array(input.shape.dimensions.dropFirst())), input.dtype)
    return try layout(
      InputSignature(Ports(row), dtype: input.dtype), rows: input.shape[0], name: name,
      grouping: grouping)
  }

  /// A network that was built into a graph.
  public struct Output {
    /// The output of the outermost layer.
    public let value: Value
    /// All outputs: that of the outermost layer as `output`, and those that layers added
    /// (`Scope.addOutput`).
    public let outputs: Ports<Value>
    /// The variable that holds the parameters of the default group, flat: all parameters unless
    /// the layout has groups.
    public let parameters: Value
    /// The flat variable of each group of the layout, in the layout's order.
    public let groupValues: [(group: ParameterLayout.Group, variable: Value)]
    /// Each parameter with its name, a part of its group's variable.
    public let parameterValues: [(name: String, value: Value)]
    /// The running statistics and their values after a training step.
    public let bufferUpdates: [(variable: Value, value: Value)]
    /// The states and their values after the steps of a sequence; only in the mode `generation`.
    public let stateUpdates: [(variable: Value, value: Value)]
    /// The states' variables, in the same order.
    public let states: [(name: String, type: TensorType)]
    /// Whether states hold every step, so that the length of sequences is limited.
    public let isBounded: Bool
    /// The output of each layer; layers come before the layer that contains them.
    public let layerOutputs: [LayerOutput]
    let reported: ReportedValues
    /// The layout of its parameters.
    public let layout: ParameterLayout

    /// The values that layers reported for a key, in the order in which they were built.
    public func reports<Key: ReportKey>(of key: Key.Type) -> [Key.Value] { reported(key) }

    /// The output of the encoder of an encoder–decoder; nil for other networks.
    public var memory: Memory? { reports(of: EncodedMemory.self).last }
  }

  /// Adds the network to a graph.
  ///
  /// Shape mismatches are recorded in the graph (`Graph.validate()` throws them) and poison the
  /// output. A graph may contain a network several times, with the same parameters; two networks in
  /// one graph need names (`layout(_:name:grouping:)`).
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
    in graph: Graph, input: Ports<Value>, layout: ParameterLayout, mode: Mode,
    randomState: Value? = nil, generation: GenerationInput? = nil, observesAttention: Bool = false
  ) -> Output {
    build(
      in: graph, input: input, layout: layout, mode: mode, randomState: randomState,
      generation: generation, observesAttention: observesAttention, replacement: { _ in nil })
  }

  /// Adds a network to a graph in which outputs of layers are replaced; otherwise as above.
  ///
  /// - Parameter replacement: Returns what the layers after a layer read instead of its output, such
  ///   as an input of the graph; nil for the output itself. `Output.layerOutputs` holds the layers'
  ///   own outputs.
  package func build(
    in graph: Graph, input: Ports<Value>, layout: ParameterLayout, mode: Mode,
    randomState: Value? = nil, generation: GenerationInput? = nil, observesAttention: Bool = false,
    replacement: @escaping (LayerOutput) -> Value?
  ) -> Output {
    precondition(
      (mode == .generation) == (generation != nil),
      "the mode `generation` needs a generation input, other modes take none")
    let groups = layout.groups.map { group in
      (group, graph.variable(group.variableName, TensorType([group.count], layout.dtype)))
    }
    let isOther = layout.groups.contains {
      !graph.claim($0.variableName, for: layout.shapes(of: $0))
    }
    if isOther {
      graph.report(
        layout.name.map { "two networks in one graph are called `\($0)`" }
          ?? "two networks in one graph have no names",
        hint: "name them, so that they have variables of their own: "
          + "model.layout(input: type, name: \"critic\")")
    }
    let flats = Dictionary(uniqueKeysWithValues: groups.map { ($0.identity, $1) })
    let context = BuildContext(
      graph: graph, input: input, dtype: layout.dtype, source: .layout(layout, flats: flats),
      vocabulary: layout.vocabulary, categoryCounts: layout.categoryCounts,
      randomState: randomState, generation: generation, observesAttention: observesAttention,
      replacement: replacement)
    if let positions = generation?.positions, input.values.shape.rank > 1,
      positions.shape != [input.values.shape[1]]
    {
      graph.report(
        "\(input.values.shape[1]) steps of a sequence with positions \(positions.shape)",
        hint: "pass GenerationInput the position of each step")
    }
    let output = run(context, mode)
    return Output(
      value: output, outputs: context.outputs(with: output),
      parameters: flats[.main]
        ?? graph.variable(
          ParameterLayout.variableName.qualified(by: layout.name), TensorType([0], layout.dtype)),
      groupValues: groups, parameterValues: context.parameterValues,
      bufferUpdates: context.bufferUpdates,
      stateUpdates: context.stateUpdates.map { ($0.state.variable, $0.value) },
      states: context.stateUpdates.map { ($0.state.name, $0.state.variable.type) },
      isBounded: context.isBounded, layerOutputs: context.layerOutputs,
      reported: context.reported, layout: layout)
  }

  /// Adds a network that reads one tensor to a graph.
  public func build(
    in graph: Graph, input: Value, layout: ParameterLayout, mode: Mode, randomState: Value? = nil
  ) -> Output {
    build(
      in: graph, input: Ports(input), layout: layout, mode: mode, randomState: randomState)
  }

  private func run(_ context: BuildContext, _ mode: Mode) -> Value {
    let rows = context.input.values
    let vocabulary = context.vocabulary
    let fits = vocabulary == nil ? rows.dtype.isFloatingPoint : rows.dtype == .int32
    guard rows.isPoisoned || fits else {
      return context.graph.report(
        vocabulary == nil
          ? "a network computes on float32 or float64, gets \(rows.dtype)"
          : "tokens are int32, gets \(rows.dtype)",
        hint: "convert the input first")
    }
    let scope = Scope(mode: mode, context: context)
      .setting(SequenceLengths.self, to: context.input.lengths)
      .setting(VocabularySize.self, to: vocabulary?.input)
      .setting(DecoderMemory.self, to: context.generation?.memory)
    return context.run(root, [rows], in: scope)
  }
}

/// A network given by a function of its inputs.
private struct FunctionalNetwork: Layer {
  let body: @Sendable (_ inputs: Ports<Value>, _ scope: Scope) -> Ports<Value>
  var description: String { "Network" }

  func callAsFunction(_ input: Value, in scope: Scope) -> Value {
    let outputs = body(scope.inputs, scope)
    outputs.forEach { scope.addOutput($0, $1) }
    return outputs.values
  }
}

/// The types of a network's inputs for one example, and the vocabulary sizes.
public struct InputSignature: Sendable, Hashable {
  /// The type of each part of one example, without the batch axis: of an image [1, 28, 28], of a
  /// sentence's tokens int32 [T], of its length int32 [].
  public var example: Ports<TensorType>
  /// The vocabulary sizes if inputs are tokens; nil if they are numbers.
  public var vocabulary: VocabularySizes?
  /// The number of different integers in each input of categories, int32 [], by name.
  public var categoryCounts: [String: Int]
  /// The type of parameters and computations.
  public var dtype: DType

  /// Creates a signature from its parts.
  public init(
    _ example: Ports<TensorType>, vocabulary: VocabularySizes? = nil,
    categoryCounts: [String: Int] = [:], dtype: DType
  ) {
    self.example = example
    self.vocabulary = vocabulary
    self.categoryCounts = categoryCounts
    self.dtype = dtype
  }

  /// Whether the network has one input, with or without lengths.
  public var hasOneInput: Bool { example.names.filter { $0 != PortName.lengths }.count == 1 }

  /// The types of a batch of `count` examples.
  public func batch(of count: Int) -> Ports<TensorType> {
    example.map { _, type in TensorType(Shape([count] + type.shape.dimensions), type.dtype) }
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
