import NNCore
import NNData
import NNGraph
import NNLayers
import NNLosses
import NNOptimizers

/// A model with its loss, optimizers and variables: compiles a plan for each batch size and runs
/// training steps.
final class TrainingStep {
  let model: Model
  let layout: ParameterLayout
  let objective: Objective
  let rules: UpdateRules
  /// The groups that the graph updates; empty if the optimizer is on the host.
  let groups: [TrainedGroup]
  /// The state of an optimizer on the host; nil for update rules in the graph.
  let minimization: (any Minimization)?
  let signature: InputSignature
  private let samples: SampleBatches
  private var targets: TargetSignature
  let seed: UInt64
  let variables = VariableStore()
  private let logsGradients: Bool
  private let measuresTimes: Bool
  /// Whether a batch has perturbed inputs next to the clean ones.
  private let comparesPerturbed: Bool
  /// Plans of steps whose memory has not been allocated yet.
  private var planned: [StepKey: PlannedTrainingStep] = [:]
  /// Few: one for each role and each length to which sequences are padded.
  private var compiled: [CompiledStep] = []
  /// The layer that computes the output, if the loss restricts the range of outputs.
  private var outputLabel: String?
  /// The memory shared by steps of all sizes, of which one runs at a time.
  private let memory = SessionMemory()
  /// The batches of the current step so far.
  private var accumulated = AccumulatedBatches()
  /// The seed and the number of a batch, on which random numbers depend; the memory is reused.
  private var randomState: HostTensor
  /// Tensors that contained infinities when loaded; these do not indicate divergence.
  var infiniteFromStart: Set<String> = []
  /// The same weights in evaluation mode.
  let evaluator: Evaluator

  /// Prepares a model.
  ///
  /// - Parameters:
  ///   - signature: The types of the network's inputs.
  ///   - targets: The types of one example's targets.
  ///   - measuresTimes: Whether to measure the time of each instruction of a step.
  ///   - adversarial: How inputs are perturbed; nil (default) for clean inputs.
  /// - Throws: `NNError` that lists every shape mismatch and invalid option, or every pattern that
  ///   matches no parameter; for a loss without the divergence that `adversarial` needs.
  init(
    model: Model, objective: Objective, rules: UpdateRules, signature: InputSignature,
    targets: TargetSignature, seed: UInt64, logsGradients: Bool = false,
    measuresTimes: Bool = false, adversarial: AdversarialTraining? = nil
  ) throws(NNError) {
    try rules.check()
    comparesPerturbed = adversarial?.divergenceFactor != nil
    self.measuresTimes = measuresTimes
    self.logsGradients = logsGradients
    self.model = model
    self.objective =
      try adversarial?.divergenceFactor.map { (factor) throws(NNError) in
        try objective.adding(divergence: factor)
      } ?? objective
    self.rules = rules
    self.signature = signature
    self.seed = seed
    randomState = HostTensor([Int64(bitPattern: seed), 0])
    samples = SampleBatches(signature, targets: targets)
    self.targets = targets
    let layout = try model.layout(signature, grouping: rules.grouping)
    self.layout = layout
    groups = rules.trainedGroups(of: layout)
    minimization = (rules.optimizer as? any ClosureOptimizer)?
      .start(parameterCount: layout.trainedGroups.reduce(0) { $0 + $1.count })
    evaluator = Evaluator(
      model: model, layout: layout, objective: objective, variables: variables,
      signature: signature, targets: targets)
  }

  // MARK: - Steps

  /// Runs one batch of a training step: forward, backward and, for the last batch of a step,
  /// update.
  ///
  /// - Parameters:
  ///   - part: The part of the step that the batch is.
  ///   - step: Counted from 1.
  ///   - wantsNorm: Whether to compute the gradient's norm.
  ///   - isTraced: Whether to return the numbers of the step; false by default.
  ///   - rate: Returns the learning rate of the step for an optimizer's own learning rate.
  /// - Returns: The results computed before the update.
  /// - Throws: `NNError` for outputs outside the loss's range; no weight has been updated then.
  func train(
    _ batch: Batch, part: BatchPart = .whole, step: Int, wantsNorm: Bool, isTraced: Bool = false,
    rate: (_ base: Double) -> Double
  ) throws(NNError) -> StepResult {
    if isTraced { try rules.requireTraceable() }
    if let minimization {
      return try minimize(
        batch, by: minimization, step: step, learningRate: rate(rules.optimizer.learningRate),
        wantsNorm: wantsNorm)
    }
    let role = part.role
    let compiled = try compile(for: batch, role, isTraced: isTraced)
    let (function, session) = (compiled.function, compiled.function.session)
    let before = isTraced ? try weights() : []
    try write(batch, to: function, number: part.number(inStep: step))
    let divisors = objective.divisors(of: batch.examples)
    if role != .whole {
      accumulated.add(divisors, of: part)
      try function.write(AccumulatedBatches.inputName, numbers: accumulated.numbers)
    }
    if role != .partial {
      try groups.writeScalars(to: function, step: step, rate: rate)
    }
    session.run(before: compiled.updatedVariables)
    var result = stepResult(session, divisors)
    try requireOutputs(of: session)
    // A mean over no target is 0/0, and its gradient 0 unless a custom loss has another.
    guard result.loss.isFinite || !result.counts && gradientNorm(session).isFinite else {
      return result
    }
    if role != .partial {
      result.gradientNorm =
        rules.clipping.isEmpty
        ? (wantsNorm ? gradientNorm(session) : nil) : session.readScalar("norm")
      guard result.gradientNorm?.isFinite ?? true else { return result }
    }
    if wantsNorm, let log = compiled.log {
      result.norms = norms(log, session, role: role)
    }
    session.runRest()
    result.trace = try compiled.trace?.trace(
      session, batch, step: step, loss: result.loss, objective: objective, before: before,
      layout: layout, variables: variables, rate: rate)
    result.isComplete = true
    return result
  }

  /// Fills the inputs that depend on the batch.
  ///
  /// - Parameter number: The number of the batch in the run, from 1, for random numbers.
  func write(_ batch: Batch, to function: Function, number: Int) throws(NNError) {
    try function.write(batch)
    try writeRandomState(function, step: number)
  }

  func writeRandomState(_ function: Function, step: Int) throws(NNError) {
    randomState.withMutableScalars(as: Int64.self) { $0[1] = Int64(step) }
    try function.write("random", randomState)
  }

  /// The norm of the gradients of all trained groups together.
  func gradientNorm(_ session: Session) -> Double {
    let trained = layout.trainedGroups
    guard trained.count > 1 else { return session.norm(of: gradientName(trained.first)) }
    let norms = trained.map { session.norm(of: gradientName($0)) }
    guard let largest = norms.max(), largest > 0, norms.allSatisfy(\.isFinite) else {
      return norms.reduce(0, +)
    }
    return norms.reduce(0) { $0 + $1 / largest * ($1 / largest) }.squareRoot() * largest
  }

  private func gradientName(_ group: ParameterLayout.Group?) -> String {
    (group?.identity ?? .main).named("gradient")
  }

  /// The norms by layer, once the step's gradient is complete, and by time step.
  func norms(_ log: GradientLog, _ session: Session, role: StepRole) -> [GradientNorm] {
    let steps = log.steps(session)
    if role == .partial || role == .last {
      accumulated.norms.add(steps, weight: accumulated.weight)
      if role == .partial { return [] }
    }
    let names = layout.trainedGroups.map { ($0.identity, gradientName($0)) }
    return log.layers(
      session, layout: layout, gradientNames: Dictionary(uniqueKeysWithValues: names))
      + (role == .last ? accumulated.norms.norms(divisor: accumulated.divisor) : steps)
  }

  /// The losses of a batch, without the update's results.
  func stepResult(_ session: Session, _ divisors: [Double?]) -> StepResult {
    StepResult(
      losses: objective.terms.indices.map { session.readScalar(Self.lossNames[$0]) },
      divisors: divisors, of: objective)
  }

  /// Checks the minimum and maximum output of a step, if the loss restricts their range.
  func requireOutputs(of session: Session) throws(NNError) {
    guard let range = objective.main.outputRange, let outputLabel else { return }
    for name in Self.outputBounds {
      let value = session.readScalar(name)
      guard value.isFinite, !range.contains(value) else { continue }
      throw .invalid(
        "the loss `\(objective.main.name)` takes outputs from \(Int(range.lowerBound)) to "
          + "\(Int(range.upperBound)), and the last layer, \(outputLabel), outputs \(value)",
        hint: "end the network with sigmoid, or use bce_with_logits")
    }
  }

  /// The fetches of the losses.
  private static let lossNames = (0..<Objective.largestCount).map { "loss/\($0)" }

  /// The fetches of the minimum and maximum output.
  private static let outputBounds = ["output.least", "output.greatest"]

  // MARK: - Plans

  /// The roles of full batches.
  private var roles: [StepRole] {
    minimization != nil ? [.evaluation] : rules.accumulate == 1 ? [.whole] : [.partial, .last]
  }

  /// The times of the instructions of such steps; nil unless they are measured.
  func times(_ batch: Batch) throws(NNError) -> RunTimes? {
    let role = minimization == nil ? StepRole.whole : .evaluation
    return try compile(for: batch, role).function.session.times
  }

  /// Checks that the layers accept batches of `rows` examples in training.
  ///
  /// - Throws: `NNError` that lists every shape mismatch.
  func check(rows: Int) throws(NNError) {
    let graph = Graph()
    let random = graph.input("random", TensorType([2], .int64))
    _ = model.build(
      in: graph, input: graph.inputs(types(rows: rows).input).joiningPerturbed(), layout: layout,
      mode: .training, randomState: random)
    try graph.validate()
  }

  /// Prepares steps for batches of `rows` examples of maximum length.
  func plan(rows: Int) throws(NNError) {
    for role in roles { _ = try compile(StepKey(types: types(rows: rows), role: role)) }
  }

  /// The memory in bytes of a training step in addition to the variables: intermediate tensors, and
  /// inputs. The step is planned, but nothing is allocated.
  func stepByteCounts(rows: Int) throws(NNError) -> (intermediates: Int, inputs: Int) {
    var counts = (intermediates: 0, inputs: 0)
    for role in roles {
      let plan = try step(StepKey(types: types(rows: rows), role: role)).plan
      // Steps share the memory for intermediates.
      counts.intermediates = max(counts.intermediates, plan.arenaByteCount)
      counts.inputs += plan.inputByteCount
    }
    return counts
  }

  /// Prepares for batches whose labels are distributions over a number of classes.
  func useDistributions(over classes: Int) {
    targets.types.values = TensorType([classes], layout.dtype)
  }

  private func types(rows: Int) -> BatchTypes {
    let types = BatchTypes(rows: rows, signature, targets, areWeighted: targets.areWeighted)
    guard comparesPerturbed else { return types }
    var input = types.input
    input[PerturbedInputs.perturbed] = input.values
    return BatchTypes(input: input, targets: types.targets, weights: types.weights)
  }

  func compile(
    for batch: Batch, _ role: StepRole, isTraced: Bool = false
  ) throws(NNError) -> CompiledStep {
    let known = compiled.first {
      $0.key.role == role && $0.key.isTraced == isTraced && $0.key.types.fit(batch)
    }
    if let known { return known }
    return try compile(StepKey(types: BatchTypes(batch), role: role, isTraced: isTraced))
  }

  private func compile(_ key: StepKey) throws(NNError) -> CompiledStep {
    if let known = compiled.first(where: { $0.key == key }) { return known }
    let (plan, log, trace) = try step(key)
    planned[key] = nil
    groups.startOptimizers(in: variables)
    let new = CompiledStep(
      key: key,
      function: try Function(
        plan, variables: variables, memory: memory, measuresTimes: measuresTimes),
      log: log, trace: trace, updatedVariables: Set(key.role.updatedVariables(groups)))
    compiled.append(new)
    return new
  }

  /// The plan of a training step.
  private func step(_ key: StepKey) throws(NNError) -> PlannedTrainingStep {
    if let known = planned[key] { return known }
    let role = key.role
    let graph = Graph()
    let batch = BatchValues(graph, key.types)
    let random = graph.input("random", TensorType([2], .int64))
    let built = model.build(
      in: graph, input: batch.input.joiningPerturbed(), layout: layout, mode: .training,
      randomState: random)
    try graph.validate()
    let outputs = built.outputs.separatingPerturbed(
      from: batch.input, main: objective.terms[0].outputName(among: built.outputs.names))
    let batches =
      role == .partial || role == .last
      ? AccumulatedBatches.Values(graph, layout.dtype, losses: objective.terms.count) : nil
    let (loss, losses) = objective(
      .init(
        batch: batch, outputs: outputs, samples: samples, hasTargets: targets.exist),
      shares: batches?.shares)
    guard !loss.isPoisoned else {
      try graph.validate()
      preconditionFailure("a poisoned loss comes with a diagnostic")
    }
    let own = built.gradients(of: loss)
    try graph.validate()
    let log = logsGradients ? GradientLog(built, loss: loss) : nil
    let (gradients, sums) = sums(own, batches, role: role)
    var fetches = zip(Self.lossNames, losses).map { ($0, $1) }
    fetches += zip(layout.trainedGroups.map(gradientName), role == .partial ? own : gradients)
    fetches += log?.fetches.map { ($0.name, $0.value) } ?? []
    if objective.main.outputRange != nil {
      let output = samples(output: built.value)
      outputLabel = built.layerOutputs.last { !$0.path.isEmpty }?.label ?? "the input"
      fetches += zip(Self.outputBounds, [output.min(), output.max()])
    }
    var updates = built.bufferUpdates + sums
    var trace: TraceFetches?
    if role == .whole || role == .last {
      let (more, norm, applied) = rules.updates(of: groups, from: gradients, built)
      updates += more
      if let norm { fetches.append(("norm", norm)) }
      if key.isTraced {
        let own = TraceFetches(
          built, loss: loss, main: objective.main, applied: applied, groups: groups)
        try graph.validate()
        fetches += own.fetches.map { ($0.name, $0.value) }
        trace = own
      }
    }
    let plan = try Plan(
      graph, fetches: fetches.map { (name: $0.0, value: $0.1) }, updates: updates)
    planned[key] = (plan, log, trace)
    return (plan, log, trace)
  }

  /// The gradients of a step so far, and for a batch that is not its last the new sums.
  private func sums(
    _ gradients: [Value], _ batches: AccumulatedBatches.Values?, role: StepRole
  ) -> (gradients: [Value], sums: [(variable: Value, value: Value)]) {
    guard let batches, let graph = gradients.first?.graph else { return (gradients, []) }
    let sums = zip(groups, gradients).map { group, gradient in
      let sum = graph.variable(group.sumName, gradient.type)
      return (variable: sum, value: batches.adding(gradient, to: sum))
    }
    return role == .partial ? (gradients, sums) : (sums.map { batches.gradient($0.value) }, [])
  }
}

/// A training step whose memory has not been allocated.
typealias PlannedTrainingStep = (plan: Plan, log: GradientLog?, trace: TraceFetches?)

/// A compiled training step.
struct CompiledStep {
  let key: StepKey
  let function: Function
  let log: GradientLog?
  /// The fetches of a traced step.
  let trace: TraceFetches?
  /// The variables that may change only once loss and norm are known to be finite.
  let updatedVariables: Set<String>
}
