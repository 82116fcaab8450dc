import NNCore
import NNData
import NNGraph
import NNLayers
import NNLosses
import NNOptimizers

/// A model with its loss, optimizer and variables: compiles a plan for each batch size and runs
/// training steps.
final class TrainingStep {
  let model: Model
  let layout: ParameterLayout
  let loss: any Loss
  let optimizer: any Optimizer
  private let clipping: [GradientClipping]
  private let l1Penalty: Double
  let signature: InputSignature
  private let samples: SampleBatches
  private let targetType: TensorType
  private let seed: UInt64
  let variables = VariableStore()
  private let logsGradients: Bool
  private let measuresTimes: Bool
  /// Plans of steps whose memory has not been allocated yet.
  private var planned: [BatchTypes: (plan: Plan, log: GradientLog?)] = [:]
  private var functions: [BatchTypes: (function: Function, log: GradientLog?)] = [:]
  /// The layer that computes the output, if the loss restricts the range of outputs.
  private var outputLabel: String?
  /// The memory shared by steps of all sizes, of which one runs at a time.
  private let memory = SessionMemory()
  /// The same weights in evaluation mode.
  let evaluator: Evaluator

  /// Prepares a model.
  ///
  /// - Parameters:
  ///   - signature: The types of the network's inputs.
  ///   - target: The type of one example's target.
  ///   - measuresTimes: Whether to measure the time of each instruction of a step.
  /// - Throws: `NNError` that lists every shape mismatch and invalid option.
  init(
    model: Model, loss: any Loss, optimizer: any Optimizer, clipping: [GradientClipping],
    l1Penalty: Double = 0, signature: InputSignature, target: TensorType, seed: UInt64,
    logsGradients: Bool = false, measuresTimes: Bool = false
  ) throws(NNError) {
    self.measuresTimes = measuresTimes
    self.logsGradients = logsGradients
    self.model = model
    self.loss = loss
    self.optimizer = optimizer
    self.clipping = clipping
    self.l1Penalty = l1Penalty
    self.signature = signature
    self.seed = seed
    samples = SampleBatches(signature, target: target)
    targetType = target
    layout = try model.layout(signature)
    evaluator = Evaluator(
      model: model, layout: layout, loss: loss, variables: variables, signature: signature,
      target: target)
  }

  // MARK: - State

  /// Draws the initial weights and initializes the optimizer's state.
  func initialize() throws(NNError) {
    startOptimizer()
    for (name, tensor) in try layout.initialVariables(seed: seed) { variables[name] = tensor }
  }

  /// Initializes the optimizer's state, unless it has one.
  private func startOptimizer() {
    guard let slot = optimizer.slots.first, !variables.holds(OptimizerStep.variableName(of: slot))
    else { return }
    for (name, tensor) in optimizer.initialVariables(TensorType([layout.count], layout.dtype)) {
      variables[name] = tensor
    }
  }

  /// Replaces the weights and running statistics. Infinities are accepted, such as −∞ in a bias
  /// that excludes a class.
  ///
  /// - Throws: `NNError` that lists missing tensors and wrong shapes, or names a tensor with NaN.
  func load(_ tensors: [String: HostTensor]) throws(NNError) {
    let loaded = try layout.variables(from: tensors)
    if let damaged = layout.entries.first(where: { tensors[$0.name]?.hasNaN ?? false }) {
      throw .invalid(
        "`\(damaged.name)` holds NaN", hint: "take the weights from before the training diverged")
    }
    for (name, tensor) in loaded { variables[name] = tensor }
    infiniteFromStart = Set(try weights().filter { !$0.tensor.isFinite }.map(\.name))
  }

  /// Tensors that contained infinities when loaded; these do not indicate divergence.
  private var infiniteFromStart: Set<String> = []

  /// The weights and running statistics, in the model's order.
  func weights() throws(NNError) -> [(name: String, tensor: HostTensor)] {
    var current: [String: HostTensor] = [:]
    for name in variables.names { current[name] = variables[name] }
    return try layout.tensors(from: current)
  }

  /// The optimizer's state.
  var optimizerState: [(name: String, tensor: HostTensor)] {
    optimizer.slots.compactMap { slot in
      variables[OptimizerStep.variableName(of: slot)].map { (slot.name, $0) }
    }
  }

  /// Replaces the optimizer's state.
  func loadOptimizerState(_ tensors: [String: HostTensor]) throws(NNError) {
    for slot in optimizer.slots {
      guard let tensor = tensors[slot.name], tensor.shape == [layout.count],
        tensor.dtype == layout.dtype
      else {
        throw .invalid(
          "the checkpoint's optimizer state does not match: `\(slot.name)` should be "
            + "\(layout.dtype)[\(layout.count)]",
          hint: "resume with the optimizer, model and dtype that the run started with")
      }
      variables[OptimizerStep.variableName(of: slot)] = tensor
    }
  }

  private var updatedVariables: Set<String> {
    Set(optimizer.slots.map(OptimizerStep.variableName) + [ParameterLayout.variableName])
  }

  // MARK: - Steps

  /// Runs one training step: forward, backward, update.
  ///
  /// - Parameters:
  ///   - step: Counted from 1.
  ///   - wantsNorm: Whether to compute the gradient's norm.
  /// - Returns: The results computed before the update.
  /// - Throws: `NNError` for outputs outside the loss's range; no weight has been updated then.
  func train(
    _ batch: Batch, step: Int, learningRate: Double, wantsNorm: Bool
  ) throws(NNError) -> StepResult {
    let (function, log) = try function(BatchTypes(batch))
    try function.write(batch.input)
    try function.write("target", batch.targets)
    try writeRandomState(function, step: step)
    try function.write(
      OptimizerStep.scalarsName,
      optimizer.scalars(step: step, learningRate: learningRate, dtype: layout.dtype))
    let session = function.session
    session.run(before: updatedVariables)
    var result = StepResult(
      loss: session.readScalar("loss"), divisor: loss.divisor(of: batch))
    if let range = loss.outputRange, let outputLabel {
      try requireOutputs(of: session, in: range, layer: outputLabel)
    }
    // A mean over no target is 0/0, and its gradient 0 unless a custom loss has another.
    guard result.loss.isFinite || result.divisor == 0 && session.norm(of: "gradient").isFinite
    else { return result }
    result.gradientNorm =
      clipping.isEmpty
      ? (wantsNorm ? session.norm(of: "gradient") : nil) : session.readScalar("norm")
    guard result.gradientNorm?.isFinite ?? true else { return result }
    if wantsNorm { result.norms = log?.read(session, layout: layout) ?? [] }
    session.runRest()
    result.isComplete = true
    return result
  }

  /// Checks the minimum and maximum output of a step.
  private func requireOutputs(
    of session: Session, in range: ClosedRange<Double>, layer: String
  ) throws(NNError) {
    for name in Self.outputBounds {
      let value = session.readScalar(name)
      guard value.isFinite, !range.contains(value) else { continue }
      throw .invalid(
        "the loss `\(loss.name)` takes outputs from \(Int(range.lowerBound)) to "
          + "\(Int(range.upperBound)), and the last layer, \(layer), outputs \(value)",
        hint: "end the network with sigmoid, or use bce_with_logits")
    }
  }

  /// The fetches of the minimum and maximum output.
  private static let outputBounds = ["output.least", "output.greatest"]

  private func writeRandomState(_ function: Function, step: Int) throws(NNError) {
    try function.write("random", HostTensor([Int64(bitPattern: seed), Int64(step)]))
  }

  // MARK: - Plans

  /// The path of the optimizer's ops.
  static let updatePath = "update"

  /// The times of the instructions of such steps; nil unless they are measured.
  func times(_ batch: Batch) throws(NNError) -> RunTimes? {
    try function(BatchTypes(batch)).function.session.times
  }

  /// Checks that the layers accept batches of `rows` examples in training.
  ///
  /// - Throws: `NNError` that lists every shape mismatch.
  func check(rows: Int) throws(NNError) {
    let graph = Graph()
    let random = graph.input("random", TensorType([2], .int64))
    _ = model.build(
      in: graph, input: graph.inputs(types(rows: rows).input), layout: layout, mode: .training,
      randomState: random)
    try graph.validate()
  }

  /// Prepares steps for batches of `rows` examples of maximum length.
  func plan(rows: Int) throws(NNError) { _ = try function(types(rows: rows)) }

  /// The memory in bytes of a training step in addition to the variables: intermediate tensors, and
  /// inputs. The step is planned, but nothing is allocated.
  func stepByteCounts(rows: Int) throws(NNError) -> (intermediates: Int, inputs: Int) {
    let plan = try step(types(rows: rows)).plan
    return (plan.arenaByteCount, plan.inputByteCount)
  }

  private func types(rows: Int) -> BatchTypes {
    BatchTypes(input: signature.batch(of: rows), target: targetType.rows(rows))
  }

  private func function(
    _ types: BatchTypes
  ) throws(NNError) -> (function: Function, log: GradientLog?) {
    if let known = functions[types] { return known }
    let (plan, log) = try step(types)
    planned[types] = nil
    startOptimizer()
    let new = (
      try Function(plan, variables: variables, memory: memory, measuresTimes: measuresTimes), log
    )
    functions[types] = new
    return new
  }

  /// The plan of a training step.
  private func step(_ types: BatchTypes) throws(NNError) -> (plan: Plan, log: GradientLog?) {
    if let known = planned[types] { return known }
    let graph = Graph()
    let input = graph.inputs(types.input)
    let target = graph.input("target", types.target)
    let random = graph.input("random", TensorType([2], .int64))
    let built = model.build(
      in: graph, input: input, layout: layout, mode: .training, randomState: random)
    try graph.validate()
    let output = samples(output: built.value)
    let loss = loss.mean(output, samples(target: target, of: built.value))
    guard !loss.isPoisoned else {
      try graph.validate()
      preconditionFailure("a poisoned loss comes with a diagnostic")
    }
    var gradient = built.gradient(of: loss)
    try graph.validate()
    let log = logsGradients ? GradientLog(built, loss: loss) : nil
    var fetches = [("loss", loss), ("gradient", gradient)]
    fetches += log?.fetches.map { ($0.name, $0.value) } ?? []
    if self.loss.outputRange != nil {
      outputLabel = built.layerOutputs.last { !$0.path.isEmpty }?.label ?? "the input"
      fetches += zip(Self.outputBounds, [output.min(), output.max()])
    }
    for (index, clip) in clipping.enumerated() {
      let clipped = clip(gradient)
      gradient = clipped.gradient
      if index == 0 { fetches.append(("norm", clipped.norm)) }
    }
    graph.path = Self.updatePath
    // Like weight decay, it is not part of the norm that is logged and clipped.
    if l1Penalty > 0 { gradient = gradient + built.parameters.sign() * l1Penalty }
    let update = OptimizerStep(optimizer, parameters: built.parameters, gradient: gradient)
    let plan = try Plan(
      graph, fetches: fetches.map { (name: $0.0, value: $0.1) },
      updates: built.bufferUpdates + update.updates)
    planned[types] = (plan, log)
    return (plan, log)
  }

  // MARK: - Diagnosis

  /// The first parameter that contains NaN, or infinity unless it did when loaded.
  func firstParameterNotFinite() throws(NNError) -> String? {
    try weights().first { name, tensor in
      infiniteFromStart.contains(name) ? tensor.hasNaN : !tensor.isFinite
    }?.name
  }

  /// The first layer whose output is not finite for this batch with the current weights, and the
  /// first such step of a sequence; nil if every output is finite.
  func firstLayerNotFinite(
    _ batch: NetworkInput<HostTensor>, step: Int
  ) throws(NNError) -> String? {
    let graph = Graph()
    let input = graph.inputs(batch.types)
    let random = graph.input("random", TensorType([2], .int64))
    let built = model.build(
      in: graph, input: input, layout: layout, mode: .training, randomState: random)
    let outputs = built.layerOutputs.enumerated().map { index, layer in
      (name: "\(index)", value: layer.value)
    }
    let function = try Function(
      graph, outputs: outputs, variables: variables,
      // The same algorithms as in a step, but every layer's output has its own memory.
      options: .init(fuses: false, reusesMemory: false))
    try function.write(batch)
    try writeRandomState(function, step: step)
    try function.run()
    for (index, layer) in built.layerOutputs.enumerated() {
      let output = try function.read("\(index)")
      guard !output.isFinite else { continue }
      guard output.shape.rank == 3 else { return layer.label }
      let steps = output.shape[1]
      let first = (0..<steps).first { !output.step($0).isFinite }
      return layer.label + (first.map { " at time step \($0 + 1) of \(steps)" } ?? "")
    }
    return nil
  }
}

/// The results of a training step.
struct StepResult {
  /// The batch's loss before the update.
  let loss: Double
  /// The divisor of the loss: 0 if no target of the batch counts, nil for a sum.
  let divisor: Double?
  /// The gradient's norm before clipping, if it was requested or needed.
  var gradientNorm: Double?
  /// The gradient's norms by layer and time step, if they are logged.
  var norms: [GradientNorm] = []
  /// Whether the weights were updated: loss and norm are finite.
  var isComplete = false

  init(loss: Double, divisor: Double?) {
    self.loss = loss
    self.divisor = divisor
  }
}

/// The input and target types that determine the plan of a batch.
struct BatchTypes: Hashable {
  let input: NetworkInput<TensorType>
  let target: TensorType

  init(input: NetworkInput<TensorType>, target: TensorType) {
    self.input = input
    self.target = target
  }

  init(_ batch: Batch) {
    input = batch.input.types
    target = TensorType(batch.targets.shape, batch.targets.dtype)
  }
}

extension HostTensor {
  /// The elements of one step of sequences [N, T, C], as [N·C].
  fileprivate func step(_ step: Int) -> HostTensor {
    let (steps, width) = (shape[1], shape[2])
    let numbers = doubles
    return HostTensor(
      (0..<shape[0]).flatMap { row in
        let start = (row * steps + step) * width
        return numbers[start..<start + width]
      })
  }
}
