public import NNCore
public import NNGraph

/// The context of a layer while it is built: its path, its parameters, the mode, random numbers.
public struct Scope {
  /// The purpose of the graph.
  public let mode: Mode
  /// The layer's path: `3.0`; empty for the outermost layer.
  public private(set) var path: String
  /// The path of the layer's parameters and buffers: that of the layer whose parameters it shares,
  /// else its own.
  private var parameterPath: String
  /// Whether parameters and buffers are those of a layer that was built before.
  private var isShared = false
  private var values = ContextValues()
  let context: BuildContext

  /// The scope of a network's outermost layer.
  init(mode: Mode, context: BuildContext) {
    self.mode = mode
    self.context = context
    path = ""
    parameterPath = ""
  }

  /// The vocabulary size of the network's output; nil if inputs are numbers.
  public var outputVocabularySize: Int? { context.vocabulary?.output }

  /// The value that a layer around this one has set for a key, or the key's default.
  public subscript<Key: ContextKey>(key: Key.Type) -> Key.Value { values[key] }

  /// The same scope with another value of a key, for the layers that it is passed to.
  public func setting<Key: ContextKey>(_ key: Key.Type, to value: Key.Value) -> Scope {
    var scope = self
    scope.values[key] = value
    return scope
  }

  /// Reports a value to the layers around this one and to the caller of `Model.build`.
  public func report<Key: ReportKey>(_ key: Key.Type, _ value: Key.Value) {
    context.reported.append(key, value)
  }

  /// The values that layers have reported so far, in the order in which they were built.
  public func reports<Key: ReportKey>(of key: Key.Type) -> [Key.Value] { context.reported(key) }

  /// The network's inputs by name.
  public var inputs: Ports<Value> { context.input }

  /// The network's input of a name.
  ///
  /// If the network has none of that name, the error is recorded and the result is poisoned.
  public func input(_ name: String) -> Value {
    inputs[name]
      ?? graph.report(
        "reads the input `\(name)`, which the network does not have",
        hint: "its inputs are \(inputs.names.map { "`\($0)`" }.joined(separator: ", "))")
  }

  /// Makes a value an output of the network, in addition to that of the outermost layer.
  ///
  /// - Parameters:
  ///   - name: A name that no other output has.
  ///   - value: The value; does nothing if it is poisoned.
  public func addOutput(_ name: String, _ value: Value) {
    guard !value.isPoisoned else { return }
    context.addOutput(name, value)
  }

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
      parameterName(name), shape, initializer, fan ?? Fan(weightShape: shape), isShared: isShared)
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
    context.buffer(
      parameterName(name), shape, initial, dtype ?? context.dtype, isShared: isShared)
  }

  /// Sets the value of a buffer after a training step; does nothing in other modes.
  public func update(_ buffer: Value, with value: Value) {
    guard mode == .training, !buffer.isPoisoned, !value.isPoisoned else { return }
    context.update(buffer, with: value)
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

  /// Whether the graph also returns the weights of attention to a memory, for plots. Layers that do
  /// not need the weights compute them only in this case.
  public var observesAttention: Bool { context.observesAttention }

  /// Uniform random numbers in [0, 1), new at every step, of the parameters' type. Each call has
  /// its own random stream; streams are numbered in the order of calls.
  ///
  /// Evaluation has no random numbers, so a layer asks for them in training mode only.
  public func randomUniform(_ shape: Shape) -> Value {
    context.random(shape, mode) { graph.randomUniform($0, state: $1) }
  }

  /// Standard normal random numbers, new at every step; otherwise as `randomUniform`.
  ///
  /// ```swift
  /// // Noise in training, the input itself in evaluation.
  /// guard scope.mode == .training else { return input }
  /// return input + scope.randomNormal(input.shape) * 0.1
  /// ```
  public func randomNormal(_ shape: Shape) -> Value {
    context.random(shape, mode) { graph.randomNormal($0, state: $1) }
  }

  /// The scope of a sublayer of this layer.
  public func child(_ name: String) -> Scope {
    var scope = self
    scope.path = joined(name)
    scope.parameterPath = parameterName(name)
    return scope
  }

  /// Builds a layer as a sublayer of this one, under its own name if it has one.
  ///
  /// - Parameters:
  ///   - layer: The layer to build.
  ///   - input: Its input; if poisoned, so is the output.
  ///   - name: Its name in the path, usually its index.
  public func apply(_ layer: any Layer, to input: Value, named name: String) -> Value {
    apply(layer, to: [input], named: name)
  }

  /// Builds a layer with several inputs as a sublayer of this one; otherwise as above.
  ///
  /// - Parameters:
  ///   - layer: The layer to build.
  ///   - inputs: Its inputs; if one is poisoned, so is the output.
  ///   - name: Its name in the path.
  ///   - shared: The name of a sublayer built before, whose parameters and buffers this one uses
  ///     instead of its own; nil (default) for its own. Both must declare the same ones.
  public func apply(
    _ layer: any Layer, to inputs: [Value], named name: String, sharing shared: String? = nil
  ) -> Value {
    let name = layer.name ?? name
    guard !name.isEmpty, !name.contains(".") else {
      return graph.report(
        "a layer cannot be named `\(name)`", hint: "use a name that is not empty and has no dot")
    }
    var scope = child(name)
    if let shared {
      scope.parameterPath = parameterName(shared)
      scope.isShared = true
    }
    return context.run(layer, inputs, in: scope)
  }

  /// Records an error about the layer's input, and returns the poisoned value that the layer
  /// returns.
  ///
  /// The message reads "expects 2 axes, gets [N, 64, 7, 7] from `2` (MaxPool2D 2); add Flatten".
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

  private func parameterName(_ name: String) -> String {
    parameterPath.isEmpty ? name : "\(parameterPath).\(name)"
  }
}

/// A value that a layer keeps between steps of a sequence.
public struct State {
  let name: String
  let variable: Value
  /// The value after the previous steps.
  public let value: Value
}
