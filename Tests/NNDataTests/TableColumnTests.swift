import Foundation
import NNCore
import NNData
import NNFormats
import NNTestSupport
import Testing

/// Which columns are read, and how tables may be written.
@Suite("Columns of tables")
struct TableColumnTests {
  private let known = DataEncoding(
    featureNames: ["a", "b"], targetNames: ["y"], targetsAreNumeric: true)

  private func load(
    _ text: String, name: String = "t.csv", targets: [ColumnReference] = [.index(-1)],
    features: [ColumnReference]? = nil, header: Bool = true, known: DataEncoding? = nil,
    format: CSVFormat = CSVFormat()
  ) throws -> Dataset {
    try CSVTests().load(
      text, name: name, targets: targets, features: features, header: header, known: known,
      format: format)
  }

  @Test("columns are those of the training data, by name, in whatever order")
  func byName() throws {
    let dataset = try load("y,id,b,a\n7,x,2,1\n8,z,4,3\n", known: known)
    #expect(dataset.inputs == HostTensor([1.0, 2, 3, 4], shape: [2, 2]))
    #expect(dataset.targets == HostTensor([Int32(7), 8]))
    #expect(dataset.featureNames == ["a", "b"] && dataset.targetNames == ["y"])
    expectError("t.csv: there is no column \"a\", \"b\", which the training data have", "c, d, y") {
      _ = try load("c,d,y\n1,2,3\n", known: known)
    }
    expectError("t.csv: there is no column \"y\"", "a, b, z") {
      _ = try load("a,b,z\n1,2,3\n", known: known)
    }
  }

  @Test("given names apply, and without a header positions")
  func byOtherNames() throws {
    let renamed = try load(
      "z,d,c\n7,2,1\n", targets: ["z"], features: ["c", "d"], known: known)
    #expect(renamed.inputs == HostTensor([1.0, 2], shape: [1, 2]))
    let bare = try load("1,2,7\n", header: false, known: known)
    #expect(bare.inputs == HostTensor([1.0, 2], shape: [1, 2]))
  }

  @Test("a series' columns are found by name, too")
  func series() throws {
    let folder = try TemporaryFolder()
    let path = try folder.write("v,t\n9,1\n8,2\n7,3\n", to: "s.csv")
    let source = SeriesSource(file: path, columns: [0], window: 1)
    #expect(try source.windows(path: path, known: ["t"]).targets.doubles == [2, 3])
    #expect(try source.windows(path: path).targets.doubles == [8, 7])
    expectError("there is no column \"u\", which the training data have; the columns are: v, t") {
      _ = try source.windows(path: path, known: ["u"])
    }
  }

  @Test("delimiters are found where the first row has one kind", arguments: [";", "\t", "|"])
  func delimiters(delimiter: String) throws {
    let text = "a,b,y\n1,2,0\n3,4,1\n".replacing(",", with: delimiter)
    #expect(try load(text).inputs == HostTensor([1.0, 2, 3, 4], shape: [2, 2]))
  }

  @Test("decimal commas are read on request")
  func decimals() throws {
    let text = "a;b;y\n1,5;2;0\n-0,25;4;1\n"
    #expect(
      try load(text, format: CSVFormat(hasDecimalComma: true)).inputs
        == HostTensor([1.5, 2, -0.25, 4], shape: [2, 2]))
    expectError("t.csv:2: column \"a\": expected a number, found \"1,5\"", "decimal: ','") {
      _ = try load(text)
    }
    expectError(
      "t.csv:2: column \"a\": expected a number, found \"1.5\"", "must not contain a point"
    ) {
      _ = try load("a;y\n1.5;0\n", format: CSVFormat(hasDecimalComma: true))
    }
  }

  @Test("lines may end with CR, files may be compressed or in UTF-16")
  func encodings() throws {
    let text = "a,b,y\n1,2,é\n3,4,\"f\n\"\n"
    let expected = try load(text)
    #expect(expected.classNames == ["f\n", "é"])
    let bare = try load("a,b,y\r1,2,e\r3,4,f\r")
    #expect(bare.inputs == expected.inputs && bare.classNames == ["e", "f"])
    expectError("t.csv:3: expected 3 fields") { _ = try load("a,b,y\r\"1\",2,e\r3,4\r") }
    let folder = try TemporaryFolder()
    func read(_ name: String, _ bytes: [UInt8]) throws -> Dataset {
      try AtomicFile.write(path: folder.path(name), bytes)
      return try DataSource.table(TableSource(file: name)).load(relativeTo: folder.path)
    }
    let units = Array(text.utf16)
    let files: [(String, [UInt8])] = [
      ("a.csv.gz", Gzip.deflate(Array(text.utf8))),
      ("le.csv", [0xFF, 0xFE] + units.flatMap { [UInt8($0 & 255), UInt8($0 >> 8)] }),
      ("be.csv", [0xFE, 0xFF] + units.flatMap { [UInt8($0 >> 8), UInt8($0 & 255)] }),
    ]
    for (name, bytes) in files {
      let dataset = try read(name, bytes)
      #expect(dataset.inputs == expected.inputs && dataset.classNames == expected.classNames)
    }
    expectError("cut.csv: is damaged: not UTF-16") {
      _ = try read("cut.csv", [0xFF, 0xFE, 0x41])
    }
    expectError("bare.csv: holds zero bytes", "iconv -f UTF-16LE") {
      _ = try read("bare.csv", Array(files[1].1.dropFirst(2)))
    }
    expectError("book.csv: is a ZIP archive", "save the table as CSV") {
      _ = try read("book.csv", Array("PK\u{3}\u{4}".utf8))
    }
    let bomb = Gzip.deflate([UInt8](repeating: 0x61, count: 80 << 20))
    expectError("bomb.csv.gz: inflates to more than") { _ = try read("bomb.csv.gz", bomb) }
  }

  @Test("bytes that are not UTF-8 are an error with their line, never merged classes")
  func latin1() throws {
    let folder = try TemporaryFolder()
    let bytes = Array("x,y\n1,caf".utf8) + [0xE9, 0x0A] + Array("2,caf".utf8) + [0xE8, 0x0A]
    try AtomicFile.write(path: folder.path("l.csv"), bytes)
    expectError("l.csv:2: the field \"caf", "is not UTF-8", "iconv -f LATIN1 -t UTF-8") {
      _ = try DataSource.table(TableSource(file: "l.csv")).load(relativeTo: folder.path)
    }
  }

  @Test("a text among the inputs comes with a way out")
  func textInput() {
    expectError("t.csv:2: column \"a\": expected a number, found \"red\"", "features: […]") {
      _ = try load("a,y\nred,0\n")
    }
  }
}
