import Foundation
import NNCore
import NNData
import NNFormats
import NNLayers
import NNLosses
import NNOptimizers
import NNTestSupport
import NNTraining
import Testing

/// Training on inputs that stay in a file.
@Suite("Training from files") struct StreamedTrainingTests {
  private static let yaml = """
    name: streamed
    seed: 4
    data:
      train: {npy: x.npy, y: y.npy, stream: true}
      validation: {split: 0.25}
      batch_size: 8
      shuffle_window: 16
      normalize: standard
      augment:
        - random_horizontal_flip
        - random_crop: {padding: 1}
        - gaussian_noise: {sigma: 0.05}
        - mixup: {alpha: 0.4}
    model: [{conv2d: {out_channels: 4, kernel_size: 3}}, batch_norm2d, relu, flatten, {dropout: 0.2}, {linear: 3}]
    loss: cross_entropy
    optimizer: {adam: {lr: 0.01}}
    metrics: [accuracy]
    epochs: 3
    checkpoint: {every: 1, interval: step}
    log: {every: 1}
    """

  /// A folder with images of a type, and the config with their path.
  private static func workspace(
    _ dtype: DType = .uint8
  ) throws -> (folder: TemporaryFolder, config: String) {
    let folder = try TemporaryFolder()
    let count = 45
    let pixels = (0..<count * 3 * 36).map { Double(UInt8(truncatingIfNeeded: $0 &* 37 / 5)) }
    let images = HostTensor(doubles: pixels, shape: [count, 3, 6, 6], dtype: dtype)
    let labels = HostTensor((0..<count).map { Int64($0 % 3) })
    try NPY.write(images, to: folder.path("x.npy"))
    try NPY.write(labels, to: folder.path("y.npy"))
    try NPZ.write([("x", images), ("y", labels)], to: folder.path("a.npz"))
    let config = yaml.replacing("x.npy", with: folder.path("x.npy"))
      .replacing("y.npy", with: folder.path("y.npy"))
    return (folder, config)
  }

  /// The tensors of a run's weights, without the config in the file.
  private static func tensors(_ folder: String) throws -> [String: HostTensor] {
    let file = try SafeTensorsFile(contentsOf: RunFolder(folder).model)
    return Dictionary(uniqueKeysWithValues: file.tensors.map { ($0.name, $0.tensor) })
  }

  @Test(
    "the same bits as in memory, with and without a window", arguments: [DType.uint8, .float32])
  func equalsMemory(dtype: DType) throws {
    let (folder, config) = try Self.workspace(dtype)
    for (index, more) in [
      [], ["data.shuffle_window=null"], ["data.shuffle=false", "data.shuffle_window=null"],
    ].enumerated() {
      let (memory, file) = (folder.path("memory-\(index)"), folder.path("file-\(index)"))
      let changes = more + (dtype == .float32 ? ["data.augment=[random_horizontal_flip]"] : [])
      try train(config, in: memory, overrides: changes + ["data.train.stream=false"])
      try train(config, in: file, overrides: changes)
      let tensors = try Self.tensors(file)
      #expect(try tensors == Self.tensors(memory))
      #expect(tensors.count > 4)
      #expect(try rows(RunFolder(file).steps) == rows(RunFolder(memory).steps))
      // Seconds and samples per second are the last two columns.
      #expect(
        try rows(RunFolder(file).metrics, droppingLast: 2)
          == rows(RunFolder(memory).metrics, droppingLast: 2))
      // An array of an NPZ file as well.
      let archive = folder.path("archive-\(index)")
      try train(
        config, in: archive,
        overrides: changes + ["data.train={npz: \(folder.path("a.npz")), stream: true}"])
      #expect(try Self.tensors(archive) == tensors)
    }
  }

  @Test("a run interrupted in the middle of a streamed, augmented epoch ends with the same bits")
  func resumption() throws {
    let (folder, config) = try Self.workspace()
    let whole = folder.path("whole")
    let recorder = Recorder()
    try train(config, in: whole, observers: [recorder])
    // 34 training examples in batches of 8.
    #expect(recorder.steps.count == 15)
    for limit in [1, 3, 5, 7, 14] {
      let part = folder.path("after-\(limit)")
      #expect(try train(config, in: part, stoppingAfter: limit) == .interrupted)
      // Where the inputs are may change in the middle of an epoch.
      let other = limit == 3 ? ["data.train.stream=false"] : []
      #expect(try train(config, in: part, overrides: other, resumes: true) == .completed)
      #expect(try Self.tensors(part) == Self.tensors(whole), "interrupted after step \(limit)")
      #expect(try rows(RunFolder(part).steps) == rows(RunFolder(whole).steps))
    }
    let part = folder.path("changed")
    #expect(try train(config, in: part, stoppingAfter: 3) == .interrupted)
    expectError("data.shuffle_window 16 -> 20") {
      try train(config, in: part, overrides: ["data.shuffle_window=20"], resumes: true)
    }
  }

  @Test("bits do not depend on the number of threads")
  func threads() async {
    await #expect(processExitsWith: .success) {
      let (folder, config) = try StreamedTrainingTests.workspace()
      try expectSameBitsOnAllThreads(config, in: folder)
    }
  }

  @Test("a file that is cut in the middle of a training ends it with an error")
  func cut() throws {
    let (folder, _) = try Self.workspace()
    let path = folder.path("x.npy")
    let data = try Dataset(
      name: "images", inputs: RowFile(npy: path),
      targets: HostTensor((0..<45).map { Int32($0 % 3) }))
    let trainer = try Trainer(
      model: Model([Flatten(), Dense(3)]), loss: CrossEntropy(), optimizer: SGD(learningRate: 0.1),
      data: data, batchSize: 5)
    #expect(try trainer.step() != nil)
    try #require(FileHandle(forUpdatingAtPath: path)).truncate(atOffset: 1000)
    expectError("x.npy: has 1000 bytes", "start again", kind: .runFailed) {
      try trainer.epoch()
    }
  }

  @Test("a file that is replaced in the middle of a training is read as it was")
  func replaced() throws {
    let (folder, config) = try Self.workspace()
    let whole = folder.path("whole")
    try train(config, in: whole)
    let run = try TrainingRun(
      config: Config(yaml: config), folder: RunFolder(folder.path("run")), resumes: false)
    var count = 0
    _ = try run.run(observers: []) {
      count += 1
      if count == 2 { try? NPY.write(HostTensor(zeros: [1, 1]), to: folder.path("x.npy")) }
      return false
    }
    #expect(count > 2)
    #expect(try Self.tensors(folder.path("run")) == Self.tensors(whole))
  }

  @Test("predictions for data in a file are those for data in memory")
  func predictions() throws {
    let (folder, config) = try Self.workspace()
    try train(config, in: folder.path("run"), overrides: ["epochs=1"])
    let predictor = try Predictor(TrainedModel(folder: RunFolder(folder.path("run"))))
    let wide = HostTensor(
      (0..<131 * 108).map { UInt8(truncatingIfNeeded: $0 &* 91 / 7) }, shape: [131, 3, 6, 6])
    let path = folder.path("wide.npy")
    try NPY.write(wide, to: path)
    let data = try Dataset(
      name: "wide", inputs: RowFile(npy: path), targets: HostTensor(zeros: [131], dtype: .int32))
    #expect(try predictor.predict(data) == predictor.predict(wide))
  }

  @Test("options that contradict each other")
  func contradictions() throws {
    let (folder, config) = try Self.workspace()
    expectError(
      "with shuffle: false no examples are shuffled; leave `shuffle_window` out"
    ) { _ = try Config(yaml: config, overrides: ["data.shuffle=false"]) }
    expectError("the sampler draws rows from all data; leave `shuffle_window` out") {
      _ = try Config(yaml: config, overrides: ["data.sampler=balanced"])
    }
    expectError("`shuffle_window`") {
      _ = try Config(yaml: config, overrides: ["data.shuffle_window=1"])
    }
    expectError("tokens are read into memory; leave `stream` out") {
      _ = try Config(
        yaml: config, overrides: ["data.train={npz: a.npz, tokens: 7, stream: true}"])
    }
    expectError("`y`") {
      _ = try Config(yaml: config, overrides: ["data.train={npy: x.npy}"])
    }
    expectError("a.npz: array \"x\": is compressed") {
      try NPZ.write(
        [("x", HostTensor(zeros: [45, 3, 6, 6])), ("y", HostTensor(zeros: [45], dtype: .int64))],
        to: folder.path("a.npz"), compression: .deflated)
      try train(
        config, in: folder.path("none"),
        overrides: ["data.train={npz: \(folder.path("a.npz")), stream: true}"])
    }
  }
}
