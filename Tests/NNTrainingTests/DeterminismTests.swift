import NNCore
import NNKernels
import NNTestSupport
import NNTraining
import Testing

/// The same config and seed produce the same bits.
@Suite struct DeterminismTests {
  private static let widerConvolution = ["model.0={linear: 512}", "model.1={reshape: [2, 16, 16]}"]
  private static let widerPerceptron = [
    "model.0={linear: 300}", "data.train={moons: {samples: 200}}", "data.batch_size=64",
  ]

  /// Large enough to be split into blocks: strides, groups of images, batch norm, dropout.
  private static let residual = [
    """
    model=[
      {linear: 1536}, {reshape: [3, 16, 32]},
      {conv2d: {out_channels: 16, kernel_size: 3, padding: 1, bias: false}}, batch_norm2d, relu,
      {residual: [
        {conv2d: {out_channels: 16, kernel_size: 3, padding: 1, bias: false}}, batch_norm2d, relu,
        {conv2d: {out_channels: 16, kernel_size: 3, padding: 1, bias: false}}, batch_norm2d]},
      relu, {conv2d: {out_channels: 32, kernel_size: 3, stride: 2, padding: 1}}, batch_norm2d,
      relu, {dropout: 0.2}, {adaptive_avg_pool2d: 1}, flatten, {linear: 3}]
    """, "epochs=2",
  ]

  /// Runs in a separate process, because the number of threads is global to the process.
  @Test func bitsDoNotDependOnTheNumberOfThreads() async {
    await #expect(processExitsWith: .success) {
      let configs = [
        (demandingConfig, DeterminismTests.widerPerceptron),
        (convolutionalConfig, DeterminismTests.widerConvolution),
        (convolutionalConfig, DeterminismTests.residual),
      ]
      for (yaml, overrides) in configs {
        let temporary = try TemporaryFolder()
        var first: [UInt8] = []
        var predictions: HostTensor?
        for threads in [1, 2, 3, 8] {
          WorkerPool.setThreads(threads)
          let folder = temporary.path("threads-\(threads)")
          try train(yaml, in: folder, overrides: overrides)
          let bytes = try modelBytes(folder)
          if threads == 1 { first = bytes }
          #expect(bytes == first, "\(threads) threads: \(overrides)")
          let model = try TrainedModel(folder: RunFolder(folder))
          let numbers = (0..<2 * 37).map { index -> Float in Float(index % 13) / 7 - 1 }
          let rows = HostTensor(numbers, shape: [37, 2])
          let predicted = try Predictor(model).predict(rows)
          if let predictions {
            expectIdentical(predicted, predictions, "predictions of \(threads) threads")
          } else {
            predictions = predicted
          }
        }
      }
    }
  }

  @Test func anotherSeedProducesOtherBits() throws {
    let temporary = try TemporaryFolder()
    try train(demandingConfig, in: temporary.path("a"))
    try train(demandingConfig, in: temporary.path("b"))
    try train(demandingConfig, in: temporary.path("c"), overrides: ["seed=12"])
    #expect(try modelBytes(temporary.path("a")) == modelBytes(temporary.path("b")))
    #expect(try modelBytes(temporary.path("a")) != modelBytes(temporary.path("c")))
  }
}
