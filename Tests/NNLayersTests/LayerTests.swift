import NNCore
import NNGraph
import NNLayers
import NNTestSupport
import Testing

@Suite struct LayerTests {
  private func output(
    _ layers: [any Layer], _ input: HostTensor, mode: Mode = .evaluation,
    tensors: [String: HostTensor]? = nil, step: Int64 = 1
  ) throws -> HostTensor {
    let network = try Network(
      Model(layers), input: TensorType(input.shape, input.dtype), mode: mode, tensors: tensors)
    return try #require(try network.run(input, step: step)["output"])
  }

  @Test func denseIsAMatrixProductPlusBias() throws {
    let result = try output(
      [Dense(2)], HostTensor([1.0, 2, 3], shape: [1, 3]),
      tensors: [
        "0.weight": HostTensor([1.0, 0, -1, 2, 1, 0.5], shape: [2, 3]),
        "0.bias": HostTensor([10.0, 20]),
      ])
    #expect(result == HostTensor([8.0, 25.5], shape: [1, 2]))
  }

  /// A vertical edge under Prewitt's filter, by hand.
  @Test func convolutionDoesNotFlipItsKernel() throws {
    let image = HostTensor(
      [0.0, 0, 1, 1, 0, 0, 1, 1, 0, 0, 1, 1], shape: [1, 1, 3, 4])
    let kernel = HostTensor([-1.0, 0, 1, -1, 0, 1, -1, 0, 1], shape: [1, 1, 3, 3])
    let result = try output(
      [Conv2D(1, kernelSize: 3, bias: false)], image, tensors: ["0.weight": kernel])
    #expect(result == HostTensor([3.0, 3], shape: [1, 1, 1, 2]))
  }

  @Test func samePaddingPutsTheLargerHalfAtTheEnd() throws {
    let result = try output(
      [Conv2D(1, kernelSize: Size2D(height: 1, width: 2), padding: .same, bias: false)],
      HostTensor([1.0, 2, 3], shape: [1, 1, 1, 3]),
      tensors: ["0.weight": HostTensor([1.0, 10], shape: [1, 1, 1, 2])])
    #expect(result.doubles == [21, 32, 3])
  }

  @Test func batchNormUpdatesItsStatistics() throws {
    let input = HostTensor([1.0, 10, 3, 10, 8, 10], shape: [3, 2])
    let network = try Network(
      Model { BatchNorm1D() }, input: TensorType([3, 2], .float64), mode: .training)
    let result = try #require(try network.run(input)["output"])
    // Column 0: mean 4, biased variance 26/3, unbiased 13. Column 1: constant.
    let scale = 1 / (26.0 / 3 + 1e-5).squareRoot()
    expectClose(result.doubles, [-3 * scale, 0, -1 * scale, 0, 4 * scale, 0])
    expectClose(try #require(network.store["0.running_mean"]).doubles, [0.4, 1])
    expectClose(try #require(network.store["0.running_var"]).doubles, [2.2, 0.9])
    #expect(network.store["0.num_batches_tracked"] == HostTensor(scalar: Int64(1)))
  }

  @Test func cumulativeStatisticsWeighBatchesAlike() throws {
    let model = Model { BatchNorm1D(.init(momentum: nil)) }
    let network = try Network(model, input: TensorType([2, 1], .float64), mode: .training)
    for (low, high) in [(0.0, 2.0), (3, 7), (-4, 10)] {
      _ = try network.run(HostTensor([low, high], shape: [2, 1]))
    }
    expectClose(try #require(network.store["0.running_mean"]).doubles, [3])
    expectClose(try #require(network.store["0.running_var"]).doubles, [36])
    #expect(network.store["0.num_batches_tracked"] == HostTensor(scalar: Int64(3)))
  }

  @Test func evaluationLeavesStatisticsAlone() throws {
    let network = try Network(
      Model { BatchNorm1D() }, input: TensorType([1, 1], .float64), mode: .evaluation)
    let result = try #require(try network.run(HostTensor([5.0], shape: [1, 1]))["output"])
    expectClose(result.doubles, [5 / (1 + 1e-5).squareRoot()])
    #expect(network.output.bufferUpdates.isEmpty)
    #expect(network.store["0.running_mean"]?.doubles == [0])
  }

  @Test func layerNormByHand() throws {
    let result = try output([LayerNorm()], HostTensor([1.0, 2, 3, 6], shape: [1, 4]))
    let scale = 1 / (3.5 + 1e-5).squareRoot()
    expectClose(result.doubles, [-2 * scale, -scale, 0, 3 * scale])
  }

  @Test func dropoutKeepsTheExpectedShareAndScalesIt() throws {
    let count = 40_000
    let ones = HostTensor([Double](repeating: 1, count: count), shape: [1, count])
    let dropped = try output([Dropout(0.3)], ones, mode: .training)
    let kept = dropped.doubles.filter { $0 != 0 }
    #expect(kept.allSatisfy { abs($0 - 1 / 0.7) < 1e-12 })
    // Five standard deviations of a binomial distribution.
    let deviation = (0.7 * 0.3 / Double(count)).squareRoot()
    let share = Double(kept.count) / Double(count)
    #expect(abs(share - 0.7) < 5 * deviation)
    expectIdentical(try output([Dropout(0.3)], ones, mode: .training), dropped)
    #expect(try output([Dropout(0.3)], ones, mode: .training, step: 2) != dropped)
    expectIdentical(try output([Dropout(0.3)], ones), ones)
  }

  @Test func dropoutAtItsEnds() throws {
    let input = HostTensor([1.0, -2, 3], shape: [1, 3])
    expectIdentical(try output([Dropout(0)], input, mode: .training), input)
    #expect(try output([Dropout(1)], input, mode: .training).doubles == [0, 0, 0])
    expectIdentical(try output([Dropout(1)], input), input)
  }

  @Test func dropoutLayersDrawIndependently() throws {
    let ones = HostTensor([Double](repeating: 1, count: 4000), shape: [1, 4000])
    let both = try output([Concat(axis: 0, [[Dropout()], [Dropout()]])], ones, mode: .training)
    let (first, second) = (both.doubles.prefix(4000), both.doubles.suffix(4000))
    let equal = zip(first, second).count { $0 == $1 }
    #expect(abs(equal - 2000) < 160)
  }

  @Test(arguments: [
    ("[N, 24]", Flatten(), [2, 24]), ("from 2", Flatten(startDim: 2), [2, 3, 8]),
    ("1 to 2", Flatten(startDim: 1, endDim: 2), [2, 6, 4]),
    ("all", Flatten(startDim: 0), [48]), ("none", Flatten(startDim: -1), [2, 3, 2, 4]),
  ])
  func flattenShapes(name: String, layer: Flatten, shape: [Int]) throws {
    let input = HostTensor.normal([2, 3, 2, 4])
    expectIdentical(try output([layer], input), input.reshaped(to: Shape(shape)), name)
  }

  @Test func reshapeInfersOneExtent() throws {
    let input = HostTensor.normal([2, 12])
    expectIdentical(
      try output([Reshape([3, -1])], input), input.reshaped(to: [2, 3, 4]))
  }

  @Test func stepIsOneFromZeroOn() throws {
    let input = HostTensor([-1.0, -0.0, 0, 2], shape: [1, 4])
    #expect(try output([Step()], input).doubles == [0, 1, 1, 1])
  }

  @Test func residualAndConcatByHand() throws {
    let input = HostTensor([-1.0, 2], shape: [1, 2])
    #expect(try output([Residual { ReLU() }], input).doubles == [-1, 4])
    #expect(try output([Residual([])], input).doubles == [-2, 4])
    #expect(try output([Concat([[ReLU()], []])], input).doubles == [0, 2, -1, 2])
  }

  /// Graphs for training and evaluation have the same parameters with the same names.
  @Test func modesShareTheLayout() throws {
    let model = Model {
      Conv2D(2, kernelSize: 1); BatchNorm2D(); Dropout(); Flatten(); Dense(3)
    }
    let type = TensorType([2, 1, 2, 2], .float32)
    let training = try Network(model, input: type, mode: .training)
    let evaluation = try Network(model, input: type, mode: .evaluation)
    #expect(
      training.output.parameterValues.map(\.name) == evaluation.output.parameterValues.map(\.name))
    #expect(training.output.parameterValues.map(\.name) == training.layout.parameters.map(\.name))
    #expect(training.output.bufferUpdates.count == 3)
  }
}

/// The default axis of softmax.
@Suite struct SoftmaxAxisTests {
  @Test(
    "the axis of the features or classes",
    arguments: zip([[2, 3], [2, 4, 3], [2, 3, 4, 5]] as [Shape], [1, 2, 1]))
  func features(shape: Shape, axis: Int) throws {
    let numbers = (0..<shape.elementCount).map { Float($0 * 7 % 11) * 0.3 }
    let tensor = HostTensor(numbers, shape: shape)
    for (plain, given) in [
      (Softmax() as any Layer, Softmax(axis: axis) as any Layer),
      (LogSoftmax(), LogSoftmax(axis: axis)),
    ] {
      let results = try [plain, given].map { layer in
        try Network(Model(layer), input: TensorType(shape, .float32)).run(tensor)["output"]
      }
      #expect(results[0] == results[1])
    }
  }
}
