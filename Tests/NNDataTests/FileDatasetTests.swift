import Foundation
import NNCore
import NNData
import NNFormats
import NNTestSupport
import Testing

/// Data sets whose inputs are in a file, compared with the same ones in memory, bit by bit.
@Suite("Data in files") struct FileDatasetTests {
  /// A data set in memory and the same one in a file.
  private static func pair(
    _ inputs: HostTensor, in folder: TemporaryFolder, targets: HostTensor? = nil
  ) throws -> (memory: Dataset, file: Dataset) {
    let path = folder.path("x.npy")
    try NPY.write(inputs, to: path)
    let targets = targets ?? HostTensor((0..<inputs.shape[0]).map { Int32($0 % 3) })
    let memory = try Dataset(name: "toy", inputs: inputs, targets: targets)
    let file = try Dataset(name: "toy", inputs: RowFile(npy: path), targets: targets)
    #expect(file.isInFile && !memory.isInFile)
    return (memory, file)
  }

  /// Numbers without a pattern, of any type.
  private static func numbers(_ shape: Shape, _ dtype: DType) -> HostTensor {
    let random = Philox(seed: 8)
    let numbers = (0..<shape.elementCount).map { index -> Double in
      switch dtype {
      case .float32, .float64: random.normal(index)
      case .bool: Double(random.integer(index, below: 2))
      default: Double(random.integer(index, below: 200))
      }
    }
    return HostTensor(doubles: numbers, shape: shape, dtype: dtype)
  }

  static let shapes: [Shape] = [[1, 1], [1, 3], [7, 2], [33, 1, 4, 5], [20, 6, 3]]
  static let types: [DType] = [.float32, .float64, .int32, .int64, .uint8, .bool]

  @Test("inputs, facts and statistics", arguments: shapes, types)
  func facts(shape: Shape, dtype: DType) throws {
    let folder = try TemporaryFolder()
    let (memory, file) = try Self.pair(Self.numbers(shape, dtype), in: folder)
    #expect(file.inputs == memory.inputs && file.namedInputs == memory.namedInputs)
    #expect(file.inputShape == memory.inputShape && file.inputScale == memory.inputScale)
    #expect(file.inputType == dtype && file.count == shape[0])
    #expect(file.encoding.inputUnit == memory.encoding.inputUnit)
    #expect(file.features == memory.features)
    for kind in [NormalizationKind.none, .standard, .minMax] {
      #expect(try Normalization.fit(kind, on: file) == Normalization.fit(kind, on: memory))
    }
    #expect(try InputRange(of: file) == InputRange(of: memory))
    #expect(try file.channelValues(of: [0]) == memory.channelValues(of: [0]))
    if shape.rank == 2 {
      #expect(try file.column(shape[1] - 1) == memory.column(shape[1] - 1))
    }
    if shape[0] > 2 {
      let rows = Array((0..<shape[0]).reversed().filter { $0 % 3 != 1 })
      let (part, own) = (memory.selecting(rows), file.selecting(rows))
      #expect(own.inputs == part.inputs && own.targets == part.targets)
      #expect(try Normalization.fit(.standard, on: own) == Normalization.fit(.standard, on: part))
      #expect(
        try file.permuting(file.features[0], by: Array((0..<shape[0]).reversed())).inputs
          == memory.permuting(memory.features[0], by: Array((0..<shape[0]).reversed())).inputs)
    }
  }

  @Test("more than one block, with an incomplete last one", arguments: [DType.float32, .uint8])
  func blocks(dtype: DType) throws {
    let folder = try TemporaryFolder()
    // 4 MiB are read at once.
    let (memory, file) = try Self.pair(Self.numbers([21, 3, 300, 300], dtype), in: folder)
    #expect(
      try Normalization.fit(.standard, on: file) == Normalization.fit(.standard, on: memory))
    let rows = [20, 3, 4, 5, 19, 0, 7, 8, 11, 12, 13, 14, 15, 16, 17, 18]
    #expect(
      try Normalization.fit(.minMax, on: file.selecting(rows))
        == Normalization.fit(.minMax, on: memory.selecting(rows)))
    #expect(try InputRange(of: file) == InputRange(of: memory))
  }

  static let orders: [(shuffle: Bool, window: Int?)] = [
    (false, nil), (true, nil), (true, 7), (true, 64),
  ]

  @Test("batches", arguments: [DType.float32, .uint8, .int64], orders)
  func batches(dtype: DType, order: (shuffle: Bool, window: Int?)) throws {
    let folder = try TemporaryFolder()
    let (memory, file) = try Self.pair(Self.numbers([53, 3, 4], dtype), in: folder)
    let kept = Array((0..<53).filter { $0 % 5 != 2 })
    for (memory, file) in [(memory, file), (memory.selecting(kept), file.selecting(kept))] {
      let normalization = try Normalization.fit(.standard, on: memory)
      for (batchSize, dropLast) in [(1, false), (8, false), (8, true), (memory.count, false)] {
        let loaders = try [(memory, false), (file, false), (file, true)].map { data, prefetch in
          try BatchLoader(
            dataset: data, batchSize: batchSize, shuffle: order.shuffle, dropLast: dropLast,
            seed: 2, normalization: normalization, prefetch: prefetch,
            shuffleWindow: order.window)
        }
        for _ in 0..<2 {
          while let batch = try loaders[0].next() {
            for other in loaders.dropFirst() {
              let own = try #require(try other.next())
              #expect(own.inputs == batch.inputs && own.targets == batch.targets)
              #expect(own.indices == batch.indices)
            }
          }
          for other in loaders.dropFirst() { #expect(try other.next() == nil) }
        }
        loaders[0].seek(epoch: 1, batch: loaders[0].plan.batchesPerEpoch - 1)
        loaders[2].seek(epoch: 1, batch: loaders[2].plan.batchesPerEpoch - 1)
        #expect(try loaders[0].next()?.inputs == loaders[2].next()?.inputs)
      }
    }
  }

  @Test("rows that are drawn by weights")
  func draws() throws {
    let folder = try TemporaryFolder()
    let (memory, file) = try Self.pair(Self.numbers([9, 2], .float64), in: folder)
    let loaders = try [memory, file].map {
      try BatchLoader(dataset: $0, batchSize: 4, drawWeights: [0, 1, 0, 0, 2, 0, 0, 0, 1])
    }
    while let batch = try loaders[0].next() {
      #expect(try loaders[1].next()?.inputs == batch.inputs)
    }
  }

  @Test("augmented examples")
  func augmentation() throws {
    let folder = try TemporaryFolder()
    let (memory, file) = try Self.pair(Self.numbers([12, 3, 8, 8], .uint8), in: folder)
    func plan(_ data: Dataset) throws -> AugmentationPlan {
      try AugmentationPlan(
        [RandomFlip(.horizontal), GaussianNoise(sigma: 0.1), Mixup(alpha: 0.4)], for: data, seed: 3)
    }
    let rows = [5, 0, 11, 5]
    let (one, other) = try (
      plan(memory).examples(rows, of: memory, epoch: 2),
      plan(file).examples(rows, of: file, epoch: 2)
    )
    #expect(one.inputs == other.inputs && one.targets == other.targets)
    let loaders = try [memory, file].map {
      try BatchLoader(
        dataset: $0, batchSize: 5, shuffle: true, augmentation: plan($0), shuffleWindow: 4)
    }
    for _ in 0..<2 {
      while let batch = try loaders[0].next() {
        let own = try #require(try loaders[1].next())
        #expect(own.inputs == batch.inputs && own.targets == batch.targets)
      }
      #expect(try loaders[1].next() == nil)
    }
  }

  @Test("numbers that are not finite are found in any block")
  func notFinite() throws {
    let folder = try TemporaryFolder()
    let path = folder.path("x.npy")
    let targets = HostTensor(zeros: [1200, 1])
    for (row, column, value, text) in [
      (0, 0, Float.nan, "NaN"), (1199, 1023, .infinity, "infinity"),
      (1100, 3, -.infinity, "-infinity"),
    ] {
      var numbers = [Float](repeating: 1, count: 1200 * 1024)
      numbers[row * 1024 + column] = value
      try NPY.write(HostTensor(numbers, shape: [1200, 1024]), to: path)
      expectError("row \(row), column \(column) of the inputs (from 0) is \(text)") {
        _ = try Dataset(name: "toy", inputs: RowFile(npy: path), targets: targets)
      }
    }
    expectError("1200 inputs but 7 targets") {
      try NPY.write(HostTensor(zeros: [1200, 2]), to: path)
      _ = try Dataset(
        name: "toy", inputs: RowFile(npy: path), targets: HostTensor(zeros: [7, 1]))
    }
  }

  @Test("a file that is cut while batches are read is an error of the next batch")
  func cut() throws {
    let folder = try TemporaryFolder()
    for prefetch in [false, true] {
      let (_, file) = try Self.pair(Self.numbers([40, 100], .float32), in: folder)
      let loader = try BatchLoader(
        dataset: file, batchSize: 4, shuffle: true, seed: 1, prefetch: prefetch)
      _ = try loader.next()
      let handle = try #require(FileHandle(forUpdatingAtPath: folder.path("x.npy")))
      try handle.truncate(atOffset: 300)
      expectError("x.npy: has 300 bytes, and had 16128 when it was opened", kind: .runFailed) {
        // The batch after the first may have been read before.
        for _ in 0..<2 { _ = try loader.next() }
      }
      expectError("x.npy: has 300 bytes", kind: .runFailed) { _ = try file.readInputs() }
      expectError("x.npy: has 300 bytes", kind: .runFailed) {
        _ = try Normalization.fit(.standard, on: file)
      }
    }
  }

  @Test("sources of arrays")
  func sources() throws {
    let folder = try TemporaryFolder()
    let count = 11
    let arrays = [
      ("x", Self.numbers([count, 4], .float32)), ("b", Self.numbers([count, 1, 3, 3], .uint8)),
      ("c", Self.numbers([count, 2], .int64)),
      ("y", HostTensor((0..<count).map { Int64($0 % 2) })),
      ("w", HostTensor((0..<count).map { Double($0 + 1) })),
    ]
    try NPZ.write(arrays.map { (name: $0.0, tensor: $0.1) }, to: folder.path("a.npz"))
    for (name, tensor) in arrays { try NPY.write(tensor, to: folder.path("\(name).npy")) }
    func both(_ source: NPZSource) throws -> (Dataset, Dataset) {
      var streamed = source
      streamed.isStreamed = true
      return try (
        DataSource.npz(source).load(relativeTo: folder.path),
        DataSource.npz(streamed).load(relativeTo: folder.path)
      )
    }
    for source in [
      NPZSource(file: "a.npz", weights: "w"),
      NPZSource(
        file: "a.npz",
        inputs: [.init("i", array: "x"), .init("j", array: "b"), .init("k", array: "c")],
        targets: [.init("t", array: "y")]),
      NPZSource(npy: "x.npy", targets: "y.npy", weights: "w.npy"),
      NPZSource(npy: "c.npy", targets: nil),
    ] {
      let (memory, file) = try both(source)
      #expect(file.isInFile && file.name == memory.name)
      #expect(file.namedInputs == memory.namedInputs)
      #expect(file.namedTargets == memory.namedTargets && file.hasTargets == memory.hasTargets)
      #expect(
        file.exampleTypes(.float32).all.map(\.dtype)
          == memory.exampleTypes(.float32).all.map(\.dtype))
    }
    var tokens = NPZSource(npy: "c.npy", targets: "y.npy")
    (tokens.isStreamed, tokens.tokens) = (true, 200)
    expectError("c.npy: the network reads tokens, which are read into memory", "leave stream out") {
      _ = try DataSource.npz(tokens).load(relativeTo: folder.path)
    }
  }

  @Test("sources of IDX files")
  func idx() throws {
    let folder = try TemporaryFolder()
    let pixels = (0..<24).map { UInt8($0 * 9) }
    try AtomicFile.write(
      path: folder.path("x.idx"), [0, 0, 8, 3, 0, 0, 0, 4, 0, 0, 0, 2, 0, 0, 0, 3] + pixels)
    try AtomicFile.write(path: folder.path("y.idx"), [0, 0, 8, 1, 0, 0, 0, 4, 1, 0, 2, 1])
    let (memory, file) = try (
      DataSource.idx(images: "x.idx", labels: "y.idx").load(relativeTo: folder.path),
      DataSource.idx(images: "x.idx", labels: "y.idx", isStreamed: true)
        .load(relativeTo: folder.path)
    )
    #expect(file.isInFile && file.inputs == memory.inputs && file.targets == memory.targets)
    #expect(file.inputs.shape == [4, 1, 2, 3])
  }
}
