import NNCore
import NNData
import NNTestSupport
import Testing

/// The encoding of target columns, depending on what the loss requires.
@Suite("Targets of tables")
struct TableTargetTests {
  private let numbers = DataRequest(task: .regression)
  private let labels = DataRequest(task: .classification, ignoredLabel: -100)

  private func load(
    _ text: String, task: LearningTask = .automatic, known: DataEncoding? = nil,
    classes: [String]? = nil, format: CSVFormat = CSVFormat(), request: DataRequest = DataRequest()
  ) throws -> Dataset {
    try CSVTests().load(
      text, task: task, known: known, classes: classes, format: format, request: request)
  }

  @Test(
    "a loss over numbers never gets ranks of classes",
    arguments: [
      ("\"1,000.5\"", "found \"1,000.5\"", "without thousands separators: 1000.5"),
      ("\"1,5\"", "found \"1,5\"", "decimal: ','"),
      ("-", "found \"-\"", "missing value"),
      ("15%", "found \"15%\"", "without the percent sign: 15"),
      ("$12", "found \"$12\"", "without a unit or currency: 12"),
      ("12 km", "found \"12 km\"", "without a unit or currency: 12"),
      ("#N/A", "the value is missing (\"#N/A\")", "fill in a value"),
      ("<NA>", "the value is missing (\"<NA>\")", "fill in a value"),
      ("cat", "found \"cat\"", "loss: cross_entropy"),
    ])
  func refusesTexts(text: String, message: String, hint: String) {
    expectError("a.csv:3: column \"y\": ", message, hint) {
      _ = try load("x,y\n1,2\n2,\(text)\n3,4\n", request: numbers)
    }
  }

  @Test("integers are numbers for a loss over numbers")
  func integers() throws {
    let dataset = try load("x,y\n1,2\n2,0\n", request: numbers)
    #expect(dataset.targets == HostTensor([2.0, 0], shape: [2, 1]))
  }

  @Test("a text among numbers is no class unless asked for")
  func mixture() throws {
    let text = "x,y\n1,0\n2,l\n3,1\n"
    expectError("a.csv:3: column \"y\": expected a number, found \"l\"", "task: classification") {
      _ = try load(text)
    }
    #expect(try load(text, task: .classification).classNames == ["0", "1", "l"])
  }

  @Test("data for a network with numbered classes hold no texts, and the reverse")
  func otherKindThanInTraining() {
    let numbered = DataEncoding(targetsAreNumeric: true)
    for request in [labels, numbers, DataRequest()] {
      expectError("a.csv:2: column \"y\": expected a", "found \"cat\"") {
        _ = try load("x,y\n1,cat\n2,dog\n", known: numbered, request: request)
      }
    }
    expectError("a.csv:2: column \"y\": class \"0\" is unknown; the classes are: cat, dog") {
      _ = try load(
        "x,y\n1,0\n2,1\n", known: DataEncoding(classNames: ["cat", "dog"]), request: labels)
    }
  }

  @Test("numbers that are not labels: mapped on request, else an error")
  func mapping() throws {
    for (values, names) in [
      (["-1", "1", "-1"], ["-1", "1"]), (["3", "9", "4"], ["3", "4", "9"]),
      (["2.5", "10", "2.50"], ["2.5", "10"]),
    ] {
      let text = "x,y\n" + values.map { "0,\($0)\n" }.joined()
      let mapped = try load(text, task: .classification, request: labels)
      #expect(mapped.classNames == names)
      let expected = values.map { value in
        Int32(names.firstIndex { Double($0) == Double(value) } ?? -1)
      }
      #expect(mapped.targets == HostTensor(expected))
    }
    expectError(
      "a.csv:2: column \"y\" holds numbers that are not class labels 0, 1, …: found \"-1\"",
      "task: classification"
    ) { _ = try load("x,y\n1,-1\n2,1\n", request: labels) }
    expectError("a.csv:3: ", "found \"0.5\"", "loss: mse") {
      _ = try load("x,y\n1,0\n2,0.5\n", request: labels)
    }
    // Labels from 0 are kept, even if some are missing between them.
    #expect(
      try load("x,y\n1,0\n2,3\n", task: .classification).targets == HostTensor([Int32(0), 3]))
  }

  @Test("classes in an order of one's own")
  func classes() throws {
    let dataset = try load("x,y\n1,low\n2,high\n", classes: ["low", "mid", "high"])
    #expect(dataset.targets == HostTensor([Int32(0), 2]) && dataset.classCount == 3)
    expectError("a.csv:3: column \"y\": class \"hihg\" is unknown; the classes are: low, high") {
      _ = try load("x,y\n1,low\n2,hihg\n", classes: ["low", "high"])
    }
    expectError("`classes` lists classes, but the loss takes numbers") {
      _ = try load("x,y\n1,low\n", classes: ["low"], request: numbers)
    }
  }

  @Test("a class may be called NA, and a number may mark a missing value")
  func missing() throws {
    let text = "x,y\n1,NA\n2,EU\n"
    expectError("a.csv:2: column \"y\": the value is missing (\"NA\")") { _ = try load(text) }
    #expect(try load(text, format: CSVFormat(missing: [])).classNames == ["EU", "NA"])
    expectError("a.csv:3: column \"x\": the value is missing (\"-999\")") {
      _ = try load("x,y\n1,0\n-999,1\n", format: CSVFormat(missing: ["-999"]))
    }
  }

  @Test("rows with the ignored label may be negative", arguments: [Int32(-100), -1])
  func ignored(label: Int32) throws {
    let request = DataRequest(task: .classification, ignoredLabel: label)
    let dataset = try load("x,y\n1,0\n2,\(label)\n3,1\n", request: request)
    #expect(dataset.targets == HostTensor([Int32(0), label, 1]) && dataset.classNames == nil)
    let named = try load("x,y\n1,a\n2,\(label)\n3,b\n", task: .classification, request: request)
    #expect(named.targets == HostTensor([Int32(0), label, 1]) && named.classNames == ["a", "b"])
    expectError("found \"-7\"") {
      _ = try load("x,y\n1,0\n2,-7\n", request: request)
    }
  }
}
