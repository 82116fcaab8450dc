import NNCore
import NNData
import NNTestSupport
import Testing

/// Embedded columns of tables in a file, compared with the same ones in memory, bit by bit.
@Suite("Embedded columns in a file") struct StreamedCategoryTests {
  private let fixture: StreamedTableFixture

  init() throws {
    fixture = try StreamedTableFixture()
    try fixture.write(Array(StreamedTableFixture.csv(rows: 700).utf8), to: "t.csv")
  }

  /// Two categories next to numbers, one of them with missing values.
  private static var source: TableSource {
    var source = StreamedTableFixture.source()
    source.columns["k"] = ColumnOptions(missing: .indicator, encode: .embedding)
    source.columns["o"] = ColumnOptions(type: .category, encode: .embedding)
    return source
  }

  /// Columns that are all embedded.
  private static var categories: TableSource {
    var source = TableSource(
      file: "t.csv", targets: ["y"], features: ["k", "g", "o"],
      columns: [
        "*": ColumnOptions(type: .category, missing: .indicator, encode: .embedding)
      ])
    source.format.comment = CSVFormat.Delimiter("#")
    return source
  }

  @Test("next to numbers, in blocks of any size", arguments: StreamedTableTests.blocks)
  func nextToNumbers(block: Int) throws {
    let memory = try fixture.memory(Self.source)
    #expect(memory.namedInputs.names == ["input", "k", "o"])
    #expect(memory.categoryCounts == ["k": 5, "o": 5] && memory.vocabulary == nil)
    #expect(memory.notes.contains { $0.what == "missing values encoded as 0" })
    try expectEqual(Self.source, block: block, memory)
  }

  @Test("without numbers, in blocks of any size", arguments: StreamedTableTests.blocks)
  func alone(block: Int) throws {
    let memory = try fixture.memory(Self.categories)
    #expect(memory.namedInputs.names == ["k", "g", "o"])
    #expect(memory.vocabulary == VocabularySizes(input: 5, output: 3))
    #expect(memory.featureNames == ["k"])
    try expectEqual(Self.categories, block: block, memory)
  }

  /// Expects the same data from a file, also those of training rows alone, which lack categories, and
  /// later ones.
  private func expectEqual(_ source: TableSource, block: Int, _ memory: Dataset) throws {
    let file = try fixture.streamed(source, block: block)
    try StreamedTableFixture.expectEqual(file, memory)
    let (train, validation) = ([0, 1, 2], Array(3..<90))
    let parts = try (
      file.parts(train: train, validation: validation),
      memory.parts(train: train, validation: validation)
    )
    try StreamedTableFixture.expectEqual(parts.0.train, parts.1.train)
    try StreamedTableFixture.expectEqual(parts.0.validation, parts.1.validation)
    let known = parts.1.train.encoding
    let later = try (
      fixture.streamed(source, block: block, known: known),
      fixture.memory(source, known: known)
    )
    try StreamedTableFixture.expectEqual(later.0, later.1)
    #expect(
      later.0.notes.contains { $0.what == "categories that the training rows lack, encoded as 0" })
    #expect(
      try later.0.categories(of: [5, 3]).map(\.texts)
        == later.1.categories(of: [5, 3]).map(\.texts))
  }

  @Test("batches in any order")
  func batches() throws {
    for source in [Self.source, Self.categories] {
      try StreamedTableFixture.expectEqualBatches(
        fixture.streamed(source, block: 500), fixture.memory(source))
    }
  }

  @Test("another encoding needs no second parsing")
  func cache() throws {
    _ = try fixture.streamed(Self.source, block: 512)
    var plain = Self.source
    plain.columns["k"] = ColumnOptions(missing: .indicator, encode: .oneHot)
    plain.columns["o"] = ColumnOptions(type: .category)
    try StreamedTableFixture.expectEqual(
      fixture.streamed(plain, block: 512), fixture.memory(plain))
    #expect(fixture.files(fixture.cache(512)).count == 1)
  }

  @Test("categories beyond those of the training data are refused")
  func beyond() throws {
    let dataset = try fixture.streamed(Self.source, block: 512)
    try dataset.requireCategories(["k": 5, "o": 6])
    expectError("of the input `o` holds the category 4, beyond the 4 of the training data") {
      try dataset.requireCategories(["o": 4])
    }
    expectError("the input `input` holds categories, int32, got float64") {
      try dataset.requireCategories(["input": 3])
    }
  }
}
