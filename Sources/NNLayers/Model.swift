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
  /// - Parameter input: The type of the input, batch axis included; its extent may be any.
  /// - Throws: `NNError` with every misfit found.
  public func layout(input: TensorType) throws(NNError) -> ParameterLayout {
    let graph = Graph()
    // Evaluation, since training refuses what a batch of one cannot give: statistics.
    let (build, _) = run(
      graph, graph.input("input", input), .evaluation, .discovery, randomState: nil)
    try graph.validate()
    return ParameterLayout(build.entries, dtype: input.dtype)
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
    /// What each layer gives, parts before the layer that holds them.
    public let layerOutputs: [LayerOutput]
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
  ///   - input: What the network gets, of the layout's type up to its first axis.
  ///   - layout: What `layout(input:)` found.
  ///   - mode: Training or evaluation.
  ///   - randomState: int64 [2], seed and step: what random numbers depend on. Needed where a layer
  ///     draws some in training.
  public func build(
    in graph: Graph, input: Value, layout: ParameterLayout, mode: Mode, randomState: Value? = nil
  ) -> Output {
    let flat = graph.variable(
      ParameterLayout.variableName, TensorType([layout.count], layout.dtype))
    let (build, output) = run(
      graph, input, mode, .layout(layout, flat: flat), randomState: randomState)
    return Output(
      value: output, parameters: flat, parameterValues: build.parameterValues,
      bufferUpdates: build.bufferUpdates, layerOutputs: build.layerOutputs, layout: layout)
  }

  private func run(
    _ graph: Graph, _ input: Value, _ mode: Mode, _ source: ModelBuild.Source, randomState: Value?
  ) -> (ModelBuild, Value) {
    let build = ModelBuild(
      graph: graph, dtype: input.dtype, source: source, randomState: randomState)
    guard input.isPoisoned || input.dtype.isFloatingPoint else {
      let poisoned = graph.report(
        "a network computes on float32 or float64, gets \(input.dtype)",
        hint: "convert the input first")
      return (build, poisoned)
    }
    build.declareInput(input)
    return (build, build.run(root, input, in: Scope(mode: mode, path: "", build: build)))
  }
}
