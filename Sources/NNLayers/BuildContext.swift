import NNCore
public import NNGraph

/// The state of one pass over a model's layers that builds a graph: where parameters come from, and
/// what was collected.
final class BuildContext {
  /// Where a layer's parameters come from.
  enum Source {
    /// The first pass, which finds the parameters.
    case discovery
    /// A part of the flat variable of its group, at the offset that the layout states.
    case layout(ParameterLayout, flats: [ParameterLayout.Group.Identity: Value])

    /// The name of the network, with which the names of its variables start.
    var networkName: String? {
      switch self {
      case .discovery: nil
      case .layout(let layout, _): layout.name
      }
    }
  }

  let graph: Graph
  /// The network's inputs, which layers may read by name.
  let input: Ports<Value>
  let dtype: DType
  let source: Source
  let randomState: Value?
  let generation: GenerationInput?
  let vocabulary: VocabularySizes?
  private let categoryCounts: [String: Int]
  var entries: [ParameterLayout.Entry] = []
  var parameterValues: [(name: String, value: Value)] = []
  /// The buffers' variables and their present values in the step, by name; a layer that is used again
  /// continues from them.
  private var buffers: [String: (variable: Value, value: Value)] = [:]
  private var bufferNames: [Value: String] = [:]
  private var updatedBuffers: [String] = []
  private(set) var stateUpdates: [(state: State, value: Value)] = []
  private var states: Set<Value> = []
  /// What layers have reported.
  var reported = ReportedValues()
  /// The outputs in addition to that of the outermost layer.
  private(set) var outputs: [(name: String, part: Value)] = []
  /// Whether a layer asked for the maximum length of sequences.
  private(set) var isBounded = false
  var layerOutputs: [LayerOutput] = []
  let observesAttention: Bool
  /// Returns what the layers after a layer read instead of its output; nil for the output itself.
  private let replacement: (LayerOutput) -> Value?
  private var names: Set<String> = []
  private var producers: [Value: String] = [:]

  init(
    graph: Graph, input: Ports<Value>, dtype: DType, source: Source, vocabulary: VocabularySizes?,
    categoryCounts: [String: Int], randomState: Value? = nil, generation: GenerationInput? = nil,
    observesAttention: Bool = false,
    replacement: @escaping (LayerOutput) -> Value? = { _ in nil }
  ) {
    self.observesAttention = observesAttention
    self.replacement = replacement
    self.vocabulary = vocabulary
    self.categoryCounts = categoryCounts
    self.graph = graph
    self.input = input
    self.dtype = dtype
    self.source = source
    self.randomState = randomState
    self.generation = generation
    input.forEach { name, value in producers[value] = "the input `\(name)`" }
    if input.names[0] == PortName.input { producers[input.values] = "the input" }
  }

  func parameter(
    _ name: String, _ shape: Shape, _ initializer: Initializer, _ fan: Fan, isShared: Bool
  ) -> Value {
    if isShared {
      let known = parameterValues.first { $0.name == name }?.value
      return reused(known, "parameter", name, TensorType(shape, dtype))
    }
    guard claim(name) else { return graph.report("two parameters are called `\(name)`") }
    let value: Value
    switch source {
    case .discovery:
      entries.append(
        .init(
          name: name, shape: shape, dtype: dtype,
          role: .parameter(offset: 0, initializer: initializer, fan: fan)))
      value = graph.variable(name, TensorType(shape, dtype))
    case .layout(let layout, let flats):
      guard let (entry, offset) = layout.parameter(name), entry.shape == shape,
        let flat = flats[entry.group]
      else {
        return graph.report(
          "parameter `\(name)` \(shape) is not in the layout",
          hint: "build the model with the layout found for this input")
      }
      value = flat.slice(at: offset, shape: shape)
    }
    parameterValues.append((name, value))
    return value
  }

  func buffer(
    _ name: String, _ shape: Shape, _ initial: Double, _ dtype: DType, isShared: Bool
  ) -> Value {
    if isShared {
      return reused(buffers[name]?.value, "buffer", name, TensorType(shape, dtype))
    }
    guard claim(name) else { return graph.report("two buffers are called `\(name)`") }
    entries.append(
      .init(name: name, shape: shape, dtype: dtype, role: .buffer(initial: initial)))
    let variable = graph.variable(
      name.qualified(by: source.networkName), TensorType(shape, dtype))
    buffers[name] = (variable, variable)
    bufferNames[variable] = name
    return variable
  }

  /// Records the value of a buffer after a step; a layer that is used twice updates it twice.
  func update(_ buffer: Value, with value: Value) {
    guard let name = bufferNames[buffer], let variable = buffers[name]?.variable else { return }
    if buffers[name]?.value == variable { updatedBuffers.append(name) }
    buffers[name] = (variable, value)
    bufferNames[value] = name
  }

  /// The buffers that a step updates, and their values after it.
  var bufferUpdates: [(variable: Value, value: Value)] { updatedBuffers.compactMap { buffers[$0] } }

  /// The parameter or buffer of a layer that was built before.
  private func reused(_ known: Value?, _ what: String, _ name: String, _ type: TensorType) -> Value
  {
    guard let known else {
      return graph.report(
        "shares the \(what) `\(name)`, which no layer before it has",
        hint: "share a layer of the same kind and options")
    }
    guard known.type == type else {
      return graph.report(
        "shares the \(what) `\(name)` \(known.shape), but needs \(type.shape) for its input",
        hint: "layers that share parameters read inputs of one shape")
    }
    return known
  }

  /// All outputs, the main one first: under its own name if it has one, else as `output`.
  func outputs(with main: Value) -> Ports<Value> {
    var others = outputs
    let own = others.firstIndex { $0.part == main }.map { others.remove(at: $0) }
    return Ports(named: [own ?? (PortName.output, main)] + others)
  }

  /// Adds an output to that of the outermost layer.
  func addOutput(_ name: String, _ value: Value) {
    guard !outputs.contains(where: { $0.name == name }) else {
      graph.report("two outputs of the network are called `\(name)`")
      return
    }
    outputs.append((name, value))
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

  /// Random numbers that `draw` adds to the graph, given their type and the random state.
  func random(_ shape: Shape, _ mode: Mode, _ draw: (TensorType, Value) -> Value) -> Value {
    guard let randomState else {
      let fix = "pass `randomState` to `Model.build`"
      return graph.report(
        "needs random numbers in \(mode) mode",
        hint: mode == .training
          ? fix : "draw them in training mode only (`scope.mode == .training`), or \(fix)")
    }
    return draw(TensorType(shape, dtype), randomState)
  }

  /// Builds a layer at its scope's path, under which its nodes and errors are recorded.
  func run(_ layer: any Layer, _ inputs: [Value], in scope: Scope) -> Value {
    if let poisoned = inputs.first(where: \.isPoisoned) { return poisoned }
    let outer = graph.path
    defer { graph.path = outer }
    let label =
      scope.path.isEmpty ? layer.description : "`\(scope.path)` (\(layer.description))"
    graph.path = label
    let output = inputs.count == 1 ? layer(inputs[0], in: scope) : layer(inputs, in: scope)
    guard !output.isPoisoned else { return output }
    if producers[output] == nil { producers[output] = label }
    let own = LayerOutput(path: scope.path, layer: layer, value: output, inputs: inputs)
    layerOutputs.append(own)
    return replacement(own) ?? output
  }

  /// The number of different integers in an input of categories; nil for other values.
  func categoryCount(of value: Value) -> Int? {
    zip(input.names, input.all).first { $1 == value }.flatMap { name, _ in categoryCounts[name] }
  }

  /// The layer that computes a value, for messages.
  func producer(of value: Value) -> String { producers[value] ?? "the layers before" }

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
  /// The inputs of the layer.
  package let inputs: [Value]

  /// The name of the layer in error messages: its path in backticks and its description in
  /// parentheses.
  public var label: String {
    path.isEmpty ? layer.description : "`\(path)` (\(layer.description))"
  }
}
