import NNCore
import NNData
import NNGraph
import NNLayers
import NNLosses
import NNOptimizers

/// A model with its loss, optimizer and variables: compiles a plan for each size of batch and runs
/// training and evaluation steps.
final class Learner {
  let model: Model
  let layout: ParameterLayout
  let loss: any Loss
  let optimizer: any Optimizer
  private let clipping: [GradientClipping]
  private let l1Penalty: Double
  let signature: InputSignature
  private let steps: StepExamples
  private let targetType: TensorType
  private let seed: UInt64
  let variables = VariableStore()
  private let logsGradients: Bool
  private let measuresTimes: Bool
  /// Steps that were planned and have no memory yet.
  private var planned: [BatchTypes: (plan: Plan, log: GradientLog?)] = [:]
  private var sessions: [BatchTypes: (session: Session, log: GradientLog?)] = [:]
  /// The layer that gives the output, where the loss takes numbers of some range alone.
  private var outputLabel: String?
  /// Steps of all sizes, of which one runs at a time.
  private let memory = SessionMemory()
  /// The same weights in evaluation mode.
  let evaluator: Evaluator

  /// Prepares a model for rows of some type.
  ///
  /// - Parameters:
  ///   - signature: What the network reads.
  ///   - target: The type of one row's target.
  ///   - measuresTimes: Whether to measure how long each instruction of a step takes.
  /// - Throws: `NNError` with every layer that does not fit.
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
    steps = StepExamples(signature, target: target)
    targetType = target
    layout = try model.layout(signature)
    evaluator = Evaluator(
      model: model, layout: layout, loss: loss, variables: variables, signature: signature,
      target: target)
  }

  // MARK: - State

  /// Draws the first weights and starts the optimizer's state.
  func initialize() throws(NNError) {
    startOptimizer()
    for (name, tensor) in try layout.initialVariables(seed: seed) { variables[name] = tensor }
  }

  /// Gives the optimizer the state that it starts with, unless it has one.
  private func startOptimizer() {
    guard let slot = optimizer.slots.first, !variables.holds(OptimizerStep.variableName(of: slot))
    else { return }
    for (name, tensor) in optimizer.initialVariables(TensorType([layout.count], layout.dtype)) {
      variables[name] = tensor
    }
  }

  /// Replaces the weights and running statistics. Infinities are taken, such as −∞ in a bias that
  /// rules a class out.
  ///
  /// - Throws: `NNError` listing what is missing or has another shape, or naming a tensor with NaN.
  func load(_ tensors: [String: HostTensor]) throws(NNError) {
    let loaded = try layout.variables(from: tensors)
    if let damaged = layout.entries.first(where: { tensors[$0.name]?.hasNaN ?? false }) {
      throw .invalid(
        "`\(damaged.name)` holds NaN", hint: "take the weights from before the training diverged")
    }
    for (name, tensor) in loaded { variables[name] = tensor }
    infiniteFromStart = Set(try weights().filter { !$0.tensor.isFinite }.map(\.name))
  }

  /// Tensors that were loaded with infinities, which then do not mean that training diverged.
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
          "the checkpoint's optimizer state does not fit: `\(slot.name)` should be "
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

  /// Does one training step: forward, backward, update.
  ///
  /// - Parameters:
  ///   - step: Counted from 1.
  ///   - wantsNorm: Whether to compute the gradient's norm.
  /// - Returns: What the step computed before its update.
  /// - Throws: `NNError` for outputs that the loss cannot judge; no weight has been updated then.
  func train(
    _ batch: Batch, step: Int, learningRate: Double, wantsNorm: Bool
  ) throws(NNError) -> StepResult {
    let (session, log) = try session(BatchTypes(batch))
    session.write(batch.input)
    session.write("target", batch.targets)
    writeRandomState(session, step: step)
    session.write(
      OptimizerStep.scalarsName,
      optimizer.scalars(step: step, learningRate: learningRate, dtype: layout.dtype))
    session.run(before: updatedVariables)
    var result = StepResult(
      loss: session.readScalar("loss"), divisor: loss.divisor(of: batch))
    if let range = loss.outputRange, let outputLabel {
      try requireOutputs(of: session, in: range, layer: outputLabel)
    }
    // A mean over nothing is 0/0, and its gradient 0 unless a loss of one's own has another.
    guard result.loss.isFinite || result.divisor == 0 && session.norm(of: "gradient").isFinite
    else { return result }
    result.gradientNorm =
      clipping.isEmpty
      ? (wantsNorm ? session.norm(of: "gradient") : nil) : session.readScalar("norm")
    guard result.gradientNorm?.isFinite ?? true else { return result }
    if wantsNorm { result.places = log?.read(session, layout: layout) ?? [] }
    session.runRest()
    result.isComplete = true
    return result
  }

  /// Verifies what a step has fetched: the least and the greatest output.
  private func requireOutputs(
    of session: Session, in range: ClosedRange<Double>, layer: String
  ) throws(NNError) {
    for name in Self.outputBounds {
      let value = session.readScalar(name)
      guard value.isFinite, !range.contains(value) else { continue }
      throw .invalid(
        "the loss `\(loss.name)` takes outputs from \(Int(range.lowerBound)) to "
          + "\(Int(range.upperBound)), and the last layer, \(layer), gives \(value)",
        hint: "end the network with sigmoid, or use bce_with_logits")
    }
  }

  /// The fetches that hold the least and the greatest output.
  private static let outputBounds = ["output.least", "output.greatest"]

  private func writeRandomState(_ session: Session, step: Int) {
    session.write("random", HostTensor([Int64(bitPattern: seed), Int64(step)]))
  }

  // MARK: - Plans

  /// Where the optimizer's part of a step is filed.
  static let updatePath = "update"

  /// How long the instructions of such steps take; nil unless it is measured.
  func times(_ batch: Batch) throws(NNError) -> RunTimes? {
    try session(BatchTypes(batch)).session.times
  }

  /// Verifies that the layers take batches of so many rows, in training.
  ///
  /// - Throws: `NNError` with every layer that does not.
  func check(rows: Int) throws(NNError) {
    let graph = Graph()
    let random = graph.input("random", TensorType([2], .int64))
    _ = model.build(
      in: graph, input: graph.inputs(types(rows: rows).input), layout: layout, mode: .training,
      randomState: random)
    try graph.validate()
  }

  /// Makes ready for batches of so many rows, as long as any.
  func plan(rows: Int) throws(NNError) { _ = try session(types(rows: rows)) }

  /// Bytes that a training step takes beside the variables: intermediate tensors, and inputs. It is
  /// planned, and nothing is allocated for it.
  func stepByteCounts(rows: Int) throws(NNError) -> (intermediates: Int, inputs: Int) {
    let plan = try step(types(rows: rows)).plan
    return (plan.arenaByteCount, plan.inputByteCount)
  }

  private func types(rows: Int) -> BatchTypes {
    BatchTypes(input: signature.batch(of: rows), target: targetType.rows(rows))
  }

  private func session(
    _ types: BatchTypes
  ) throws(NNError) -> (session: Session, log: GradientLog?) {
    if let known = sessions[types] { return known }
    let (plan, log) = try step(types)
    planned[types] = nil
    startOptimizer()
    let made = (
      Session(plan, variables: variables, memory: memory, measuresTimes: measuresTimes), log
    )
    sessions[types] = made
    return made
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
    let output = steps(output: built.value)
    let loss = loss.mean(output, steps(target: target, of: built.value))
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
    // As weight decay, it is no part of the norm that is logged and clipped.
    if l1Penalty > 0 { gradient = gradient + built.parameters.sign() * l1Penalty }
    let update = OptimizerStep(optimizer, parameters: built.parameters, gradient: gradient)
    let plan = try Plan(
      graph, fetches: fetches.map { (name: $0.0, value: $0.1) },
      updates: built.bufferUpdates + update.updates)
    planned[types] = (plan, log)
    return (plan, log)
  }

  // MARK: - Diagnosis

  /// The first parameter that holds NaN, or infinity where it had none when it was loaded.
  func firstParameterNotFinite() throws(NNError) -> String? {
    try weights().first { name, tensor in
      infiniteFromStart.contains(name) ? tensor.hasNaN : !tensor.isFinite
    }?.name
  }

  /// The first layer whose output is not finite for these rows, with the weights as they are, and
  /// the first such step of a sequence; nil when every layer's is.
  func firstLayerNotFinite(
    _ batch: NetworkInput<HostTensor>, step: Int
  ) throws(NNError) -> String? {
    let graph = Graph()
    let input = graph.inputs(batch.types)
    let random = graph.input("random", TensorType([2], .int64))
    let built = model.build(
      in: graph, input: input, layout: layout, mode: .training, randomState: random)
    let fetches = built.layerOutputs.enumerated().map { index, layer in
      (name: "\(index)", value: layer.value)
    }
    let session = Session(
      // The algorithms of a step, with every layer's output in memory of its own.
      try Plan(graph, fetches: fetches, options: .init(fuses: false, reusesMemory: false)),
      variables: variables)
    session.write(batch)
    writeRandomState(session, step: step)
    session.run()
    for (index, layer) in built.layerOutputs.enumerated() {
      let output = session.read("\(index)")
      guard !output.isFinite else { continue }
      guard output.shape.rank == 3 else { return layer.label }
      let steps = output.shape[1]
      let first = (0..<steps).first { !output.step($0).isFinite }
      return layer.label + (first.map { " at time step \($0 + 1) of \(steps)" } ?? "")
    }
    return nil
  }
}

/// What a training step has computed.
struct StepResult {
  /// The batch's loss before the update.
  let loss: Double
  /// What the loss was divided by: 0 where no target of the batch counts, nil for a sum.
  let divisor: Double?
  /// The gradient's norm before clipping, where it was asked for or needed.
  var gradientNorm: Double?
  /// Its norms by places, where these are logged.
  var places: [GradientNorm] = []
  /// Whether the weights were updated: loss and norm are finite.
  var isComplete = false

  init(loss: Double, divisor: Double?) {
    self.loss = loss
    self.divisor = divisor
  }
}

/// What decides which plan a batch needs.
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
