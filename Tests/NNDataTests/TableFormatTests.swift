import Foundation
import NNCore
import NNData
import NNFormats
import NNTestSupport
import Testing

@Suite("Tables in JSONL, ARFF and LIBSVM")
struct TableFormatTests {
  private struct Fixtures: Decodable {
    struct ARFF: Decodable {
      let text: String
      let numbers: [[Double?]]
      let categories: [String]
    }
    struct LIBSVM: Decodable {
      let text: String
      let inputs: [[Double]]
      let labels: [Int32]
    }
    let arff: ARFF
    let libsvm: LIBSVM
  }

  private func fixtures() throws -> Fixtures {
    try JSONDecoder().decode(
      Fixtures.self, from: Data(contentsOf: ColumnFixture.file("formats")))
  }

  private func load(
    _ text: String, _ kind: TableKind, targets: [ColumnReference] = [.index(-1)],
    columns: [String: ColumnOptions] = [:], featureCount: Int? = nil, known: DataEncoding? = nil,
    isCompressed: Bool = false
  ) throws -> Dataset {
    let folder = try TemporaryFolder()
    let bytes = Array(text.utf8)
    try AtomicFile.write(
      path: folder.path("t.\(kind)"), isCompressed ? Gzip.deflate(bytes) : bytes)
    return try withExtendedLifetime(folder) {
      try DataSource.table(
        TableSource(
          file: "t.\(kind)", kind: kind, targets: targets, columns: columns,
          featureCount: featureCount)
      ).load(relativeTo: folder.path, encoding: known)
    }
  }

  @Test("ARFF holds what SciPy reads", arguments: [false, true])
  func arff(isCompressed: Bool) throws {
    let fixture = try fixtures().arff
    let dataset = try load(
      fixture.text, .arff, columns: ["*": ColumnOptions(missing: .constant("-1"))],
      isCompressed: isCompressed)
    #expect(dataset.inputs.doubles == fixture.numbers.joined().map { $0 ?? -1 })
    // Classes are those of the header, in its order.
    let classes = try #require(dataset.classNames)
    #expect(classes == ["sunny", "partly-cloudy", "rainy"])
    #expect(
      dataset.targets.scalars(as: Int32.self).map { classes[Int($0)] } == fixture.categories)
    #expect(dataset.featureNames == ["outside_temperature", "wind", "count"])
  }

  @Test("ARFF with quotes and sparse rows")
  func sparseARFF() throws {
    let text = """
      @relation 'a b'
      @attribute 'it''s' numeric
      @attribute "k 1" {'x y', z}
      @attribute y numeric
      @data
      {0 2.5, 2 7} % a comment
      {1 z}
      {}
      """.replacing("'it''s'", with: #"'it\'s'"#)
    let dataset = try load(text, .arff)
    #expect(dataset.featureNames == ["it's", "k 1=x y", "k 1=z"])
    #expect(dataset.inputs.doubles == [2.5, 1, 0, 0, 0, 1, 0, 1, 0])
    #expect(dataset.targets == HostTensor([Int32(7), 0, 0]))
  }

  @Test("LIBSVM holds what scikit-learn reads", arguments: [false, true])
  func libsvm(isCompressed: Bool) throws {
    let fixture = try fixtures().libsvm
    let dataset = try load(fixture.text, .libsvm, isCompressed: isCompressed)
    #expect(dataset.inputs == HostTensor(Array(fixture.inputs.joined()), shape: [7, 5]))
    #expect(dataset.targets.scalars(as: Int32.self) == fixture.labels)
    #expect(dataset.notes.map(\.count) == [7] && dataset.notes[0].what.contains("qid"))
    let wider = try load("1 2:5 # seven\n\n0\n", .libsvm, featureCount: 3)
    #expect(wider.inputs == HostTensor([0.0, 5, 0, 0, 0, 0], shape: [2, 3]))
    let later = try load("1 1:5\n", .libsvm, known: dataset.encoding)
    #expect(later.inputs == HostTensor([5.0, 0, 0, 0, 0], shape: [1, 5]))
  }

  @Test("JSONL: keys in any order, absent keys are missing", arguments: [false, true])
  func jsonl(isCompressed: Bool) throws {
    let text = """
      {"a": 1.5e1, "kind": "x\\u00e9", "y": 2}

      {"y": 3, "a": null, "kind": "x\\u00e9", "more": true}
      {"kind": "w", "y": -4.25, "a": "7"}
      {"kind": "w", "y": 0, "a": 0.1, "more": false}\r
      """
    let dataset = try load(
      text, .jsonl, targets: ["y"],
      columns: [
        "a": ColumnOptions(missing: .constant("-1")), "more": ColumnOptions(missing: .indicator),
      ], isCompressed: isCompressed)
    #expect(dataset.featureNames == ["a", "kind=w", "kind=xé", "more", "more.missing"])
    #expect(
      dataset.inputs.doubles == [
        15, 0, 1, 0.5, 1, -1, 0, 1, 1, 0, 7, 1, 0, 0.5, 1, 0.1, 1, 0, 0, 0,
      ])
    #expect(dataset.targets.doubles == [2, 3, -4.25, 0])
    let later = try load("{\"y\": 1, \"kind\": \"w\"}\n", .jsonl, known: dataset.encoding)
    #expect(later.inputs.doubles == [-1, 1, 0, 0.5, 1])
  }

  @Test(
    "errors name the line",
    arguments: [
      (TableKind.jsonl, "{\"a\": 1}\n[1]\n", "t.jsonl:2: expected an object"),
      (.jsonl, "{\"a\": [1]}\n", "t.jsonl:1: \"a\" holds a list; expected a number"),
      (.jsonl, "{\"a\": {\"b\": 1}}\n", "t.jsonl:1: \"a\" holds an object"),
      (.jsonl, "{\"a\": 1\n", "t.jsonl:1: expected"), (.jsonl, "\n", "t.jsonl: holds no rows"),
      (.jsonl, "{\"a\": 1, \"a\": 2}\n", "t.jsonl:1: the name \"a\" appears twice"),
      (.arff, "@attribute a numeric\n1\n", "t.arff:2: expected @relation"),
      (.arff, "@attribute a sting\n", "t.arff:1: the attribute \"a\" has the type \"sting\""),
      (.arff, "@attribute a numeric\n", "t.arff: holds no @data"),
      (.arff, "@data\n", "t.arff:1: @data comes before any @attribute"),
      (
        .arff, "@attribute a numeric\n@attribute b numeric\n@data\n1\n",
        "t.arff:4: expected 2 values, found 1"
      ),
      (.arff, "@attribute a numeric\n@data\n1,2\n", "t.arff:3: more than the 1 values"),
      (
        .arff, "@attribute a {x}\n@data\ny\n", "t.arff:3: \"a\": \"y\" is not one of the categories"
      ),
      (.arff, "@attribute a {x\n", "t.arff:1: expected \",\" or \"}\""),
      (
        .arff, "@attribute a numeric\n@data\n{1 2}\n",
        "t.arff:3: expected the index of an attribute"
      ),
      (.libsvm, "1 2\n", "t.libsvm:1: expected index:value, such as 3:0.5, found \"2\""),
      (.libsvm, "1:2\n", "t.libsvm:1: expected a label before"),
      (.libsvm, "1 0:2\n", "t.libsvm:1: the index 0 is not above 0"),
      (.libsvm, "1 2:2 2:3\n", "t.libsvm:1: the index 2 follows 2"),
      (.libsvm, "1 2000000:2\n", "t.libsvm:1: the index 2000000 is above 1000000"),
      (.libsvm, "1 1:x\n", "t.libsvm:1: column \"1\": expected a number, found \"x\""),
    ])
  func refusals(kind: TableKind, text: String, message: String) {
    expectError(message) { _ = try load(text, kind) }
  }

  @Test("bytes that are not UTF-8 are an error with their line")
  func latin1() throws {
    let folder = try TemporaryFolder()
    let texts = [
      "t.jsonl": "{\"a\": 1, \"y\": 2}\n{\"a\": \"?\", \"y\": 2}\n",
      "t.arff": "@attribute a string\n@attribute y numeric\n@data\nb,1\n?,2\n",
      "t.svm": "1 1:2\n0 1:?\n",
    ]
    for (name, text) in texts {
      let path = folder.path(name)
      try AtomicFile.write(path: path, text.utf8.map { $0 == UInt8(ascii: "?") ? 0xE9 : $0 })
      let line = text.prefix { $0 != "?" }.count { $0 == "\n" } + 1
      expectError("\(name):\(line): is not UTF-8", "iconv -f LATIN1 -t UTF-8") {
        let kind = try #require(TableKind.of(path: path))
        _ = try DataSource.table(TableSource(file: name, kind: kind))
          .load(relativeTo: folder.path)
      }
    }
  }

  @Test("files are recognized by their names")
  func kinds() {
    let names: [(String, TableKind?)] = [
      ("a.csv", .csv), ("a.TSV.gz", .csv), ("d/a.jsonl", .jsonl), ("a.ndjson.gz", .jsonl),
      ("a.arff", .arff), ("a.svm", .libsvm), ("a.libsvm.gz", .libsvm), ("a.json", nil),
      ("csv", nil), ("a.gz", nil),
    ]
    for (name, kind) in names { #expect(TableKind.of(path: name) == kind, "\(name)") }
  }

  @Test("comments and any delimiter")
  func comments() throws {
    let folder = try TemporaryFolder()
    func read(_ text: String, _ format: CSVFormat) throws -> Dataset {
      try folder.write(text, to: "t.csv")
      return try DataSource.table(TableSource(file: "t.csv", format: format))
        .load(relativeTo: folder.path)
    }
    let comment = CSVFormat(comment: CSVFormat.Delimiter("#"))
    let dataset = try read("# one\na,b\n# two, \"\n1,2\n\n#\n3,4\n# end", comment)
    #expect(dataset.inputs.doubles == [1, 3])
    expectError("t.csv:3: column \"a\": expected a number, found \"x\"") {
      _ = try read("#\na,b\nx,2\n", comment)
    }
    for character: Character in [":", "^", " ", "\t", "~"] {
      let delimiter = try #require(CSVFormat.Delimiter(character))
      let text = "a,b,y\n1.5,\"2\",3\n-4,5,6\n".replacing(",", with: "\(character)")
      let split = try read(text, CSVFormat(delimiter: delimiter))
      #expect(split.inputs.doubles == [1.5, 2, -4, 5], "\(character)")
    }
    for character: Character in ["a", "1", "\"", "\n", "é", ".", "-"] {
      #expect(CSVFormat.Delimiter(character) == nil)
    }
  }
}
