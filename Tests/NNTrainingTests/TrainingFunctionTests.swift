import NNCore
import NNData
import NNGraph
import NNLayers
import NNLosses
import NNOptimizers
import NNTestSupport
import NNTraining
import Testing

/// Training loops of a program's own.
@Suite struct TrainingFunctionTests {
  private let rows = HostTensor.random([6, 3], seed: 1)
  private let targets = HostTensor.random([6, 2], seed: 2)

  /// A network in a graph with its weights.
  private struct Setup {
    let graph = Graph()
    let variables = VariableStore()
    let layout: ParameterLayout
    let network: Model.Output
    let loss: Value

    init(
      _ model: Model, grouping: ParameterGrouping = ParameterGrouping(), seed: UInt64 = 42
    ) throws {
      let x = graph.input("x", TensorType([6, 3], .float64))
      let y = graph.input("y", TensorType([6, 2], .float64))
      layout = try model.layout(input: x.type, grouping: grouping)
      variables.merge(try layout.initialVariables(seed: seed))
      network = model.build(in: graph, input: x, layout: layout, mode: .training)
      loss = MeanSquaredError()(network.value, y)
    }

    func weights() throws -> [String: [Double]] {
      Dictionary(
        try layout.tensors(in: variables).map { ($0.name, $0.tensor.doubles) },
        uniquingKeysWith: { $1 })
    }
  }

  private let model = Model {
    Dense(4)
    BatchNorm1D()
    Tanh()
    Dense(2)
  }

  private var inputs: [String: HostTensor] { ["x": rows, "y": targets] }

  /// The same losses, weights and running statistics as a `Trainer` with one batch per epoch.
  @Test func stepsAreThoseOfATrainer() throws {
    let setup = try Setup(model)
    let step = try TrainingFunction(
      minimizing: setup.loss, over: setup.network, optimizer: Adam(learningRate: 0.05),
      clipping: [.norm(maximum: 0.5)], variables: setup.variables)
    let trainer = try Trainer(
      model: model, loss: MeanSquaredError(), optimizer: Adam(learningRate: 0.05),
      data: try Dataset(name: "rows", inputs: rows, targets: targets), batchSize: 6,
      settings: TrainingSettings(
        dtype: .float64, shuffle: false, clipping: [.norm(maximum: 0.5)]))
    for _ in 0..<5 { expectClose([try step(inputs)], [try trainer.epoch().trainLoss]) }
    #expect(step.step == 5)
    let weights = try setup.weights()
    for (name, tensor) in try trainer.weights() {
      expectClose(try #require(weights[name]), tensor.doubles, .float64, name)
    }
  }

  /// w ← w − lr · 2/N · Xᵀ(Xw − y), by loops.
  @Test func gradientDescentFollowsTheFormula() throws {
    let setup = try Setup(Model([Dense(2, bias: false)]))
    var weights = try #require(try setup.weights()["0.weight"])
    let step = try TrainingFunction(
      minimizing: setup.loss, over: setup.network, optimizer: SGD(learningRate: 0.1),
      variables: setup.variables)
    let (x, y) = (rows.doubles, targets.doubles)
    for _ in 0..<3 {
      var (loss, gradient) = (0.0, [Double](repeating: 0, count: 6))
      for row in 0..<6 {
        for output in 0..<2 {
          let error = (0..<3).reduce(-y[row * 2 + output]) {
            $0 + x[row * 3 + $1] * weights[output * 3 + $1]
          }
          loss += error * error / 12
          for input in 0..<3 { gradient[output * 3 + input] += error * x[row * 3 + input] / 6 }
        }
      }
      // Half of the optimizer's learning rate.
      for index in weights.indices { weights[index] -= 0.05 * gradient[index] }
      expectClose([try step(inputs) { $0 / 2 }], [loss])
    }
    expectClose(try #require(try setup.weights()["0.weight"]), weights)
  }

  /// A loss may depend on another network, whose weights and statistics stay as they are.
  @Test func onlyOneNetworkIsUpdated() throws {
    let (graph, variables) = (Graph(), VariableStore())
    let x = graph.input("x", TensorType([6, 3], .float64))
    let (first, second) = (try model.layout(input: x.type, name: "first"), Model([Dense(1)]))
    let last = try second.layout(input: TensorType([6, 2], .float64), name: "second")
    variables.merge(try first.initialVariables(seed: 1))
    variables.merge(try last.initialVariables(seed: 2))
    let built = model.build(in: graph, input: x, layout: first, mode: .training)
    let onTop = second.build(in: graph, input: built.value, layout: last, mode: .training)
    let loss = onTop.value.square().mean()
    func changed(by step: TrainingFunction) throws -> Set<String> {
      let old = try [first, last].map { try $0.tensors(in: variables) }
      try step(["x": rows])
      var changed: Set<String> = []
      for (layout, before) in zip([first, last], old) {
        for (one, other) in zip(try layout.tensors(in: variables), before)
        where one.tensor != other.tensor {
          changed.insert("\(layout.name ?? "").\(one.name)")
        }
      }
      return changed
    }
    let upper = try TrainingFunction(
      minimizing: loss, over: onTop, optimizer: Adam(), variables: variables)
    #expect(try changed(by: upper) == ["second.0.weight", "second.0.bias"])
    let lower = try TrainingFunction(
      minimizing: loss, over: built, optimizer: Adam(), variables: variables)
    #expect(try changed(by: lower) == Set(first.entries.map { "first.\($0.name)" }))
    #expect(
      variables.names.filter { $0.contains("exp_avg") }.sorted() == [
        "optimizer.first.exp_avg", "optimizer.first.exp_avg_sq", "optimizer.second.exp_avg",
        "optimizer.second.exp_avg_sq",
      ])
  }

  @Test func groupsHaveOptimizersOfTheirOwn() throws {
    let grouping = ParameterGrouping(frozen: ["0.*"], groups: [["3.bias"]])
    let setup = try Setup(model, grouping: grouping)
    let before = try setup.weights()
    let step = try TrainingFunction(
      minimizing: setup.loss, over: setup.network, optimizer: SGD(learningRate: 0.1),
      groupOptimizers: [SGD(learningRate: 0)], variables: setup.variables)
    try step(inputs)
    let after = try setup.weights()
    for name in ["0.weight", "0.bias", "3.bias"] { #expect(before[name] == after[name], "\(name)") }
    for name in ["1.weight", "3.weight"] { #expect(before[name] != after[name], "\(name)") }
    expectError("0 group optimizers for 1 groups with patterns") {
      _ = try TrainingFunction(
        minimizing: setup.loss, over: setup.network, optimizer: SGD(learningRate: 0.1),
        variables: setup.variables)
    }
  }

  @Test func outputsAreThoseBeforeTheUpdate() throws {
    let setup = try Setup(model)
    let count = setup.graph.variable("count", TensorType([], .float64))
    let step = try TrainingFunction(
      minimizing: setup.loss, over: setup.network, optimizer: SGD(learningRate: 0.1),
      outputs: ["double": setup.loss * 2], updates: [(count, count + 1)],
      variables: setup.variables)
    for _ in 0..<3 {
      let loss = try step(inputs)
      #expect(try step.read("double").doubles == [2 * loss])
    }
    #expect(setup.variables["count"]?.doubles == [3])
  }

  /// Continued with the number of steps and the store of an earlier function.
  @Test func optimizerStateIsInTheStore() throws {
    func losses(_ change: Bool) throws -> [Double] {
      let setup = try Setup(model)
      func function() throws -> TrainingFunction {
        try TrainingFunction(
          minimizing: setup.loss, over: setup.network, optimizer: Adam(learningRate: 0.05),
          variables: setup.variables)
      }
      var step = try function()
      return try (0..<6).map { index in
        if change, index == 3 {
          step = try function()
          step.step = 3
        }
        return try step(inputs)
      }
    }
    #expect(try losses(true) == losses(false))
  }

  @Test func aLossThatIsNotFiniteChangesNothing() throws {
    let setup = try Setup(model)
    let step = try TrainingFunction(
      minimizing: setup.loss, over: setup.network, optimizer: Adam(),
      variables: setup.variables)
    try step(inputs)
    let before = try setup.weights().filter { !$0.key.hasPrefix("1.running") }
    let infinite = HostTensor([Double](repeating: .infinity, count: 12), shape: [6, 2])
    expectError("the loss became inf at step 2", kind: .runFailed) {
      _ = try step(["x": rows, "y": infinite])
    }
    #expect(step.step == 1)
    let after = try setup.weights()
    for (name, numbers) in before where name.hasSuffix("weight") || name.hasSuffix("bias") {
      #expect(after[name] == numbers, "\(name)")
    }
    // And training continues.
    #expect(try step(inputs).isFinite)
  }

  @Test func mistakesAreErrors() throws {
    let setup = try Setup(model)
    expectError("gradients need a scalar loss") {
      _ = try TrainingFunction(
        minimizing: setup.network.value, over: setup.network, optimizer: Adam(),
        variables: setup.variables)
    }
    let other = try Setup(model)
    expectError("no variable `parameters`", "layout.initialVariables") {
      _ = try TrainingFunction(
        minimizing: other.loss, over: other.network, optimizer: Adam(), variables: VariableStore())
    }
    let step = try TrainingFunction(
      minimizing: other.loss, over: other.network, optimizer: Adam(), variables: other.variables)
    expectError("input `y` is missing") { try step(["x": rows]) }
    expectError("there is no input `z`") { try step(["z": rows]) }
  }

  // MARK: - Trained models of weights

  /// A part of a network predicts with the weights of the whole, also from a file.
  @Test func aPartOfANetworkPredicts() throws {
    let setup = try Setup(model)
    let weights = try setup.layout.tensors(in: setup.variables)
    let part = Model([Dense(4)])
    let signature = InputSignature(["x": TensorType([3], .float64)], dtype: .float64)
    let trained = try TrainedModel(model: part, signature: signature, weights: weights)
    let found = try Predictor(trained).predict(rows).doubles
    let (weight, bias) = (weights[0].tensor.doubles, weights[1].tensor.doubles)
    let x = rows.doubles
    let expected = (0..<24).map { index in
      let (row, unit) = (index / 4 * 3, index % 4 * 3)
      var sum = bias[index % 4]
      for column in 0..<3 { sum += x[row + column] * weight[unit + column] }
      return sum
    }
    expectClose(found, expected)
    let folder = try TemporaryFolder()
    try trained.save(to: folder.path("part.safetensors"))
    let again = try TrainedModel(contentsOf: folder.path("part.safetensors"), model: part)
    #expect(try Predictor(again).predict(rows).doubles == found)
    expectError("`1.weight` [4] is missing") {
      _ = try TrainedModel(
        model: model, signature: signature, weights: Array(weights.prefix(2)))
    }
  }
}
