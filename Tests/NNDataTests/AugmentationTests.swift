import NNCore
import NNData
import NNTestSupport
import Testing

/// Random draws against closed forms, and what is refused.
@Suite("Augmentations") struct AugmentationTests {
  private static func image(
    _ values: [Double], _ channels: Int, _ height: Int, _ width: Int, unit: Double = 1
  ) -> AugmentedExample {
    AugmentedExample(
      values, layout: .image(channels: channels, height: height, width: width, unit: unit))
  }

  private static func series(
    _ values: [Double], steps: Int, features: Int, length: Int? = nil
  ) -> AugmentedExample {
    AugmentedExample(
      values, layout: .series(steps: steps, features: features, hasLengths: length != nil),
      length: length)
  }

  private static func random(_ example: Int, epoch: Int = 0) -> AugmentationRandom {
    AugmentationRandom(seed: 11, position: 0, epoch: epoch, example: example)
  }

  /// The example after an augmentation, with the random numbers of an example's number.
  private static func after(
    _ augmentation: some Augmentation, _ example: AugmentedExample, _ number: Int = 0
  ) -> AugmentedExample {
    var (changed, random) = (example, random(number))
    augmentation.apply(to: &changed, &random)
    return changed
  }

  // MARK: - Images

  @Test("a crop is one of the windows of the padded image, and each occurs")
  func crops() {
    let values = (0..<12).map { Double($0 + 1) }
    let crop = RandomCrop(height: 2, width: 3, pad: Pad(ImagePadding([1, 2]), fill: -1))
    // 3×4 with one column on both sides and two rows above and below.
    func pixel(_ row: Int, _ column: Int) -> Double {
      (0..<3).contains(row) && (0..<4).contains(column) ? values[row * 4 + column] : -1
    }
    var windows: [[Double]: Int] = [:]
    for top in -2...3 {
      for left in -1...2 {
        windows[(0..<6).map { pixel(top + $0 / 3, left + $0 % 3) }] = 0
      }
    }
    for number in 0..<2000 {
      let result = Self.after(crop, Self.image(values, 1, 3, 4), number)
      #expect(result.layout == .image(channels: 1, height: 2, width: 3))
      windows[result.numbers, default: -100_000] += 1
    }
    #expect(windows.values.allSatisfy { $0 > 0 })
    // The six windows outside the image alone are equal, so they occur more often.
    #expect(windows.count < 24)
  }

  @Test("erased rectangles have the shares and ratios of the options")
  func erasing() {
    let erase = RandomErasing(probability: 0.5, scale: 0.1...0.3, ratio: 0.5...2, value: 9)
    let plain = Self.image([Double](repeating: 1, count: 2 * 400), 2, 20, 20, unit: 255)
    var count = 0
    for number in 0..<400 {
      let numbers = Self.after(erase, plain, number).numbers
      let erased = numbers.indices.filter { numbers[$0] == 9 * 255 }
      guard !erased.isEmpty else { continue }
      count += 1
      #expect(erased.filter { $0 < 400 }.map { $0 + 400 } == erased.filter { $0 >= 400 })
      let rows = Set(erased.map { $0 % 400 / 20 })
      let columns = Set(erased.map { $0 % 20 })
      #expect(erased.count == 2 * rows.count * columns.count)
      let share = Double(rows.count * columns.count) / 400
      #expect(share > 0.07 && share < 0.36)
      let ratio = Double(columns.count) / Double(rows.count)
      #expect(ratio > 0.4 && ratio < 2.5)
    }
    // A binomial deviation of 400 draws is 10.
    #expect(abs(count - 200) < 50)
  }

  @Test("a shift of an image is by integers up to its share")
  func shifts() {
    var seen: Set<Int> = []
    let values = [0.0, 0, 0, 0, 1, 0, 0, 0, 0]
    let affine = RandomAffine(horizontalShift: 0.25, fill: 7)
    for number in 0..<300 {
      let result = Self.after(affine, Self.image(values, 1, 1, 9), number).numbers
      let place = result.firstIndex(of: 1) ?? -1
      seen.insert(place - 4)
      let expected = (0..<9).map { index in
        (0..<9).contains(index - place + 4) ? values[index - place + 4] : 7
      }
      #expect(result == expected)
    }
    #expect(seen == [-2, -1, 0, 1, 2])
  }

  @Test("rotations by right angles permute the pixels", arguments: [1, 2, 3, 4])
  func rightAngles(turns: Int) {
    let size = 5
    let values = (0..<size * size).map(Double.init)
    for interpolation in Interpolation.allCases {
      let angle = Double(90 * turns)
      let rotated = Self.after(
        RandomRotation(degrees: angle...angle, interpolation: interpolation),
        Self.image(values, 1, size, size)
      ).numbers
      var expected = values
      for _ in 0..<turns {
        // Counter-clockwise: the last column becomes the first row.
        expected = (0..<size * size).map { expected[$0 % size * size + size - 1 - $0 / size] }
      }
      expectClose(rotated, expected, Tolerance(absolute: 1e-12), "\(interpolation)")
    }
  }

  @Test("the border of a mirror is read as often as needed")
  func borders() {
    let expected: [BorderMode: [Int?]] = [
      .constant: [nil, nil, nil, nil, 0, 1, 2, nil, nil, nil, nil],
      .edge: [0, 0, 0, 0, 0, 1, 2, 2, 2, 2, 2],
      .reflect: [0, 1, 2, 1, 0, 1, 2, 1, 0, 1, 2],
      .symmetric: [2, 2, 1, 0, 0, 1, 2, 2, 1, 0, 0],
    ]
    for (mode, indices) in expected {
      let values = [5.0, 6, 7]
      let padded = Self.after(
        Pad(ImagePadding([4, 0]), fill: -1, border: mode), Self.image(values, 1, 1, 3)
      ).numbers
      #expect(padded == indices.map { $0.map { values[$0] } ?? -1 }, "\(mode)")
    }
  }

  // MARK: - Numbers

  @Test("noise has its mean and deviation, in the unit of the data")
  func noise() {
    let plain = [Double](repeating: 0.5, count: 20_000)
    for (example, unit) in [
      (Self.series(plain, steps: 10_000, features: 2), 1.0),
      (Self.image(plain.map { $0 * 255 }, 1, 100, 200, unit: 255), 255),
    ] {
      let noise = GaussianNoise(mean: 0.02, sigma: 0.05)
      let differences = Self.after(noise, example).numbers.map { $0 / unit - 0.5 }
      let mean = differences.reduce(0, +) / 20_000
      let square = differences.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / 20_000
      // Five deviations of the mean, and of the deviation.
      let (ofMean, ofDeviation): (Double, Double) = (5 * 0.05 / 141, 5 * 0.05 / 200)
      #expect(abs(mean - 0.02) < ofMean)
      #expect(abs(square.squareRoot() - 0.05) < ofDeviation)
    }
    let bright = Self.image([Double](repeating: 254, count: 1000), 1, 10, 100, unit: 255)
    let clipped = Self.after(GaussianNoise(sigma: 0.5), bright).numbers
    #expect(clipped.allSatisfy { (0...255).contains($0) } && clipped.contains(255))
    #expect(
      Self.after(GaussianNoise(sigma: 0.5, isClipped: false), bright).numbers.contains { $0 > 255 })
  }

  @Test("Beta(α, α) has mean 1/2 and variance 1 ÷ (8α + 4)", arguments: [0.05, 0.2, 1, 4.5])
  func beta(alpha: Double) {
    var random = Self.random(3)
    let numbers = (0..<20_000).map { _ in random.beta(alpha) }
    #expect(numbers.allSatisfy { (0...1).contains($0) })
    let mean = numbers.reduce(0, +) / 20_000
    let variance = numbers.reduce(0) { $0 + ($1 - 0.5) * ($1 - 0.5) } / 20_000
    let expected = 1 / (8 * alpha + 4)
    #expect(abs(mean - 0.5) < 5 * (expected / 20_000).squareRoot())
    // The variance of (x − ½)² is below ¼ of its mean.
    #expect(abs(variance - expected) < 5 * (0.25 * expected / 20_000).squareRoot())
  }

  @Test("numbers of extreme options stay in 0…1")
  func extremes() {
    var random = Self.random(4)
    for alpha in [1e-300, 1e-12, 1e12, 1e300] {
      for _ in 0..<20 { #expect((0...1).contains(random.beta(alpha))) }
    }
  }

  // MARK: - Series

  @Test("each feature of a series has one factor")
  func scaling() {
    let values = (0..<12).map { Double($0 + 1) }
    let scaled = Self.after(
      SeriesScaling(sigma: 0.3), Self.series(values, steps: 4, features: 3, length: 3)
    ).numbers
    for feature in 0..<3 {
      let factor = scaled[feature] / values[feature]
      #expect(factor != 1)
      for step in 0..<3 {
        let index = step * 3 + feature
        expectClose([scaled[index]], [values[index] * factor], Tolerance(relative: 1e-14))
      }
    }
    #expect(Array(scaled[9...]) == Array(values[9...]))
  }

  /// Of a series that counts its steps, values are the times from which they are taken.
  @Test("a warped time is increasing, linear between knots, and has the series' ends")
  func timeWarp() {
    let steps = 41
    let times = (0..<steps).map(Double.init)
    for number in 0..<20 {
      let warped = Self.after(
        TimeWarp(sigma: 0.6, knots: 1), Self.series(times, steps: steps, features: 1), number
      ).numbers
      #expect(warped[0] == 0 && warped[steps - 1] == 40)
      let speeds = (1..<steps).map { warped[$0] - warped[$0 - 1] }
      #expect(speeds.allSatisfy { $0 > 0 })
      // One knot in the middle of the old time: the speed changes once, within one step.
      let (first, last) = (speeds[0], speeds[steps - 2])
      for (step, speed) in speeds.enumerated() {
        let isBefore = warped[step + 1] <= 20
        let isAfter = warped[step] >= 20
        guard isBefore || isAfter else { continue }
        expectClose([speed], [isBefore ? first : last], Tolerance(relative: 1e-9))
      }
      #expect(number > 0 || abs(first - last) > 1e-3)
    }
  }

  @Test("a window is a random part at a constant speed")
  func windows() {
    let times = (0..<11).map(Double.init)
    var firsts: Set<Double> = []
    for number in 0..<200 {
      let taken = Self.after(
        WindowSlice(share: 0.6), Self.series(times, steps: 11, features: 1), number
      ).numbers
      // ⌈0.6 · 11⌉ = 7 steps.
      firsts.insert(taken[0])
      expectClose(
        taken, (0..<11).map { taken[0] + Double($0) * 6 / 10 }, Tolerance(absolute: 1e-12))
    }
    #expect(firsts == [0, 1, 2, 3, 4])
  }

  @Test("masked spans are up to the share of the valid steps")
  func masks() {
    let values = [Double](repeating: 1, count: 20)
    var lengths: Set<Int> = []
    for number in 0..<300 {
      let masked = Self.after(
        TimeMask(share: 0.4, value: 5), Self.series(values, steps: 10, features: 2, length: 8),
        number
      ).numbers
      let steps = (0..<10).filter { masked[2 * $0] == 5 }
      #expect(steps == (0..<10).filter { masked[2 * $0 + 1] == 5 })
      if let first = steps.first { #expect(steps == Array(first..<first + steps.count)) }
      #expect(steps.allSatisfy { $0 < 8 })
      lengths.insert(steps.count)
    }
    #expect(lengths == [0, 1, 2, 3])
  }

  // MARK: - Texts

  @Test("words are masked and deleted, tokens of the tokenizer's own are not")
  func tokens() {
    let layout = ExampleLayout.tokens(
      steps: 1000, vocabulary: 50, specialTokens: 4, hasLengths: true)
    let values = (0..<1000).map { Double([1, 7, 9, 11, 2][$0 % 5]) }
    let example = AugmentedExample(values, layout: layout, length: 900)
    let masked = Self.after(TokenMask(probability: 0.3), example)
    var count = 0
    for index in 0..<1000 where masked.values[index] != values[index] {
      count += 1
      #expect(masked.values[index] == 3 && values[index] > 3 && index < 900)
    }
    // 540 words; a binomial deviation is 11.
    #expect(abs(count - 162) < 55 && masked.length == 900)

    let shorter = Self.after(TokenDropout(probability: 0.3), example)
    #expect(abs(900 - shorter.length - 162) < 55)
    #expect(shorter.values[shorter.length..<900].allSatisfy { $0 == 0 })
    #expect(Array(shorter.values[900...]) == Array(values[900...]))
    let kept = shorter.values[..<shorter.length]
    #expect(kept.count { $0 <= 2 } == 360)
    // What is left is in its order.
    var place = 0
    for token in kept {
      while place < 900, values[place] != token { place += 1 }
      place += 1
    }
    #expect(place <= 900)
    let one = AugmentedExample(
      [9, 8], layout: .tokens(steps: 2, vocabulary: 50, hasLengths: true), length: 2)
    let last = Self.after(TokenDropout(probability: 1), one)
    #expect(last.length == 1 && last.numbers == [8, 0])
  }
}
