import Foundation
import NNCore
import NNData
import NNTestSupport
import Testing

/// Tables of texts with other columns next to them, which are inputs of their own.
@Suite("Texts next to columns")
struct TextsNextToColumnTests {
  private let folder = try? TemporaryFolder()

  private static let table =
    "id,review,price,shop,label\n1,b a b,2,N,pos\n2,a c,4,S,neg\n3,b,6,N,pos\n"
  /// Words as they are, all of them.
  private static let plain = TextTokens(
    level: .word(vocabularySize: 100, minimumCount: 1), lowercase: false)

  private func write(_ text: String, to name: String = "t.csv") throws -> String {
    try #require(folder).write(text, to: name)
  }

  private func source(
    _ path: String = "t.csv", features: [ColumnReference]? = ["price", "shop"]
  ) -> TableSource {
    var source = TableSource(
      file: path, targets: ["label"], features: features,
      columns: features == nil
        ? [:]
        : [
          "price": ColumnOptions(scale: .minMax),
          "shop": ColumnOptions(type: .category, encode: .embedding),
        ])
    source.text = TextColumn("review", tokens: Self.plain)
    return source
  }

  private func load(
    _ text: String = table, features: [ColumnReference]? = ["price", "shop"]
  ) throws -> Dataset {
    try DataSource.table(source(write(text), features: features)).load()
  }

  private func tokens(_ dataset: Dataset) -> [[Int32]] {
    let width = dataset.inputShape[0]
    let all = dataset.inputs.scalars(as: Int32.self)
    return (0..<dataset.count).map { Array(all[$0 * width..<($0 + 1) * width]) }
  }

  @Test("texts are the main input, numbers and categories inputs next to it")
  func inputs() throws {
    let dataset = try load()
    let inputs = dataset.namedInputs
    #expect(inputs.names == ["input", "lengths", "columns", "shop"])
    // " b" (3 times), a line end and " a" (2) by their bytes, " c".
    #expect(tokens(dataset) == [[4, 6, 4], [6, 7, 0], [4, 0, 0]])
    #expect(inputs.lengths == HostTensor([Int32(3), 2, 1]))
    #expect(inputs["columns"] == HostTensor([0.0, 0.5, 1], shape: [3, 1]))
    #expect(inputs["shop"] == HostTensor([Int32(1), 2, 1]))
    #expect(dataset.vocabulary == VocabularySizes(input: 8, output: 2))
    #expect(dataset.categoryCounts == ["shop": 3] && dataset.featureNames == ["review"])
    #expect(dataset.columns?.map(\.name) == ["price", "shop"])
    #expect(
      dataset.notes.map(\.line) == ["\(dataset.name): columns next to the texts, not read (id): 1"])
    let types = dataset.exampleTypes(.float32)
    #expect(types["columns"]?.shape == [1] && types["columns"]?.dtype == .float32)
    #expect(types["shop"]?.shape == [] && types["shop"]?.dtype == .int32)
    var embedded = try source(write(Self.table), features: ["shop"])
    embedded.columns["price"] = nil
    let alone = try DataSource.table(embedded).load()
    #expect(alone.namedInputs.names == ["input", "lengths", "shop"])
  }

  @Test("tokens, scales and categories are fitted to the training rows alone")
  func fitting() throws {
    let text = Self.table.replacing("3,b,6,N", with: "3,b,6,W")
    let (train, validation) = try load(text).parts(train: [0, 1], validation: [2])
    // " a" and " b" (2 times) by their bytes, then a line end and " c".
    #expect(tokens(train) == [[5, 4, 5], [4, 7, 0]])
    #expect(tokens(validation) == [[5, 0, 0]])
    #expect(train.namedInputs["columns"] == HostTensor([0.0, 1], shape: [2, 1]))
    #expect(validation.namedInputs["columns"] == HostTensor([2.0], shape: [1, 1]))
    #expect(train.namedInputs["shop"] == HostTensor([Int32(1), 2]))
    #expect(validation.namedInputs["shop"] == HostTensor([Int32(0)]))
    #expect(train.categoryCounts == ["shop": 3] && train.vocabulary?.input == 8)
    #expect(
      train.notes.map(\.what) == [
        "columns next to the texts, not read (id)",
        "categories that the training rows lack, encoded as 0",
      ])
  }

  @Test("later tables are read as in training, whatever the order of their columns")
  func later() throws {
    let encoding = try load().encoding
    let path = try write("label,shop,price,review\npos,X,8,z b\nneg,S,,c\n", to: "later.csv")
    expectError("later.csv:3: column \"price\": the value is missing") {
      _ = try DataSource.table(TableSource(file: path, targets: ["label"]))
        .load(encoding: encoding)
    }
    _ = try write("label,shop,price,review\npos,X,8,z b\nneg,S,3,c\n", to: "later.csv")
    let later = try DataSource.table(TableSource(file: path, targets: ["label"]))
      .load(encoding: encoding)
    #expect(tokens(later) == [[3, 4], [7, 0]])
    #expect(later.namedInputs["columns"] == HostTensor([1.5, 0.25], shape: [2, 1]))
    #expect(later.namedInputs["shop"] == HostTensor([Int32(0), 2]))
    #expect(later.notes.map(\.subject) == ["column \"review\"", "column \"shop\""])
    #expect(later.columns == encoding.columns)
  }

  @Test("wrong columns are named")
  func wrong() throws {
    expectError("column \"review\" holds the texts, and is in `features` as well") {
      _ = try load(features: ["review", "price"])
    }
    expectError("column \"label\" is both an input and a target") {
      _ = try load(features: ["price", "label"])
    }
    expectError("there is no column \"cost\"", "id, review, price, shop, label") {
      _ = try load(features: ["cost"])
    }
    expectError(
      "there is no column \"shopp\"",
      "hint: did you mean \"shop\"? the columns are: id, review, price, shop, label"
    ) { _ = try load(features: ["price", "shopp"]) }
    expectError("`columns`: \"shop\" is not an input column") { _ = try load(features: ["price"]) }
    let texts = try load(features: nil).encoding
    expectError("`features` names columns next to the texts, and the training data have none") {
      _ = try DataSource.table(source(write(Self.table))).load(encoding: texts)
    }
    let known = try load().encoding
    expectError("there is no column \"price\", \"shop\", which the training data have") {
      _ = try DataSource.table(source(write("review,label\nb,pos\n"), features: nil))
        .load(encoding: known)
    }
  }

  @Test("predictions are read from tables alone")
  func predictions() throws {
    let known = try load().encoding
    let trained = DataSource.table(source())
    let files = [
      try write("id,shop,review,price\n7,S,b a,4\n8,Q,c,2\n", to: "new.csv"),
      try write(
        """
        {"id": 7, "shop": "S", "review": "b a", "price": 4}
        {"price": 2, "review": "c", "id": 8, "shop": "Q"}

        """, to: "new.jsonl"),
    ]
    for file in files {
      let rows = try PredictionInput.rows(file, as: trained, known: known)
      #expect(rows.namedInputs.names == ["input", "lengths", "columns", "shop"])
      #expect(rows.inputs == HostTensor([Int32(4), 6, 7, 0], shape: [2, 2]))
      #expect(rows.stepCounts == [2, 1])
      #expect(rows.namedInputs["columns"] == HostTensor([0.5, 0], shape: [2, 1]))
      #expect(rows.namedInputs["shop"] == HostTensor([Int32(2), 0]))
      #expect(rows.others.names == ["id"] && rows.others.rows == [["7"], ["8"]])
      #expect(rows.notes.map(\.count) == [1])
    }
    expectError(
      "lines.txt: is no table, and the network reads columns next to the texts: price, shop"
    ) {
      _ = try PredictionInput.rows(
        write("b\n", to: "lines.txt"), as: trained, known: known)
    }
    expectError("there is no column \"price\"") {
      _ = try PredictionInput.rows(
        write("review,shop\nb,N\n", to: "few.csv"), as: trained, known: known)
    }
  }
}
