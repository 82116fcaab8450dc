import Foundation
import NNCore
import NNData
import NNFormats
import NNTestSupport
import Testing

/// Tables whose columns stay in a file, compared with the same ones in memory, bit by bit.
@Suite("Tables in a file") struct StreamedTableTests {
  private let fixture: StreamedTableFixture

  init() throws { fixture = try StreamedTableFixture() }

  static let blocks = [1, 7, 300, 4096, 1 << 20]

  @Test("columns of every type, in blocks of any size", arguments: blocks, ["\n", "\r\n", "\r"])
  func csv(block: Int, lineEnd: String) throws {
    let source = StreamedTableFixture.source()
    try fixture.write(Array(StreamedTableFixture.csv(lineEnd: lineEnd).utf8), to: "t.csv")
    var request = DataRequest()
    request.groupBy = ["g"]
    let memory = try fixture.memory(source, request: request)
    #expect(memory.count == 1300 && memory.classNames?.count == 3)
    #expect(
      memory.columns?.map(\.type) == [
        .number, .integer, .category, .category, .boolean, .date, .date, .number,
      ])
    #expect(memory.notes.map(\.count).allSatisfy { $0 > 0 } && memory.notes.count >= 4)
    let file = try fixture.streamed(source, block: block, request: request)
    try StreamedTableFixture.expectEqual(file, memory)
    let train = (0..<1300).filter { $0 % 4 != 1 }
    let parts = try (
      file.parts(train: train, validation: [1, 5, 9]),
      memory.parts(train: train, validation: [1, 5, 9])
    )
    try StreamedTableFixture.expectEqual(parts.0.train, parts.1.train)
    try StreamedTableFixture.expectEqual(parts.0.validation, parts.1.validation)
    // Later data are read by the encoding of the training data.
    let known = parts.1.train.encoding
    try StreamedTableFixture.expectEqual(
      fixture.streamed(source, block: block, known: known),
      fixture.memory(source, known: known))
  }

  @Test("numbers alone are read as they are", arguments: blocks)
  func numbers(block: Int) throws {
    let rows = (0..<700).map { "\($0).5;\(-$0),25;\"\($0 % 3)\";\($0 % 5)" }
    let text = "\u{FEFF}a;b;c;y\n" + rows.joined(separator: "\n").replacing(".5", with: ",5")
    try fixture.write(Array(text.utf8), to: "t.csv")
    let source = TableSource(file: "t.csv", format: CSVFormat(hasDecimalComma: true))
    let memory = try fixture.memory(source)
    #expect(memory.columns == nil && memory.inputs.shape == [700, 3])
    try StreamedTableFixture.expectEqual(fixture.streamed(source, block: block), memory)
  }

  @Test("compressed files and UTF-16", arguments: [1, 5, 1000])
  func encodings(block: Int) throws {
    let text = StreamedTableFixture.csv(rows: 60).replacing("é", with: "🙂")
    let units = Array(text.utf16)
    let files: [(String, [UInt8])] = [
      ("t.csv.gz", Array(text.utf8)),
      ("le.csv", [0xFF, 0xFE] + units.flatMap { [UInt8($0 & 255), UInt8($0 >> 8)] }),
      ("be.csv.gz", [0xFE, 0xFF] + units.flatMap { [UInt8($0 >> 8), UInt8($0 & 255)] }),
    ]
    for (name, bytes) in files {
      try fixture.write(bytes, to: name)
      let source = StreamedTableFixture.source(name)
      try StreamedTableFixture.expectEqual(
        fixture.streamed(source, block: block), fixture.memory(source))
    }
    expectError("inflates to more than the") {
      try fixture.write([UInt8](repeating: 0x61, count: 80 << 20), to: "bomb.csv.gz")
      _ = try fixture.streamed(TableSource(file: "bomb.csv.gz"), block: 1 << 24)
    }
  }

  @Test("files in several pieces, with several gzip members")
  func pieces() throws {
    // More than is read of a file at once, in an order that is hard to compress.
    let random = Philox(seed: 3)
    let rows = (0..<200_000).map { "\(random.normal($0)),\($0 % 3)\n" }
    let (first, second) = (rows.prefix(90_000).joined(), rows.dropFirst(90_000).joined())
    let bytes = Gzip.deflate(Array("a,y\n\(first)".utf8)) + Gzip.deflate(Array(second.utf8))
    try AtomicFile.write(path: fixture.folder.path("t.csv.gz"), bytes + [0, 0, 0])
    let source = TableSource(file: "t.csv.gz")
    let memory = try fixture.memory(source)
    #expect(memory.count == 200_000 && bytes.count > 1 << 20)
    for block in [100_000, 1 << 23] {
      try StreamedTableFixture.expectEqual(fixture.streamed(source, block: block), memory)
    }
    try AtomicFile.write(path: fixture.folder.path("t.csv.gz"), Array(bytes.dropLast(5)))
    expectError("t.csv.gz: truncated: the gzip data end before their checksum") {
      _ = try fixture.streamed(source, block: 100_000)
    }
    try AtomicFile.write(path: fixture.folder.path("t.csv.gz"), bytes + [0, 7, 0])
    expectError("t.csv.gz: 3 bytes of other data follow the gzip data") {
      _ = try fixture.streamed(source, block: 100_000)
    }
  }

  @Test("JSON lines, whose columns may appear late", arguments: blocks)
  func jsonLines(block: Int) throws {
    let lines = (0..<200).map { row -> String in
      let late = row > 150 ? ", \"late\": \(row)" : ""
      let kind = row % 7 == 0 ? "null" : "\"k\(row % 3)\\n\""
      return
        "{\"x\": \(row)e-1, \"kind\": \(kind), \"y\": \(row % 2)\(late)}\(row % 9 == 0 ? "\n" : "")"
    }
    let source = TableSource(
      file: "t.jsonl", kind: .jsonl, targets: ["y"],
      columns: ["*": ColumnOptions(missing: .indicator)])
    try fixture.write(Array(lines.joined(separator: "\r\n").utf8), to: "t.jsonl")
    let memory = try fixture.memory(source)
    #expect(memory.columns?.map(\.name) == ["x", "kind", "late"])
    try StreamedTableFixture.expectEqual(fixture.streamed(source, block: block), memory)
  }

  @Test("ARFF, whose header may be longer than a block", arguments: blocks)
  func arff(block: Int) throws {
    let header = """
      % A comment
      @relation 'a b'
      @attribute x numeric
      @attribute kind {a, 'b c', d}
      @attribute 'a day' date 'yyyy-MM-dd'
      @attribute note string
      @attribute y {no, yes}
      @data

      """
    let rows = (0..<150).map { row in
      row % 4 == 0
        ? "{0 \(row), 2 '2024-02-1\(row % 9)', 3 n\(row % 2), 4 yes}"
        : "\(row % 5 == 0 ? "?" : "\(row).25"), 'b c', 2023-12-2\(row % 9), \"n\(row % 2)\", no % end"
    }
    try fixture.write(Array((header + rows.joined(separator: "\n")).utf8), to: "t.arff.gz")
    let source = TableSource(
      file: "t.arff.gz", kind: .arff, columns: ["x": ColumnOptions(missing: .mean)])
    let memory = try fixture.memory(source)
    #expect(memory.count == 150 && memory.classNames == ["no", "yes"])
    try StreamedTableFixture.expectEqual(fixture.streamed(source, block: block), memory)
    try fixture.write(Array("@relation x\n@attribute a numeric\n% no data\n".utf8), to: "t.arff.gz")
    expectError("t.arff.gz: holds no @data") { _ = try fixture.streamed(source, block: block) }
  }

  @Test("LIBSVM, whose features are counted or stated", arguments: blocks, [nil, 12] as [Int?])
  func libsvm(block: Int, featureCount: Int?) throws {
    let rows = (0..<120).map { row in
      "\(row % 3 - 1) qid:\(row / 9) \(1 + row % 4):\(row).5 \(row == 119 ? "9:2" : "") # \(row)"
    }
    try fixture.write(Array(("# comment\n" + rows.joined(separator: "\n")).utf8), to: "t.svm")
    let source = TableSource(
      file: "t.svm", kind: .libsvm, task: .classification, featureCount: featureCount)
    let memory = try fixture.memory(source)
    #expect(memory.inputs.shape == [120, featureCount ?? 9])
    #expect(memory.notes.map(\.count) == [120])
    try StreamedTableFixture.expectEqual(fixture.streamed(source, block: block), memory)
  }

  @Test("batches in any order")
  func batches() throws {
    try fixture.write(Array(StreamedTableFixture.csv(rows: 500).utf8), to: "t.csv")
    let source = StreamedTableFixture.source()
    let data = try [fixture.memory(source), fixture.streamed(source, block: 500)]
    try StreamedTableFixture.expectEqualBatches(data[1], data[0])
    #expect(try data[0].column(3) == data[1].column(3))
  }

  @Test(
    "errors are those of a table in memory",
    arguments: [
      "a,b,y\n1,2,0\n1,2,3,4\n", "a,b,y\n1,2,0\n1,\"2\n\"x,0\n", "a,b,y\n1,2,0\n\n3,x,1\n",
      "a,b,y\n1,2,0\n1,,1\n", "a,b,y\n1,inf,0\n", "a,b,y\n1,2,\n", "a,b,y\n", "", "y\n1\n",
      "a,b,y\n1,\"2\n,3\n", "a,c,y\n1,2,0\n",
    ])
  func errors(text: String) throws {
    // The first block has at least 256 bytes.
    let filler = String(repeating: "\n", count: 300)
    for (name, text) in [("t.csv", text), ("far.csv", filler + text)] {
      try fixture.write(Array(text.utf8), to: name)
      var source = TableSource(file: name, targets: ["y"], features: ["a", "b"])
      source.columns["b"] = ColumnOptions()
      for block in [1, 50] {
        let memory = #expect(throws: NNError.self) { _ = try fixture.memory(source) }
        let file = #expect(throws: NNError.self) { _ = try fixture.streamed(source, block: block) }
        #expect(file == memory)
        #expect(fixture.files(fixture.cache(block)).isEmpty)
      }
    }
  }
}
