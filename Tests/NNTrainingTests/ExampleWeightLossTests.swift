import NNCore
import NNGraph
import NNLosses
import NNTestSupport
import NNTraining
import Testing

/// An example of weight 2 is the same example twice, one of weight 0 none: every loss of the
/// registry, with every reduction and option that decides what counts.
@Suite("weights of examples: losses") struct ExampleWeightLossTests {
  private static let weights = [2.0, 0, 3, 1]
  /// Each example as often as it weighs.
  private static let copies = [0, 0, 2, 2, 2, 3]

  /// Losses of the registry, each as a config describes it.
  private static let configs: [String] = Registry.losses.names.flatMap { name in
    ["mean", "sum", "batchmean"].flatMap { reduction -> [String] in
      let plain = "{reduction: \(reduction)}"
      let options =
        switch name {
        case "cross_entropy":
          [
            plain, "{reduction: \(reduction), ignore_index: 1}",
            "{reduction: \(reduction), weight: [0.5, 2, 4], ignore_index: 1, label_smoothing: 0.1}",
          ]
        case "focal":
          [plain, "{reduction: \(reduction), weight: [0.5, 2, 4], ignore_index: 1, gamma: 1}"]
        case "nll":
          [plain, "{reduction: \(reduction), weight: [0.5, 2, 4], ignore_index: 1}"]
        case "bce_with_logits":
          [plain, "{reduction: \(reduction), pos_weight: [1, 2, 3], weight: [3, 2, 1]}"]
        // An output for each target.
        case "quantile": ["{reduction: \(reduction), quantiles: 0.3}"]
        default: [plain]
        }
      return options.map { "{\(name): \($0)}" }
    }
  }

  private static func loss(_ text: String) throws -> any Loss {
    try #require(Config(yaml: smallConfig, overrides: ["loss=\(text)"]).makeLosses().first).loss
  }

  /// A tensor for each role of a loss.
  private static func tensors(of loss: any Loss, labels: Bool) -> [HostTensor] {
    var outputs = 0
    return loss.roles.map { role in
      guard role.kind == .output else {
        return labels
          ? HostTensor([2, 0, 1, 0] as [Int32]) : .random([4, 3], seed: 9, in: 0.1...0.9)
      }
      outputs += 1
      return .random([4, 3], seed: UInt64(outputs), in: 0.1...0.9)
    }
  }

  private static func rows(_ indices: [Int], of tensor: HostTensor) -> HostTensor {
    let width = tensor.elementCount / tensor.shape[0]
    let shape = tensor.shape.replacing(axis: 0, with: indices.count)
    guard tensor.dtype == .int32 else {
      let all = tensor.doubles
      return HostTensor(
        indices.flatMap { all[$0 * width..<($0 + 1) * width] }, shape: shape)
    }
    let all = tensor.scalars(as: Int32.self)
    return HostTensor(indices.map { all[$0] }, shape: shape)
  }

  /// A loss and its gradients with respect to the outputs.
  private static func evaluate(
    _ loss: any Loss, _ tensors: [HostTensor], weights: [Double]? = nil
  ) throws -> (value: Double, gradients: [[Double]]) {
    let graph = Graph()
    let values = tensors.enumerated().map {
      graph.input("x\($0)", TensorType($1.shape, $1.dtype))
    }
    let input = weights.map { graph.input("weights", TensorType([$0.count], .float64)) }
    let value = loss(values, weights: input)
    try graph.validate()
    let outputs = zip(loss.roles, values).filter { $0.0.kind == .output }.map(\.1)
    let gradients = graph.gradients(of: value, withRespectTo: outputs)
    let function = try Function(
      graph,
      outputs: [(name: "loss", value: value)]
        + gradients.enumerated().map { (name: "g\($0)", value: $1) })
    for (index, tensor) in tensors.enumerated() { try function.write("x\(index)", tensor) }
    if let weights { try function.write("weights", HostTensor(weights)) }
    try function.run()
    return (
      try function.readScalar("loss"),
      try gradients.indices.map { try function.read("g\($0)").doubles }
    )
  }

  @Test("value and gradients are those of repeated examples", arguments: configs)
  func repeated(text: String) throws {
    let loss = try Self.loss(text)
    let kinds = [true, false].filter { labels in
      labels
        ? loss.target.acceptsLabels
        : loss.target != .classLabels(ignoreIndex: 1)
          && loss.target != .classLabels(ignoreIndex: -100)
    }
    for labels in kinds {
      let tensors = Self.tensors(of: loss, labels: labels)
      let found = try Self.evaluate(loss, tensors, weights: Self.weights)
      let expected = try Self.evaluate(loss, tensors.map { Self.rows(Self.copies, of: $0) })
      expectClose([found.value], [expected.value], .float64, text)
      for (gradient, ofCopies) in zip(found.gradients, expected.gradients) {
        var sums = [Double](repeating: 0, count: 12)
        for (copy, row) in Self.copies.enumerated() {
          for column in 0..<3 { sums[row * 3 + column] += ofCopies[copy * 3 + column] }
        }
        expectClose(gradient, sums, .float64, text)
      }
    }
  }

  @Test("the divisor is that of repeated examples, and 0 where nothing counts", arguments: configs)
  func divisors(text: String) throws {
    let loss = try Self.loss(text)
    let target = Self.tensors(of: loss, labels: loss.target.acceptsLabels).last
    let tensor = try #require(target)
    let found = loss.divisor(of: tensor, examples: 4, weights: HostTensor(Self.weights))
    let expected = loss.divisor(of: Self.rows(Self.copies, of: tensor), examples: 6)
    #expect(found == expected)
    let nothing = loss.divisor(of: tensor, examples: 4, weights: HostTensor([0.0, 0, 0, 0]))
    #expect(nothing == (expected == nil ? nil : 0))
    // Two steps of each example.
    let numbers = HostTensor(zeros: [4], dtype: .float64)
    if !loss.target.acceptsLabels {
      #expect(
        loss.divisor(of: numbers, examples: 8, weights: HostTensor(Self.weights))
          == (expected == nil ? nil : 12))
    }
  }

  @Test("a mean over nothing is NaN, and its gradient 0")
  func nothing() throws {
    for loss in [MeanSquaredError(), CrossEntropy(), MeanSquaredError(reduction: .batchMean)]
      as [any Loss]
    {
      let tensors = Self.tensors(of: loss, labels: loss.target.acceptsLabels)
      let found = try Self.evaluate(loss, tensors, weights: [0, 0, 0, 0])
      #expect(found.value.isNaN)
      #expect(found.gradients == [[Double](repeating: 0, count: 12)])
    }
  }

  @Test("an infinite loss of weight 0 does not count")
  func infinite() throws {
    let loss = CustomLoss(reduction: .mean) { output, target in output / target }
    let found = try Self.evaluate(
      loss, [HostTensor([1.0, 4], shape: [2, 1]), HostTensor([0.0, 2], shape: [2, 1])],
      weights: [0, 5])
    #expect(found.value == 2)
  }

  @Test("a loss that is one number takes no weights")
  func scalar() {
    let numbers = HostTensor.random([4, 3])
    expectError("the loss `custom` has the shape [] for 4 examples with weights", "reduction") {
      _ = try Self.evaluate(
        CustomLoss { output, target in (output - target).mean() }, [numbers, numbers],
        weights: Self.weights)
    }
    struct Plain: Loss {
      var name: String { "plain" }
      var target: TargetKind { .numbers }
      func callAsFunction(_ output: Value, _ target: Value) -> Value { (output - target).mean() }
    }
    expectError("the loss `plain` is one number for all examples", "ReducedLoss") {
      _ = try Self.evaluate(Plain(), [numbers, numbers], weights: Self.weights)
    }
  }
}
