import NNCore
import NNGraph
import NNOptimizers
import NNTestSupport
import Testing

@Suite struct OptimizerTests {
  /// Runs steps with given gradients; returns the parameter after each, and the store.
  private func run(
    _ optimizer: any ElementwiseOptimizer, from start: Double, gradients: [Double],
    rates: [Double]? = nil
  ) throws -> (path: [Double], store: VariableStore) {
    let graph = Graph()
    let parameter = graph.variable("parameters", TensorType([1], .float64))
    let gradient = graph.input("gradient", parameter.type)
    let step = OptimizerStep(optimizer, parameters: parameter, gradient: gradient)
    let store = VariableStore()
    store["parameters"] = HostTensor([start])
    for (name, tensor) in optimizer.initialVariables(parameter.type) { store[name] = tensor }
    let session = Session(
      try Plan(graph, fetches: [], updates: step.updates), variables: store)
    var path: [Double] = []
    for (index, number) in gradients.enumerated() {
      session.write("gradient", HostTensor([number]))
      session.write(
        OptimizerStep.scalarsName,
        optimizer.scalars(
          step: index + 1, learningRate: rates?[index] ?? optimizer.learningRate, dtype: .float64))
      session.run()
      path.append(try #require(store["parameters"]).doubles[0])
    }
    return (path, store)
  }

  /// On ½·b·x², gradient descent multiplies the error by 1 − η·b at every step.
  @Test(arguments: [0.1, 0.5, 1, 1.5, 2.5])
  func gradientDescentOnAParabola(rate: Double) throws {
    let curvature = 0.8
    var position = 3.0
    for step in 1...6 {
      position = try run(
        SGD(learningRate: rate), from: position, gradients: [curvature * position]
      ).path[0]
      let expected = 3 * (0..<step).reduce(1.0) { product, _ in product * (1 - rate * curvature) }
      expectClose([position], [expected], .float64, "step \(step)")
    }
  }

  /// The buffer starts as the gradient, without dampening: b = 1, then 0.9·1 + 0.5·2.
  @Test func momentumByHand() throws {
    let optimizer = SGD(learningRate: 0.1, momentum: 0.9, dampening: 0.5)
    let (path, store) = try run(optimizer, from: 1, gradients: [1, 2])
    expectClose(path, [0.9, 0.71])
    expectClose(try #require(store["optimizer.momentum_buffer"]).doubles, [1.9])
  }

  /// g + 0.9·b with b = 1.
  @Test func nesterovByHand() throws {
    let optimizer = SGD(learningRate: 0.1, momentum: 0.9, nesterov: true)
    expectClose(try run(optimizer, from: 1, gradients: [1]).path, [0.81])
  }

  @Test func weightDecayAddsToTheGradientAfterMaximizing() throws {
    let optimizer = SGD(learningRate: 0.1, weightDecay: 0.5, maximize: true)
    expectClose(try run(optimizer, from: 2, gradients: [3]).path, [2.2])
  }

  /// After bias correction the first update has the size of the learning rate, whatever the
  /// gradient's.
  @Test(arguments: [1e-3, 1, 1e6])
  func adamsFirstStepIsTheLearningRate(size: Double) throws {
    let optimizer = Adam(learningRate: 0.01, epsilon: 0)
    expectClose(try run(optimizer, from: 5, gradients: [size]).path, [4.99])
    expectClose(try run(optimizer, from: 5, gradients: [-size]).path, [5.01])
  }

  @Test func adamWDecaysParametersApartFromTheGradient() throws {
    let optimizer = AdamW(learningRate: 0.01, weightDecay: 0.1)
    expectClose(try run(optimizer, from: 5, gradients: [0, 0]).path, [4.995, 4.990005])
  }

  @Test func amsgradKeepsTheLargestMoment() throws {
    let optimizer = Adam(betas: (0.9, 0.5), amsgrad: true)
    let store = try run(optimizer, from: 0, gradients: [10, 0, 0]).store
    expectClose(try #require(store["optimizer.max_exp_avg_sq"]).doubles, [50])
    expectClose(try #require(store["optimizer.exp_avg_sq"]).doubles, [12.5])
  }

  @Test func rmspropByHand() throws {
    let optimizer = RMSprop(learningRate: 0.1, alpha: 0.75, epsilon: 0.5)
    expectClose(try run(optimizer, from: 1, gradients: [4]).path, [0.84])
  }

  /// A gradient that never changes has no variance; rounding must not make it negative.
  @Test func centeredRMSpropSurvivesAConstantGradient() throws {
    let optimizer = RMSprop(alpha: 0.5, centered: true)
    let path = try run(
      optimizer, from: 0, gradients: [Double](repeating: 0.1, count: 120)
    ).path
    #expect(path.allSatisfy { $0.isFinite })
  }

  @Test func adagradByHand() throws {
    let optimizer = Adagrad(
      learningRate: 0.1, learningRateDecay: 1, initialAccumulatorValue: 7, epsilon: 0)
    // Sums of squares 16 and 25; rates 0.1 and 0.05.
    let path = try run(optimizer, from: 1, gradients: [3, 3]).path
    expectClose(path, [0.925, 0.895])
  }

  @Test func theRateIsAnInputNotAConstant() throws {
    let optimizer = SGD(learningRate: 100)
    expectClose(
      try run(optimizer, from: 1, gradients: [1, 1, 1], rates: [0.1, 0, 0.5]).path,
      [0.9, 0.9, 0.4])
  }

  static let defaults: [(any ElementwiseOptimizer, rate: Double, slots: [String])] = [
    (SGD(learningRate: 0.3), 0.3, []),
    (SGD(learningRate: 0.3, momentum: 0.1), 0.3, ["momentum_buffer"]),
    (Adam(), 1e-3, ["exp_avg", "exp_avg_sq"]),
    (Adam(amsgrad: true), 1e-3, ["exp_avg", "exp_avg_sq", "max_exp_avg_sq"]),
    (AdamW(), 1e-3, ["exp_avg", "exp_avg_sq"]), (RMSprop(), 1e-2, ["square_avg"]),
    (RMSprop(momentum: 0.9, centered: true), 1e-2, ["square_avg", "grad_avg", "momentum_buffer"]),
    (Adagrad(), 1e-2, ["sum"]),
  ]

  @Test(arguments: defaults.indices)
  func stateHasPyTorchsNames(index: Int) {
    let (optimizer, rate, slots) = Self.defaults[index]
    #expect(optimizer.learningRate == rate)
    #expect(optimizer.slots.map(\.name) == slots)
    let type = TensorType([3], .float32)
    #expect(
      optimizer.initialVariables(type).keys.sorted() == slots.map { "optimizer.\($0)" }.sorted())
    let counts = (1...3).map { optimizer.scalars(step: $0, learningRate: 0.1).count }
    #expect(Set(counts).count == 1)
  }

  /// All optimizers with all options reduce ½·(x − 2)².
  @Test(arguments: defaults.indices)
  func everyOptimizerDescends(index: Int) throws {
    let optimizer = Self.defaults[index].0
    var gradients: [Double] = []
    var position = 0.0
    for _ in 0..<4 {
      gradients.append(position - 2)
      let path = try run(optimizer, from: 0, gradients: gradients).path
      let next = try #require(path.last)
      #expect(abs(next - 2) < abs(position - 2), "\(optimizer.name)")
      position = next
    }
  }
}
