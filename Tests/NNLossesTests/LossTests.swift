import NNCore
import NNGraph
import NNLosses
import NNTestSupport
import Testing

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

@Suite struct LossTests {
  private let output = HostTensor([1.0, -2, 0.5, 4], shape: [2, 2])
  private let target = HostTensor([0.0, 1, 0.5, 1], shape: [2, 2])

  /// Differences 1, −3, 0 and 3.
  static let pointwise: [(any Loss, [Double], [Double])] = [
    (SquaredError(reduction: .none), [0.5, 4.5, 0, 4.5], [1, -3, 0, 3]),
    (MeanSquaredError(reduction: .none), [1, 9, 0, 9], [2, -6, 0, 6]),
    (AbsoluteError(reduction: .none), [1, 3, 0, 3], [1, -1, 0, 1]),
    (SmoothL1(beta: 2, reduction: .none), [0.25, 2, 0, 2], [0.5, -1, 0, 1]),
    (SmoothL1(beta: 0, reduction: .none), [1, 3, 0, 3], [1, -1, 0, 1]),
    (Huber(delta: 2, reduction: .none), [0.5, 4, 0, 4], [1, -2, 0, 2]),
    // At the boundary of the quadratic part both branches agree.
    (Huber(delta: 3, reduction: .none), [0.5, 4.5, 0, 4.5], [1, -3, 0, 3]),
  ]

  @Test(arguments: pointwise.indices)
  func lossesByHand(index: Int) throws {
    let (loss, values, gradients) = Self.pointwise[index]
    let result = try evaluate(loss, output, target)
    expectClose(result.value.doubles, values, .exact, loss.name)
    expectClose(result.gradient.doubles, gradients, .exact, loss.name)
  }

  @Test func reductions() throws {
    func value(_ reduction: Reduction) throws -> HostTensor {
      try evaluate(AbsoluteError(reduction: reduction), output, target).value
    }
    #expect(try value(.none).shape == [2, 2])
    #expect(try value(.mean) == HostTensor(scalar: 1.75))
    #expect(try value(.sum) == HostTensor(scalar: 7.0))
    #expect(try value(.batchMean) == HostTensor(scalar: 3.5))
  }

  @Test func crossEntropyByHand() throws {
    let logits = HostTensor([0.0, log(2), log(5), 1, 1, 1], shape: [2, 3])
    let labels = HostTensor([2, 0] as [Int32])
    let result = try evaluate(CrossEntropy(reduction: .none), logits, labels)
    expectClose(result.value.doubles, [log(8 / 5.0), log(3)])
    expectClose(
      result.gradient.doubles, [0.125, 0.25, -0.375, -2 / 3.0, 1 / 3.0, 1 / 3.0])
    let mean = try evaluate(CrossEntropy(), logits, labels)
    expectClose(mean.value.doubles, [log(4.8) / 2])
  }

  @Test func classWeightsWeightTheMean() throws {
    let logits = HostTensor([0.0, log(3), log(3), 0], shape: [2, 2])
    let labels = HostTensor([0, 0] as [Int32])
    let result = try evaluate(CrossEntropy(weight: [2, 100]), logits, labels)
    expectClose(result.value.doubles, [log(16 / 3.0) / 2])
  }

  @Test func ignoredExamplesDoNotCount() throws {
    let logits = HostTensor([0.0, log(3), .infinity, .nan], shape: [2, 2])
    let labels = HostTensor([1, -100] as [Int32])
    let result = try evaluate(CrossEntropy(), logits, labels)
    expectClose(result.value.doubles, [log(4 / 3.0)])
    let nothing = try evaluate(CrossEntropy(), logits, HostTensor([-100, -100] as [Int32]))
    #expect(nothing.value.doubles[0].isNaN)
    let finite = HostTensor([0.0, log(3), 1, 2], shape: [2, 2])
    let ignored = try evaluate(CrossEntropy(), finite, HostTensor([-100, -100] as [Int32]))
    #expect(ignored.value.doubles[0].isNaN && ignored.gradient.doubles == [0, 0, 0, 0])
    let weightless = try evaluate(
      CrossEntropy(weight: [0, 2]), finite, HostTensor([0, -100] as [Int32]))
    #expect(weightless.value.doubles[0].isNaN && weightless.gradient.doubles == [0, 0, 0, 0])
  }

  @Test func aSingleExampleNeedsNoBatchAxis() throws {
    let result = try evaluate(
      CrossEntropy(), HostTensor([0.0, log(3)]), HostTensor(scalar: Int32(1)))
    expectClose(result.value.doubles, [log(4 / 3.0)])
  }

  @Test(arguments: [DType.float32, .float64])
  func extremeLogitsStayFinite(dtype: DType) throws {
    let logits = HostTensor(doubles: [1e4, -1e4, -1e4, 1e4], shape: [2, 2], dtype: dtype)
    let binary = try evaluate(
      BinaryCrossEntropyWithLogits(reduction: .none), logits,
      HostTensor(doubles: [1, 1, 0, 0], shape: [2, 2], dtype: dtype))
    #expect(binary.value.doubles == [0, 1e4, 0, 1e4])
    #expect(binary.gradient.doubles == [0, -1, 0, 1])
    let classes = try evaluate(
      CrossEntropy(reduction: .none), logits, HostTensor([0, 0] as [Int32]))
    #expect(classes.value.doubles == [0, 2e4])
  }

  @Test func certainProbabilitiesStayFinite() throws {
    let result = try evaluate(
      BinaryCrossEntropy(reduction: .none), HostTensor([0.0, 1, 0, 1]),
      HostTensor([0.0, 1, 1, 0]))
    #expect(result.value.doubles == [0, 0, 100, 100])
    #expect(result.gradient.doubles.allSatisfy { $0.isFinite })
    #expect(result.gradient.doubles[2] < -1e11 && result.gradient.doubles[3] > 1e11)
  }

  /// Targets have gradients, too: they may be the output of another network.
  @Test func binaryCrossEntropyHasAGradientOfItsTarget() throws {
    let graph = Graph()
    let type = TensorType([3], .float64)
    let (output, target) = (graph.input("output", type), graph.input("target", type))
    let loss = BinaryCrossEntropy(reduction: .sum)(output, target)
    let gradient = graph.gradients(of: loss, withRespectTo: [target])[0]
    let session = Session(
      try Plan(graph, fetches: [("gradient", gradient)]), variables: VariableStore())
    session.write("output", HostTensor([0.2, 0.5, 0.9]))
    session.write("target", HostTensor([1, 0, 0.3]))
    session.run()
    expectClose(session.read("gradient").doubles, [log(4), 0, log(1 / 9.0)])
  }

  /// The second derivative of binary cross entropy is t/p² + (1 − t)/(1 − p)².
  @Test func binaryCrossEntropyDifferentiatesTwice() throws {
    let graph = Graph()
    let type = TensorType([2], .float64)
    let (output, target) = (graph.input("output", type), graph.input("target", type))
    let loss = BinaryCrossEntropy(reduction: .sum)(output, target)
    let first = graph.gradients(of: loss, withRespectTo: [output])[0]
    let second = graph.gradients(of: first.sum(), withRespectTo: [output])[0]
    let session = Session(
      try Plan(graph, fetches: [("second", second)]), variables: VariableStore())
    session.write("output", HostTensor([0.2, 0.6]))
    session.write("target", HostTensor([1.0, 0.25]))
    session.run()
    expectClose(
      session.read("second").doubles, [25, 0.25 / 0.36 + 4.6875])
  }

  @Test func divergenceByHand() throws {
    let output = HostTensor([log(0.5), log(0.5)], shape: [1, 2])
    let target = HostTensor([0.0, 1], shape: [1, 2])
    let result = try evaluate(KLDivergence(reduction: .batchMean), output, target)
    expectClose(result.value.doubles, [log(2)])
    expectClose(result.gradient.doubles, [0, -1])
    // PyTorch's default divides by the number of elements.
    let mean = try evaluate(KLDivergence(), output, target)
    expectClose(mean.value.doubles, [log(2) / 2])
    expectClose(mean.gradient.doubles, [0, -0.5])
  }

  @Test func aClosureIsALoss() throws {
    let loss = CustomLoss("cubic") { output, target in
      ((output - target).abs() * (output - target).square()).mean()
    }
    #expect(loss.name == "cubic")
    #expect(loss.target == .numbers)
    let result = try evaluate(loss, output, target)
    expectClose(result.value.doubles, [55.0 / 4], .exact)
  }

  @Test func lossesStateTheirTargets() {
    #expect(MeanSquaredError().target == .numbers)
    #expect(!MeanSquaredError().target.acceptsLabels)
    #expect(MeanSquaredError().target.ignoreIndex == nil)
    #expect(CrossEntropy(ignoreIndex: 3).target == .classLabelsOrDistributions(ignoreIndex: 3))
    #expect(NegativeLogLikelihood().target == .classLabels(ignoreIndex: -100))
    #expect(NegativeLogLikelihood().target.ignoreIndex == -100)
  }

  /// The divisor of each loss for a batch of 3 examples.
  @Test func lossesKnowTheirDivisor() {
    let labels = HostTensor([0, 2, 1] as [Int32])
    let numbers = HostTensor([0.0, 1, 1, 0, 1, 0], shape: [3, 2])
    func divisor(_ loss: any Loss, _ target: HostTensor) -> Double? {
      loss.divisor(of: target, examples: 3)
    }
    #expect(divisor(CrossEntropy(), labels) == 3)
    #expect(divisor(CrossEntropy(ignoreIndex: 2), labels) == 2)
    #expect(divisor(CrossEntropy(weight: [0.5, 2, 4], ignoreIndex: 2), labels) == 2.5)
    #expect(divisor(NegativeLogLikelihood(weight: [0.5, 2, 4]), labels) == 6.5)
    #expect(divisor(CrossEntropy(weight: [0, 2, 0], ignoreIndex: 1), labels) == 0)
    #expect(divisor(CrossEntropy(reduction: .batchMean), labels) == 3)
    #expect(divisor(CrossEntropy(weight: [1, 2]), numbers) == 3)
    for loss in [MeanSquaredError(), KLDivergence(), BinaryCrossEntropy()] as [any Loss] {
      #expect(divisor(loss, numbers) == 3)
    }
    let sums: [any Loss] = [
      CrossEntropy(reduction: .sum), NegativeLogLikelihood(reduction: .sum),
      MeanSquaredError(reduction: .sum), AbsoluteError(reduction: .sum), Huber(reduction: .sum),
      SmoothL1(reduction: .sum), SquaredError(reduction: .sum), KLDivergence(reduction: .sum),
      BinaryCrossEntropy(reduction: .sum), BinaryCrossEntropyWithLogits(reduction: .sum),
    ]
    for loss in sums {
      #expect(divisor(loss, loss.target.acceptsLabels ? labels : numbers) == nil, "\(loss.name)")
    }
    #expect(divisor(CustomLoss { output, _ in output.mean() }, numbers) == 3)
    let custom = CustomLoss(target: .classLabels(ignoreIndex: 1)) { output, _ in output.mean() }
    #expect(divisor(custom, labels) == 2)
  }

  @Test func lossesStateTheMeaningOfOutputs() {
    #expect(CrossEntropy().output == .classLogits && MeanSquaredError().output == .numbers)
    #expect(NegativeLogLikelihood().output == .classLogProbabilities)
    #expect(BinaryCrossEntropy().output == .binaryProbabilities)
    #expect(BinaryCrossEntropyWithLogits().output == .binaryLogits)
    #expect(OutputKind.binaryLogits.threshold == 0)
    #expect(OutputKind.binaryProbabilities.threshold == 0.5)
  }
}
