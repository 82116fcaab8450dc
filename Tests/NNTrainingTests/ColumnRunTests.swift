import Foundation
import NNCore
import NNData
import NNFormats
import NNTestSupport
import NNTraining
import Testing

/// Runs on tables with columns of any type.
@Suite("Runs on columns of any type")
struct ColumnRunTests {
  private static let text = """
    name: table
    data:
      train:
        csv: data.csv
        target: y
        columns: {x: {missing: median, scale: standard}, '*': {missing: indicator}}
      validation: {split: 0.25}
      test: {csv: test.csv, target: y}
      batch_size: 4
    model: [{linear: 1}]
    loss: mse
    optimizer: {sgd: {lr: 0.01}}
    epochs: 2
    """

  private static func rows(_ count: Int, factor: Int = 1) -> String {
    "x,kind,y\n"
      + (0..<count).map { index in
        "\(index % 4 == 1 ? "" : "\(index * factor)"),\(["a", "b"][index % 2]),\(index)\n"
      }.joined()
  }

  private func workplace() throws -> TemporaryFolder {
    let folder = try TemporaryFolder()
    try folder.write(Self.rows(24), to: "data.csv")
    try folder.write("kind,y,x\nc,1,5\na,2,\n", to: "test.csv")
    return folder
  }

  @Test("the encoding is fitted to training rows, saved, and used for all other data")
  func saved() throws {
    let temporary = try workplace()
    let config = try Config(yaml: Self.text, folder: temporary.path)
    let folder = RunFolder(temporary.path("run"))
    let run = try TrainingRun(config: config, folder: folder)
    #expect(try run.run() == .completed)
    let columns = try #require(run.data.train.columns)
    #expect(run.data.train.featureNames == ["x", "kind=a", "kind=b", "kind.missing"])
    #expect(run.data.test?.columns == columns && run.data.validation?.columns == columns)
    // As if the validation rows had never been in the file.
    let train = run.data.train
    let kept = (0..<train.count).map(train.sourceRow)
    let lines = Self.rows(24).split(separator: "\n").map(String.init)
    try temporary.write(
      ([lines[0]] + kept.map { lines[$0 + 1] }).joined(separator: "\n") + "\n", to: "train.csv")
    let alone = try Config(
      yaml: Self.text, folder: temporary.path,
      overrides: ["data.train.csv=train.csv", "data.validation=null"])
    let other = try RunData(alone)
    #expect(other.train.columns == columns)
    expectIdentical(other.train.inputs, train.inputs)
    // Saved with the weights.
    let model = try TrainedModel(folder: folder)
    #expect(model.encoding.columns == columns)
    let test = try config.load(
      try #require(try config.makeTestSource()), encoding: model.encoding)
    #expect(test.inputs == run.data.test?.inputs)
    #expect(test.notes.map(\.count) == [1, 1])
    let document = try temporary.text(of: "run/data.json")
    #expect(document.contains("\"kind.missing\"") && document.contains("\"part\": \"test\""))
    let predictions = try PredictionInput.rows(
      temporary.path("test.csv"), as: config.makeTrainSource(), known: model.encoding)
    #expect(predictions.inputs == test.inputs && predictions.notes == test.notes)
  }

  @Test("a run continues only with the encoding that it was trained with")
  func resumed() throws {
    let temporary = try workplace()
    let config = try Config(yaml: Self.text, folder: temporary.path)
    let folder = RunFolder(temporary.path("run"))
    #expect(try TrainingRun(config: config, folder: folder).run() == .completed)
    let longer = try Config(yaml: Self.text, folder: temporary.path, overrides: ["epochs=3"])
    #expect(
      try TrainingRun(config: longer, folder: folder, resumes: true).run() == .completed)
    try temporary.write(Self.rows(24, factor: 2), to: "data.csv")
    expectError("columns are no longer encoded as the run was trained with: x", "begin a new run") {
      _ = try TrainingRun(
        config: Config(yaml: Self.text, folder: temporary.path, overrides: ["epochs=4"]),
        folder: folder, resumes: true)
    }
  }

  @Test(
    "impossible encodings in a model file are refused",
    arguments: [
      (#""divisor":"#, #""divisor":0,"was":"#),
      (#""categories":["a","b"]"#, #""categories":["a"]"#),
      (#""categories":["a","b"]"#, #""categories":["a","a"]"#),
      (#""type":"category""#, #""type":"text""#),
      (#""index":0"#, #""index":-1"#),
    ])
  func damaged(old: String, new: String) throws {
    let temporary = try workplace()
    let folder = RunFolder(temporary.path("run"))
    let config = try Config(yaml: Self.text, folder: temporary.path, overrides: ["epochs=1"])
    #expect(try TrainingRun(config: config, folder: folder).run() == .completed)
    var file = try SafeTensorsFile(contentsOf: folder.model)
    let facts = try #require(file.metadata["facts"])
    #expect(facts.contains(old), "\(facts)")
    file.metadata["facts"] = facts.replacing(old, with: new)
    try file.write(to: folder.model)
    expectError("damaged: the columns of its table") { _ = try TrainedModel(folder: folder) }
  }

  @Test("wrong options of columns are errors with their position")
  func options() throws {
    func refuse(_ columns: String, _ parts: String...) {
      for part in parts {
        expectError("--set", part) {
          _ = try Config(
            yaml: Self.text, overrides: ["data.train={csv: a.csv, columns: \(columns)}"])
        }
      }
    }
    refuse("{x: {type: nummer}}", "`type` expects `number`, `integer`")
    refuse("{x: {missing: meen}}", "`missing` expects", "did you mean `mean`?")
    refuse("{x: {type: category, scale: log}}", "`scale` is for columns of numbers")
    refuse("{x: {type: category, missing: mean}}", "categories have no mean")
    refuse("{x: {type: number, encode: one_hot}}", "`encode` is for columns of categories")
    refuse("{x: {type: text, order: dmy}}", "`order` is for columns of dates")
    refuse("{x: {skale: log}}", "has no option `skale`", "did you mean `scale`?")
    refuse("[x]", "`columns` expects a mapping of columns to options")
    expectError("with `features` no other columns are inputs") {
      _ = try Config(
        yaml: Self.text,
        overrides: ["data.train={csv: a.csv, features: [a], exclude: [b]}"])
    }
    expectError("the delimiter cannot start comments as well") {
      _ = try Config(
        yaml: Self.text, overrides: ["data.train={csv: a.csv, delimiter: ';', comment: ';'}"])
    }
    expectError("jsonl has no option `delimiter`") {
      _ = try Config(yaml: Self.text, overrides: ["data.train={jsonl: a.jsonl, delimiter: ';'}"])
    }
    expectError("libsvm has no option `target`") {
      _ = try Config(yaml: Self.text, overrides: ["data.train={libsvm: a.svm, target: y}"])
    }
  }
}
