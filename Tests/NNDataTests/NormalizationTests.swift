import NNCore
import NNData
import NNTestSupport
import Testing

@Suite("Normalisation")
struct NormalizationTests {
  struct Case: Sendable, CustomTestStringConvertible {
    let shape: Shape
    let dtype: DType
    /// The channel of an element of a row, written down anew.
    let channel: @Sendable (Int) -> Int
    let channels: Int
    var testDescription: String { "\(dtype) \(shape)" }

    var dataset: Dataset {
      get throws {
        let numbers = (0..<shape.elementCount).map { (index: Int) -> Double in
          let mixed = index * 37 + index * index % 11
          return Double(mixed % 201)
        }
        return try Dataset(
          name: "toy", inputs: HostTensor(doubles: numbers, shape: shape, dtype: dtype),
          targets: HostTensor(zeros: [shape[0], 1]))
      }
    }
  }

  static let cases = [
    Case(shape: [7], dtype: .float64, channel: { _ in 0 }, channels: 1),
    Case(shape: [7, 3], dtype: .float32, channel: { $0 }, channels: 3),
    Case(shape: [1, 1], dtype: .float64, channel: { $0 }, channels: 1),
    Case(shape: [5, 4, 3], dtype: .float64, channel: { $0 % 3 }, channels: 3),
    Case(shape: [5, 3, 4, 2], dtype: .uint8, channel: { $0 / 8 }, channels: 3),
    Case(shape: [5, 1, 3, 3], dtype: .int32, channel: { _ in 0 }, channels: 1),
    Case(shape: [2, 3, 2, 2, 2], dtype: .float32, channel: { $0 / 8 }, channels: 3),
  ]

  /// All values of each channel.
  func channels(_ example: Case, _ dataset: Dataset) -> [[Double]] {
    var channels = [[Double]](repeating: [], count: example.channels)
    let rowSize = dataset.inputShape.elementCount
    for (index, value) in dataset.inputs.doubles.enumerated() {
      channels[example.channel(index % rowSize)]
        .append(dataset.inputs.dtype == .uint8 ? value / 255 : value)
    }
    return channels
  }

  /// All inputs after normalisation, in Float64.
  func normalized(_ dataset: Dataset, _ normalization: Normalization) throws -> HostTensor {
    let loader = try BatchLoader(
      dataset: dataset, batchSize: dataset.count, dtype: .float64, normalization: normalization)
    return try #require(try loader.next()).inputs
  }

  @Test(arguments: cases)
  func standardGivesMeanZeroAndDeviationOne(example: Case) throws {
    let dataset = try example.dataset
    let normalization = try Normalization.fit(.standard, on: dataset)
    let channels = channels(example, dataset)
    let means = channels.map { $0.reduce(0, +) / Double($0.count) }
    let deviations = zip(channels, means).map { values, mean in
      (values.map { ($0 - mean) * ($0 - mean) }.reduce(0, +) / Double(values.count)).squareRoot()
    }
    let divisors = deviations.map { $0 == 0 ? 1 : $0 }
    expectClose(HostTensor(normalization.offsets), HostTensor(means), .float64)
    expectClose(HostTensor(normalization.divisors), HostTensor(divisors), .float64)

    let rowSize = dataset.inputShape.elementCount
    let expected = dataset.inputs.doubles.enumerated().map { index, value in
      let channel = example.channel(index % rowSize)
      return (value * dataset.inputScale - means[channel]) / divisors[channel]
    }
    expectClose(
      try normalized(dataset, normalization), HostTensor(expected, shape: example.shape), .float64)
  }

  @Test(arguments: cases)
  func minMaxGivesZeroToOne(example: Case) throws {
    let dataset = try example.dataset
    let result = try normalized(dataset, Normalization.fit(.minMax, on: dataset))
    let rowSize = dataset.inputShape.elementCount
    let ranges = channels(example, dataset).map { (low: $0.min() ?? 0, high: $0.max() ?? 0) }
    let expected = dataset.inputs.doubles.enumerated().map { index, value in
      let range = ranges[example.channel(index % rowSize)]
      let span = range.high - range.low
      return (value * dataset.inputScale - range.low) / (span == 0 ? 1 : span)
    }
    expectClose(result, HostTensor(expected, shape: example.shape), .float64)
  }

  @Test func neverDividesAConstantByZero() throws {
    // 0.1 has no exact mean: the deviation must be 0, not a rounding error.
    let dataset = try Dataset(
      name: "toy", inputs: HostTensor([0.1, 1, 0.1, 2, 0.1, 3], shape: [3, 2]),
      targets: HostTensor(zeros: [3, 1]))
    for kind in [NormalizationKind.standard, .minMax] {
      let normalization = try Normalization.fit(kind, on: dataset)
      #expect(normalization.divisors[0] == 1)
      let first = try normalized(dataset, normalization).doubles
      #expect(abs(first[0]) < 1e-15)
    }
  }

  @Test func takesGivenNumbersOnceOrPerChannel() throws {
    let dataset = try Dataset(
      name: "toy", inputs: HostTensor([1.0, 2, 3, 4], shape: [2, 2]),
      targets: HostTensor(zeros: [2, 1]))
    let once = try Normalization.fit(.given(mean: [1], standardDeviation: [2]), on: dataset)
    #expect(try normalized(dataset, once).doubles == [0, 0.5, 1, 1.5])
    let each = try Normalization.fit(.given(mean: [1, 2], standardDeviation: [2, 4]), on: dataset)
    #expect(try normalized(dataset, each).doubles == [0, 0, 1, 0.5])
    expectError("toy: mean has 3 numbers; expected 1 or one for each of the 2 channels") {
      _ = try Normalization.fit(.given(mean: [1, 2, 3], standardDeviation: [1]), on: dataset)
    }
    for deviation in [0, -1, .nan] {
      expectError("toy: std must be finite and above 0") {
        _ = try Normalization.fit(.given(mean: [0], standardDeviation: [deviation]), on: dataset)
      }
    }
    #expect(try Normalization.fit(.none, on: dataset) == .identity)
  }

  /// Runs and rows beyond 2¹⁶ bytes, sums beyond 32 bits, odd sizes; the mean is exact, the deviation
  /// is rounded three times.
  @Test(arguments: [1, 2, 255, 257, 65_535, 65_536, 65_537, 200_001], [false, true])
  func measuresBytesWithoutRounding(size: Int, channelsAlternate: Bool) throws {
    let bytes = (0..<2 * 3 * size).map { (index: Int) -> UInt8 in
      let mixed: Int = (index &* 2_654_435_761) >> 7
      return index / size == 1 ? 255 : UInt8(truncatingIfNeeded: mixed)
    }
    // The same channels as columns of a table.
    let rows = (0..<2 * size).flatMap { (row: Int) -> [UInt8] in
      (0..<3).map { bytes[(row / size * 3 + $0) * size + row % size] }
    }
    let dataset = try Dataset(
      name: "toy",
      inputs: channelsAlternate
        ? HostTensor(rows, shape: [2 * size, 3]) : HostTensor(bytes, shape: [2, 3, size, 1]),
      targets: HostTensor(zeros: [channelsAlternate ? 2 * size : 2, 1]))
    let found = try Normalization.fit(.standard, on: dataset)
    let range = try Normalization.fit(.minMax, on: dataset)
    for channel in 0..<3 {
      let values = (0..<2).flatMap { (row: Int) -> [Double] in
        let start = (3 * row + channel) * size
        return bytes[start..<start + size].map { Double($0) }
      }
      let count = Double(values.count)
      // Sums of integers below 2⁵³ are exact.
      let mean = values.reduce(0, +) / count
      // A sum of 256 terms loses fewer digits than one of all bytes.
      let counts = values.reduce(into: [Double](repeating: 0, count: 256)) { $0[Int($1)] += 1 }
      let squares = counts.enumerated().map { (value, count) -> Double in
        count * (Double(value) - mean) * (Double(value) - mean)
      }
      let variance = squares.reduce(0, +) / count
      #expect(found.offsets[channel] == mean * (1.0 / 255))
      let wanted = variance == 0 ? 1 : variance.squareRoot() / 255
      #expect(abs(found.divisors[channel] - wanted) <= 1e-13 * wanted)
      let (low, high) = (values.min() ?? 0, values.max() ?? 0)
      #expect(range.offsets[channel] == low * (1.0 / 255))
      let span = high * (1.0 / 255) - low * (1.0 / 255)
      #expect(range.divisors[channel] == (span == 0 ? 1 : span))
    }
  }

  @Test func knowsTheDeviationOfAllBytes() throws {
    let bytes = (0..<256 * 300).map { UInt8(truncatingIfNeeded: $0) }
    let dataset = try Dataset(
      name: "toy", inputs: HostTensor(bytes, shape: [300, 1, 16, 16]),
      targets: HostTensor(zeros: [300, 1]))
    let found = try Normalization.fit(.standard, on: dataset)
    #expect(found.offsets == [127.5 * (1.0 / 255)])
    #expect(abs(found.divisors[0] * 255 - (65_535.0 / 12).squareRoot()) < 1e-13)
  }

  /// Many rows are looked up in a table, single ones calculated.
  @Test(arguments: [DType.float32, .float64], [1, 2, 5])
  func normalisesEveryByteAsCalculated(dtype: DType, channels: Int) throws {
    let rows = 64
    let bytes = (0..<rows * channels * 256).map { (index: Int) -> UInt8 in
      UInt8(truncatingIfNeeded: index &* 167)
    }
    let dataset = try Dataset(
      name: "toy", inputs: HostTensor(bytes, shape: [rows, channels, 16, 16]),
      targets: HostTensor(zeros: [rows, 1]))
    let means: [Double] = (0..<channels).map { 0.1307 + 0.1 * Double($0) }
    let deviations: [Double] = (0..<channels).map { 0.3081 / Double($0 + 1) }
    for kind in [
      NormalizationKind.none, .given(mean: means, standardDeviation: deviations), .standard,
    ] {
      let normalization = try Normalization.fit(kind, on: dataset)
      func inputs(_ batchSize: Int) throws -> [Double] {
        let loader = try BatchLoader(
          dataset: dataset, batchSize: batchSize, dtype: dtype, normalization: normalization)
        var result: [Double] = []
        while let batch = try loader.next() { result += batch.inputs.doubles }
        return result
      }
      let expected = bytes.enumerated().map { index, byte -> Double in
        let channel = index / 256 % channels
        let isIdentity = normalization.offsets.isEmpty
        let divisor = isIdentity ? 1 : normalization.divisors[channel]
        let offset = isIdentity ? 0 : -normalization.offsets[channel] / divisor
        let value = Double(byte) * (1.0 / 255 / divisor) + offset
        return dtype == .float32 ? Double(Float(value)) : value
      }
      #expect(try inputs(1) == expected)
      #expect(try inputs(rows) == expected)
      #expect(try inputs(rows - 1) == expected)
    }
  }

  @Test(arguments: [DType.uint8, .float32, .int32])
  func measuresTheRowsOfAPartAlone(dtype: DType) throws {
    let example = Case(shape: [9, 2, 3, 2], dtype: dtype, channel: { $0 / 6 }, channels: 2)
    let part = try example.dataset.selecting([7, 2, 3]).selecting([2, 0])
    let copy = try Dataset(name: "copy", inputs: part.inputs, targets: part.targets)
    for kind in [NormalizationKind.standard, .minMax] {
      #expect(try Normalization.fit(kind, on: part) == Normalization.fit(kind, on: copy))
    }
  }

  @Test func readsBackWhatItSaved() throws {
    let normalization = try Normalization.fit(.standard, on: NormalizationTests.cases[4].dataset)
    #expect(normalization.tensors.map(\.tensor.shape) == [[3], [3]])
    #expect(try Normalization(tensors: normalization.tensors) == normalization)
    #expect(try Normalization(tensors: []) == .identity)
    #expect(Normalization.identity.tensors.isEmpty)
    expectError("expected normalization.offset and normalization.divisor") {
      _ = try Normalization(tensors: [normalization.tensors[0]])
    }
    expectError("has a divisor of 0") {
      _ = try Normalization(tensors: [
        ("normalization.offset", HostTensor([0.0])), ("normalization.divisor", HostTensor([0.0])),
      ])
    }
  }

  @Test func refusesOtherChannels() throws {
    let normalization = try Normalization.fit(.standard, on: NormalizationTests.cases[1].dataset)
    let other = try NormalizationTests.cases[0].dataset
    expectError("toy: inputs of shape [] have 1 channels, the normalization has 3") {
      _ = try BatchLoader(dataset: other, batchSize: 1, normalization: normalization)
    }
  }
}
