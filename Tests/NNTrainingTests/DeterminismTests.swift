import NNCore
import NNKernels
import NNTestSupport
import NNTraining
import Testing

/// The same config and seed give the same bits.
@Suite struct DeterminismTests {
  private static let widerConvolution = ["model.0={linear: 512}", "model.1={reshape: [2, 16, 16]}"]
  private static let widerPerceptron = [
    "model.0={linear: 300}", "data.train={moons: {samples: 200}}", "data.batch_size=64",
  ]

  /// Runs in a process of its own, because the number of threads belongs to the process.
  @Test func bitsDoNotDependOnTheNumberOfThreads() async {
    await #expect(processExitsWith: .success) {
      let configs = [
        (demandingConfig, DeterminismTests.widerPerceptron),
        (convolutionalConfig, DeterminismTests.widerConvolution),
      ]
      for (yaml, overrides) in configs {
        let temporary = try TemporaryFolder()
        var first: [UInt8] = []
        for threads in 1...3 {
          WorkerPool.setThreads(threads)
          let folder = temporary.path("threads-\(threads)")
          try train(yaml, in: folder, overrides: overrides)
          let bytes = try modelBytes(folder)
          if threads == 1 { first = bytes }
          #expect(bytes == first, "\(threads) threads: \(overrides)")
        }
      }
    }
  }

  @Test func anotherSeedGivesOtherBits() throws {
    let temporary = try TemporaryFolder()
    try train(demandingConfig, in: temporary.path("a"))
    try train(demandingConfig, in: temporary.path("b"))
    try train(demandingConfig, in: temporary.path("c"), overrides: ["seed=12"])
    #expect(try modelBytes(temporary.path("a")) == modelBytes(temporary.path("b")))
    #expect(try modelBytes(temporary.path("a")) != modelBytes(temporary.path("c")))
  }
}
