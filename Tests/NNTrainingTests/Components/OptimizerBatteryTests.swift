import NNCore
import NNData
import NNGraph
import NNOptimizers
import NNTestSupport
import NNTraining
import Testing

/// What every optimizer of the registry must hold, tried on its samples.
@Suite("Every optimizer") struct OptimizerBatteryTests {
  private static let steps = 4

  @Test(
    "steps are those of plain formulas", arguments: Registry.optimizers.names,
    [DType.float64, .float32])
  func formulas(name: String, dtype: DType) throws {
    for sample in try OptimizerSample.samples(of: name) { try Self.expectSteps(sample, dtype) }
  }

  private static func expectSteps(_ sample: OptimizerSample, _ dtype: DType) throws {
    let updates = try OptimizerUpdates(sample, count: 5, dtype: dtype)
    if sample.path == nil { return try updates.expectMinimum(sample.text) }
    let start = updates.parameters.doubles
    let gradients = (0..<steps).map { updates.gradient($0).doubles }
    for step in 0..<steps {
      try updates.step(step)
      let expected = start.indices.map { index in
        sample.path?(start[index], gradients.map { $0[index] })[step] ?? .nan
      }
      expectClose(
        updates.parameters.doubles, expected,
        dtype == .float64 ? .float64 : .float32Parameters, "\(sample.text), step \(step + 1)")
    }
  }

  @Test(
    "saved and loaded after any step, the next steps have the same bits",
    arguments: Registry.optimizers.names, [DType.float64, .float32])
  func savedState(name: String, dtype: DType) throws {
    for sample in try OptimizerSample.samples(of: name) {
      for saved in 0..<Self.steps {
        let whole = try OptimizerUpdates(sample, count: 37, dtype: dtype)
        for step in 0..<saved { try whole.step(step) }
        let resumed = try OptimizerUpdates(sample, count: 37, dtype: dtype)
        try resumed.load(whole.state)
        for step in saved..<Self.steps {
          try whole.step(step)
          try resumed.step(step)
        }
        expectIdentical(
          resumed.parameters, whole.parameters, "\(sample.text), saved after step \(saved)")
      }
    }
  }

  @Test(
    "an interrupted run ends with the bits of a whole one", arguments: Registry.optimizers.names)
  func interruptedRuns(name: String) throws {
    for sample in try OptimizerSample.samples(of: name) {
      let temporary = try TemporaryFolder()
      let overrides = [
        "optimizer={\(sample.text)}", "data.train={moons: {samples: 24}}", "data.batch_size=12",
        "epochs=2", "metrics=[]",
      ]
      try train(smallConfig, in: temporary.path("whole"), overrides: overrides)
      let folder = temporary.path("interrupted")
      try train(smallConfig, in: folder, overrides: overrides, stoppingAfter: 3)
      try train(smallConfig, in: folder, overrides: overrides, resumes: true)
      #expect(try modelBytes(folder) == modelBytes(temporary.path("whole")), "\(sample.text)")
    }
  }

  /// Runs in a process of its own, because the number of threads belongs to the process. An
  /// optimizer on the host depends on threads by the losses and gradients that it asks for.
  @Test("bits do not depend on the number of threads") func threads() async {
    await #expect(processExitsWith: .success) {
      for sample in OptimizerSample.all {
        for dtype in [DType.float32, .float64] {
          try expectSameBits(sample.text) {
            guard sample.path != nil else { return try trainedWeights(sample, dtype) }
            let updates = try OptimizerUpdates(sample, count: 40_009, dtype: dtype)
            for step in 0..<2 { try updates.step(step) }
            return updates.state
          }
        }
      }
    }
  }

  @Test("samples are those of the registry") func samplesHaveRows() {
    #expect(Set(OptimizerSample.all.map(\.kind)) == Set(Registry.optimizers.names))
  }

  // MARK: - The battery finds what is wrong

  @Test func otherFormulasAreFound() throws {
    let plain = try #require(OptimizerSample.all.first { $0.text.contains("maximize") }?.path)
    withKnownIssue {
      try Self.expectSteps(OptimizerSample("sgd: {lr: 0.1, weight_decay: 0.01}", plain), .float64)
    }
    let stuck = OptimizerSample("lbfgs: {lr: 0.001, max_iter: 1}", nil)
    withKnownIssue { try Self.expectSteps(stuck, .float64) }
  }
}

/// The weights of a network after a step over a whole data set.
private func trainedWeights(
  _ sample: OptimizerSample, _ dtype: DType
) throws -> [String: HostTensor] {
  let config = try Config(yaml: smallConfig, overrides: ["model.0={linear: 300}"])
  let data = try DataGenerator(.moons).make()
  let trainer = try Trainer(
    model: config.makeModel(), losses: config.makeLosses(), optimizer: sample.optimizer(),
    data: data, batchSize: data.count, settings: TrainingSettings(dtype: dtype))
  try trainer.epoch()
  return try Dictionary(uniqueKeysWithValues: trainer.weights().map { ($0.name, $0.tensor) })
}

/// Steps of an optimizer over one flat tensor, with given gradients, or on a parabola for an
/// optimizer that evaluates the loss itself.
private final class OptimizerUpdates {
  private let dtype: DType
  private let count: Int
  private let optimizer: any Optimizer
  private let variables = VariableStore()
  private var function: Function?
  private let minimization: (any Minimization)?
  private var names: [String] = []

  init(_ sample: OptimizerSample, count: Int, dtype: DType) throws {
    self.dtype = dtype
    self.count = count
    optimizer = try sample.optimizer()
    variables["parameters"] = Self.numbers(count, dtype, shift: 5)
    minimization = (optimizer as? any ClosureOptimizer)?.start(parameterCount: count)
    guard let rule = optimizer as? any GraphOptimizer else { return }
    let graph = Graph()
    let parameters = graph.variable("parameters", TensorType([count], dtype))
    let gradient = graph.input("gradient", parameters.type)
    let step = OptimizerStep(rule, parameters: parameters, gradient: gradient)
    for (name, tensor) in rule.initialVariables(parameters.type) {
      names.append(name)
      variables[name] = tensor
    }
    function = try Function(graph, outputs: [:], updates: step.updates, variables: variables)
  }

  var parameters: HostTensor { variables["parameters"] ?? HostTensor([0.0]) }

  /// What the next step depends on: the parameters and the optimizer's state.
  var state: [String: HostTensor] {
    var state = ["parameters": parameters]
    for name in names { state[name] = variables[name] }
    for (name, tensor) in minimization?.state ?? [] { state[name] = tensor }
    return state
  }

  func load(_ state: [String: HostTensor]) throws {
    for name in names + ["parameters"] { variables[name] = state[name] }
    try minimization?.restore(state.filter { $0.key != "parameters" })
  }

  func gradient(_ step: Int) -> HostTensor {
    Self.numbers(count, dtype, shift: 11 * (step + 2))
  }

  /// Numbers between −1.6 and 1.6 without a zero, exact in float32.
  private static func numbers(_ count: Int, _ dtype: DType, shift: Int) -> HostTensor {
    let numbers = (0..<count).map { index -> Double in
      let remainder = (index * (37 + shift) + shift) % 101
      return (Double(remainder) - 50.5) / 32
    }
    return HostTensor(doubles: numbers, shape: [count], dtype: dtype)
  }

  func step(_ step: Int) throws {
    if let minimization {
      let end = try minimization.step(
        from: parameters.doubles, learningRate: optimizer.learningRate, evaluate: parabola)
      variables["parameters"] = HostTensor(doubles: end, shape: [count], dtype: dtype)
    } else if let function, let rule = optimizer as? any GraphOptimizer {
      try function.write("gradient", gradient(step))
      try function.write(
        OptimizerStep.scalarsName,
        rule.scalars(step: step + 1, learningRate: rule.learningRate, dtype: dtype))
      try function.run()
    }
  }

  /// Expects that the loss falls at every step, to a millionth.
  func expectMinimum(_ label: String) throws {
    let start = parabola(parameters.doubles).loss
    var before = start
    for step in 0..<12 where before > 1e-6 * start {
      try self.step(step)
      let loss = parabola(parameters.doubles).loss
      #expect(loss < before, "\(label), step \(step + 1)")
      before = loss
    }
    #expect(before <= 1e-6 * start, "\(label)")
  }

  /// ½ Σ cᵢ·(xᵢ − 1)² with curvatures from 1 to 4.
  private func parabola(_ point: [Double]) -> (loss: Double, gradient: [Double]) {
    let curvatures = point.indices.map { 1 + Double($0 % 4) }
    return (
      zip(curvatures, point).reduce(0) { $0 + $1.0 * ($1.1 - 1) * ($1.1 - 1) / 2 },
      zip(curvatures, point).map { $0 * ($1 - 1) }
    )
  }
}
