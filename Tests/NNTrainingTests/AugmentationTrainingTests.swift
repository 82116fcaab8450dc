import NNCore
import NNData
import NNFormats
import NNLayers
import NNLosses
import NNOptimizers
import NNTestSupport
import NNTraining
import Testing

/// Training on augmented examples.
@Suite("Training with augmentation") struct AugmentationTrainingTests {
  /// Images with everything that may depend on order: shuffling, dropout, running statistics.
  private static let yaml = """
    name: augmented
    seed: 4
    data:
      train: {npz: images.npz}
      validation: {split: 0.25}
      batch_size: 8
      normalize: standard
      augment:
        - random_horizontal_flip
        - random_crop: {padding: 2}
        - random_affine: {degrees: 15, scale: [0.8, 1.2], interpolation: bilinear}
        - color_jitter: {brightness: 0.3, hue: 0.1}
        - gaussian_noise: {sigma: 0.05}
        - random_erasing: {p: 0.3}
        - mixup: {alpha: 0.4}
        - cutmix
    model: [{conv2d: {out_channels: 4, kernel_size: 3}}, batch_norm2d, relu, flatten, {dropout: 0.2}, {linear: 3}]
    loss: cross_entropy
    optimizer: {adam: {lr: 0.01}}
    metrics: [accuracy]
    epochs: 3
    checkpoint: {every: 1, interval: step}
    log: {every: 1}
    """

  /// A folder with the images, and the config with their path.
  private static func workspace() throws -> (folder: TemporaryFolder, config: String) {
    let folder = try TemporaryFolder()
    let count = 44
    let pixels = (0..<count * 3 * 64).map { UInt8(truncatingIfNeeded: $0 &* 37 / 5) }
    try NPZ.write(
      [
        ("x", HostTensor(pixels, shape: [count, 3, 8, 8])),
        ("y", HostTensor((0..<count).map { Int64($0 % 3) })),
      ], to: folder.path("images.npz"))
    return (folder, yaml.replacing("images.npz", with: folder.path("images.npz")))
  }

  @Test("a run interrupted in the middle of an epoch ends with the same bits")
  func resumption() throws {
    let (folder, config) = try Self.workspace()
    let whole = folder.path("whole")
    let recorder = Recorder()
    try train(config, in: whole, observers: [recorder])
    // 33 training examples in batches of 8.
    #expect(recorder.steps.count == 15)
    #expect(recorder.steps.allSatisfy { $0.loss.isFinite })
    for limit in [1, 3, 5, 8, 14] {
      let part = folder.path("after-\(limit)")
      #expect(try train(config, in: part, stoppingAfter: limit) == .interrupted)
      #expect(try train(config, in: part, resumes: true) == .completed)
      #expect(try modelBytes(part) == modelBytes(whole), "interrupted after step \(limit)")
      #expect(try rows(RunFolder(part).steps) == rows(RunFolder(whole).steps))
    }
  }

  @Test("bits do not depend on the number of threads")
  func threads() async {
    await #expect(processExitsWith: .success) {
      let (folder, config) = try AugmentationTrainingTests.workspace()
      try expectSameBitsOnAllThreads(config, in: folder)
    }
  }

  @Test("evaluation, metrics and normalization are of unchanged examples")
  func unchanged() throws {
    let data = try DataGenerator(.moons, samples: 60, noise: 0.1, seed: 3).make()
    func trainer(_ augmentation: [any DataAugmentation]) throws -> Trainer {
      try Trainer(
        model: Model {
          Dense(8); Tanh(); Dense(2)
        }, loss: CrossEntropy(), optimizer: SGD(learningRate: 0.1),
        data: data, batchSize: 20, seed: 2,
        settings: TrainingSettings(
          dtype: .float64, normalization: .standard, augmentation: augmentation))
    }
    let (plain, noisy) = (try trainer([]), try trainer([GaussianNoise(sigma: 5)]))
    #expect(plain.normalization == noisy.normalization)
    #expect(try plain.evaluate(on: data).loss == noisy.evaluate(on: data).loss)
    _ = try (plain.step(), noisy.step())
    #expect(try plain.evaluate(on: data).loss != noisy.evaluate(on: data).loss)
    // No noise is no change, to the last bit.
    let (again, silent) = (try trainer([]), try trainer([GaussianNoise(sigma: 0)]))
    for _ in 0..<3 { #expect(try again.epoch().trainLoss == silent.epoch().trainLoss) }
  }

  /// The loss of mixed labels is the mixture of the losses of both labels.
  @Test("the first loss with mixup is λ · loss of the own + (1 − λ) · loss of the other label")
  func mixedLoss() throws {
    let data = try DataGenerator(.blobs, samples: 12, classes: 3, seed: 3).make()
    let seed: UInt64 = 5
    func trainer(_ data: Dataset, _ augmentation: [any DataAugmentation]) throws -> Trainer {
      try Trainer(
        model: Model {
          Dense(7); Tanh(); Dense(4)
        }, loss: CrossEntropy(labelSmoothing: 0.1),
        optimizer: SGD(learningRate: 0.1), data: data, batchSize: 12, seed: seed,
        settings: TrainingSettings(
          dtype: .float64, shuffle: false, augmentation: augmentation))
    }
    let mixing = try trainer(data, [Mixup(alpha: 1)])
    let initial = try mixing.weights()
    // The mixed inputs, with each of the two labels.
    let plan = try AugmentationPlan([Mixup(alpha: 1)], for: data, seed: seed, classes: 4)
    let mixed = try plan.examples(Array(0..<12), of: data, epoch: 0)
    let labels = data.targets.scalars(as: Int32.self)
    let pairs = (0..<12).map { (labels[$0], labels[($0 + 11) % 12]) }
    let example = try #require(pairs.firstIndex { $0 != $1 })
    let share = mixed.targets.doubles[example * 4 + Int(pairs[example].0)]
    let losses = try [pairs.map(\.0), pairs.map(\.1)].map { labels in
      let labelled = try Dataset(name: "mixed", inputs: mixed.inputs, targets: HostTensor(labels))
      let other = try trainer(labelled, [])
      try other.load(Dictionary(uniqueKeysWithValues: initial.map { ($0.name, $0.tensor) }))
      return try #require(try other.step()).loss
    }
    let loss = try #require(try mixing.step()).loss
    expectClose(
      [loss], [share * losses[0] + (1 - share) * losses[1]], Tolerance(relative: 1e-12))
  }

  @Test("what does not go together is refused with its line")
  func problems() throws {
    let (folder, yaml) = try Self.workspace()
    defer { withExtendedLifetime(folder) {} }
    let root = yaml.replacing("- color_jitter: {brightness: 0.3, hue: 0.1}", with: "- time_warp")
    expectError(
      "config.yaml:12:", "`time_warp` changes series, and examples of shape [3, 8, 8] are images",
      "hint: images are [channels, height, width]"
    ) { _ = try TrainingRun.check(Config(yaml: root)) }
    expectError(
      "config.yaml:15:",
      "`mixup` mixes labels to distributions, and the loss `nll` takes labels",
      "hint: use cross_entropy"
    ) {
      _ = try Config(
        yaml: yaml.replacing("loss: cross_entropy", with: "loss: nll"))
    }
    expectError("`mixup` mixes targets, and adversarial training") {
      _ = try Config(yaml: yaml, overrides: ["adversarial={fgsm: {eps: 0.1}}"])
    }
    expectError("`mixup` mixes one target, and there are 2 losses") {
      _ = try Config(
        yaml: yaml, overrides: ["loss=[{cross_entropy: {}, name: a}, {cross_entropy: {}, name: b}]"]
      )
    }
    expectError("unknown augmentation `random_flip`") {
      _ = try Config(yaml: yaml, overrides: ["data.augment=[random_flip]"])
    }
    expectError("`scale` is [least, greatest], not [2.0, 1.0]") {
      _ = try Config(yaml: yaml, overrides: ["data.augment=[{random_affine: {scale: [2, 1]}}]"])
    }
    expectError("`kernel_size` must be odd, not 4") {
      _ = try Config(yaml: yaml, overrides: ["data.augment=[{gaussian_blur: {kernel_size: 4}}]"])
    }
    expectError("`p` expects a number from 0 to 1, gets 2") {
      _ = try Config(yaml: yaml, overrides: ["data.augment=[{random_vertical_flip: {p: 2}}]"])
    }
    expectError("`hue` is at most 0.5") {
      _ = try Config(yaml: yaml, overrides: ["data.augment=[{color_jitter: {hue: 0.7}}]"])
    }
  }

  @Test("a config without augmentations is written as before, one with them reads back")
  func written() throws {
    let yaml = Self.yaml
    let config = try Config(yaml: yaml)
    #expect(config.data.augment.map(\.kind).count == 8)
    #expect(try Config(yaml: config.resolvedYAML, source: "augmented.yaml") == config)
    let plain = try Config(yaml: yaml, overrides: ["data.augment=[]"])
    #expect(!plain.resolvedYAML.contains("augment:"))
  }
}
