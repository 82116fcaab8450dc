import NNCore
import NNData
import NNTestSupport
import Testing

@Suite("Batches")
struct BatchTests {
  struct Case: Sendable, CustomTestStringConvertible {
    let rows: Int
    let batchSize: Int
    let shuffle: Bool
    let dropLast: Bool
    var testDescription: String {
      "\(rows) by \(batchSize)\(shuffle ? " shuffled" : "")\(dropLast ? " whole" : "")"
    }
  }

  static let cases = [(1, 1), (7, 1), (7, 3), (6, 3), (5, 5), (100, 33), (64, 63)].flatMap {
    rows, batchSize in
    [(false, false), (true, false), (true, true)].map { shuffle, dropLast in
      Case(rows: rows, batchSize: batchSize, shuffle: shuffle, dropLast: dropLast)
    }
  }

  func images(_ rows: Int) throws -> Dataset {
    try Dataset(
      name: "toy",
      inputs: HostTensor(
        (0..<rows * 6).map { UInt8(truncatingIfNeeded: $0 * 7) }, shape: [rows, 1, 2, 3]),
      targets: HostTensor((0..<rows).map { Int32($0 % 10) }))
  }

  @Test(arguments: cases, [false, true])
  func returnsEveryExampleOnceInTheOrderOfThePlan(example: Case, prefetch: Bool) throws {
    let dataset = try images(example.rows)
    let loader = try BatchLoader(
      dataset: dataset, batchSize: example.batchSize, shuffle: example.shuffle,
      dropLast: example.dropLast, seed: 5, prefetch: prefetch)
    let bytes = dataset.inputs.scalars(as: UInt8.self)
    for epoch in 0..<3 {
      var rows: [Int] = []
      var batches = 0
      while let batch = try loader.next() {
        #expect(batch.epoch == epoch)
        #expect(batch.index == batches)
        #expect(batch.inputs.shape == [batch.count, 1, 2, 3])
        let pixels = batch.indices.flatMap { row in
          (0..<6).map { Float(Double(bytes[row * 6 + $0]) / 255) }
        }
        expectClose(
          batch.inputs, HostTensor(pixels, shape: batch.inputs.shape), Tolerance(relative: 1e-7))
        #expect(batch.targets == HostTensor(batch.indices.map { Int32($0 % 10) }))
        rows += batch.indices
        batches += 1
      }
      #expect(batches == loader.plan.batchesPerEpoch)
      let count =
        example.dropLast ? example.rows / example.batchSize * example.batchSize : example.rows
      #expect(rows == loader.plan.batches(epoch: epoch).flatMap { $0 })
      #expect(rows.count == count)
      #expect(Set(rows).count == count && rows.allSatisfy((0..<example.rows).contains))
      if !example.shuffle { #expect(rows == Array(0..<example.rows)) }
    }
  }

  @Test(arguments: [DType.float32, .float64, .uint8, .int64])
  func givesTheRowsOfAPart(dtype: DType) throws {
    let numbers = (0..<60 * 6).map { Double($0 % 251) }
    let whole = try Dataset(
      name: "toy", inputs: HostTensor(doubles: numbers, shape: [60, 1, 2, 3], dtype: dtype),
      targets: HostTensor((0..<60).map { Int32($0) }))
    let part = try whole.split(fraction: 0.4, seed: 3).train
    let copy = try Dataset(name: "copy", inputs: part.inputs, targets: part.targets)
    #expect(part.inputs.shape == [36, 1, 2, 3])
    let loaders = try [part, copy].map { dataset in
      try BatchLoader(dataset: dataset, batchSize: 7, shuffle: true, seed: 2)
    }
    for _ in 0..<12 {
      let batches = try loaders.map { try $0.next() }
      #expect(batches[0]?.inputs == batches[1]?.inputs)
      #expect(batches[0]?.targets == batches[1]?.targets)
      #expect(batches[0]?.indices == batches[1]?.indices)
    }
  }

  @Test(arguments: [DType.float32, .float64])
  func convertsToTheTypeOfTheRun(dtype: DType) throws {
    for source in [DType.float32, .float64, .int32, .int64, .bool] {
      let inputs = HostTensor(doubles: [0, 1, 1, 0], shape: [2, 2], dtype: source)
      let targets = HostTensor(doubles: [0.5, -2], shape: [2, 1], dtype: .float64)
      let dataset = try Dataset(name: "toy", inputs: inputs, targets: targets)
      let batch = try #require(try BatchLoader(dataset: dataset, batchSize: 2, dtype: dtype).next())
      #expect(batch.inputs == inputs.converted(to: dtype))
      #expect(batch.targets == targets.converted(to: dtype))
    }
  }

  @Test(arguments: [(0, 0), (0, 2), (1, 0), (1, 3), (2, 1)], [false, true])
  func resumesAnywhereWithTheSameBatches(position: (Int, Int), prefetch: Bool) throws {
    let dataset = try images(23)
    func loader() throws -> BatchLoader {
      try BatchLoader(
        dataset: dataset, batchSize: 5, shuffle: true, seed: 9, prefetch: prefetch)
    }
    let whole = try loader()
    var batches: [Batch] = []
    for _ in 0..<3 { while let batch = try whole.next() { batches.append(batch) } }
    let resumed = try loader()
    // A batch that was prepared for another position must not be returned.
    _ = try resumed.next()
    resumed.seek(epoch: position.0, batch: position.1)
    for expected in batches[(position.0 * 5 + position.1)...] {
      let batch = try #require(try resumed.next() ?? resumed.next())
      #expect(batch.inputs == expected.inputs)
      #expect(batch.targets == expected.targets)
      #expect(batch.indices == expected.indices)
    }
  }

  @Test func ordersDifferByEpochAndSeed() throws {
    let plan = try BatchPlan(exampleCount: 50, batchSize: 10, shuffle: true, seed: 1)
    #expect(plan.batches(epoch: 0) != plan.batches(epoch: 1))
    #expect(plan.batches(epoch: 1) == plan.batches(epoch: 1))
    let other = try BatchPlan(exampleCount: 50, batchSize: 10, shuffle: true, seed: 2)
    #expect(plan.batches(epoch: 0) != other.batches(epoch: 0))
  }

  @Test func reusesTwoSetsOfBuffers() throws {
    let loader = try BatchLoader(dataset: images(60), batchSize: 6, shuffle: true)
    var addresses: Set<UInt> = []
    for _ in 0..<3 {
      while let batch = try loader.next() {
        addresses.insert(batch.inputs.withBytes { UInt(bitPattern: $0.baseAddress) })
      }
    }
    #expect(addresses.count == 2)
  }

  @Test func leavesBatchesThatAreKeptAlone() throws {
    let loader = try BatchLoader(dataset: images(40), batchSize: 4)
    var kept: [(batch: Batch, copy: [Float])] = []
    while let batch = try loader.next() {
      kept.append((batch, batch.inputs.scalars(as: Float.self)))
    }
    for (batch, copy) in kept { #expect(batch.inputs.scalars(as: Float.self) == copy) }
    #expect(kept.count == 10)
  }

  @Test func canBeLetGoAtAnyMoment() throws {
    let dataset = try images(100)
    for count in 0..<20 {
      let loader = try BatchLoader(dataset: dataset, batchSize: 10)
      for _ in 0..<count { _ = try loader.next() }
    }
  }

  @Test(arguments: [(100, 10, false), (585, 585, false), (586, 586, true), (4096, 1, true)])
  func smallBatchesNeedNoThread(rows: Int, batchSize: Int, benefits: Bool) throws {
    let dataset = try images(rows)
    #expect(BatchLoader.benefitsFromPrefetch(dataset, batchSize: batchSize) == benefits)
    #expect(BatchLoader.benefitsFromPrefetch(dataset, batchSize: rows + 1) == (rows > 585))
  }

  @Test func refusesImpossibleBatchSizes() throws {
    let dataset = try images(7)
    expectError("toy: batch_size 8 is above the 7 examples of the data", "use at most 7") {
      _ = try BatchLoader(dataset: dataset, batchSize: 8)
    }
    expectError("batch_size must be at least 1, not 0") {
      _ = try BatchPlan(exampleCount: 7, batchSize: 0)
    }
  }
}
