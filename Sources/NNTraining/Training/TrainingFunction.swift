public import NNCore
public import NNGraph
public import NNLayers
public import NNOptimizers

/// A function that minimizes a loss: each call computes the loss from its inputs and updates the
/// parameters of one network. For training loops of your own.
///
/// The loss is any scalar of a graph. It may depend on several networks; those whose parameters are
/// not updated are only read. Functions over one `VariableStore` share weights, so a training
/// function of each network and plain `Function`s form a training loop:
///
/// ```swift
/// let graph = Graph()
/// let x = graph.input("x", TensorType([32, 4], .float32))
/// let y = graph.input("y", TensorType([32, 1], .float32))
/// let layout = try model.layout(input: x.type)
/// let variables = VariableStore()
/// variables.merge(try layout.initialVariables(seed: 1))
///
/// let network = model.build(in: graph, input: x, layout: layout, mode: .training)
/// let step = try TrainingFunction(
///   minimizing: (network.value - y).square().mean(), over: network, optimizer: Adam(),
///   variables: variables)
/// for (inputs, targets) in batches { print(try step(["x": inputs, "y": targets])) }
/// ```
///
/// Weights are read with `layout.tensors(in: variables)`. Two networks over one store need names:
/// `model.layout(input:name:)`. A `Trainer` does the same for a data set, with batches, epochs and
/// evaluation.
///
/// Not `Sendable`: one task uses it at a time.
public final class TrainingFunction {
  /// The compiled function, for its input types and for reading outputs.
  public let function: Function
  /// The number of updates so far, on which some optimizers' rules depend; set it to continue an
  /// earlier run.
  public var step = 0

  private let groups: [TrainedGroup]
  private let updatedVariables: Set<String>
  private let clips: Bool

  /// Compiles the loss, its gradient and the update.
  ///
  /// - Parameters:
  ///   - loss: The scalar to minimize.
  ///   - network: The network whose parameters are updated, as `Model.build` returned it; its
  ///     running statistics are updated, too. If the network has been built into the graph several
  ///     times, any of these results will do, as all have the same parameters; running statistics
  ///     are those of the one passed.
  ///   - optimizer: The optimizer. Its state is kept in `variables`, and initialized unless they
  ///     hold it already.
  ///   - groupOptimizers: The optimizers of the layout's groups with patterns, in order
  ///     (`ParameterGrouping.groups`); none by default.
  ///   - clipping: Gradient clipping, applied in order; none by default.
  ///   - outputs: Values to read after a call, by name, computed before the update: none by default.
  ///   - updates: More variables and their values after a call; none by default.
  ///   - variables: Holds the weights.
  /// - Throws: `NNError` with every error that was found while the graph was built, for a loss that
  ///   is not a scalar, for a wrong number of group optimizers, for weights that the store does not
  ///   hold, and as `Function.init` does.
  public init(
    minimizing loss: Value, over network: Model.Output, optimizer: any GraphOptimizer,
    groupOptimizers: [any GraphOptimizer] = [], clipping: [GradientClipping] = [],
    outputs: KeyValuePairs<String, Value> = [:],
    updates: [(variable: Value, value: Value)] = [], variables: VariableStore
  ) throws(NNError) {
    let layout = network.layout
    let rules = UpdateRules(
      optimizer: optimizer, groups: groupOptimizers.map { ParameterGroup([], optimizer: $0) },
      clipping: clipping)
    let patternGroups = layout.trainedGroups.count { $0.identity != .main }
    guard groupOptimizers.count == patternGroups else {
      throw .invalid(
        "\(groupOptimizers.count) group optimizers for \(patternGroups) groups with patterns",
        hint: "pass one for each group of the layout's `ParameterGrouping`")
    }
    let gradients = network.gradients(of: loss)
    try loss.graph.validate()
    groups = rules.trainedGroups(of: layout)
    for group in groups where !variables.holds(group.group.variableName) {
      throw .invalid(
        "the store has no variable `\(group.group.variableName)`, the weights to train",
        hint: "variables.merge(try layout.initialVariables(seed: 1))")
    }
    let (changes, norm, _) = rules.updates(of: groups, from: gradients, network)
    var fetches = [(name: Self.lossName, value: loss)]
    if let norm { fetches.append((Self.normName, norm)) }
    clips = norm != nil
    updatedVariables = Set(groups.flatMap(\.updatedVariables))
    groups.startOptimizers(in: variables)
    function = try Function(
      loss.graph, outputs: fetches + outputs.map { (name: $0.key, value: $0.value) },
      updates: network.bufferUpdates + changes + updates, variables: variables)
  }

  /// Runs one step.
  ///
  /// - Parameters:
  ///   - inputs: A tensor for each input that the loss or an output depends on; one that is left
  ///     out keeps its tensor from an earlier call.
  ///   - rate: Returns the learning rate of this step for an optimizer's own learning rate, which
  ///     is used by default.
  /// - Returns: The loss before the update.
  /// - Throws: `NNError` for wrong or missing inputs, and if the loss or the norm of a clipped
  ///   gradient is infinite or NaN; no parameter has been updated then.
  @discardableResult
  public func callAsFunction(
    _ inputs: [String: HostTensor] = [:], rate: (_ base: Double) -> Double = { $0 }
  ) throws(NNError) -> Double {
    for (name, tensor) in inputs { try function.write(name, tensor) }
    try groups.writeScalars(to: function, step: step + 1, rate: rate)
    try function.run(before: updatedVariables)
    let loss = function.session.readScalar(Self.lossName)
    try require(loss, "the loss")
    if clips { try require(function.session.readScalar(Self.normName), "the gradient's norm") }
    function.runRest()
    step += 1
    return loss
  }

  /// Returns one of the `outputs` of the last call.
  ///
  /// - Throws: `NNError` for an unknown name, and before the first call.
  public func read(_ name: String) throws(NNError) -> HostTensor { try function.read(name) }

  private func require(_ number: Double, _ what: String) throws(NNError) {
    guard !number.isFinite else { return }
    throw .failed(
      "\(what) became \(number.isNaN ? .nan : number) at step \(step + 1)",
      hint: "lower the learning rate, clip the gradient or scale the inputs")
  }

  private static let lossName = "loss"
  private static let normName = "gradient norm"
}
