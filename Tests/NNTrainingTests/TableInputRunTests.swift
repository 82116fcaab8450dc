import Foundation
import NNCore
import NNData
import NNFormats
import NNGraph
import NNLayers
import NNTestSupport
import NNTraining
import Testing

/// Runs on tables that are several inputs of a network: embedded categories, and texts next to columns.
@Suite("Runs on tables with several inputs")
struct TableInputRunTests {
  private static let cities = ["Bern", "Oslo", "Rome"]

  /// y is a tenth of x, plus 0, 1 or −1 by the city.
  private static func rows(_ count: Int) -> String {
    "x,city,y\n"
      + (0..<count).map { index in
        let (x, city) = (index * 7 % 10, index * 5 % 3)
        return "\(x),\(cities[city]),\(Double(x) / 10 + [0, 1, -1][city])\n"
      }.joined()
  }

  private static let text = """
    data:
      train:
        csv: data.csv
        columns: {x: {scale: standard}, city: {type: category, encode: embedding}}
      validation: {split: 0.2}
      batch_size: 16
    model:
      inputs: [input, city]
      layers:
        - {name: vectors, from: city, embedding: {embedding_dim: 2, padding_idx: 0}}
        - {from: [input, vectors], concat: {}}
        - linear: 1
    loss: mse
    optimizer: {adam: {lr: 0.05}}
    epochs: 100
    """

  private func workplace() throws -> TemporaryFolder {
    let folder = try TemporaryFolder()
    try folder.write(Self.rows(80), to: "data.csv")
    return folder
  }

  private func config(
    _ folder: TemporaryFolder, _ overrides: String...
  ) throws -> Config {
    try Config(yaml: Self.text, folder: folder.path, overrides: overrides)
  }

  @Test("vectors of categories are learnt, saved and used for predictions")
  func embedded() throws {
    let temporary = try workplace()
    let folder = RunFolder(temporary.path("run"))
    let config = try config(temporary)
    let run = try TrainingRun(config: config, folder: folder)
    #expect(try run.run() == .completed)
    let model = try TrainedModel(folder: folder)
    #expect(model.signature.categoryCounts == ["city": 4])
    #expect(model.signature.example["city"]?.shape == [])
    #expect(model.encoding.columns == run.data.train.columns)
    let weight = try #require(model.weights.first { $0.name == "vectors.weight" }?.tensor)
    #expect(weight.shape == [4, 2] && weight.doubles.prefix(2).allSatisfy { $0 == 0 })
    let document = try temporary.text(of: "run/data.json")
    #expect(document.contains("\"encode\": \"embedding\""))

    let source = try config.makeTrainSource()
    let path = try temporary.write("city,x\nOslo,5\nRome,2\nParis,5\n", to: "new.csv")
    let rows = try PredictionInput.rows(path, as: source, known: model.encoding)
    #expect(rows.notes.map(\.count) == [1])
    let predictor = try Predictor(model)
    let predicted = try predictor.predict(rows.namedInputs).doubles
    #expect(abs(predicted[0] - 1.5) < 0.2 && abs(predicted[1] + 0.8) < 0.2, "\(predicted)")
    let lines = try temporary.write(
      "{\"x\": 5, \"city\": \"Oslo\"}\n{\"city\": \"Rome\", \"x\": 2}\n", to: "new.jsonl")
    let again = try PredictionInput.rows(lines, as: source, known: model.encoding)
    #expect(try predictor.predict(again.namedInputs).doubles == Array(predicted.prefix(2)))

    var wrong = rows.namedInputs
    wrong["city"] = HostTensor([Int32(1), 4, 0])
    expectError("row 1 (from 0) of the input `city` holds the category 4") {
      _ = try predictor.predict(wrong)
    }
    wrong["city"] = nil
    expectError("the input `city` of the network is missing") { _ = try predictor.predict(wrong) }
  }

  @Test("a fold of a cross-validation has the categories of its training rows alone")
  func folds() throws {
    let temporary = try TemporaryFolder()
    let cities = (0..<24).map { "c\($0 / 2)" }
    try temporary.write(
      "x,city,y\n" + cities.enumerated().map { "\($0),\($1),\($0)\n" }.joined(), to: "data.csv")
    for fold in 1...3 {
      let data = try RunData(
        config(temporary, "data.validation=null", "cross_validate={folds: 3, fold: \(fold)}"))
      let kept = (0..<data.train.count).map { cities[data.train.sourceRow(of: $0)] }
      #expect(data.train.columns?[1].categories == Set(kept).sorted())
      #expect(data.test?.columns == data.train.columns)
    }
  }

  @Test("all columns may be embedded")
  func onlyCategories() throws {
    let temporary = try TemporaryFolder()
    try temporary.write(
      "user,item,y\n"
        + (0..<60).map { "u\($0 % 5),i\($0 % 3),\($0 % 5 + $0 % 3).5\n" }.joined(), to: "data.csv")
    let config = try config(
      temporary, "data.train={csv: data.csv, columns: {'*': {type: category, encode: embedding}}}",
      """
      model={inputs: [user, item], layers: [{name: a, from: user, embedding: 4}, \
      {name: b, from: item, embedding: 4}, {from: [a, b], concat: {}}, {linear: 1}]}
      """)
    let folder = RunFolder(temporary.path("run"))
    let run = try TrainingRun(config: config, folder: folder)
    #expect(try run.run() == .completed)
    let model = try TrainedModel(folder: folder)
    #expect(model.signature.categoryCounts == ["user": 6, "item": 4])
    #expect(model.signature.example.names == ["user", "item"])
    let path = try temporary.write("item,user\ni2,u4\n", to: "new.csv")
    let rows = try PredictionInput.rows(
      path, as: config.makeTrainSource(), known: model.encoding)
    let predicted = try Predictor(model).predict(rows.namedInputs).doubles
    #expect(abs(predicted[0] - 6.5) < 0.75, "\(predicted)")
  }

  @Test("the main input is the one called `input`, wherever it is listed")
  func order() throws {
    let temporary = try workplace()
    let model =
      "model={inputs: [city, input], layers: [{name: a, from: city, embedding: 2}, "
      + "{from: [input, a], concat: {}}, {linear: 1}]}"
    let adversarial = try config(temporary, model, "adversarial={fgsm: {eps: 0.1}}")
    _ = try TrainingRun.check(adversarial)
    try temporary.write(
      "t,city,y\n" + (0..<40).map { "word\($0) a b,c\($0 % 2),\($0)\n" }.joined(), to: "texts.csv")
    let texts = try config(
      temporary,
      "data.train={csv: texts.csv, text: t, features: [city], columns: {city: {encode: embedding}}}",
      """
      model={inputs: [city, input], layers: [{name: words, from: input, \
      sequential: [{embedding: 4}, {pool_steps: mean}]}, {name: a, from: city, \
      embedding: {embedding_dim: 2, num_embeddings: 3}}, {from: [words, a], concat: {}}, {linear: 1}]}
      """)
    _ = try TrainingRun.check(texts)
  }

  @Test("inputs that the network does not have, or does not read, are named")
  func wrongNetworks() throws {
    let temporary = try workplace()
    func refuse(_ model: String, _ message: String, _ hint: String) {
      expectError(message, hint) {
        _ = try TrainingRun.check(config(temporary, "model=\(model)"))
      }
    }
    refuse(
      "[{linear: 1}]", "no layer reads the input `city`, a column with encode: embedding",
      "name `city` in `inputs` of the model")
    refuse(
      "{inputs: [city], layers: [{embedding: 2}, {linear: 1}]}",
      "no layer reads the input `input`, columns of the table", "in `from` of a layer")
    refuse(
      "{inputs: [input, town], layers: [{name: a, from: town, embedding: 2}, "
        + "{from: [input, a], concat: {}}, {linear: 1}]}",
      "reads the input `town`, which the network does not have",
      "its inputs are `input`, `city`")
    refuse(
      "{inputs: [input, city], layers: [{name: a, from: city, embedding: {embedding_dim: 2, "
        + "num_embeddings: 3}}, {from: [input, a], concat: {}}, {linear: 1}]}",
      "has vectors for 3 categories, and its input has 4", "leave num_embeddings out")
  }

  @Test("a column that is no input of its own is named, with the way to make it one")
  func missingEmbedding() throws {
    let temporary = try workplace()
    for city in ["{type: category}", "{encode: ordinal}"] {
      expectError(
        "data.csv: the model names the input `city`, and the column \"city\" is part of the input `input`",
        "columns: {city: {encode: embedding}}"
      ) {
        _ = try TrainingRun.check(
          config(temporary, "data.train.columns={x: {scale: standard}, city: \(city)}"))
      }
    }
  }

  @Test(
    "impossible inputs in a model file are refused",
    arguments: [
      (#""categoryCount":4"#, #""categoryCount":5"#),
      (#""ownInput":true"#, #""ownInput":false"#),
      (#""categories":["Bern","Oslo","Rome"]"#, #""categories":["Bern","Oslo"]"#),
    ])
  func damaged(old: String, new: String) throws {
    let temporary = try workplace()
    let folder = RunFolder(temporary.path("run"))
    #expect(
      try TrainingRun(config: config(temporary, "epochs=1"), folder: folder).run() == .completed)
    var file = try SafeTensorsFile(contentsOf: folder.model)
    let facts = try #require(file.metadata["facts"])
    #expect(facts.contains(old), "\(facts)")
    file.metadata["facts"] = facts.replacing(old, with: new)
    try file.write(to: folder.model)
    expectError("damaged: the columns of its table") { _ = try TrainedModel(folder: folder) }
  }

  @Test("a model file in which two columns are the same input is refused")
  func sameNames() throws {
    let temporary = try TemporaryFolder()
    try temporary.write(
      "x,a,b,y\n" + (0..<40).map { "\($0),a\($0 % 3),b\($0 % 3),\($0)\n" }.joined(), to: "data.csv")
    let config = try config(
      temporary, "epochs=1",
      "data.train={csv: data.csv, columns: {a: {encode: embedding}, b: {encode: embedding}}}",
      """
      model={inputs: [input, a, b], layers: [{name: c, from: a, embedding: 2}, \
      {name: d, from: b, embedding: 2}, {from: [input, c, d], concat: {}}, {linear: 1}]}
      """)
    let folder = RunFolder(temporary.path("run"))
    #expect(try TrainingRun(config: config, folder: folder).run() == .completed)
    _ = try TrainedModel(folder: folder)
    var file = try SafeTensorsFile(contentsOf: folder.model)
    let facts = try #require(file.metadata["facts"])
    let parts = facts.components(separatedBy: #""columns":"#)
    try #require(parts.count == 2)
    let name = try #require(parts[1].firstRange(of: #""name":"b""#))
    file.metadata["facts"] =
      parts[0] + #""columns":"# + parts[1].replacingCharacters(in: name, with: #""name":"a""#)
    try file.write(to: folder.model)
    expectError("damaged: the columns of its table") { _ = try TrainedModel(folder: folder) }
  }

  /// The config in docs/data.md, on reviews whose stars depend on all three inputs.
  @Test("texts, numbers and categories are read by one network: the example of the documentation")
  func documented() throws {
    let blocks = try Repository.text("docs/data.md").components(separatedBy: "```yaml\n")
    let block = try #require(blocks.first { $0.contains("encode: embedding") })
    let yaml = try #require(block.components(separatedBy: "```").first)
    let temporary = try TemporaryFolder()
    let words = [("awful", -1), ("fine", 0), ("great", 1)]
    let table = (0..<150).map { index -> String in
      let (word, weight) = words[index * 7 % 3]
      let (price, shop) = (index % 4, index / 4 % 2)
      let stars = 3 + weight + price - shop
      return
        "\(index),a \(word) thing,\(index % 50 == 3 ? "" : "\(price)"),\(["N", "S"][shop]),\(stars).5"
    }
    try temporary.write(
      "id,review,price,shop,stars\n" + table.joined(separator: "\n") + "\n", to: "reviews.csv")
    let config = try Config(yaml: yaml, folder: temporary.path, overrides: ["epochs=100"])
    let folder = RunFolder(temporary.path("run"))
    let run = try TrainingRun(config: config, folder: folder)
    #expect(try run.run() == .completed)
    let model = try TrainedModel(folder: folder)
    #expect(model.signature.example.names == ["input", "lengths", "columns", "shop"])
    #expect(model.encoding.columns == run.data.train.columns)
    let path = try temporary.write(
      "shop,price,review\nN,3,a great thing\nS,0,a awful thing\nQ,1,a fine thing\n", to: "new.csv")
    let rows = try PredictionInput.rows(
      path, as: config.makeTrainSource(), known: model.encoding)
    #expect(rows.notes.map(\.count) == [1])
    let predicted = try Predictor(model).predict(rows.namedInputs).doubles
    #expect(abs(predicted[0] - 7.5) < 1 && abs(predicted[1] - 1.5) < 1, "\(predicted)")
  }
}
