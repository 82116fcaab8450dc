import NNCore
import NNData
import NNTestSupport
import Testing

/// Mixed batches, and augmentations that do not suit the data.
@Suite("Augmentation of data sets") struct AugmentationPlanTests {
  private func images(
    _ shape: Shape = [1, 3, 4], targets: HostTensor? = nil, count: Int = 5
  ) throws -> Dataset {
    let whole = Shape([count] + shape.dimensions)
    return try Dataset(
      name: "toy",
      inputs: HostTensor(
        (0..<whole.elementCount).map { Double($0 % 13) / 13 }, shape: whole),
      targets: targets ?? HostTensor((0..<count).map { Int32($0 % 3) }))
  }

  private func batch(
    _ augmentations: [any DataAugmentation], _ data: Dataset, classes: Int? = nil,
    dtype: DType = .float64
  ) throws -> Batch {
    let plan = try AugmentationPlan(augmentations, for: data, seed: 3, classes: classes)
    return try #require(
      try BatchLoader(dataset: data, batchSize: data.count, dtype: dtype, augmentation: plan).next()
    )
  }

  @Test(
    "mixup mixes inputs, labels, numbers and weights in one proportion",
    arguments: [DType.float32, .float64])
  func mixup(dtype: DType) throws {
    let count = 5
    let weights = [1.0, 2, 0.5, 3, 4]
    let data = try images().weighted(by: weights)
    let mixed = try batch([Mixup(alpha: 1)], data, classes: 4, dtype: dtype)
    let share = try #require(mixed.targets.doubles.max())
    let labels = data.targets.scalars(as: Int32.self).map { Int($0) }
    // The own share is that of the label of example 1, whose partner has another one.
    let own = mixed.targets.doubles[4 + labels[1]]
    #expect(own > 0 && own < 1 && share <= 1)
    let inputs = data.inputs.doubles
    let width = inputs.count / count
    let tolerance = Tolerance(absolute: dtype == .float32 ? 1e-6 : 1e-12)
    var expected = [Double](repeating: 0, count: inputs.count)
    var distributions = [Double](repeating: 0, count: count * 4)
    var expectedWeights: [Double] = []
    for example in 0..<count {
      let other = (example + count - 1) % count
      for element in 0..<width {
        expected[example * width + element] =
          own * inputs[example * width + element] + (1 - own) * inputs[other * width + element]
      }
      distributions[example * 4 + labels[example]] += own
      distributions[example * 4 + labels[other]] += 1 - own
      expectedWeights.append(own * weights[example] + (1 - own) * weights[other])
    }
    expectClose(mixed.inputs.doubles, expected, tolerance)
    expectClose(mixed.targets.doubles, distributions, tolerance)
    #expect(mixed.targets.shape == [5, 4] && mixed.targets.dtype == dtype)
    expectClose(try #require(mixed.weights).doubles, expectedWeights, tolerance)

    let numbers = HostTensor((0..<10).map(Double.init), shape: [5, 2])
    let regression = try batch([Mixup(alpha: 1)], images(targets: numbers), dtype: dtype)
    let values = numbers.doubles
    expectClose(
      regression.targets.doubles,
      (0..<10).map { own * values[$0] + (1 - own) * values[($0 + 8) % 10] }, tolerance)
  }

  @Test("cutmix takes a rectangle of the other image, and labels by its area")
  func cutMix() throws {
    let data = try images([2, 6, 7])
    let inputs = data.inputs.doubles
    let labels = data.targets.scalars(as: Int32.self).map { Int($0) }
    let plan = try AugmentationPlan([CutMix(alpha: 1)], for: data, seed: 9)
    var areas: Set<Int> = []
    for epoch in 0..<40 {
      let mixed = try plan.examples([0, 1, 2, 3, 4], of: data, epoch: epoch)
      let numbers = mixed.inputs.doubles
      for example in 0..<5 {
        let other = (example + 4) % 5
        let (first, second) = (example * 84, other * 84)
        let foreign = (0..<84).filter {
          numbers[first + $0] == inputs[second + $0] && inputs[first + $0] != inputs[second + $0]
        }
        for element in 0..<84 where !foreign.contains(element) {
          #expect(numbers[first + element] == inputs[first + element])
        }
        let pixels = Set(foreign.map { $0 % 42 })
        let (rows, columns) = (Set(pixels.map { $0 / 7 }), Set(pixels.map { $0 % 7 }))
        #expect(pixels.count == rows.count * columns.count)
        areas.insert(pixels.count)
        guard labels[example] != labels[other] else { continue }
        expectClose(
          [mixed.targets.doubles[example * 3 + labels[other]]], [Double(pixels.count) / 42],
          Tolerance(absolute: 1e-12))
      }
    }
    #expect(areas.count > 5)
  }

  @Test("a batch of one example stays as it is")
  func single() throws {
    let data = try images(count: 1)
    let mixed = try batch([Mixup(alpha: 1), CutMix(alpha: 1)], data, classes: 2)
    #expect(mixed.inputs == data.inputs)
    #expect(mixed.targets == HostTensor([1.0, 0], shape: [1, 2]))
  }

  @Test("augmentations follow each other: a border and a crop of the images' size")
  func sequence() throws {
    let data = try images([1, 3, 4])
    let changed = try batch(
      [Pad(ImagePadding([2]), fill: 1), RandomCrop(height: 3, width: 4)], data)
    #expect(changed.inputs.shape == [5, 1, 3, 4])
    #expect(changed.inputs != data.inputs)
  }

  @Test("what does not suit the data is refused")
  func refusals() throws {
    let table = try Dataset(
      name: "table", inputs: HostTensor([1.0, 2, 3, 4], shape: [2, 2]),
      targets: HostTensor([Int32(0), 1]))
    func refuse(
      _ parts: String..., by list: [any DataAugmentation], on data: Dataset,
      sourceLocation: SourceLocation = #_sourceLocation
    ) {
      do {
        _ = try AugmentationPlan(list, for: data, seed: 1)
        Issue.record("accepted", sourceLocation: sourceLocation)
      } catch {
        for part in parts {
          #expect("\(error)".contains(part), "\(error)", sourceLocation: sourceLocation)
        }
      }
    }
    refuse(
      "augment[1]: `random_crop` changes images, and examples of shape [2] are tables",
      "images are [channels, height, width]", by: [GaussianNoise(), RandomCrop()], on: table)
    refuse("augment[0]: `time_warp` changes series", by: [TimeWarp()], on: try images())
    refuse("`token_mask` changes texts", by: [TokenMask(token: 1)], on: table)
    refuse(
      "a crop of 9×4 is larger than the image with its border, 5×6",
      "use a smaller `size` or more `padding`",
      by: [RandomCrop(height: 9, pad: Pad(ImagePadding([1])))], on: try images())
    refuse(
      "the augmented images have 5×6 pixels, and the network reads 3×4",
      "end with random_crop: {size: [3, 4]}", by: [Pad(ImagePadding([1]))], on: try images())
    refuse(
      "the padding [0, 3, 0, 3] is wider than the image 3×4",
      by: [Pad(ImagePadding([0, 3]), border: .reflect)], on: try images())
    refuse(
      "and the images have 2 channels", by: [ColorJitter(brightness: 0.5...1.5)],
      on: try images([2, 3, 3]))
    let large = try Dataset(
      name: "large", inputs: HostTensor([0.0, 7, 1, 0.5], shape: [1, 1, 2, 2]),
      targets: HostTensor([Int32(0)]))
    refuse(
      "`gaussian_noise` takes images of numbers from 0 to 1, and these are from 0.0 to 7.0",
      "use clip: false", by: [GaussianNoise()], on: large)
    _ = try AugmentationPlan([GaussianNoise(isClipped: false)], for: large, seed: 1)
    let pixels = try images(
      [1, 2, 2], targets: HostTensor([Int32](repeating: 0, count: 20), shape: [5, 2, 2]))
    refuse(
      "`random_horizontal_flip` moves what is at a position", by: [RandomFlip(.horizontal)],
      on: pixels)
    refuse("have several labels each", by: [Mixup()], on: pixels)
    let tagged = try Dataset(
      name: "tagged", source: Ports(HostTensor([Int32(1), 2, 3, 1], shape: [2, 2])),
      targets: HostTensor([Int32(1), 2, 3, 1], shape: [2, 2]),
      vocabulary: VocabularySizes(input: 4))
    let texts = try Dataset(
      name: "texts", source: Ports(HostTensor([Int32(1), 2, 3, 1], shape: [2, 2])),
      targets: HostTensor([Int32(1), 2]), vocabulary: VocabularySizes(input: 4))
    refuse("these data have no lengths", by: [TokenDropout()], on: texts)
    refuse("`token_dropout` moves what is at a position", by: [TokenDropout()], on: tagged)
    refuse("`token` is 4, beyond the 4 tokens 0 to 3", by: [TokenMask(token: 4)], on: tagged)
    refuse("no token for unknown words", "token_mask: {token: …}", by: [TokenMask()], on: tagged)
    let two = try Dataset(
      name: "two", source: ["a": table.inputs, "b": table.inputs], targets: table.targets)
    refuse("mixes one input, and the data have 2: a, b", by: [Mixup()], on: two)
  }
}
