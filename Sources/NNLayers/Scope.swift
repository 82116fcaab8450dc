public import NNCore
public import NNGraph

/// What a layer gets while it is built: its path, its parameters, the mode, random numbers.
public struct Scope {
  /// Whether the graph is built for learning or for use.
  public let mode: Mode
  /// The layer's path: `3.0`; empty for the outermost layer.
  public private(set) var path: String
  /// How many steps of each row are valid, int32 [N]; nil where all are. Steps beyond them must
  /// influence nothing.
  public internal(set) var lengths: Value?
  /// What a decoder sees of its encoder; nil outside a decoder.
  public internal(set) var memory: Memory?
  /// How many tokens the rows are made of; nil where they are numbers.
  public internal(set) var vocabularySize: Int?
  /// How many tokens the network's output chooses among; nil where rows are numbers.
  public var outputVocabularySize: Int? { build.vocabulary?.output }
  let build: ModelBuild

  /// The graph under construction.
  public var graph: Graph { build.graph }

  /// A parameter of this layer.
  ///
  /// - Parameters:
  ///   - name: The name inside the layer: `weight`.
  ///   - shape: Its extents.
  ///   - initializer: What its first values are drawn from.
  ///   - fan: How many inputs and outputs an element connects; by default what the shape says.
  ///     A bias takes its weight's.
  public func parameter(
    _ name: String, _ shape: Shape, _ initializer: Initializer, fan: Fan? = nil
  ) -> Value {
    build.parameter(
      joined(name), shape, initializer, fan ?? Fan(weightShape: shape))
  }

  /// A parameter of a layer that was built before, by its full name; nil if there is none.
  ///
  /// - Parameter name: Path and name: `embedding.weight`.
  public func builtParameter(_ name: String) -> Value? {
    build.parameterValues.first { $0.name == name }?.value
  }

  /// A tensor that is saved with the parameters and not learnt: a running statistic.
  ///
  /// - Parameters:
  ///   - name: The name inside the layer: `running_mean`.
  ///   - shape: Its extents.
  ///   - initial: The first value of every element.
  ///   - dtype: The type of its elements; that of the parameters by default.
  public func buffer(
    _ name: String, _ shape: Shape, initial: Double, dtype: DType? = nil
  ) -> Value {
    build.buffer(joined(name), shape, initial, dtype ?? build.dtype)
  }

  /// Says what a buffer becomes after a training step; does nothing in evaluation mode.
  public func update(_ buffer: Value, with value: Value) {
    guard mode == .training, !buffer.isPoisoned, !value.isPoisoned else { return }
    build.bufferUpdates.append((buffer, value))
  }

  /// How many steps came before the first of the input's, int32 [1]; nil unless the mode is
  /// `generation`.
  public var position: Value? { build.generation?.position }

  /// How many steps came before each of the input's, int32 [T]; nil unless the mode is `generation`.
  public var positions: Value? { build.generation?.positions }

  /// How many steps a sequence may have; nil unless the mode is `generation`. For layers whose
  /// states hold every step.
  public var contextLength: Int? { build.contextLength() }

  /// What this layer remembers from step to step of a sequence, zeros at its start; for the mode
  /// `generation`.
  ///
  /// - Parameters:
  ///   - name: The name inside the layer: `hidden`.
  ///   - shape: Its extents; the first axis counts rows.
  ///   - dtype: The type of its elements; that of the parameters by default.
  ///   - holdsSteps: Whether the second axis counts steps, of which only those before `position` are
  ///     ever read; false by default.
  public func state(
    _ name: String, _ shape: Shape, dtype: DType? = nil, holdsSteps: Bool = false
  ) -> State {
    build.state(
      joined(name), TensorType(shape, dtype ?? build.dtype), holdsSteps: holdsSteps)
  }

  /// Says what a state becomes after these steps.
  public func setState(_ state: State, to value: Value) { build.setState(state, to: value) }

  /// Makes known what each step of a sequence reads, for logs of the gradient by steps.
  ///
  /// - Parameters:
  ///   - steps: [T, N, …], what the steps read.
  ///   - name: The name inside the layer: `l0`.
  public func observe(steps: Value, named name: String) {
    guard !steps.isPoisoned else { return }
    build.observedSteps.append((joined(name), steps))
  }

  /// Whether the graph is to give the weights of attention to a memory, for pictures of it. Layers
  /// that can do without them compute them then alone.
  public var observesAttention: Bool { build.observesAttention }

  /// Makes known what this layer's steps take from the memory.
  ///
  /// - Parameter weights: [N, heads, T, S], what each step gives the memory's.
  public func observe(attention weights: Value) {
    guard !weights.isPoisoned else { return }
    build.observedAttention.append((path, weights))
  }

  /// Says what a recurrent layer has ended with.
  func keepFinalState(_ state: RecurrentState) {
    build.finalStates.append([state.hidden, state.cell].compactMap { $0 })
  }

  /// What the next of the encoder's recurrent layers ended with; nil where there is none.
  func takeEncoderState() -> RecurrentState? {
    guard let memory, build.encoderStatesTaken < memory.finalStates.count else { return nil }
    defer { build.encoderStatesTaken += 1 }
    let states = memory.finalStates[build.encoderStatesTaken]
    return states.first.map { RecurrentState(hidden: $0, cell: states.dropFirst().first) }
  }

  /// Uniform numbers in [0, 1), new ones at every step; each call has a stream of its own, numbered
  /// in the order of calls.
  public func randomUniform(_ shape: Shape) -> Value { build.randomUniform(shape) }

  /// The scope of a part of this layer.
  public func child(_ name: String) -> Scope {
    var scope = self
    scope.path = joined(name)
    return scope
  }

  /// The same scope for the rows of a decoder, whose steps are all valid.
  ///
  /// - Parameter memory: What the decoder sees of its encoder.
  package func decoding(_ memory: Memory) -> Scope {
    var scope = self
    scope.lengths = nil
    scope.memory = memory
    scope.vocabularySize = build.vocabulary?.output
    return scope
  }

  /// Builds a layer as a part of this one, under its own name if it has one.
  ///
  /// - Parameters:
  ///   - layer: The layer to build.
  ///   - input: What it gets; a poisoned input gives a poisoned output.
  ///   - name: The name in its path, usually its index.
  public func apply(_ layer: any Layer, to input: Value, named name: String) -> Value {
    let name = layer.name ?? name
    guard !name.isEmpty, !name.contains(".") else {
      return graph.report(
        "a layer cannot be named `\(name)`", hint: "use a name that is not empty and has no dot")
    }
    return build.run(layer, input, in: child(name))
  }

  /// Records that the layer does not fit its input, and gives the poisoned value to return.
  ///
  /// The message reads ``expects 2 axes, gets [N, 64, 7, 7] from `2` (MaxPool2D 2); add Flatten``.
  ///
  /// - Parameters:
  ///   - input: The input that does not fit.
  ///   - expected: What would fit.
  ///   - mend: What the user may do.
  public func reject(_ input: Value, expected: String, mend: String? = nil) -> Value {
    graph.report(
      "expects \(expected), gets \(batchDescription(input.shape)) from \(build.producer(of: input))"
        + (mend.map { "; \($0)" } ?? ""))
  }

  /// Records that an option of the layer makes no sense, and gives the poisoned value to return.
  public func rejectOption(_ message: String) -> Value { graph.report(message) }

  /// A shape whose first axis counts examples: `[N, 64, 7, 7]`.
  public func batchDescription(_ shape: Shape) -> String {
    "[" + (["N"] + shape.dimensions.dropFirst().map(String.init)).joined(separator: ", ") + "]"
  }

  private func joined(_ name: String) -> String { path.isEmpty ? name : "\(path).\(name)" }
}

/// What a layer remembers from step to step of a sequence.
public struct State {
  let name: String
  let variable: Value
  /// What the steps before have left.
  public let value: Value
}

/// What a decoder sees of its encoder.
public struct Memory {
  /// The encoder's output [N, S, C].
  public let values: Value
  /// How many steps of each row are valid, int32 [N]; nil where all are.
  public let lengths: Value?
  /// What the encoder's recurrent layers ended with, in order; of each what it calls its states.
  public let finalStates: [[Value]]

  /// Puts the parts together.
  public init(_ values: Value, lengths: Value? = nil, finalStates: [[Value]] = []) {
    self.values = values
    self.lengths = lengths
    self.finalStates = finalStates
  }
}
