import NNCore
public import NNGraph

/// The state of one building of a model: where parameters come from, what was collected.
final class ModelBuild {
  /// Where a layer's parameters come from.
  enum Source {
    /// The first building, which finds out what parameters there are.
    case discovery
    /// A part of one flat variable, at the offset that the layout gives.
    case layout(ParameterLayout, flat: Value)
  }

  let graph: Graph
  let dtype: DType
  let source: Source
  let randomState: Value?
  var entries: [ParameterLayout.Entry] = []
  var parameterValues: [(name: String, value: Value)] = []
  var bufferUpdates: [(variable: Value, value: Value)] = []
  var layerOutputs: [LayerOutput] = []
  private var names: Set<String> = []
  private var producers: [Value: String] = [:]
  private var randomStreams: UInt32 = 0

  init(graph: Graph, dtype: DType, source: Source, randomState: Value?) {
    self.graph = graph
    self.dtype = dtype
    self.source = source
    self.randomState = randomState
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

  func randomUniform(_ shape: Shape) -> Value {
    guard let randomState else {
      return graph.report(
        "needs random numbers in training mode",
        hint: "give the model's build a random state input")
    }
    defer { randomStreams += 1 }
    return graph.randomUniform(
      TensorType(shape, dtype), stream: randomStreams, state: randomState)
  }

  /// Builds a layer at its scope's path, where nodes and diagnostics are filed.
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

  /// The layer that gave a value, for messages.
  func producer(of value: Value) -> String { producers[value] ?? "the layers before" }

  /// Files the model's own input for messages.
  func declareInput(_ value: Value) { producers[value] = "the input" }

  private func claim(_ name: String) -> Bool { names.insert(name).inserted }
}

/// What one layer of a built model gives.
public struct LayerOutput {
  /// The layer's path: `3.0`; empty for the outermost layer.
  public let path: String
  /// The layer.
  public let layer: any Layer
  /// Its output.
  public let value: Value

  /// The layer as errors name it: `` `3.0` (Dense 128) ``.
  public var label: String {
    path.isEmpty ? layer.description : "`\(path)` (\(layer.description))"
  }
}
