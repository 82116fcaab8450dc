#if canImport(Glibc)
  import CTestSupport
  import Glibc
  import NNCore
  import NNData
  import NNGraph
  import NNKernels
  import NNLayers
  import NNLosses
  import NNOptimizers
  import NNTraining
  import Synchronization
  import Testing

  /// The system calls of a step after warm-up: only waiting for and waking threads.
  ///
  /// Each test runs in a separate process and ends it immediately, as threads that may make no
  /// system call cannot report. It watches the threads that compute: a test process has others.
  @Suite struct QuietStepTests {
    @Test(arguments: [1, 2, 3]) func aRunOfAPlanAllocatesNothing(threads: Int) async {
      await #expect(processExitsWith: .success) { [threads = threads as Int] in
        WorkerPool.setThreads(threads)
        let session = try QuietStepTests.convolutionalSession()
        for _ in 0..<20 { session.run() }
        let before = QuietStepTests.onEveryThread { Int(heap_request_count()) }
        for _ in 0..<200 { session.run() }
        let after = QuietStepTests.onEveryThread { Int(heap_request_count()) }
        #expect(before[0] > 0)
        // A few are for counting, whatever the number of runs.
        #expect(zip(before, after).allSatisfy { $1 - $0 < 20 }, "\(before) and \(after)")
      }
    }

    @Test(arguments: [1, 2, 3]) func aRunOfAPlanMakesNoSystemCall(threads: Int) async {
      await #expect(processExitsWith: .success) { [threads = threads as Int] in
        WorkerPool.setThreads(threads)
        let session = try QuietStepTests.convolutionalSession()
        for _ in 0..<20 { session.run() }
        let isForbidden = QuietStepTests.onEveryThread { forbid_system_calls() ? 1 : 0 }
        if isForbidden.contains(0) { _exit(EXIT_SUCCESS) }
        for _ in 0..<200 { session.run() }
        _exit(EXIT_SUCCESS)
      }
    }

    /// Batches are prepared on a separate thread here, which is not watched.
    @Test(arguments: [1, 2]) func trainingStepsMakeNoSystemCall(threads: Int) async {
      await #expect(processExitsWith: .success) { [threads = threads as Int] in
        WorkerPool.setThreads(threads)
        let trainer = try QuietStepTests.convolutionalTrainer()
        for _ in 0..<3 { try trainer.epoch() }
        let isForbidden = QuietStepTests.onEveryThread { forbid_system_calls() ? 1 : 0 }
        if isForbidden.contains(0) { _exit(EXIT_SUCCESS) }
        for _ in 0..<3 { try trainer.epoch() }
        _exit(EXIT_SUCCESS)
      }
    }

    /// Shows that the tests above can fail.
    @Test func aSystemCallThatIsForbiddenEndsTheProcess() async {
      await #expect(processExitsWith: .failure) {
        guard forbid_system_calls() else { _exit(EXIT_FAILURE) }
        _ = getppid()
        _exit(EXIT_SUCCESS)
      }
    }

    /// The results of a body on each of the pool's threads, the caller's first.
    private static func onEveryThread(_ body: @Sendable () -> Int) -> [Int] {
      let threads = WorkerPool.threads
      // No lock: it would make a system call for the thread's number.
      nonisolated(unsafe) let results = UnsafeMutablePointer<Int>.allocate(capacity: threads)
      results.initialize(repeating: 0, count: threads)
      defer { results.deallocate() }
      let arrived = Atomic(0)
      WorkerPool.run(chunks: threads) { _, worker in
        // No thread takes a second chunk before every thread has one.
        arrived.add(1, ordering: .sequentiallyConsistent)
        while arrived.load(ordering: .sequentiallyConsistent) < threads {}
        results[worker] = body()
      }
      return (0..<threads).map { results[$0] }
    }

    private static let model = Model {
      Conv2D(8, kernelSize: 3, padding: .same)
      BatchNorm2D()
      ReLU()
      MaxPool2D(2)
      Conv2D(16, kernelSize: 3, padding: .same)
      ReLU()
      Flatten()
      Dropout(0.25)
      Dense(10)
    }

    /// A training step with every kind of op that convolutional networks have.
    private static func convolutionalSession() throws -> Session {
      let graph = Graph()
      let input = graph.input("input", TensorType([32, 1, 28, 28], .float32))
      let target = graph.input("target", TensorType([32], .int32))
      let random = graph.input("random", TensorType([2], .int64))
      let layout = try model.layout(input: input.type)
      let built = model.build(
        in: graph, input: input, layout: layout, mode: .training, randomState: random)
      let loss = CrossEntropy()(built.value, target)
      let optimizer = Adam()
      let update = OptimizerStep(
        optimizer, parameters: built.parameters, gradient: built.gradient(of: loss))
      let variables = VariableStore()
      for (name, tensor) in try layout.initialVariables(seed: 1) { variables[name] = tensor }
      let session = Session(
        try Plan(graph, fetches: [("loss", loss)], updates: built.bufferUpdates + update.updates),
        variables: variables)
      session.write(
        OptimizerStep.scalarsName,
        optimizer.scalars(step: 1, learningRate: 1e-3, dtype: .float32))
      return session
    }

    private static func convolutionalTrainer() throws -> Trainer {
      let images = HostTensor(
        (0..<300 * 784).map { UInt8(truncatingIfNeeded: $0 &* 2_654_435_761 >> 7) },
        shape: [300, 1, 28, 28])
      let labels = HostTensor((0..<300).map { Int32($0 % 10) })
      return try Trainer(
        model: model, loss: CrossEntropy(), optimizer: Adam(),
        data: Dataset(name: "images", inputs: images, targets: labels), batchSize: 32)
    }
  }
#endif
