#if canImport(Glibc)
  import CTestSupport
  import Glibc
  import NNData
  import NNLayers
  import NNLosses
  import NNOptimizers
  import NNTestSupport
  import NNTraining
  import Testing

  @Suite struct HeapTests {
    /// Runs in a separate process, because other tests allocate.
    @Test func aThousandStepsLeaveTheHeapAsItWas() async {
      await #expect(processExitsWith: .success) {
        let model = Model {
          Dense(64)
          ReLU()
          Dense(32)
          ReLU()
          Dense(2)
        }
        let trainer = try Trainer(
          model: model, loss: CrossEntropy(), optimizer: Adam(),
          data: DataGenerator(.moons, samples: 330).make(), batchSize: 32)
        // 10 steps of 32 examples and one of 10: both plans are made in the first epoch.
        for _ in 0..<20 { try trainer.epoch() }
        var counts = [HeapTests.liveBytes()]
        for _ in 0..<5 {
          for _ in 0..<91 { try trainer.epoch() }
          counts.append(HeapTests.liveBytes())
        }
        #expect(trainer.progress.step == (20 + 5 * 91) * 11)
        #expect(counts[0] > 0)
        // Freed blocks that a thread caches count as in use, and which thread frees a block varies,
        // so one round may differ. A leak would show in every round.
        #expect(zip(counts, counts.dropFirst()).contains { $0 == $1 }, "\(counts)")
      }
    }

    /// The first step creates the plan and allocates its memory; everything else is small.
    @Test func aSessionAllocatesWhatTheSummaryStates() async {
      await #expect(processExitsWith: .success) {
        let config = try Config(
          yaml: """
            data: {train: {blobs: {samples: 600, classes: 3}}, batch_size: 256}
            model:
              - linear: 784
              - reshape: [1, 28, 28]
              - conv2d: {out_channels: 32, kernel_size: 3, padding: same}
              - relu
              - max_pool2d: 2
              - flatten
              - linear: 3
            loss: cross_entropy
            optimizer: adam
            """)
        let summary = try ModelSummary(config: config)
        let trainer = try Trainer(
          model: config.makeModel(), loss: config.makeLoss(), optimizer: config.makeOptimizer(),
          data: DataGenerator(.blobs, samples: 600, classes: 3).make(),
          batchSize: config.data.batchSize)
        let before = HeapTests.liveBytes()
        _ = try trainer.step()
        let taken = HeapTests.liveBytes() - before
        let expected = summary.arenaByteCount + summary.inputByteCount
        #expect(summary.arenaByteCount > 10 << 20)
        // The instructions themselves, and the plan.
        #expect((0...512 << 10).contains(taken - expected), "\(taken) and \(expected)")
      }
    }

    /// Heap bytes in use, once the thread that prepares batches is idle.
    private static func liveBytes() -> Int {
      usleep(100_000)
      return live_heap_bytes()
    }
  }
#endif
