import NNCore
import NNData
import NNTestSupport
import Testing

/// Batches of tokens that have lengths.
@Suite struct LengthGroupTests {
  /// Rows of 1 to 40 tokens, each of which is the row's number, and targets half as long.
  private func pairs(_ count: Int) throws -> (Dataset, lengths: [Int], targets: [Int]) {
    let random = Philox(seed: 3, stream: 1, step: 0)
    let lengths = (0..<count).map { 1 + random.integer($0, below: 40) }
    let targets = lengths.map { ($0 + 1) / 2 }
    func rows(_ lengths: [Int], _ width: Int, filler: Int32) -> HostTensor {
      HostTensor(
        lengths.enumerated().flatMap { row, length in
          (0..<width).map { $0 < length ? Int32(row) : filler }
        }, shape: [count, width])
    }
    let source = Ports(
      rows(lengths, 40, filler: 0), lengths: HostTensor(lengths.map(Int32.init)),
      decoderValues: rows(targets, 20, filler: 0))
    let dataset = try Dataset(
      name: "pairs", source: source, targets: rows(targets, 20, filler: Dataset.ignoredLabel),
      vocabulary: VocabularySizes(input: count))
    return (dataset, lengths, targets)
  }

  @Test(arguments: [(1, 1), (7, 7), (50, 4), (333, 8)], [false, true])
  func everyRowComesOnceAndWhole(sizes: (rows: Int, batch: Int), shuffle: Bool) throws {
    let (dataset, lengths, targets) = try pairs(sizes.rows)
    let loader = try BatchLoader(
      dataset: dataset, batchSize: sizes.batch, shuffle: shuffle, seed: 1)
    var shapes: Set<Shape> = []
    for _ in 0..<2 {
      var seen: [Int] = []
      var steps = 0
      while let batch = try loader.next() {
        let width = batch.inputs.shape[1]
        let decoder = try #require(batch.input.decoderValues)
        shapes.insert([batch.count, width, decoder.shape[1]])
        #expect(batch.targets.shape == decoder.shape)
        let tokens = batch.inputs.scalars(as: Int32.self)
        let labels = batch.targets.scalars(as: Int32.self)
        #expect(
          batch.input.lengths?.scalars(as: Int32.self) == batch.indices.map { Int32(lengths[$0]) })
        for (position, row) in batch.indices.enumerated() {
          #expect(lengths[row] <= width && targets[row] <= decoder.shape[1])
          for step in 0..<width {
            #expect(tokens[position * width + step] == (step < lengths[row] ? Int32(row) : 0))
          }
          for step in 0..<decoder.shape[1] {
            #expect(
              labels[position * decoder.shape[1] + step]
                == (step < targets[row] ? Int32(row) : Dataset.ignoredLabel))
          }
        }
        let counted = labels.count { $0 != Dataset.ignoredLabel }
        #expect(counted == batch.indices.reduce(0) { $0 + targets[$1] })
        seen += batch.indices
        steps += batch.count * width
      }
      #expect(seen.sorted() == Array(0..<sizes.rows))
      // Far less is filled up than in batches of whole rows.
      if sizes.rows == 333 { #expect(Double(steps) < 1.25 * Double(lengths.reduce(0, +))) }
    }
    // Few sizes, so few plans.
    #expect(shapes.count <= 16)
  }

  @Test func ordersDifferByEpoch() throws {
    let (dataset, _, _) = try pairs(100)
    let groups = try #require(LengthGroups(dataset, batchSize: 5))
    let plan = try BatchPlan(
      exampleCount: 100, batchSize: 5, shuffle: true, seed: 2, groups: groups.ofExample)
    #expect(plan.batches(epoch: 0) != plan.batches(epoch: 1))
    #expect(plan.batches(epoch: 3) == plan.batches(epoch: 3))
    #expect(plan.batches(epoch: 0).count == plan.batchesPerEpoch)
    for batch in plan.batches(epoch: 0) {
      #expect(Set(batch.map { groups.ofExample[$0] }).count == 1)
    }
  }

  @Test func refusesInvalidLengthsAndTokens() throws {
    let tokens = HostTensor([1, 2, 3, 4] as [Int32], shape: [2, 2])
    func dataset(_ lengths: [Int32], vocabulary: Int = 5) throws {
      _ = try Dataset(
        name: "toy", source: Ports(tokens, lengths: HostTensor(lengths)), targets: tokens,
        vocabulary: VocabularySizes(input: vocabulary))
    }
    try dataset([1, 2])
    expectError("toy: row 1 (from 0) has length 0; expected 1 to 2") { try dataset([1, 0]) }
    expectError("toy: row 0 (from 0) has length 3; expected 1 to 2") { try dataset([3, 1]) }
    expectError("toy: row 1 (from 0) has the token 4, outside the vocabulary 0 to 3") {
      try dataset([1, 1], vocabulary: 4)
    }
  }
}
