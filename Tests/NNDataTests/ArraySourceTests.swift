import NNCore
import NNData
import NNFormats
import NNTestSupport
import Testing

/// Sequences, ignored labels and scales of arrays.
@Suite("Arrays as data")
struct ArraySourceTests {
  private let labels = DataRequest(task: .classification, ignoredLabel: -1)

  private func load(
    _ arrays: [(String, HostTensor)], lengths: String? = nil, tokens: Int? = nil,
    known: DataEncoding? = nil, request: DataRequest = DataRequest()
  ) throws -> Dataset {
    let folder = try TemporaryFolder()
    try NPZ.write(arrays.map { (name: $0.0, tensor: $0.1) }, to: folder.path("a.npz"))
    return try withExtendedLifetime(folder) {
      try DataSource.npz(NPZSource(file: "a.npz", lengths: lengths, tokens: tokens)).load(
        relativeTo: folder.path, encoding: known, request: request)
    }
  }

  private let ids = HostTensor([Int64(1), 2, 0, 4, 3, 2], shape: [2, 3])

  @Test("token ids stay integers when asked for")
  func tokens() throws {
    let y = HostTensor([Int64(0), 1])
    let dataset = try load([("x", ids), ("y", y)], tokens: 6)
    #expect(dataset.inputs == ids.converted(to: .int32))
    #expect(dataset.vocabulary == VocabularySizes(input: 6, output: 2))
    let request = DataRequest(task: .classification, readsTokens: true)
    #expect(
      try load([("x", ids), ("y", y)], request: request).vocabulary
        == VocabularySizes(input: 5, output: 2))
    #expect(try load([("x", ids), ("y", y)]).vocabulary == nil)
    expectError("row 1 (from 0) has the token 4, outside the vocabulary 0 to 3") {
      _ = try load([("x", ids), ("y", y)], tokens: 4)
    }
    expectError("array \"x\": expected tokens: integers [N, T], found float32 [2, 3]") {
      _ = try load([("x", ids.converted(to: .float32)), ("y", y)], tokens: 4)
    }
  }

  @Test("lengths leave out the steps after them, and their labels")
  func lengths() throws {
    let x = HostTensor((0..<12).map(Float.init), shape: [2, 3, 2])
    let y = HostTensor([Int32(1), 0, 1, 1, 1, 1], shape: [2, 3])
    let n = HostTensor([Int64(3), 1])
    let dataset = try load([("x", x), ("y", y), ("n", n)], lengths: "n", request: labels)
    #expect(dataset.targetsAreSteps)
    #expect(dataset.targets == HostTensor([Int32(1), 0, 1, 1, -1, -1], shape: [2, 3]))
    expectError("row 1 (from 0) has length 4; expected 1 to 3") {
      _ = try load([("x", x), ("y", y), ("n", HostTensor([Int64(3), 4]))], lengths: "n")
    }
    expectError("array \"n\"", "expected lengths [2], one for each example of \"x\", found [3]") {
      _ = try load([("x", x), ("y", y), ("n", HostTensor([Int64(3), 1, 1]))], lengths: "n")
    }
    expectError("array \"n\": expected a length as an integer, found float64") {
      _ = try load([("x", x), ("y", y), ("n", HostTensor([3.0, 1]))], lengths: "n")
    }
  }

  @Test("the ignored label may be negative, others may not")
  func ignored() throws {
    let x = HostTensor([1.0, 2, 3], shape: [3, 1])
    let y = HostTensor([Int64(0), -1, 1])
    #expect(try load([("x", x), ("y", y)], request: labels).targets.doubles == [0, -1, 1])
    expectError("row 1 (from 0) has the negative label -1") { _ = try load([("x", x), ("y", y)]) }
  }

  @Test("labels that are floats are an error, not a distribution")
  func floatLabels() {
    let x = HostTensor([1.0, 2], shape: [2, 1])
    expectError("array \"y\": expected class labels: integers [N], found float64 [2]", "int64") {
      _ = try load([("x", x), ("y", HostTensor([0.0, 1]))], request: labels)
    }
  }

  @Test("empty axes are rejected")
  func emptyRows() {
    let y = HostTensor([Int64(0), 1, 0, 1])
    expectError("the inputs [4, 1, 0, 5] have an empty axis") {
      _ = try load([("x", HostTensor(zeros: [4, 1, 0, 5], dtype: .float32)), ("y", y)])
    }
    expectError("the targets [4, 0] have an empty axis") {
      _ = try load([
        ("x", HostTensor(zeros: [4, 2])), ("y", HostTensor(zeros: [4, 0], dtype: .float64)),
      ])
    }
  }

  @Test("bytes and numbers as large as bytes are not mixed")
  func units() throws {
    let bytes = HostTensor([UInt8(0), 200], shape: [2, 1])
    let large = HostTensor([Float(0), 200], shape: [2, 1])
    let small = HostTensor([Float(0), 0.75], shape: [2, 1])
    let y = HostTensor([Int64(0), 1])
    func known(_ x: HostTensor) throws -> DataEncoding {
      try load([("x", x), ("y", y)]).encoding
    }
    expectError("the inputs are bytes (uint8), which are divided by 255", "astype('float32')") {
      _ = try load([("x", bytes), ("y", y)], known: known(large))
    }
    expectError("the inputs are numbers of which some are above 2", "divide them by 255") {
      _ = try load([("x", large), ("y", y)], known: known(bytes))
    }
    for (trained, given) in [(bytes, small), (small, bytes), (large, small), (small, large)] {
      _ = try load([("x", given), ("y", y)], known: known(trained))
    }
  }

  @Test("the scale of sequences is that of their valid steps")
  func scaleOfValidSteps() throws {
    let x = HostTensor([1.0, 3, 0, 0, 5, 7, 9, 11], shape: [2, 4, 1])
    let y = HostTensor([Int64(0), 1])
    let dataset = try load(
      [("x", x), ("y", y), ("n", HostTensor([Int64(2), 4]))], lengths: "n")
    let scale = try Normalization.fit(.standard, on: dataset)
    #expect(scale.offsets == [6])
    // Of 1, 3, 5, 7, 9, 11: 70 ÷ 6.
    #expect(abs(scale.divisors[0] - (70.0 / 6).squareRoot()) < 1e-15)
    #expect(try Normalization.fit(.minMax, on: dataset).offsets == [1])
    let bytes = try load(
      [("x", x.converted(to: .uint8)), ("y", y), ("n", HostTensor([Int64(2), 4]))], lengths: "n")
    #expect(abs(try Normalization.fit(.standard, on: bytes).offsets[0] - 6.0 / 255) < 1e-16)
  }

  @Test("columns of any size have a scale", arguments: [1e-200, 1e160, 1e200, 1e307])
  func hugeColumns(unit: Double) throws {
    let x = HostTensor([1 * unit, 2 * unit, 3 * unit, 6 * unit], shape: [4, 1])
    let dataset = try Dataset(name: "x", inputs: x, targets: HostTensor([Int32(0), 1, 0, 1]))
    let scale = try Normalization.fit(.standard, on: dataset)
    #expect(abs(scale.offsets[0] / unit - 3) < 1e-12)
    #expect(abs(scale.divisors[0] / unit - 3.5.squareRoot()) < 1e-12)
  }

  @Test("a column without a scale is named")
  func noScale() throws {
    let x = HostTensor([1, -1.7e308, 2, 1.7e308], shape: [2, 2])
    let dataset = try Dataset(
      name: "t.csv", inputs: x, targets: HostTensor([Int32(0), 1]), featureNames: ["a", "b"])
    expectError("t.csv: column \"b\": its range, -1.7e+308 to 1.7e+308, is too large or too small")
    {
      _ = try Normalization.fit(.minMax, on: dataset)
    }
    #expect(try Normalization.fit(.standard, on: dataset).divisors[1].isFinite)
  }

  @Test("windows of a series are split in time, without shared targets")
  func splitInTime() throws {
    let folder = try TemporaryFolder()
    let path = try folder.write(
      "v\n" + (0..<23).map { "\($0)\n" }.joined(), to: "s.csv")
    let source = DataSource.series(
      SeriesSource(file: path, columns: ["v"], window: 2, horizon: 2))
    let whole = try source.load()
    #expect(whole.count == 20)
    let (train, validation) = try whole.split(fraction: 0.25, seed: 1)
    #expect(validation.targets.doubles == [17, 18, 18, 19, 19, 20, 20, 21, 21, 22])
    #expect(train.count == 14)
    #expect(Set(train.targets.doubles).isDisjoint(with: validation.targets.doubles))
    #expect(train.targets.doubles.max() == 16)
    let random = try whole.split(fraction: 0.25, seed: 1, order: .random)
    #expect(random.train.count == 15 && random.validation.targets.doubles.min() != 17)
    expectError("leaves training without windows") {
      _ = try whole.split(fraction: 0.95, seed: 1)
    }
  }

  @Test("scaled targets are numbers of batches alone, and come back")
  func targetScale() throws {
    let y = HostTensor([200.0, 300, 400], shape: [3, 1])
    let x = HostTensor([1.0, 2, 3], shape: [3, 1])
    let dataset = try Dataset(name: "n", inputs: x, targets: y)
    let scale = try Normalization.fit(.standard, onTargetsOf: dataset)
    #expect(scale.offsets == [300])
    let scaled = try dataset.scalingTargets(by: scale)
    #expect(scaled.targets == y)
    let loader = try BatchLoader(dataset: scaled, batchSize: 3, dtype: .float64)
    let batch = try #require(try loader.next())
    #expect(batch.targets.doubles[1] == 0)
    #expect(abs(batch.targets.doubles[2] - 1.5.squareRoot()) < 1e-15)
    #expect(scale.inverted(batch.targets).doubles.map { $0.rounded() } == y.doubles)
    expectError("`normalize_target` scales numbers, and the targets are class labels") {
      _ = try Normalization.fit(
        .standard,
        onTargetsOf: Dataset(
          name: "n", inputs: HostTensor([1.0], shape: [1, 1]), targets: HostTensor([Int32(0)])))
    }
  }
}
