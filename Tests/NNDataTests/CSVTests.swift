import NNCore
import NNData
import NNTestSupport
import Testing

@Suite("CSV tables")
struct CSVTests {
  /// Loads a table from a text.
  func load(
    _ text: String, name: String = "a.csv", targets: [ColumnReference] = [.index(-1)],
    features: [ColumnReference]? = nil, header: Bool = true, task: LearningTask = .automatic,
    classNames: [String]? = nil, known: DataEncoding? = nil, classes: [String]? = nil,
    format: CSVFormat = CSVFormat(), request: DataRequest = DataRequest()
  ) throws -> Dataset {
    let folder = try TemporaryFolder()
    _ = try folder.write(text, to: name)
    return try withExtendedLifetime(folder) {
      try DataSource.table(
        TableSource(
          file: name, targets: targets, features: features, header: header, task: task,
          classes: classes, format: format)
      ).load(
        relativeTo: folder.path,
        encoding: known ?? classNames.map { DataEncoding(classNames: $0) }, request: request)
    }
  }

  @Test func readsQuotedFieldsLineBreaksAndSpaces() throws {
    let dataset = try load(
      "\u{FEFF}\"a \"\"x\"\"\", b,\"kind\"\r\n1, 2.5 ,\"two\nlines, \"\"q\"\"\"\r\n\r\n-3e1,\"4\",z\n"
    )
    #expect(dataset.inputs == HostTensor([1, 2.5, -30, 4], shape: [2, 2]))
    #expect(dataset.featureNames == ["a \"x\"", "b"])
    #expect(dataset.classNames == ["two\nlines, \"q\"", "z"])
    #expect(dataset.targets == HostTensor([Int32(0), 1]))
  }

  @Test func numbersTextsInSortedOrder() throws {
    let dataset = try load("x,y\n1,wolf\n2,ape\n3,wolf\n4,Bee\n")
    #expect(dataset.classNames == ["Bee", "ape", "wolf"])
    #expect(dataset.targets == HostTensor([Int32(2), 1, 2, 0]))
  }

  @Test func takesTheClassesOfTheTrainingData() throws {
    let dataset = try load("x,y\n1,b\n", classNames: ["a", "b", "c"])
    #expect(dataset.targets == HostTensor([Int32(1)]))
    #expect(dataset.classCount == 3)
    expectError("a.csv:3: column \"y\": class \"d\" is unknown; the classes are: a, b, c") {
      _ = try load("x,y\n1,b\n1,d\n", classNames: ["a", "b", "c"])
    }
  }

  @Test func tellsLabelsFromNumbers() throws {
    let whole = "x,y\n1,0\n2,3\n3,1\n"
    #expect(try load(whole).targets == HostTensor([Int32(0), 3, 1]))
    #expect(try load(whole).classCount == 4)
    #expect(try load(whole, task: .classification).targets == HostTensor([Int32(0), 3, 1]))
    #expect(
      try load(whole, task: .regression).targets == HostTensor([0.0, 3, 1], shape: [3, 1]))
    let numbers = "x,y\n1,0.5\n2,-3\n"
    #expect(try load(numbers).targets == HostTensor([0.5, -3], shape: [2, 1]))
    let mapped = try load(numbers, task: .classification)
    #expect(mapped.classNames == ["-3", "0.5"])
    #expect(mapped.targets == HostTensor([Int32(1), 0]))
    expectError("a.csv:2: column \"y\": expected a number, found \"a\"") {
      _ = try load("x,y\n1,a\n", task: .regression)
    }
  }

  @Test func findsColumnsByNameAndNumber() throws {
    let text = "a,b,c,d\n1,2,3,4\n5,6,7,8\n"
    let two = try load(text, targets: ["d", 0], features: ["c", -3])
    #expect(two.inputs == HostTensor([3.0, 2, 7, 6], shape: [2, 2]))
    #expect(two.targets == HostTensor([4.0, 1, 8, 5], shape: [2, 2]))
    #expect(two.featureNames == ["c", "b"])
    let others = try load(text, targets: ["b"], task: .regression)
    #expect(others.inputs == HostTensor([1.0, 3, 4, 5, 7, 8], shape: [2, 3]))
    #expect(others.targets == HostTensor([2.0, 6], shape: [2, 1]))
  }

  @Test func readsTablesWithoutHeaderAndWithTabs() throws {
    let dataset = try load("1\t2\t0\n3\t4\t1", name: "a.tsv", header: false)
    #expect(dataset.inputs == HostTensor([1.0, 2, 3, 4], shape: [2, 2]))
    #expect(dataset.featureNames == nil)
    #expect(dataset.targets == HostTensor([Int32(0), 1]))
  }

  @Test(arguments: ["", "NA", "nan", "?", "null", "\"\""])
  func namesLineAndColumnOfMissingValues(value: String) {
    expectError("a.csv:4: column \"b\": the value is missing") {
      _ = try load("a,b,c\n1,2,3\n\n4,\(value),6\n")
    }
    expectError("a.csv:2: column 2: the value is missing") {
      _ = try load("1,2,3\n4,5,\(value)\n", header: false)
    }
  }

  @Test(arguments: [
    ("a,b\n1,2\n1,2,3\n", "a.csv:3: expected 2 fields as in the first row, found 3"),
    ("a,b\n1\n", "a.csv:2: expected 2 fields as in the first row, found 1"),
    ("a,b\n1,\"x\ny\"\n1,2,3\n", "a.csv:4: expected 2 fields"),
    ("a,b\nx,2\n", "a.csv:2: column \"a\": expected a number, found \"x\""),
    ("a,b\ninf,2\n", "a.csv:2: column \"a\": expected a finite number, found \"inf\""),
    ("a,b\n1,\"2\n", "a.csv:2: a quote is not closed before the end of the file"),
    ("a,b\n\"1\"2,3\n", "a.csv:2: text follows a closing quote"),
    ("", "a.csv: holds no rows"), ("\n\n", "a.csv: holds no rows"), ("a,b\n", "holds no examples"),
    ("a\n1\n", "a.csv: no column is left for inputs"),
  ])
  func refusesDamagedTables(text: String, message: String) {
    expectError(message) { _ = try load(text) }
  }

  @Test func refusesUnknownAndDoubleColumns() {
    let text = "a,b,a\n1,2,3\n"
    expectError("there is no column \"c\"", "the columns are: a, b, a") {
      _ = try load(text, targets: ["c"])
    }
    expectError("there is no column 3; the table has 3") { _ = try load(text, targets: [3]) }
    expectError("2 columns are called \"a\"") { _ = try load(text, targets: ["a"]) }
    expectError("column \"b\" is named twice") { _ = try load(text, targets: ["b", 1]) }
    expectError("column \"b\" is both an input and a target") {
      _ = try load(text, targets: ["b"], features: [0, 1])
    }
    expectError("no target column is named") { _ = try load(text, targets: []) }
    expectError("columns are named by number") { _ = try load(text, targets: ["b"], header: false) }
    expectError("expected one column of class labels, found 2") {
      _ = try load(text, targets: [0, 1], task: .classification)
    }
  }

  @Test func namesAMissingFile() {
    expectError("/nowhere/a.csv: no such file") {
      _ = try DataSource.table(TableSource(file: "a.csv")).load(relativeTo: "/nowhere")
    }
  }
}
