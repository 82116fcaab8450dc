import NNCore
public import NNGraph

/// The state of one pass over a model's layers that builds a graph: where parameters come from, and
/// what was collected.
final class BuildContext {
  /// Where a layer's parameters come from.
  enum Source {
    /// The first pass, which finds the parameters.
    case discovery
    /// A part of one flat variable, at the offset that the layout states.
    case layout(ParameterLayout, flat: Value)
  }

  let graph: Graph
  let dtype: DType
  let source: Source
  let randomState: Value?
  let generation: GenerationInput?
  let vocabulary: VocabularySizes?
  var entries: [ParameterLayout.Entry] = []
  var parameterValues: [(name: String, value: Value)] = []
  var bufferUpdates: [(variable: Value, value: Value)] = []
  private(set) var stateUpdates: [(state: State, value: Value)] = []
  private var states: Set<Value> = []
  /// The output of the encoder of an encoder–decoder.
  var memory: Memory?
  /// The final states of the recurrent layers, in order.
  var finalStates: [[Value]] = []
  /// The number of encoder states that the decoder's recurrent layers have taken.
  var encoderStatesTaken = 0
  /// Whether a layer asked for the maximum length of sequences.
  private(set) var isBounded = false
  var layerOutputs: [LayerOutput] = []
  var observedSteps: [(name: String, value: Value)] = []
  let observesAttention: Bool
  var observedAttention: [(path: String, weights: Value)] = []
  private var names: Set<String> = []
  private var producers: [Value: String] = [:]
  private var randomStreams: UInt32 = 0

  init(
    graph: Graph, dtype: DType, source: Source, vocabulary: VocabularySizes?,
    randomState: Value? = nil, generation: GenerationInput? = nil, observesAttention: Bool = false
  ) {
    self.observesAttention = observesAttention
    self.vocabulary = vocabulary
    self.graph = graph
    self.dtype = dtype
    self.source = source
    self.randomState = randomState
    self.generation = generation
  }

  func parameter(
    _ name: String, _ shape: Shape, _ initializer: Initializer, _ fan: Fan
  ) -> Value {
    guard claim(name) else { return graph.report("two parameters are called `\(name)`") }
    let value: Value
    switch source {
    case .discovery:
      entries.append(
        .init(
          name: name, shape: shape, dtype: dtype,
          role: .parameter(offset: 0, initializer: initializer, fan: fan)))
      value = graph.variable(name, TensorType(shape, dtype))
    case .layout(let layout, let flat):
      guard let (entry, offset) = layout.parameter(name), entry.shape == shape else {
        return graph.report(
          "parameter `\(name)` \(shape) is not in the layout",
          hint: "build the model with the layout found for this input")
      }
      value = flat.slice(at: offset, shape: shape)
    }
    parameterValues.append((name, value))
    return value
  }

  func buffer(_ name: String, _ shape: Shape, _ initial: Double, _ dtype: DType) -> Value {
    guard claim(name) else { return graph.report("two buffers are called `\(name)`") }
    entries.append(
      .init(name: name, shape: shape, dtype: dtype, role: .buffer(initial: initial)))
    return graph.variable(name, TensorType(shape, dtype))
  }

  func state(_ name: String, _ type: TensorType, holdsSteps: Bool) -> State {
    guard let generation else {
      let poisoned = graph.report("keeps states between steps only in the mode `generation`")
      return State(name: name, variable: poisoned, value: poisoned)
    }
    let name = "state/\(name)"
    let variable = graph.variable(name, type)
    guard states.insert(variable).inserted else {
      let poisoned = graph.report("two states are called `\(name)`")
      return State(name: name, variable: poisoned, value: poisoned)
    }
    guard let order = generation.order else {
      return State(name: name, variable: variable, value: variable)
    }
    return State(
      name: name, variable: variable,
      value: variable.permuteRows(order, first: holdsSteps ? generation.position : nil))
  }

  func setState(_ state: State, to value: Value) {
    guard !state.variable.isPoisoned, !value.isPoisoned else { return }
    stateUpdates.append((state, value))
  }

  /// The maximum length of a sequence.
  func contextLength() -> Int? {
    isBounded = true
    return generation?.contextLength
  }

  func randomUniform(_ shape: Shape) -> Value {
    guard let randomState else {
      return graph.report(
        "needs random numbers in training mode",
        hint: "pass `randomState` to `Model.build`")
    }
    defer { randomStreams += 1 }
    return graph.randomUniform(
      TensorType(shape, dtype), stream: randomStreams, state: randomState)
  }

  /// Builds a layer at its scope's path, under which its nodes and errors are recorded.
  func run(_ layer: any Layer, _ input: Value, in scope: Scope) -> Value {
    guard !input.isPoisoned else { return input }
    let outer = graph.path
    defer { graph.path = outer }
    let label =
      scope.path.isEmpty ? layer.description : "`\(scope.path)` (\(layer.description))"
    graph.path = label
    let output = layer(input, in: scope)
    if !output.isPoisoned {
      if producers[output] == nil { producers[output] = label }
      layerOutputs.append(LayerOutput(path: scope.path, layer: layer, value: output))
    }
    return output
  }

  /// The layer that computes a value, for messages.
  func producer(of value: Value) -> String { producers[value] ?? "the layers before" }

  /// The network's own input, for messages and for layers that read more than the main input.
  private(set) var input: NetworkInput<Value>?

  /// Records the network's own input.
  func declare(_ input: NetworkInput<Value>) {
    self.input = input
    producers[input.values] = "the input"
  }

  private func claim(_ name: String) -> Bool { names.insert(name).inserted }
}

/// The output of one layer of a built model.
public struct LayerOutput {
  /// The layer's path: `3.0`; empty for the outermost layer.
  public let path: String
  /// The layer.
  public let layer: any Layer
  /// The output of the layer.
  public let value: Value

  /// The name of the layer in error messages: `` `3.0` (Dense 128) ``.
  public var label: String {
    path.isEmpty ? layer.description : "`\(path)` (\(layer.description))"
  }
}
