import NNCore
import NNData
import NNTestSupport
import NNTraining
import Testing

/// What every augmentation of the registry must hold, tried on its samples.
@Suite("Every augmentation") struct AugmentationBatteryTests {
  /// A batch without its place in memory.
  struct Copy: Equatable {
    let input: Ports<HostTensor>
    let targets: HostTensor
    let indices: [Int]

    init(_ batch: Batch) {
      input = batch.input
      targets = batch.targets
      indices = Array(batch.indices)
    }

    static func == (left: Copy, right: Copy) -> Bool {
      left.input.names == right.input.names
        && zip(left.input.all, right.input.all).allSatisfy { $0 == $1 }
        && left.targets == right.targets && left.indices == right.indices
    }
  }

  private static func loader(
    _ data: Dataset, _ text: String?, seed: UInt64 = 7, batchSize: Int = 4,
    dtype: DType = .float64, prefetch: Bool = false
  ) throws -> BatchLoader {
    let plan = try text.map {
      try AugmentationPlan(AugmentationSample.make($0), for: data, seed: seed)
    }
    // The order of examples is the same for every seed of the augmentation.
    return try BatchLoader(
      dataset: data, batchSize: batchSize, shuffle: true, seed: 1, dtype: dtype,
      normalization: data.vocabulary == nil ? .fit(.standard, on: data) : .identity,
      augmentation: plan, prefetch: prefetch)
  }

  private static func batches(_ loader: BatchLoader, epochs: Int = 2) throws -> [Copy] {
    var all: [Copy] = []
    for _ in 0..<epochs { while let batch = try loader.next() { all.append(Copy(batch)) } }
    return all
  }

  /// The inputs of each example of the data set in an epoch.
  private static func examples(
    _ batches: [Copy], count: Int
  ) -> [[Double]] {
    var result = [[Double]](repeating: [], count: count)
    for batch in batches {
      let numbers = batch.input.values.doubles
      let width = numbers.count / batch.indices.count
      let lengths = batch.input.lengths?.scalars(as: Int32.self)
      for (index, example) in batch.indices.enumerated() {
        let own = numbers[index * width..<(index + 1) * width]
        // Padding depends on the batch.
        result[example] = Array(lengths.map { own.prefix(Int($0[index])) } ?? own)
      }
    }
    return result
  }

  @Test("samples are those of the registry") func samplesHaveRows() {
    #expect(Set(AugmentationSample.all.map(\.kind)) == Set(Registry.augmentations.names))
  }

  @Test(
    "without a chance or a size it changes nothing, to the last bit",
    arguments: AugmentationSample.all)
  func identity(sample: AugmentationSample) throws {
    guard let text = sample.identity else { return }
    for data in try sample.datasets() {
      // A crop of a given ratio is the whole of square images alone.
      let shape = data.inputShape
      guard sample.kind != "random_resized_crop" || shape[1] == shape[2] else { continue }
      for dtype in [DType.float32, .float64] {
        #expect(
          try Self.batches(Self.loader(data, text, dtype: dtype))
            == Self.batches(Self.loader(data, nil, dtype: dtype)), "\(text), \(data.name)")
      }
    }
  }

  @Test("shapes hold and numbers are finite", arguments: AugmentationSample.all)
  func shapes(sample: AugmentationSample) throws {
    for data in try sample.datasets() {
      let plain = try Self.batches(Self.loader(data, nil))
      let changed = try Self.batches(Self.loader(data, sample.text))
      #expect(plain.count == changed.count)
      for (before, after) in zip(plain, changed) {
        #expect(before.input.values.shape == after.input.values.shape, "\(data.name)")
        #expect(before.input.values.dtype == after.input.values.dtype, "\(data.name)")
        #expect(before.indices == after.indices)
        #expect(after.input.values.doubles.allSatisfy { $0.isFinite }, "\(data.name)")
        for length in after.input.lengths?.scalars(as: Int32.self) ?? [] { #expect(length >= 1) }
      }
    }
  }

  @Test("seeds and epochs differ, equal ones do not", arguments: AugmentationSample.all)
  func seeds(sample: AugmentationSample) throws {
    let data = try sample.datasets()[0]
    let first = try Self.batches(Self.loader(data, sample.text))
    #expect(try Self.batches(Self.loader(data, sample.text)) == first)
    #expect(try Self.batches(Self.loader(data, sample.text, prefetch: true)) == first)
    guard sample.isRandom else { return }
    #expect(try Self.batches(Self.loader(data, sample.text, seed: 8)) != first)
    let half = first.count / 2
    let epochs = [first[..<half], first[half...]].map {
      Self.examples(Array($0), count: data.count)
    }
    #expect(epochs[0] != epochs[1])
  }

  @Test("an example does not depend on its batch", arguments: AugmentationSample.all)
  func batchesDoNotMatter(sample: AugmentationSample) throws {
    let augmentation = try #require(AugmentationSample.make(sample.text).first)
    guard augmentation is any Augmentation else { return }
    for data in try sample.datasets() {
      let all = try [1, 4, 11].map { size in
        Self.examples(
          try Self.batches(Self.loader(data, sample.text, batchSize: size), epochs: 1),
          count: data.count)
      }
      #expect(all[0] == all[1] && all[1] == all[2], "\(data.name)")
      // Of a part of the data, an example is the one of its row in the source.
      let part = data.selecting([7, 2, 5])
      let few = Self.examples(
        try Self.batches(Self.partLoader(part, data, sample.text), epochs: 1), count: 3)
      #expect(few == [7, 2, 5].map { all[0][$0] }, "\(data.name)")
    }
  }

  /// A loader of a part with the normalisation of the whole.
  private static func partLoader(
    _ part: Dataset, _ whole: Dataset, _ text: String
  ) throws -> BatchLoader {
    try BatchLoader(
      dataset: part, batchSize: 2, dtype: .float64,
      normalization: whole.vocabulary == nil ? .fit(.standard, on: whole) : .identity,
      augmentation: AugmentationPlan(AugmentationSample.make(text), for: part, seed: 7))
  }

  @Test("a resumed epoch continues with the same bits", arguments: AugmentationSample.all)
  func resumption(sample: AugmentationSample) throws {
    let data = try sample.datasets()[0]
    let whole = try Self.batches(Self.loader(data, sample.text))
    let perEpoch = whole.count / 2
    for start in 0..<whole.count {
      let resumed = try Self.loader(data, sample.text, prefetch: true)
      _ = try resumed.next()
      resumed.seek(epoch: start / perEpoch, batch: start % perEpoch)
      #expect(Copy(try #require(try resumed.next())) == whole[start], "batch \(start)")
    }
  }
}
