import Foundation
import NNAnalysis
import NNCore
import NNData
import NNLayers
import NNLosses
import NNOptimizers
import NNTestSupport
import NNTraining
import Testing

@Suite struct TextbookStepTests {
  private static let twoLayers = Model {
    Dense(3)
    Tanh()
    Dense(1)
    Sigmoid()
  }

  /// Every p, q, σ′, Δ, product, gradient and new weight, from the formulas of the course.
  @Test func everyNumberIsThatOfTheFormulas() throws {
    let rate = 0.5
    let network = try TracedNetwork(
      Self.twoLayers, loss: SquaredError(reduction: .sum), targets: TracedNetwork.binaryTargets,
      optimizer: SGD(learningRate: rate))
    let step = try TextbookStep(network.trace)
    let (w1, b1) = (
      try #require(network.before["0.weight"]), try #require(network.before["0.bias"])
    )
    let (w2, b2) = (
      try #require(network.before["2.weight"]), try #require(network.before["2.bias"])
    )
    let targets = TracedNetwork.binaryTargets.doubles
    var expected: [String: Double] = [:]
    var (g1, h1) = ([Double](repeating: 0, count: 6), [0.0, 0, 0])
    var (g2, h2, cost) = ([0.0, 0, 0], 0.0, 0.0)
    for example in 0..<4 {
      let e = "s1-e\(example + 1)"
      let x = Array(TracedNetwork.inputs[2 * example..<2 * example + 2])
      let p1 = (0..<3).map { w1[2 * $0] * x[0] + w1[2 * $0 + 1] * x[1] + b1[$0] }
      let q1 = p1.map { tanh($0) }
      let d1 = p1.map { 1 / (cosh($0) * cosh($0)) }
      let p2 = w2[0] * q1[0] + w2[1] * q1[1] + w2[2] * q1[2] + b2[0]
      let q2 = 1 / (1 + exp(-p2))
      let d2 = exp(-p2) / ((1 + exp(-p2)) * (1 + exp(-p2)))
      let y = targets[example]
      cost += 0.5 * (q2 - y) * (q2 - y)
      let delta0 = (q2 - y) * d2
      let delta1 = (0..<3).map { w2[$0] * delta0 * d1[$0] }
      for node in 0..<2 { expected["\(e)-q0-\(node + 1)"] = x[node] }
      for node in 0..<3 {
        expected["\(e)-p1-\(node + 1)"] = p1[node]
        expected["\(e)-q1-\(node + 1)"] = q1[node]
        expected["\(e)-d1-\(node + 1)"] = d1[node]
        expected["\(e)-delta1-\(node + 1)"] = delta1[node]
        expected["\(e)-product-w2-1-\(node + 1)"] = delta0 * q1[node]
        g2[node] += delta0 * q1[node]
        h1[node] += delta1[node]
        for source in 0..<2 {
          expected["\(e)-product-w1-\(node + 1)-\(source + 1)"] = delta1[node] * x[source]
          g1[2 * node + source] += delta1[node] * x[source]
        }
      }
      h2 += delta0
      expected["\(e)-p2-1"] = p2
      expected["\(e)-q2-1"] = q2
      expected["\(e)-d2-1"] = d2
      expected["\(e)-y2-1"] = y
      expected["\(e)-c2-1"] = q2 - y
      expected["\(e)-delta2-1"] = delta0
    }
    func weight(_ name: String, _ value: Double, _ gradient: Double) {
      expected["s1-w-\(name)"] = value
      expected["s1-g-\(name)"] = gradient
      expected["s1-new-\(name)"] = value - rate * gradient
    }
    for node in 0..<3 {
      for source in 0..<2 {
        weight("w1-\(node + 1)-\(source + 1)", w1[2 * node + source], g1[2 * node + source])
      }
      weight("b1-\(node + 1)", b1[node], h1[node])
      weight("w2-1-\(node + 1)", w2[node], g2[node])
    }
    weight("b2-1", b2[0], h2)
    let numbers = step.sections.flatMap(\.numbers)
    #expect(Set(numbers.map(\.id)) == Set(expected.keys))
    #expect(numbers.count == expected.count)
    for number in numbers {
      let value = try #require(expected[number.id], "\(number.id)")
      #expect(abs(number.value - value) <= 1e-14, "\(number.id): \(number.value), not \(value)")
    }
    #expect(abs(step.loss - cost) <= 1e-14)
    #expect(step.loss == network.event.loss)
    #expect(step.largestDifference <= 1e-14)
  }

  /// The new weights of the explanation are those of the trainer, bit by bit.
  @Test(arguments: [DType.float32, .float64])
  func newWeightsAreThoseAfterTheStep(dtype: DType) throws {
    let network = try TracedNetwork(
      Self.twoLayers, loss: SquaredError(), targets: TracedNetwork.binaryTargets,
      optimizer: Adam(learningRate: 0.1),
      settings: TrainingSettings(dtype: dtype, shuffle: false), steps: 3)
    let step = try TextbookStep(network.trace)
    #expect(step.step == 3)
    var found = 0
    for (name, layer, width) in [("0.weight", 1, 2), ("2.weight", 2, 3)] {
      let (before, after) = (
        try #require(network.before[name]), try #require(network.after[name])
      )
      for index in after.indices {
        let id = "w\(layer)-\(index / width + 1)-\(index % width + 1)"
        #expect(step["s3-w-\(id)"]?.value == before[index])
        #expect(step["s3-new-\(id)"]?.value == after[index])
        found += 1
      }
    }
    #expect(found == 9)
    #expect(step.largestDifference <= (dtype == .float32 ? 1e-6 : 1e-14))
  }

  private static let optimizers: [any Optimizer] = [
    SGD(learningRate: 0.1), SGD(learningRate: 0.1, weightDecay: 0.25),
    SGD(learningRate: 0.1, maximize: true), SGD(learningRate: 0.1, momentum: 0.9),
    SGD(learningRate: 0.1, momentum: 0.9, weightDecay: 0.25, nesterov: true),
    SGD(learningRate: 0.1, momentum: 0.9, dampening: 0.5), Adam(learningRate: 0.1),
    Adam(learningRate: 0.1, weightDecay: 0.25, amsgrad: true),
    AdamW(learningRate: 0.1, weightDecay: 0.25), Adagrad(learningRate: 0.1),
  ]

  /// The formula of every update has the value that the optimizer computed.
  @Test(arguments: optimizers.indices, [1, 3])
  func updatesFollowTheirFormulas(index: Int, step: Int) throws {
    let network = try TracedNetwork(
      Self.twoLayers, loss: SquaredError(), targets: TracedNetwork.binaryTargets,
      optimizer: Self.optimizers[index],
      settings: TrainingSettings(
        dtype: .float64, shuffle: false, clipping: [.norm(maximum: 0.01)], l1Penalty: 0.001),
      steps: step)
    let explained = try TextbookStep(network.trace)
    #expect(explained.largestDifference <= 1e-14)
    let updates = explained.sections.flatMap(\.numbers).filter { $0.id.contains("-new-") }
    #expect(updates.count == 13)
    let hasFormula = !(Self.optimizers[index] is Adagrad)
    #expect(updates.allSatisfy { ($0.expression != nil) == hasFormula })
    // Clipped, and with the penalty's gradient, the optimizer received another gradient.
    for number in updates {
      let id = String(number.id.split(separator: "-new-")[1])
      let (raw, applied) = (
        try #require(explained["s\(step)-g-\(id)"]), try #require(explained["s\(step)-a-\(id)"])
      )
      #expect(raw.value != applied.value)
      if let rule = Self.optimizers[index] as? SGD, rule.momentum == 0 {
        #expect(number.expression?.references.contains(applied.id) == true)
      }
    }
  }

  private static let losses: [(loss: any Loss, outputs: Int, targets: HostTensor)] = [
    (SquaredError(), 1, TracedNetwork.binaryTargets),
    (MeanSquaredError(), 2, HostTensor([0.0, 1, 2, -1, 0.5, 0, 1, 1], shape: [4, 2])),
    (
      MeanSquaredError(reduction: .batchMean), 2,
      HostTensor([0.0, 1, 2, -1, 0.5, 0, 1, 1], shape: [4, 2])
    ),
    (BinaryCrossEntropyWithLogits(), 1, TracedNetwork.binaryTargets),
    (CrossEntropy(), 3, HostTensor([2, 0, 1, 2] as [Int32])),
    (CrossEntropy(reduction: .sum), 3, HostTensor([2, 0, 1, 2] as [Int32])),
    (
      CrossEntropy(), 2, HostTensor([0.25, 0.75, 1, 0, 0.5, 0.5, 0, 1], shape: [4, 2])
    ),
  ]

  /// ∂C/∂q of the engine is what the formula of each loss says.
  @Test(arguments: losses.indices) func lossesFollowTheirFormulas(index: Int) throws {
    let (loss, outputs, targets) = Self.losses[index]
    let network = try TracedNetwork(
      Model {
        Dense(3)
        ReLU()
        Dense(outputs)
      }, loss: loss, targets: targets, optimizer: SGD(learningRate: 0.1))
    let step = try TextbookStep(network.trace)
    let slopes = step.sections.flatMap(\.numbers).filter { $0.id.contains("-c2-") }
    #expect(slopes.count == 4 * outputs)
    #expect(slopes.allSatisfy { $0.expression != nil && $0.value != 0 })
    #expect(step.largestDifference <= 1e-14)
  }

  @Test func probabilitiesHaveTheirOwnLoss() throws {
    let network = try TracedNetwork(
      Self.twoLayers, loss: BinaryCrossEntropy(), targets: TracedNetwork.binaryTargets,
      optimizer: SGD(learningRate: 0.1))
    #expect(try TextbookStep(network.trace).largestDifference <= 1e-14)
  }

  private static let activations: [(layer: any Layer, function: @Sendable (Double) -> Double)] = [
    (Sigmoid(), { 1 / (1 + exp(-$0)) }), (Tanh(), { tanh($0) }), (ReLU(), { max(0, $0) }),
    (LeakyReLU(negativeSlope: 0.2), { $0 > 0 ? $0 : 0.2 * $0 }),
    (ELU(alpha: 1.5), { $0 > 0 ? $0 : 1.5 * (exp($0) - 1) }),
    (GELU(), { 0.5 * $0 * (1 + erf($0 / 2.0.squareRoot())) }), (SiLU(), { $0 / (1 + exp(-$0)) }),
    (Softplus(beta: 2), { log(1 + exp(2 * $0)) / 2 }),
  ]

  /// q and σ′ of each activation, with the derivative as a difference quotient.
  @Test(arguments: activations.indices) func activationsAreThoseOfTheLayer(index: Int) throws {
    let (layer, function) = Self.activations[index]
    let model = Model([layer, Dense(4), layer.named("renamed"), Dense(1)])
    let network = try TracedNetwork(
      model, loss: MeanSquaredError(), targets: TracedNetwork.binaryTargets,
      optimizer: SGD(learningRate: 0.1))
    let step = try TextbookStep(network.trace)
    #expect(step.largestDifference <= 1e-14)
    for example in 1...4 {
      for node in 1...2 {
        let p = try #require(step["s1-e\(example)-p0-\(node)"]?.value)
        let q = try #require(step["s1-e\(example)-q0-\(node)"]?.value)
        #expect(abs(q - function(p)) <= 1e-14)
      }
      for node in 1...4 {
        let p = try #require(step["s1-e\(example)-p1-\(node)"]?.value)
        let q = try #require(step["s1-e\(example)-q1-\(node)"]?.value)
        let slope = try #require(step["s1-e\(example)-d1-\(node)"]?.value)
        #expect(abs(q - function(p)) <= 1e-14)
        let quotient = (function(p + 1e-6) - function(p - 1e-6)) / 2e-6
        #expect(abs(slope - quotient) <= 1e-8, "\(layer.description) at \(p)")
      }
    }
  }

  /// A reference in a formula is a number of the step, which lists the formula among its uses.
  @Test func formulasReferToNumbers() throws {
    let network = try TracedNetwork(
      Self.twoLayers, loss: SquaredError(), targets: TracedNetwork.binaryTargets,
      optimizer: Adam(learningRate: 0.1))
    let step = try TextbookStep(network.trace)
    let numbers = step.sections.flatMap(\.numbers)
    #expect(Set(numbers.map(\.id)).count == numbers.count)
    for number in numbers {
      for id in number.expression?.references ?? [] {
        #expect(step[id] != nil, "\(id)")
        #expect(step.readers(of: id).contains(number.id))
      }
    }
    // q of the hidden node 1 is used by p of the output and by the product with Δ₀.
    #expect(step.readers(of: "s1-e1-q1-1") == ["s1-e1-d1-1", "s1-e1-p2-1", "s1-e1-product-w2-1-1"])
    #expect(step["s1-e1-q1-1"]?.symbol == "q₁⁽¹⁾[1]")
    #expect(step["s1-e2-delta1-3"]?.symbol == "Δ₁⁽²⁾[3]")
    #expect(step["s1-w-w1-2-1"]?.symbol == "w₀₁[2,1]")
    #expect(step["s1-g-b2-1"]?.symbol == "∂C/∂b₂[1]")
    let single = try TracedNetwork(
      Self.twoLayers, loss: SquaredError(), targets: TracedNetwork.binaryTargets,
      optimizer: SGD(learningRate: 0.1), examples: 1)
    #expect(try TextbookStep(single.trace)["s1-e1-delta2-1"]?.symbol == "Δ₀[1]")
  }

  /// With more products than are shown, the sums of the others complete the gradients.
  @Test func largeBatchesAreShownInPart() throws {
    let count = 600
    let inputs = (0..<2 * count).map { Double($0 % 17) / 17 - 0.5 }
    let data = try Dataset(
      name: "many", inputs: HostTensor(inputs, shape: [count, 2]),
      targets: HostTensor((0..<count).map { Double($0 % 2) }, shape: [count, 1]))
    let trainer = try Trainer(
      model: Self.twoLayers, loss: SquaredError(), optimizer: SGD(learningRate: 0.1), data: data,
      batchSize: count, settings: TrainingSettings(dtype: .float64))
    let (_, trace) = try #require(try trainer.tracedStep())
    let step = try TextbookStep(trace)
    #expect(step.examples == count)
    // 13 weights, at most 4,000 products.
    #expect(step.shownExamples == 307)
    #expect(step.sections.contains { $0.title == "The other 293 examples" })
    #expect(step.largestDifference <= 1e-13)
  }

  @Test func numbersOfOneLayerWithoutBias() throws {
    let network = try TracedNetwork(
      Model(Dense(1, bias: false)), loss: SquaredError(reduction: .sum),
      targets: TracedNetwork.binaryTargets, optimizer: SGD(learningRate: 0.1), examples: 1)
    let step = try TextbookStep(network.trace)
    let weights = try #require(network.before["weight"])
    let p = weights[0] * 0.5 - weights[1]
    #expect(abs(try #require(step["s1-e1-delta1-1"]).value - p) <= 1e-15)
    #expect(abs(try #require(step["s1-g-w1-1-2"]).value + p) <= 1e-15)
    #expect(step["s1-w-b1-1"] == nil)
  }
}
