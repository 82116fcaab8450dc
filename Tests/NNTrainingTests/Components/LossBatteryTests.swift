import NNCore
import NNGraph
import NNLosses
import NNTestSupport
import NNTraining
import Testing

/// What every loss of the registry must hold, tried on its samples.
@Suite("Every loss") struct LossBatteryTests {
  /// The reductions that a config offers.
  private static let reductions = Reduction.allCases.filter { $0 != .none }

  /// Targets that are numbers have gradients, too: they may be outputs of the network.
  @Test("gradients of all tensors equal central differences", arguments: Registry.losses.names)
  func gradients(name: String) throws {
    for sample in try LossSample.samples(of: name) {
      for reduction in Self.reductions {
        try Self.graph(sample.loss(reduction), sample.batch(rows: 3))
          .expectGradients("\(sample.text), \(reduction)")
      }
    }
  }

  @Test("float32 is close to float64", arguments: Registry.losses.names)
  func precision(name: String) throws {
    for sample in try LossSample.samples(of: name) {
      let results = try [DType.float32, .float64].map { dtype in
        try Self.graph(sample.loss(), sample.batch(rows: 5, dtype: dtype)).results()
      }
      try DifferentiatedGraph.expectSimilar(results[0], results[1], sample.text)
    }
  }

  @Test("a loss is one number, for batches of any size", arguments: Registry.losses.names)
  func shapes(name: String) throws {
    for sample in try LossSample.samples(of: name) {
      for (reduction, rows) in Self.reductions.flatMap({ one in [1, 2, 7].map { (one, $0) } }) {
        let loss = try sample.loss(reduction)
        #expect(loss.name == name && loss.roles.count == sample.tensors.count)
        let batch = sample.batch(rows: rows)
        let value = try Self.value(loss, batch)
        #expect(value.shape == [], "\(sample.text), \(reduction)")
        // Perhaps no label counts.
        let counts = Self.divisor(loss, batch) != 0
        #expect(value.doubles[0].isFinite == counts, "\(sample.text), \(reduction)")
      }
    }
  }

  @Test(
    "the losses of batches, weighted by their divisors, give that of the whole",
    arguments: Registry.losses.names)
  func divisors(name: String) throws {
    for sample in try LossSample.samples(of: name) {
      for reduction in Self.reductions {
        try Self.expectSum(
          sample.loss(reduction), sample.batch(rows: 12), "\(sample.text), \(reduction)")
      }
    }
  }

  private static func expectSum(
    _ loss: any Loss, _ tensors: [HostTensor], _ label: String
  ) throws {
    var (sum, weight) = (0.0, 0.0)
    for rows in [0..<1, 1..<5, 5..<12] {
      let part = tensors.map { $0.rows(rows) }
      let share = divisor(loss, part)
      guard share != 0 else { continue }
      sum += try value(loss, part).doubles[0] * (share ?? 1)
      weight += share ?? 0
    }
    let whole = try value(loss, tensors)
    expectClose(
      [divisor(loss, tensors) == nil ? sum : sum / weight], whole.doubles, .float64, label)
  }

  /// Runs in a process of its own, because the number of threads belongs to the process.
  @Test("bits do not depend on the number of threads") func threads() async {
    await #expect(processExitsWith: .success) {
      for sample in LossSample.all {
        for dtype in [DType.float32, .float64] {
          let graph = try LossBatteryTests.graph(
            sample.loss(), sample.batch(rows: 4099, dtype: dtype))
          try expectSameBits(sample.text) { try graph.results() }
        }
      }
    }
  }

  @Test("samples are those of the registry") func samplesHaveRows() {
    #expect(Set(LossSample.all.map(\.kind)) == Set(Registry.losses.names))
  }

  // MARK: - The battery finds what is wrong

  @Test func wrongGradientsAndDivisorsAreFound() throws {
    let (left, right) = (HostTensor.normal([12, 3], seed: 1), HostTensor.normal([12, 3], seed: 2))
    // The square of the batch's mean error is not the mean of anything over examples.
    let nonlinear = CustomLoss { output, target in (output - target).abs().mean().square() }
    try Self.graph(nonlinear, [left, right]).expectGradients("square")
    withKnownIssue { try Self.expectSum(nonlinear, [left, right], "square") }
    let detached = CustomLoss { output, target in ((output - target) * output.detached()).mean() }
    withKnownIssue { try Self.graph(detached, [left, right]).expectGradients("detached") }
  }

  // MARK: -

  /// The loss, differentiated with respect to everything that it reads except labels.
  private static func graph(
    _ loss: any Loss, _ tensors: [HostTensor]
  ) throws -> DifferentiatedGraph {
    let graph = Graph()
    let values = tensors.enumerated().map { index, tensor in
      graph.input("tensor \(index)", TensorType(tensor.shape, tensor.dtype))
    }
    var (arguments, fixed) = ([DifferentiatedGraph.Argument](), [String: HostTensor]())
    for (index, tensor) in tensors.enumerated() {
      let name = "tensor \(index)"
      if tensor.dtype.isFloatingPoint {
        arguments.append(.init(name: name, value: values[index], tensor: tensor))
      } else {
        fixed[name] = tensor
      }
    }
    return try DifferentiatedGraph(
      graph, values: [(name: "loss", value: loss(values))], at: arguments, fixed: fixed)
  }

  private static func divisor(_ loss: any Loss, _ tensors: [HostTensor]) -> Double? {
    let target = zip(loss.roles, tensors).first { $0.0.kind == .target }?.1
    return loss.divisor(of: target ?? HostTensor([0.0]), examples: tensors[0].shape[0])
  }

  private static func value(_ loss: any Loss, _ tensors: [HostTensor]) throws -> HostTensor {
    try #require(try graph(loss, tensors).results(gradients: false)["loss"])
  }
}
