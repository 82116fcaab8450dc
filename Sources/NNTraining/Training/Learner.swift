import NNCore
import NNGraph
import NNLayers
import NNLosses
import NNOptimizers

/// A model with its loss, optimizer and variables: compiles a plan for each batch size and runs
/// training and evaluation steps.
final class Learner {
  /// What becomes of the gradient before the optimizer sees it.
  struct Clipping: Sendable, Hashable {
    /// The largest norm; nil for any.
    var norm: Double?
    /// The largest size of an element; nil for any.
    var value: Double?
  }

  let model: Model
  let layout: ParameterLayout
  let loss: any Loss
  let optimizer: any Optimizer
  private let clipping: Clipping
  private let inputShape: Shape
  private let targetType: TensorType
  private let seed: UInt64
  private let variables = VariableStore()
  private var trainingSessions: [Int: Session] = [:]
  private var evaluationSessions: [Int: Session] = [:]

  /// Prepares a model for rows of some type.
  ///
  /// - Parameters:
  ///   - inputShape: The shape of one row.
  ///   - target: The type of one row's target.
  /// - Throws: `NNError` with every layer that does not fit.
  init(
    model: Model, loss: any Loss, optimizer: any Optimizer, clipping: Clipping,
    inputShape: Shape, target: TensorType, dtype: DType, seed: UInt64
  ) throws(NNError) {
    self.model = model
    self.loss = loss
    self.optimizer = optimizer
    self.clipping = clipping
    self.inputShape = inputShape
    self.seed = seed
    targetType = target
    layout = try model.layout(input: TensorType(Shape([2] + inputShape.dimensions), dtype))
    for slot in optimizer.slots {
      variables[Self.slotName(slot.name)] = HostTensor(
        doubles: [Double](repeating: slot.initialValue, count: layout.count),
        shape: [layout.count], dtype: dtype)
    }
  }

  // MARK: - State

  /// Replaces the weights and running statistics.
  func load(_ tensors: [String: HostTensor]) throws(NNError) {
    for (name, tensor) in try layout.variables(from: tensors) { variables[name] = tensor }
  }

  /// The weights and running statistics, in the model's order.
  func weights() throws(NNError) -> [(name: String, tensor: HostTensor)] {
    var current: [String: HostTensor] = [:]
    for name in variables.names { current[name] = variables[name] }
    return try layout.tensors(from: current)
  }

  /// The optimizer's state.
  var optimizerState: [(name: String, tensor: HostTensor)] {
    optimizer.slots.compactMap { slot in
      variables[Self.slotName(slot.name)].map { (slot.name, $0) }
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
      variables[Self.slotName(slot.name)] = tensor
    }
  }

  private var updatedVariables: Set<String> {
    Set(optimizer.slots.map { Self.slotName($0.name) } + [ParameterLayout.variableName])
  }

  private static func slotName(_ slot: String) -> String { "optimizer.\(slot)" }

  // MARK: - Steps

  /// Does one training step: forward, backward, update.
  ///
  /// - Parameters:
  ///   - step: Counted from 1.
  ///   - wantsNorm: Whether to compute the gradient's norm.
  /// - Returns: The batch's mean loss before the update and the gradient's norm before clipping;
  ///   nothing has been updated when the loss is not finite.
  func train(
    inputs: HostTensor, targets: HostTensor, step: Int, learningRate: Double, wantsNorm: Bool
  ) throws(NNError) -> (loss: Double, gradientNorm: Double?) {
    let session = try trainingSession(rows: inputs.shape[0])
    session.write("input", inputs)
    session.write("target", targets)
    writeRandomState(session, step: step)
    let scalars = optimizer.scalars(step: step, learningRate: learningRate)
    for (index, scalar) in scalars.enumerated() {
      session.writeScalar("scalar.\(index)", scalar)
    }
    session.run(before: updatedVariables)
    let loss = session.readScalar("loss")
    guard loss.isFinite else { return (loss, nil) }
    let norm =
      clipping.norm != nil
      ? session.readScalar("norm") : wantsNorm ? session.norm(of: "gradient") : nil
    session.runRest()
    return (loss, norm)
  }

  /// The model's output for the rows of the last training step.
  func trainingOutput(rows: Int) -> HostTensor? { trainingSessions[rows]?.read("output") }

  /// The model's output in evaluation mode and the mean loss.
  func evaluate(
    inputs: HostTensor, targets: HostTensor
  ) throws(NNError) -> (output: HostTensor, loss: Double) {
    let session = try evaluationSession(rows: inputs.shape[0])
    session.write("input", inputs)
    session.write("target", targets)
    session.run()
    return (session.read("output"), session.readScalar("loss"))
  }

  private func writeRandomState(_ session: Session, step: Int) {
    session.write("random", HostTensor([Int64(bitPattern: seed), Int64(step)]))
  }

  // MARK: - Plans

  private func rowsType(_ rows: Int, _ row: TensorType) -> TensorType {
    TensorType(Shape([rows] + row.shape.dimensions), row.dtype)
  }

  private func meanLoss(_ output: Value, _ target: Value) -> Value {
    let value = loss(output, target)
    guard !value.isPoisoned, value.shape.elementCount != 1 else { return value }
    return value.graph.report(
      "the loss gives \(value.shape), training needs one number",
      hint: "use the reduction `mean` or `sum`")
  }

  private func trainingSession(rows: Int) throws(NNError) -> Session {
    if let session = trainingSessions[rows] { return session }
    let graph = Graph()
    let input = graph.input("input", rowsType(rows, TensorType(inputShape, layout.dtype)))
    let target = graph.input("target", rowsType(rows, targetType))
    let random = graph.input("random", TensorType([2], .int64))
    let built = model.build(
      in: graph, input: input, layout: layout, mode: .training, randomState: random)
    let loss = meanLoss(built.value, target)
    guard !loss.isPoisoned else {
      try graph.validate()
      preconditionFailure("a poisoned loss comes with a diagnostic")
    }
    var gradient = built.gradient(of: loss)
    var fetches = [("loss", loss), ("output", built.value), ("gradient", gradient)]
    if let limit = clipping.value { gradient = gradient.clipped(toValue: limit) }
    if let limit = clipping.norm {
      let clipped = gradient.clipped(toNorm: limit)
      gradient = clipped.gradient
      fetches.append(("norm", clipped.norm))
    }
    let slots = optimizer.slots.map {
      graph.variable(Self.slotName($0.name), gradient.type)
    }
    let scalars = optimizer.scalars(step: 1, learningRate: 0).indices.map {
      graph.input("scalar.\($0)", TensorType([], layout.dtype))
    }
    let updated = optimizer.update(
      parameter: built.parameters, gradient: gradient, slots: slots, scalars: scalars)
    let plan = try Plan(
      graph, fetches: fetches.map { (name: $0.0, value: $0.1) },
      updates: built.bufferUpdates + zip(slots, updated.slots).map { ($0, $1) }
        + [(built.parameters, updated.parameter)])
    let session = Session(plan, variables: variables)
    trainingSessions[rows] = session
    return session
  }

  private func evaluationSession(rows: Int) throws(NNError) -> Session {
    if let session = evaluationSessions[rows] { return session }
    let graph = Graph()
    let input = graph.input("input", rowsType(rows, TensorType(inputShape, layout.dtype)))
    let target = graph.input("target", rowsType(rows, targetType))
    let built = model.build(in: graph, input: input, layout: layout, mode: .evaluation)
    let loss = meanLoss(built.value, target)
    let plan = try Plan(graph, fetches: [("output", built.value), ("loss", loss)])
    let session = Session(plan, variables: variables)
    evaluationSessions[rows] = session
    return session
  }

  // MARK: - Diagnosis

  /// The first layer whose output is not finite for these rows, with the weights as they are; nil
  /// when every layer's is.
  func firstLayerNotFinite(inputs: HostTensor, step: Int) throws(NNError) -> String? {
    let graph = Graph()
    let input = graph.input(
      "input", rowsType(inputs.shape[0], TensorType(inputShape, layout.dtype)))
    let random = graph.input("random", TensorType([2], .int64))
    let built = model.build(
      in: graph, input: input, layout: layout, mode: .training, randomState: random)
    let fetches = built.layerOutputs.enumerated().map { index, layer in
      (name: "\(index)", value: layer.value)
    }
    let session = Session(
      try Plan(graph, fetches: fetches, options: .plain), variables: variables)
    session.write("input", inputs)
    writeRandomState(session, step: step)
    session.run()
    for (index, layer) in built.layerOutputs.enumerated()
    where !session.read("\(index)").doubles.allSatisfy(\.isFinite) {
      return layer.path
    }
    return nil
  }
}
