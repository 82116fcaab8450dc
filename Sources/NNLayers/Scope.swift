public import NNCore
public import NNGraph

/// The context of a layer while it is built: its path, its parameters, the mode, random numbers.
public struct Scope {
  /// The purpose of the graph.
  public let mode: Mode
  /// The layer's path: `3.0`; empty for the outermost layer.
  public private(set) var path: String
  /// The number of valid steps of each sequence, int32 [N]; nil if all steps are valid. Steps past
  /// it must not influence the result.
  public internal(set) var lengths: Value?
  /// The encoder's output that a decoder attends to; nil outside a decoder.
  public internal(set) var memory: Memory?
  /// The vocabulary size if the inputs are tokens; nil if they are numbers.
  public internal(set) var vocabularySize: Int?
  /// The vocabulary size of the network's output; nil if inputs are numbers.
  public var outputVocabularySize: Int? { context.vocabulary?.output }
  let context: BuildContext

  /// The graph under construction.
  public var graph: Graph { context.graph }

  /// Declares a parameter of this layer.
  ///
  /// - Parameters:
  ///   - name: The name inside the layer: `weight`.
  ///   - shape: Its shape.
  ///   - initializer: The distribution of its initial values.
  ///   - fan: The numbers of inputs and outputs that an element connects; by default derived from
  ///     the shape. For a bias, pass the weight's.
  public func parameter(
    _ name: String, _ shape: Shape, _ initializer: Initializer, fan: Fan? = nil
  ) -> Value {
    context.parameter(
      joined(name), shape, initializer, fan ?? Fan(weightShape: shape))
  }

  /// A parameter of a layer that was built earlier, by its full name; nil if there is none.
  ///
  /// - Parameter name: Path and name: `embedding.weight`.
  public func builtParameter(_ name: String) -> Value? {
    context.parameterValues.first { $0.name == name }?.value
  }

  /// Declares a tensor that is saved with the parameters but not trained, such as a running
  /// statistic.
  ///
  /// - Parameters:
  ///   - name: The name inside the layer: `running_mean`.
  ///   - shape: Its shape.
  ///   - initial: The initial value of every element.
  ///   - dtype: The type of its elements; that of the parameters by default.
  public func buffer(
    _ name: String, _ shape: Shape, initial: Double, dtype: DType? = nil
  ) -> Value {
    context.buffer(joined(name), shape, initial, dtype ?? context.dtype)
  }

  /// Sets the value of a buffer after a training step; does nothing in other modes.
  public func update(_ buffer: Value, with value: Value) {
    guard mode == .training, !buffer.isPoisoned, !value.isPoisoned else { return }
    context.bufferUpdates.append((buffer, value))
  }

  /// The number of steps before the first step of the input, int32 [1]; nil unless the mode is
  /// `generation`.
  public var position: Value? { context.generation?.position }

  /// The position of each step of the input, from 0, int32 [T]; nil unless the mode is
  /// `generation`.
  public var positions: Value? { context.generation?.positions }

  /// The maximum number of steps of a sequence; nil unless the mode is `generation`. For layers
  /// whose states hold every step.
  public var contextLength: Int? { context.contextLength() }

  /// Declares a state that this layer keeps between steps of a sequence, initially zero; for the
  /// mode `generation`.
  ///
  /// - Parameters:
  ///   - name: The name inside the layer: `hidden`.
  ///   - shape: Its shape; the first axis is the batch axis.
  ///   - dtype: The type of its elements; that of the parameters by default.
  ///   - holdsSteps: Whether the second axis counts steps, of which only those before `position`
  ///     are read; false by default.
  public func state(
    _ name: String, _ shape: Shape, dtype: DType? = nil, holdsSteps: Bool = false
  ) -> State {
    context.state(
      joined(name), TensorType(shape, dtype ?? context.dtype), holdsSteps: holdsSteps)
  }

  /// Sets the value of a state after these steps.
  public func setState(_ state: State, to value: Value) { context.setState(state, to: value) }

  /// Records the input of each step of a sequence, for logs of gradient norms by step.
  ///
  /// - Parameters:
  ///   - steps: The inputs of the steps, [T, N, …].
  ///   - name: The name inside the layer: `l0`.
  public func observe(steps: Value, named name: String) {
    guard !steps.isPoisoned else { return }
    context.observedSteps.append((joined(name), steps))
  }

  /// Whether the graph also returns the weights of attention to a memory, for plots. Layers that do
  /// not need the weights compute them only in this case.
  public var observesAttention: Bool { context.observesAttention }

  /// Records the attention weights of this layer over the memory.
  ///
  /// - Parameter weights: [N, heads, T, S], the weight of each memory step S for each step T.
  public func observe(attention weights: Value) {
    guard !weights.isPoisoned else { return }
    context.observedAttention.append((path, weights))
  }

  /// Records the final state of a recurrent layer.
  func keepFinalState(_ state: RecurrentState) {
    context.finalStates.append([state.hidden, state.cell].compactMap { $0 })
  }

  /// The final state of the encoder's next recurrent layer; nil if there is none left.
  func takeEncoderState() -> RecurrentState? {
    guard let memory, context.encoderStatesTaken < memory.finalStates.count else { return nil }
    defer { context.encoderStatesTaken += 1 }
    let states = memory.finalStates[context.encoderStatesTaken]
    return states.first.map { RecurrentState(hidden: $0, cell: states.dropFirst().first) }
  }

  /// Uniform random numbers in [0, 1), new at every step. Each call has its own random stream;
  /// streams are numbered in the order of calls.
  public func randomUniform(_ shape: Shape) -> Value { context.randomUniform(shape) }

  /// The scope of a sublayer of this layer.
  public func child(_ name: String) -> Scope {
    var scope = self
    scope.path = joined(name)
    return scope
  }

  /// The same scope for the decoder's input, whose steps are all valid.
  ///
  /// - Parameter memory: The encoder's output that the decoder attends to.
  package func decoding(_ memory: Memory) -> Scope {
    var scope = self
    scope.lengths = nil
    scope.memory = memory
    scope.vocabularySize = context.vocabulary?.output
    return scope
  }

  /// Builds a layer as a sublayer of this one, under its own name if it has one.
  ///
  /// - Parameters:
  ///   - layer: The layer to build.
  ///   - input: Its input; if poisoned, so is the output.
  ///   - name: Its name in the path, usually its index.
  public func apply(_ layer: any Layer, to input: Value, named name: String) -> Value {
    let name = layer.name ?? name
    guard !name.isEmpty, !name.contains(".") else {
      return graph.report(
        "a layer cannot be named `\(name)`", hint: "use a name that is not empty and has no dot")
    }
    return context.run(layer, input, in: child(name))
  }

  /// Records an error about the layer's input, and returns the poisoned value that the layer
  /// returns.
  ///
  /// The message reads ``expects 2 axes, gets [N, 64, 7, 7] from `2` (MaxPool2D 2); add Flatten``.
  ///
  /// - Parameters:
  ///   - input: The invalid input.
  ///   - expected: What a valid input looks like.
  ///   - hint: A suggested fix.
  public func reject(_ input: Value, expected: String, hint: String? = nil) -> Value {
    graph.report(
      "expects \(expected), gets \(batchDescription(input.shape)) from \(context.producer(of: input))"
        + (hint.map { "; \($0)" } ?? ""))
  }

  /// Records an invalid option of the layer, and returns the poisoned value that the layer returns.
  public func rejectOption(_ message: String) -> Value { graph.report(message) }

  /// The text of a shape whose first axis is the batch axis: `[N, 64, 7, 7]`.
  public func batchDescription(_ shape: Shape) -> String {
    "[" + (["N"] + shape.dimensions.dropFirst().map(String.init)).joined(separator: ", ") + "]"
  }

  private func joined(_ name: String) -> String { path.isEmpty ? name : "\(path).\(name)" }
}

/// A value that a layer keeps between steps of a sequence.
public struct State {
  let name: String
  let variable: Value
  /// The value after the previous steps.
  public let value: Value
}

/// The encoder's output that a decoder attends to.
public struct Memory {
  /// The encoder's output [N, S, C].
  public let values: Value
  /// The number of valid steps of each sequence, int32 [N]; nil if all are valid.
  public let lengths: Value?
  /// The final states of the encoder's recurrent layers, in order; for each layer its hidden state,
  /// and its cell for LSTM.
  public let finalStates: [[Value]]

  /// Creates a memory from its parts.
  public init(_ values: Value, lengths: Value? = nil, finalStates: [[Value]] = []) {
    self.values = values
    self.lengths = lengths
    self.finalStates = finalStates
  }
}
