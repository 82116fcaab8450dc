import Foundation
import NNCore
import NNData
import NNTestSupport
import Testing

/// Columns of categories that are inputs of their own: every code is that of the sorted categories of
/// the training rows.
@Suite("Embedded columns")
struct EmbeddedColumnTests {
  private static let table = "x,city,y\n1,Oslo,0.5\n2,Rome,1.5\n3,Oslo,2.5\n4,Bern,3.5\n"
  private static let embedded = ColumnOptions(type: .category, encode: .embedding)

  private func load(
    _ text: String = table, columns: [String: ColumnOptions] = ["city": embedded],
    known: DataEncoding? = nil, header: Bool = true, task: LearningTask = .regression
  ) throws -> Dataset {
    let folder = try TemporaryFolder()
    try folder.write(text, to: "t.csv")
    let source = TableSource(file: "t.csv", header: header, columns: columns)
    return try withExtendedLifetime(folder) {
      try DataSource.table(source).load(
        relativeTo: folder.path, encoding: known, request: DataRequest(task: task))
    }
  }

  /// The integers of an input.
  private func codes(_ dataset: Dataset, _ name: String = "city") throws -> [Int32] {
    try #require(dataset.namedInputs[name]).scalars(as: Int32.self)
  }

  @Test("an embedded column is an input, the others are the main one")
  func inputs() throws {
    let dataset = try load()
    #expect(dataset.namedInputs.names == ["input", "city"])
    #expect(dataset.inputs == HostTensor([1.0, 2, 3, 4], shape: [4, 1]))
    // Bern, Oslo, Rome.
    #expect(dataset.namedInputs["city"] == HostTensor([Int32(2), 3, 2, 1]))
    #expect(dataset.categoryCounts == ["city": 4])
    #expect(dataset.featureNames == ["x"] && dataset.vocabulary == nil)
    #expect(dataset.columns?.map(\.inputNames) == [["x"], []])
    #expect(dataset.columns?.map(\.inputCount) == [1, 0])
    let types = dataset.exampleTypes(.float32)
    #expect(types.values.shape == [1] && types.values.dtype == .float32)
    #expect(types["city"]?.shape == [] && types["city"]?.dtype == .int32)
    #expect(dataset.features.map(\.name) == ["x", "city"])
    #expect(dataset.notes.isEmpty)
    let numbered = try load("x,city,y\n1,10,1\n2,9,1\n3,10,1\n")
    #expect(try codes(numbered) == [2, 1, 2])
  }

  @Test("later data have the codes of the training rows, and 0 for other categories")
  func later() throws {
    let known = try load().encoding
    let later = try load("city,y,x\nParis,1,5\nRome,1,6\n", columns: [:], known: known)
    #expect(later.inputs == HostTensor([5.0, 6], shape: [2, 1]))
    #expect(try codes(later) == [0, 3])
    let shown = try later.categories(of: [1, 0])
    #expect(shown.map(\.name) == ["city"] && shown.map(\.texts) == [["Rome", "unknown"]])
    #expect(
      later.notes == [
        DataNote(
          subject: "column \"city\"", what: "categories that the training rows lack, encoded as 0",
          count: 1)
      ])
    expectError("t.csv:2: column \"city\": the value is missing") {
      _ = try load("x,city,y\n1,,1\n", columns: [:], known: known)
    }
  }

  @Test("missing values are errors, 0, or a category")
  func missing() throws {
    let text = "x,city,y\n1,Oslo,1\n2,,1\n3,Oslo,1\n4,Bern,1\n"
    expectError("t.csv:3: column \"city\": the value is missing") { _ = try load(text) }
    func filling(_ missing: ColumnOptions.Missing) throws -> Dataset {
      var options = Self.embedded
      options.missing = missing
      return try load(text, columns: ["city": options])
    }
    let zero = try filling(.indicator)
    #expect(try codes(zero) == [2, 0, 2, 1])
    #expect(zero.featureNames == ["x"] && zero.categoryCounts == ["city": 3])
    #expect(zero.notes.map(\.line) == ["column \"city\": missing values encoded as 0: 1"])
    let mode = try filling(.mode)
    #expect(try codes(mode) == [2, 2, 2, 1])
    #expect(mode.notes.map(\.line) == ["column \"city\": missing values filled with the mode: 1"])
    let constant = try filling(.constant("none"))
    #expect(try codes(constant) == [2, 3, 2, 1])
    #expect(constant.categoryCounts == ["city": 4])
    let again = try load("x,city,y\n1,,1\n", columns: [:], known: zero.encoding)
    #expect(try codes(again) == [0])
  }

  @Test("categories are fitted to the training rows alone")
  func fitting() throws {
    let (train, validation) = try load().parts(train: [0, 1], validation: [2, 3])
    #expect(try codes(train) == [1, 2])
    #expect(try codes(validation) == [1, 0])
    #expect(train.categoryCounts == ["city": 3] && validation.columns == train.columns)
    #expect(validation.inputs == HostTensor([3.0, 4], shape: [2, 1]))
    #expect(train.notes.map(\.count) == [1])
    let again = try validation.fittingColumns(to: [0, 1])
    #expect(again.columns?[1].categories == ["Bern", "Oslo"])
  }

  @Test("the first column is the main input if all are embedded")
  func onlyCategories() throws {
    let text = "user,item,y\n8,b,1.5\n7,a,0.5\n8,a,0.5\n"
    let all = [ColumnOptions.others: Self.embedded]
    let dataset = try load(text, columns: all)
    #expect(dataset.namedInputs.names == ["user", "item"])
    #expect(dataset.inputs == HostTensor([Int32(2), 1, 2]))
    #expect(try codes(dataset, "item") == [2, 1, 1])
    #expect(dataset.inputShape == [] && dataset.vocabulary == VocabularySizes(input: 3, output: 1))
    #expect(dataset.exampleTypes(.float32).all.allSatisfy { $0.dtype == .int32 })
    #expect(dataset.featureNames == ["user"] && dataset.categoryCounts == ["user": 3, "item": 3])
    #expect(!dataset.targetsAreSteps)
    let (train, validation) = try dataset.parts(train: [1, 2], validation: [0])
    #expect(try codes(validation, "user") == [2])
    #expect(try codes(validation, "item") == [0])
    #expect(train.vocabulary == VocabularySizes(input: 3, output: 1))
    let later = try load("item,user,y\nb,9,1\n", columns: [:], known: dataset.encoding)
    #expect(try codes(later, "user") == [0])
    #expect(try codes(later, "item") == [2])
    let loader = try BatchLoader(dataset: dataset, batchSize: 3, shuffle: false, dtype: .float32)
    let batch = try #require(try loader.next())
    #expect(batch.input.values == dataset.inputs && batch.input["item"] != nil)
    expectError("categories cannot be normalised", "{NAME: {scale: standard}}") {
      _ = try Normalization.fit(.standard, on: dataset)
    }
    let labels = try load("user,y\n8,b\n7,a\n", columns: all, task: .classification)
    #expect(labels.vocabulary?.output == 2 && labels.classCount == 2)
  }

  @Test("encodings are saved, and those of older versions are read")
  func saved() throws {
    let columns = try #require(try load().columns)
    let file = try JSONEncoder().encode(columns)
    let decoded = try JSONDecoder().decode([ColumnEncoding].self, from: file)
    #expect(decoded == columns && decoded.allSatisfy(\.isValid))
    let plain = try #require(try load(columns: ["city": ColumnOptions(type: .category)]).columns)
    let text = String(decoding: try JSONEncoder().encode(plain), as: UTF8.self)
    #expect(!text.contains("ownInput") && !plain.contains(where: \.isEmbedded))
  }

  @Test("predictions are read from tables in CSV and JSON lines")
  func predictions() throws {
    let known = try load().encoding
    let source = DataSource.table(TableSource(file: "t.csv", columns: ["city": Self.embedded]))
    let folder = try TemporaryFolder()
    let files = [
      try folder.write("id,city,x\n7,Rome,1\n8,Paris,2\n", to: "new.csv"),
      try folder.write(
        "{\"id\": 7, \"city\": \"Rome\", \"x\": 1}\n{\"x\": 2, \"id\": 8, \"city\": \"Paris\"}\n",
        to: "new.jsonl"),
    ]
    for file in files {
      let rows = try PredictionInput.rows(file, as: source, known: known)
      #expect(rows.namedInputs.names == ["input", "city"])
      #expect(rows.inputs == HostTensor([1.0, 2], shape: [2, 1]))
      #expect(rows.namedInputs["city"] == HostTensor([Int32(3), 0]))
      #expect(rows.others.names == ["id"] && rows.others.rows == [["7"], ["8"]])
      #expect(rows.notes.map(\.count) == [1])
    }
    expectError("there is no column \"city\", which the training data have") {
      _ = try PredictionInput.rows(
        folder.write("x\n1\n", to: "x.csv"), as: source, known: known)
    }
    let only = try load("user,y\n8,1\n7,1\n", columns: ["*": Self.embedded]).encoding
    let rows = try PredictionInput.rows(folder.write("user\n7\n9\n", to: "u.csv"), known: only)
    #expect(rows.namedInputs.names == ["user"] && rows.inputs == HostTensor([Int32(1), 0]))
  }

  @Test("columns that cannot be embedded are named")
  func refusals() throws {
    expectError("`encode` of \"x\" is for categories", "holds integers", "`type`: category") {
      _ = try load(columns: ["x": ColumnOptions(encode: .embedding), "city": Self.embedded])
    }
    for name in ["input", "columns", "lengths", "decoder_input", "target", "output"] {
      expectError("the name \"\(name)\" is taken", "rename the column") {
        _ = try load("\(name),y\na,1\nb,2\n", columns: [name: Self.embedded])
      }
    }
    expectError("the name \"a.b\" has a dot") {
      _ = try load("a.b,y\na,1\nb,2\n", columns: ["a.b": Self.embedded])
    }
    expectError("two columns are called \"c\"") {
      _ = try load("c,c,y\na,a,1\nb,b,2\n", columns: ["c": Self.embedded])
    }
    expectError("the column 0 (from 0) has no name") {
      _ = try load(",x,y\na,1,1\nb,2,2\n", columns: ["": Self.embedded])
    }
    let bare = try load("a,1,1\nb,2,2\n", columns: ["0": Self.embedded], header: false)
    #expect(bare.namedInputs.names == ["input", "0"])
  }

  @Test("categories beyond those of the training data are refused")
  func beyond() throws {
    let dataset = try load()
    try dataset.requireCategories(["city": 4, "other": 1])
    expectError(
      "row 1 (from 0) of the input `city` holds the category 3, beyond the 3 of the training data, "
        + "0 to 2"
    ) { try dataset.requireCategories(["city": 3]) }
    expectError("the input `input` holds categories, int32, got float64") {
      try dataset.requireCategories(["input": 3])
    }
  }
}
