import Foundation
import NNCore
import NNData
import NNTestSupport
import Testing

@Suite("Columns of any type")
struct ColumnEncodingTests {
  /// Loads a table whose columns have options.
  private func load(
    _ text: String, columns: [String: ColumnOptions] = [:], known: DataEncoding? = nil,
    header: Bool = true, targets: [ColumnReference] = [.index(-1)], separator: String? = nil,
    excluded: [ColumnReference] = [], request: DataRequest = DataRequest(task: .regression)
  ) throws -> Dataset {
    let folder = try TemporaryFolder()
    try folder.write(text, to: "t.csv")
    var source = TableSource(
      file: "t.csv", targets: targets, header: header, separator: separator, columns: columns)
    source.excluded = excluded
    return try withExtendedLifetime(folder) {
      try DataSource.table(source).load(
        relativeTo: folder.path, encoding: known, request: request)
    }
  }

  private func quoted(_ text: String) -> String { "\"\(text)\"" }

  @Test("fixtures are there")
  func fixtures() { #expect(ColumnFixture.all.count == 24) }

  @Test("inputs are those of scikit-learn and pandas", arguments: ColumnFixture.all)
  func oracle(fixture: ColumnFixture) throws {
    let rows = fixture.texts.map { "\(quoted($0)),1\n" }.joined()
    let whole = try load("x,y\n" + rows, columns: ["x": fixture.columnOptions])
    let fitted = try whole.fittingColumns(to: fixture.train)
    let width = fixture.expected[0].count
    #expect(fitted.inputs.shape == [fixture.texts.count, width])
    expectClose(fitted.inputs.doubles, Array(fixture.expected.joined()), .float64, fixture.name)
    // The same rows as later data, by the encoding alone.
    let again = try load("x,y\n" + rows, known: fitted.encoding)
    expectIdentical(again.inputs, fitted.inputs)
    let file = try JSONEncoder().encode(try #require(fitted.columns))
    let decoded = try JSONDecoder().decode([ColumnEncoding].self, from: file)
    #expect(decoded == fitted.columns && decoded.allSatisfy(\.isValid))
  }

  @Test("a split fits columns to its training rows, never to validation rows")
  func leak() throws {
    let header = "x,colour,when,y\n"
    func row(_ index: Int, x: String, colour: String) -> String {
      "\(x),\(colour),2020-01-\(10 + index % 20),\(index)\n"
    }
    let rows = (0..<40).map { index in
      row(index, x: index % 5 == 0 ? "" : "\(index)", colour: ["red", "blue"][index % 2])
    }
    let options = ["x": ColumnOptions(missing: .mean, scale: .standard)]
    let whole = try load(header + rows.joined(), columns: options)
    let (train, validation) = try whole.split(fraction: 0.25, seed: 7)
    // Whatever validation rows hold changes nothing in training.
    let held = Set((0..<validation.count).map(validation.sourceRow))
    let changed = rows.enumerated().map { index, text in
      held.contains(index) ? row(index, x: "1000000", colour: "violet") : text
    }
    let other = try load(header + changed.joined(), columns: options)
    let (otherTrain, otherValidation) = try other.split(fraction: 0.25, seed: 7)
    expectIdentical(train.inputs, otherTrain.inputs)
    #expect(train.columns == otherTrain.columns && train.featureNames == otherTrain.featureNames)
    #expect(train.featureNames?.contains("colour=violet") == false)
    #expect(whole.encoding.columns != train.encoding.columns)
    #expect(other.encoding.columns != whole.encoding.columns)
    // Validation rows are encoded by the same statistics.
    #expect(validation.columns == train.columns && otherValidation.columns == train.columns)
    let unknown = otherValidation.notes.filter { $0.what.contains("training rows lack") }
    #expect(unknown.map(\.count) == [held.count])
    let mean = train.inputs.doubles.enumerated().filter { $0.offset % train.inputs.shape[1] == 0 }
      .map(\.element).reduce(0, +)
    #expect(abs(mean) < 1e-9)
  }

  @Test("tables of numbers are read as they are")
  func numbers() throws {
    let text = "a,b,y\n1,0.1,3\n-2e-3,5,4\n"
    let plain = try load(text)
    #expect(plain.columns == nil && plain.notes.isEmpty)
    let listed = try load(text, columns: ["a": ColumnOptions()])
    expectIdentical(plain.inputs, listed.inputs)
    #expect(plain.featureNames == listed.featureNames && listed.columns?.count == 2)
    expectError("t.csv:3: column \"b\": the value is missing") {
      _ = try load("a,b,y\n1,2,3\n1,NA,3\n")
    }
    // Later data of a network that reads numbers hold numbers, even if texts repeat.
    expectError("t.csv:2: column \"b\": expected a number, found \"red\"") {
      _ = try load("a,b,y\n1,red,3\n1,red,3\n", known: plain.encoding)
    }
    expectError("t.csv:3: column \"b\": the value is missing") {
      _ = try load("a,b,y\nred,2,3\nred,NA,3\n")
    }
  }

  @Test("types are found where all values agree")
  func types() throws {
    let text =
      "n,i,c,b,d,y\n"
      + (0..<6).map { "0.\($0),\($0),k\($0 % 2),Yes,2020-02-0\($0 + 1),1\n" }.joined()
    let dataset = try load(text)
    #expect(dataset.columns?.map(\.type) == [.number, .integer, .category, .boolean, .date])
    #expect(
      dataset.featureNames == [
        "n", "i", "c=k0", "c=k1", "b", "d.trend", "d.month_sin", "d.month_cos", "d.weekday_sin",
        "d.weekday_cos",
      ])
    // Numbers and texts, and texts that do not repeat, are more likely mistakes.
    expectError("t.csv:3: column \"x\": expected a number, found \"a\"", "features: […]") {
      _ = try load("x,y\n1,1\na,2\n3,3\na,4\n")
    }
    expectError("t.csv:2: column \"x\": expected a number, found \"a\"") {
      _ = try load("x,y\na,1\nb,2\nc,3\n")
    }
    let forced = try load("x,y\n1,1\na,2\n", columns: ["x": ColumnOptions(type: .category)])
    #expect(forced.featureNames == ["x=1", "x=a"])
  }

  @Test("texts of a column with `encode` are categories, whatever they are and however many")
  func encodedTexts() throws {
    let encoded = ["x": ColumnOptions(encode: .ordinal)]
    let texts = (0..<1200).map { "u\($0)" }
    let many = try load("x,y\n" + texts.map { "\($0),1\n" }.joined(), columns: encoded)
    let order = texts.sorted()
    #expect(many.columns?[0].categories == order)
    #expect(many.inputs.doubles.map { order[Int($0)] } == texts)
    for texts in [["yes", "no"], ["2024-03-31", "2023-01-01"], ["b", "a"]] {
      let few = try load("x,y\n" + texts.map { "\($0),1\n" }.joined(), columns: encoded)
      #expect(few.columns?[0].type == .category && few.inputs.doubles == [1, 0])
    }
    // Numbers and texts are still more likely a mistake.
    expectError(
      "t.csv:3: column \"x\": expected a number, found \"a\"", "columns: {x: {type: category}}"
    ) { _ = try load("x,y\n1,1\na,2\n", columns: encoded) }
  }

  @Test("what was filled, unknown or clipped is counted")
  func notes() throws {
    let columns = [
      "x": ColumnOptions(missing: .median, scale: .quantile),
      "c": ColumnOptions(type: .category, missing: .indicator),
    ]
    let train = try load("x,c,y\n1,a,1\n,b,1\n3,,1\n", columns: columns)
    let filled = [
      DataNote(subject: "column \"x\"", what: "missing values filled with the median", count: 1),
      DataNote(
        subject: "column \"c\"", what: "missing values filled with no category, and marked",
        count: 1),
    ]
    #expect(train.notes == filled)
    #expect(train.inputs.doubles == [0, 1, 0, 0, 0.5, 0, 1, 0, 1, 0, 0, 1])
    let test = try load("c,x,y\nz,9,1\n", known: train.encoding)
    #expect(test.inputs.doubles == [1, 0, 0, 0])
    #expect(test.notes.map(\.count) == [1, 1])
    #expect(test.notes.map(\.what).contains { $0.contains("clipped") })
  }

  @Test("options that a column cannot have are refused")
  func refusals() throws {
    func refuse(_ message: String, _ texts: [String], _ options: ColumnOptions) {
      expectError(message) {
        _ = try load("x,y\n" + texts.map { "\($0),1\n" }.joined(), columns: ["x": options])
      }
    }
    refuse("`encode` of \"x\" is for categories", ["1", "2"], ColumnOptions(encode: .oneHot))
    refuse(
      "`scale` of \"x\" is for numbers", ["a", "a"], ColumnOptions(type: .category, scale: .log))
    refuse("`order` of \"x\" is for dates", ["1", "2"], ColumnOptions(order: .dayFirst))
    refuse(
      "`missing: mean` of \"x\" is for numbers", ["a", "a"],
      ColumnOptions(type: .category, missing: .mean))
    refuse("no training row has a value", ["", "NA"], ColumnOptions(missing: .mean))
    refuse("expected a number", ["", "1"], ColumnOptions(missing: .constant("a")))
    refuse("expected an integer, found \"1.5\"", ["1", "1.5"], ColumnOptions(type: .integer))
    refuse("expected a date", ["2020-02-30"], ColumnOptions(type: .date))
    refuse("expected true or false, found \"2\"", ["1", "2"], ColumnOptions(type: .boolean))
    refuse("texts cannot be inputs", ["a", "a"], ColumnOptions(type: .text))
    expectError("`columns`: \"ag\" is not an input column", "did you mean \"age\"?") {
      _ = try load("age,y\n1,1\n", columns: ["ag": ColumnOptions()])
    }
    expectError("expected the 1 input columns of the training data, found 2") {
      let train = try load("1,1\n2,2\n", columns: ["0": ColumnOptions()], header: false)
      var source = TableSource(file: "t.csv", features: [0, 1], header: false)
      source.targets = [2]
      let folder = try TemporaryFolder()
      try folder.write("1,2,3\n", to: "t.csv")
      try withExtendedLifetime(folder) {
        _ = try DataSource.table(source).load(relativeTo: folder.path, encoding: train.encoding)
      }
    }
  }

  @Test("several labels of an example become targets of 0 and 1")
  func labels() throws {
    let text = "x,tags\n1,red|round\n2,\n3,round| blue\n"
    let train = try load(text, separator: "|")
    #expect(train.targetNames == ["blue", "red", "round"])
    #expect(train.targets == HostTensor([0.0, 1, 1, 0, 0, 0, 1, 0, 1], shape: [3, 3]))
    let test = try load("x,tags\n1,red\n", known: train.encoding, separator: "|")
    #expect(test.targets == HostTensor([0.0, 1, 0], shape: [1, 3]))
    expectError("t.csv:2: column \"tags\": label \"green\" is unknown; the labels are: blue") {
      _ = try load("x,tags\n1,green\n", known: train.encoding, separator: "|")
    }
    expectError("the loss takes one label per example", "bce_with_logits") {
      _ = try load(text, separator: "|", request: DataRequest(task: .classification))
    }
  }

  @Test("columns are left out, and found by number without a header")
  func exclusion() throws {
    let dataset = try load("id,a,b,y\n7,1,2,3\n8,4,5,6\n", excluded: ["id", 2])
    #expect(dataset.featureNames == ["a"])
    let bare = try load(
      "1,red,3\n2,red,3\n",
      columns: ["*": ColumnOptions(scale: .minMax), "1": ColumnOptions(type: .category)],
      header: false)
    #expect(bare.inputs.doubles == [0, 1, 1, 1])
  }
}
