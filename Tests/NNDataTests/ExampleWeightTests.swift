import NNCore
import NNData
import NNFormats
import NNTestSupport
import Testing

/// Weights of examples in data sets, batches, tables and archives.
@Suite("weights of examples: data") struct ExampleWeightTests {
  private static let weights = (0..<10).map { Double($0) / 4 }

  private func data(_ weights: [Double]? = weights) throws -> Dataset {
    try Dataset(
      name: "rows", inputs: HostTensor((0..<10).map(Double.init), shape: [10, 1]),
      targets: HostTensor((0..<10).map { Int32($0 % 2) }), weights: weights)
  }

  @Test("weights follow their examples into subsets, splits and batches")
  func selections() throws {
    let data = try data()
    #expect(data.weights == HostTensor(Self.weights))
    #expect(try self.data(nil).weights == nil)
    let subset = data.selecting([7, 2, 2]).selecting([2, 0])
    #expect(subset.weights == HostTensor([0.5, 1.75]))
    let (train, validation) = try data.split(fraction: 0.3, seed: 4)
    for part in [train, validation] {
      #expect(part.weights?.doubles == part.inputs.doubles.map { $0 / 4 })
    }
    #expect(train.count == 7 && validation.count == 3)
    #expect(data.withNumericTargets().weights == data.weights)
    #expect(data.focused(onTarget: "target")?.weights == data.weights)
    for dtype in [DType.float32, .float64] {
      let loader = try BatchLoader(
        dataset: data, batchSize: 4, shuffle: true, seed: 3, dtype: dtype, prefetch: true)
      let reader = loader.targetReader()
      for epoch in 0..<2 {
        var rows: [Double] = []
        while let batch = try loader.next() {
          let weights = try #require(batch.weights)
          #expect(weights.dtype == dtype && weights.shape == [batch.count])
          #expect(weights.doubles == batch.inputs.doubles.map { $0 / 4 })
          rows += batch.inputs.doubles
          // Read ahead, in any order.
          let ahead = reader.targets(epoch: epoch, batch: batch.index)
          #expect(ahead.weights == weights && ahead.count == batch.count)
          #expect(ahead.named == batch.namedTargets)
        }
        #expect(rows.sorted() == (0..<10).map(Double.init))
      }
    }
  }

  @Test("sequences of several lengths: targets that are read ahead have the steps of their batch")
  func readAhead() throws {
    let lengths = (0..<24).map { Int32($0 % 6 + 1) }
    let tokens = HostTensor([Int32](repeating: 1, count: 24 * 6), shape: [24, 6])
    let data = try Dataset(
      name: "tokens", source: Ports(tokens, lengths: HostTensor(lengths)), targets: tokens,
      vocabulary: VocabularySizes(input: 3, output: 3),
      weights: (0..<24).map { Double($0 + 1) })
    let loader = try BatchLoader(dataset: data, batchSize: 4, shuffle: true, seed: 8)
    let reader = loader.targetReader()
    var steps: Set<Int> = []
    while let batch = try loader.next() {
      let ahead = reader.targets(epoch: 0, batch: batch.index)
      #expect(ahead.named == batch.namedTargets && ahead.weights == batch.weights)
      steps.insert(batch.targets.shape[1])
    }
    #expect(steps.count > 1)
  }

  @Test("weights that are no weights")
  func errors() throws {
    expectError("rows: 9 weights for 10 examples") {
      _ = try data([Double](repeating: 1, count: 9))
    }
    for (value, text) in [(-1.0, "-1.0"), (.nan, "nan"), (.infinity, "inf")] {
      var weights = Self.weights
      weights[6] = value
      expectError("row 6 (from 0) has the weight \(text), expected a number ≥ 0") {
        _ = try data(weights)
      }
    }
    expectError("all weights are 0") { _ = try data([Double](repeating: 0, count: 10)) }
    expectError("row 3 (from 0) has the weight -2.0") {
      _ = try data(nil).selecting([1, 3]).weighted(by: [1, -2])
    }
  }

  @Test("a column of a table holds weights, and is no input")
  func table() throws {
    let folder = try TemporaryFolder()
    let text = "a,w,b,y\n1,0.5,2,0\n3,2,4,1\n"
    func load(
      _ text: String, weights: ColumnReference, features: [ColumnReference]? = nil
    ) throws -> Dataset {
      let path = try folder.write(text, to: "t.csv")
      return try DataSource.table(TableSource(file: path, features: features, weights: weights))
        .load()
    }
    for column in ["w", 1] as [ColumnReference] {
      let data = try load(text, weights: column)
      #expect(data.weights == HostTensor([0.5, 2]))
      #expect(data.inputs == HostTensor([1.0, 2, 3, 4], shape: [2, 2]))
      #expect(data.featureNames == ["a", "b"])
    }
    expectError("column \"y\" holds the weights, and is a target") {
      _ = try load(text, weights: "y")
    }
    expectError("column \"w\" holds the weights, and is an input") {
      _ = try load(text, weights: "w", features: ["a", "w"])
    }
    expectError("there is no column \"v\"") { _ = try load(text, weights: "v") }
    expectError("t.csv:3: column \"w\": expected a number, found \"two\"") {
      _ = try load("a,w,y\n1,1,0\n2,two,1\n", weights: "w")
    }
    expectError("t.csv:2: column \"w\": the value is missing") {
      _ = try load("a,w,y\n1,,0\n2,2,1\n", weights: "w")
    }
    expectError("row 1 (from 0) has the weight -2.0") {
      _ = try load("a,w,y\n1,1,0\n2,-2,1\n", weights: "w")
    }
  }

  @Test("an array of an archive holds weights")
  func archive() throws {
    let folder = try TemporaryFolder()
    let path = folder.path("d.npz")
    func load(_ weights: HostTensor, named name: String = "w") throws -> Dataset {
      try NPZ.write(
        [("x", .random([3, 2])), ("y", HostTensor([0, 1, 0] as [Int32])), ("w", weights)], to: path)
      return try DataSource.npz(NPZSource(file: path, weights: name)).load()
    }
    #expect(try load(HostTensor([1.0, 0, 2.5])).weights == HostTensor([1.0, 0, 2.5]))
    #expect(try load(HostTensor([1, 0, 2] as [Int32])).weights == HostTensor([1.0, 0, 2]))
    #expect(
      try load(HostTensor([1.0, 0, 2.5], shape: [3, 1])).weights == HostTensor([1.0, 0, 2.5]))
    expectError("2 weights for 3 examples") { _ = try load(HostTensor([1.0, 2])) }
    expectError("array \"w\": expected weights [N], one for each example, found [3, 2]") {
      _ = try load(.random([3, 2]))
    }
    expectError("row 1 (from 0) has the weight nan") { _ = try load(HostTensor([1, .nan, 2])) }
    expectError("v") { _ = try load(HostTensor([1.0, 1, 1]), named: "v") }
  }
}
