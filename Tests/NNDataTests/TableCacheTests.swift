import Foundation
import NNCore
import NNData
import NNFormats
import NNTestSupport
import Testing

/// The files of the cache in which tables stay.
@Suite("Cache of tables") struct TableCacheTests {
  private let fixture: StreamedTableFixture
  private let source = StreamedTableFixture.source()

  init() throws {
    fixture = try StreamedTableFixture()
    try fixture.write(Array(StreamedTableFixture.csv(rows: 90).utf8), to: "t.csv")
  }

  private var files: [String] { fixture.files(fixture.cache(512)) }
  private var path: String { "\(fixture.cache(512).folder)/\(files.first ?? "")" }

  private func load(_ source: TableSource? = nil) throws -> Dataset {
    try fixture.streamed(source ?? self.source, block: 512)
  }

  @Test("a table is read once, and again when the file or what is read of it changes")
  func changes() throws {
    let first = try load()
    try StreamedTableFixture.expectEqual(first, fixture.memory(source))
    let whole = try FileBytes.read(path)
    // Scales and categories are fitted to what is there.
    var scaled = source
    scaled.columns["n"] = ColumnOptions(missing: .mean, scale: .minMax)
    scaled.classes = first.classNames?.reversed()
    try StreamedTableFixture.expectEqual(load(scaled), fixture.memory(scaled))
    #expect(try files.count == 1 && FileBytes.read(path) == whole)
    var other = source
    other.excluded = ["i"]
    other.columns["i"] = nil
    try StreamedTableFixture.expectEqual(load(other), fixture.memory(other))
    #expect(files.count == 2)
    try fixture.write(Array(StreamedTableFixture.csv(rows: 91).utf8), to: "t.csv")
    #expect(try load().count == 91)
    #expect(files.count == 3)
  }

  @Test("a damaged file is written again")
  func damage() throws {
    _ = try load()
    let whole = try FileBytes.read(path)
    for count in [0, 7, 100, 5000, whole.count - 1] {
      try AtomicFile.write(path: path, Array(whole.prefix(count)))
      try StreamedTableFixture.expectEqual(load(), fixture.memory(source))
      #expect(try FileBytes.read(path) == whole)
    }
    var mutator = Mutator(seed: 6)
    for _ in 0..<40 {
      try AtomicFile.write(path: path, mutator.damaged(whole))
      try StreamedTableFixture.expectEqual(load(), fixture.memory(source))
    }
  }

  @Test("the file of the cache must stay as it is, the table need not")
  func cut() throws {
    let data = try load()
    try fixture.write([], to: "t.csv")
    let loader = try BatchLoader(
      dataset: data, batchSize: 8, shuffle: true, seed: 1, prefetch: false)
    #expect(try loader.next() != nil)
    try #require(FileHandle(forUpdatingAtPath: path)).truncate(atOffset: 5000)
    expectError("has 5000 bytes, and had", kind: .runFailed) { _ = try loader.next() }
  }

  @Test("no cache, texts, and missing files are errors with a fix")
  func errors() throws {
    var streamed = source
    streamed.isStreamed = true
    func load(_ source: TableSource, _ cache: DataCache?, known: DataEncoding? = nil) throws {
      _ = try source.load(
        path: fixture.folder.path(source.file), known: known, request: DataRequest(),
        cache: cache)
    }
    expectError("the columns of the table stay in the cache's file", "NN_CACHE_DIR", "t.csv") {
      try load(streamed, nil)
    }
    let file = try fixture.folder.write("", to: "file")
    expectError("is a file; expected the cache of data", "NN_CACHE_DIR") {
      try load(streamed, DataCache(folder: "\(file)/cache"))
    }
    expectError("no.csv: no such file") {
      var missing = streamed
      missing.file = "no.csv"
      try load(missing, fixture.cache(512))
    }
    streamed.text = TextColumn("k")
    streamed.columns = [:]
    expectError("texts, which are read into memory", "leave stream out") {
      try load(streamed, fixture.cache(512))
    }
  }

  @Test("of very many different texts, those that hold the same number stay different classes")
  func writtenTexts() throws {
    let many = (0..<70_000).map { "\($0)" }
    let others = ["007", "1.0", "-0", "1e3", "0.25", "0.250", "9007199254740993", "x", "007", "7"]
    func write(_ texts: [String]) throws {
      try fixture.write(
        Array(("a,y\n" + texts.map { "1,\($0)\n" }.joined()).utf8), to: "t.csv")
    }
    let (classes, numbers) = (LearningTask.classification, LearningTask.regression)
    try write(many + others)
    let labelled = try fixture.memory(TableSource(file: "t.csv", task: classes))
    let names = Set(many + others).sorted()
    #expect(labelled.classNames == names && names.count == 70_008)
    let labels = labelled.targets.scalars(as: Int32.self)
    #expect(labels.map { names[Int($0)] } == many + others)
    try write(many + others.filter { $0 != "x" })
    let values = (many + others).compactMap(Double.init)
    let measured = try fixture.memory(TableSource(file: "t.csv", task: numbers))
    #expect(measured.targets.doubles == values)
  }

  @Test("many different targets and groups", arguments: ["", "x"])
  func manyTexts(prefix: String) throws {
    let rows = (0..<70_000).map { "\($0 % 9),\(prefix)\($0 * 7 % 69_997),\(prefix)\($0)\n" }
    try fixture.write(Array(("a,g,y\n" + rows.joined()).utf8), to: "t.csv")
    let source = TableSource(
      file: "t.csv", targets: ["y"], features: ["a"],
      task: prefix.isEmpty ? .regression : .classification)
    var request = DataRequest()
    request.groupBy = ["g"]
    let memory = try fixture.memory(source, request: request)
    let values = (0..<70_000).map { Double($0) }
    if prefix.isEmpty {
      #expect(memory.targets.doubles == values)
      #expect(memory.groups["g"] == values.map { Int32($0 * 7) % 69_997 })
    } else {
      #expect(memory.classNames == values.map { "x\(Int($0))" }.sorted())
    }
    try StreamedTableFixture.expectEqual(
      fixture.streamed(source, block: 1 << 16, request: request), memory)
  }
}
