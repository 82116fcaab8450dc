import Foundation
import NNCore
import NNData
import NNFormats
import NNSearch
import NNTestSupport
import NNTraining
import Testing

/// A small table of two classes with a column of groups, and a config that learns it in a moment.
private struct Sample {
  let folder: TemporaryFolder
  let config: String
  static let count = 60

  init() throws {
    folder = try TemporaryFolder()
    try folder.write(Self.table(), to: "t.csv")
    config = """
      name: sample
      seed: 3
      data:
        train: {csv: \(folder.path("t.csv")), target: kind, features: [a, b]}
        normalize: standard
        batch_size: 16
      model: [{linear: 6}, tanh, {dropout: 0.1}, {linear: 2}]
      loss: cross_entropy
      optimizer: {adam: {lr: 0.05}}
      metrics: [accuracy]
      epochs: 4
      checkpoint: {every: 1, interval: step}
      cross_validate: 4
      """
  }

  /// The table, with the input `a` of some rows multiplied.
  static func table(changing rows: Set<Int> = []) -> String {
    let random = Philox(seed: 5)
    return "a,b,who,kind\n"
      + (0..<count).map { row in
        let (a, b) = (random.normal(2 * row), random.normal(2 * row + 1))
        let factor = rows.contains(row) ? 50.0 : 1
        return "\(a * factor),\(b),p\(row % 11),\(a + 0.3 * b > 0 ? "yes" : "no")\n"
      }.joined()
  }

  func prepared(
    _ name: String, _ overrides: [String] = [], resumes: Bool = false
  ) throws -> CrossValidation {
    try CrossValidation(
      config: Config(yaml: config, overrides: overrides), folder: folder.path(name),
      resumes: resumes)
  }

  /// The bytes of the files that do not name the folder.
  func results(_ name: String) throws -> [Data] {
    let runs = try FileManager.default.contentsOfDirectory(atPath: folder.path("\(name)/runs"))
    return try (["predictions.csv"] + runs.sorted().map { "runs/\($0)/model.safetensors" })
      .map { try Data(contentsOf: URL(filePath: folder.path("\(name)/\($0)"))) }
  }
}

@Suite("Cross-validation")
struct CrossValidationTests {
  private let sample: Sample

  init() throws { sample = try Sample() }

  @Test("results depend neither on parallel runs nor on interruptions")
  func sameBits() throws {
    let overrides = ["cross_validate.repeats=2", "cross_validate.seeds=2"]
    #expect(try sample.prepared("a", overrides).run(parallel: 1) == .finished)
    let whole = try sample.results("a")
    #expect(whole.count == 1 + 16)
    #expect(Set(whole).count == 17)
    #expect(try sample.prepared("b", overrides).run(parallel: 5) == .finished)
    #expect(try sample.results("b") == whole)
    var interruptions = 0
    while true {
      let steps = Guarded(0)
      let outcome = try sample.prepared("c", overrides, resumes: true).run(parallel: 2) {
        steps.withLock { steps in
          steps += 1
          return steps > 37
        }
      }
      if outcome == .finished { break }
      interruptions += 1
      try #require(interruptions < 100)
    }
    #expect(interruptions > 2)
    #expect(try sample.results("c") == whole)
  }

  @Test("means and deviations are those of the folds, measured on the rows left out")
  func figures() throws {
    let folds = try sample.prepared("a")
    _ = try folds.run()
    let accuracy = try #require(folds.summary.first { $0.name == "accuracy" })
    #expect(folds.summary.map(\.name) == ["loss", "accuracy"])
    #expect(accuracy.values.count == 4)
    let mean = accuracy.values.reduce(0, +) / 4
    #expect(accuracy.mean == mean)
    let squares = accuracy.values.map { ($0 - mean) * ($0 - mean) }.reduce(0, +)
    #expect(abs(accuracy.standardDeviation - (squares / 3).squareRoot()) < 1e-15)
    // The predictions of each row result in the accuracy of its fold.
    let lines = try sample.folder.text(of: "a/predictions.csv").split(separator: "\n")
    #expect(lines[0] == "row,fold,repeat,seed,target,prediction,p(no),p(yes)")
    let cells = lines.dropFirst().map { $0.split(separator: ",").map(String.init) }
    #expect(cells.map { $0[0] } == (0..<Sample.count).map(String.init))
    let texts = Sample.table().split(separator: "\n").dropFirst()
    for (row, text) in zip(cells, texts) {
      #expect(text.hasSuffix(",\(row[4])") && row[2] == "1" && row[3] == "3")
      let numbers = row[6...].compactMap(Double.init)
      #expect(numbers.count == 2 && abs(numbers[0] + numbers[1] - 1) < 1e-6)
      #expect((row[5] == "yes") == (numbers[1] > numbers[0]))
    }
    for fold in 1...4 {
      let own = cells.filter { $0[1] == "\(fold)" }
      #expect(own.count == 15)
      let share = Double(own.count { $0[4] == $0[5] }) / 15
      #expect(abs(share - accuracy.values[fold - 1]) < 1e-12)
    }
    let table = try sample.folder.text(of: "a/folds.csv").split(separator: "\n")
    #expect(table[0] == "fold,repeat,seed,run,train_rows,held_out_rows,epochs,loss,accuracy")
    #expect(table.count == 5)
    #expect(table[2].hasPrefix("2,1,3,") && table[2].hasSuffix(",\(accuracy.values[1])"))
    #expect(table[2].contains(",45,15,4,"))
  }

  @Test("a fold's config repeats it bit by bit, and its test data are the rows left out")
  func repeated() throws {
    _ = try sample.prepared(
      "a", ["cross_validate={folds: 3, group_by: who}", "data.train.features=null"]
    ).run()
    let folder = RunFolder(sample.folder.path("a/runs/fold-2"))
    let config = try Config(recordedAt: folder.config)
    #expect(config.crossValidate?.fold == 2 && config.crossValidate?.rule.seed == 3)
    let run = try TrainingRun(config: config, folder: RunFolder(sample.folder.path("again")))
    _ = try run.run()
    #expect(try FileBytes.read(run.folder.model) == FileBytes.read(folder.model))
    let data = try RunData(config)
    #expect(data.train.featureNames == ["a", "b"])
    let held = Set(try #require(data.partition.test))
    #expect(held.isDisjoint(with: data.partition.train))
    #expect(held.count + data.partition.train.count == Sample.count)
    // Whole groups.
    #expect(Set(held.map { $0 % 11 }).isDisjoint(with: data.partition.train.map { $0 % 11 }))
    let test = try #require(try config.loadTestData(encoding: data.train.encoding))
    #expect(test.inputs.doubles == data.test?.inputs.doubles)
  }

  @Test("nothing is fitted to rows that are left out")
  func heldOutRows() throws {
    _ = try sample.prepared("a").run()
    let config = try Config(recordedAt: sample.folder.path("a/runs/fold-1/config.yaml"))
    let held = Set(try #require(try RunData(config).partition.test))
    try sample.folder.write(Sample.table(changing: held), to: "t.csv")
    _ = try sample.prepared("b").run()
    func weights(_ run: String) throws -> Data {
      try Data(contentsOf: URL(filePath: sample.folder.path("\(run)/model.safetensors")))
    }
    // Those of the first fold are not among its training rows, but among those of all others.
    #expect(try weights("a/runs/fold-1") == weights("b/runs/fold-1"))
    for fold in 2...4 {
      #expect(try weights("a/runs/fold-\(fold)") != weights("b/runs/fold-\(fold)"))
    }
  }

  @Test("validation rows are taken from those that a fold is trained on")
  func validation() throws {
    let changes = ["data.validation={split: 0.2}", "data.test={moons: {samples: 9}}"]
    _ = try sample.prepared("a", changes).run()
    let data = try RunData(Config(recordedAt: sample.folder.path("a/runs/fold-3/config.yaml")))
    let parts = data.partition
    #expect(parts.train.count == 36 && parts.validation?.count == 9 && parts.test?.count == 15)
    #expect(
      (parts.train + (parts.validation ?? []) + (parts.test ?? [])).sorted()
        == Array(0..<Sample.count))
  }

  @Test("resuming with other settings is refused; more repetitions and seeds are allowed")
  func changes() throws {
    _ = try sample.prepared("a").run()
    let first = try sample.results("a").dropFirst()
    expectError("already holds a run or a cross-validation", "--resume") {
      _ = try sample.prepared("a")
    }
    expectError("cross_validate.folds 4 -> 5", "epochs 4 -> 5") {
      _ = try sample.prepared("a", ["cross_validate=5", "epochs=5"], resumes: true)
    }
    let more = try sample.prepared("a", ["cross_validate.seeds=2"], resumes: true)
    _ = try more.run()
    #expect(more.folds.count == 8 && more.summaryOfSeeds.map(\.values.count) == [2, 2])
    let now = try sample.results("a").dropFirst()
    #expect(now.count == 8 && first.allSatisfy(now.contains))
  }

  @Test("impossible folds are refused before any is trained")
  func wrong() throws {
    func refuse(_ changes: [String], _ parts: String...) {
      let error = #expect(throws: NNError.self) { _ = try sample.prepared("w", changes) }
      for part in parts { #expect("\(error.map { "\($0)" } ?? "")".contains(part), "\(part)") }
    }
    refuse(["cross_validate={folds: 90}"], "90 folds of 60 rows", "fewer folds")
    refuse(["cross_validate={folds: 50}"], "50 stratified folds", "kind: plain")
    refuse(["cross_validate={folds: 20, group_by: who}"], "\"who\" has 11 different values")
    refuse(["cross_validate={folds: 2, group_by: whom}"], "there is no column \"whom\"")
    refuse(["cross_validate={folds: 2, gap: 3}"], "the folds are stratified", "kind: time")
    refuse(
      ["cross_validate={kind: time, folds: 2}", "cross_validate.repeats=2"], "never shuffled")
    #expect(!FileManager.default.fileExists(atPath: sample.folder.path("w")))
  }

  @Test("a fold that diverges is named")
  func divergence() throws {
    let folds = try sample.prepared(
      "a",
      [
        "loss=mse", "model=[{linear: 1}]", "metrics=[]", "optimizer={sgd: {lr: 1.0e30}}",
        "cross_validate={kind: plain, folds: 2}",
        "data.train.target=[b]", "data.train.features=[a]",
      ])
    expectError("fold 1: ", kind: .runFailed) { _ = try folds.run(parallel: 1) }
  }

  @Test("folds in time are trained on what precedes them")
  func time() throws {
    let changes = [
      "cross_validate={kind: time, folds: 3, gap: 2}", "data.train.features=[a]",
      "data.train.target=[b]", "loss=mse", "model=[{linear: 1}]", "metrics=[]",
      "data.normalize_target=standard",
    ]
    let folds = try sample.prepared("a", changes)
    _ = try folds.run()
    #expect(folds.folds.map(\.result.trainRows) == [13, 28, 43])
    #expect(folds.folds.map(\.result.heldOutRows) == [15, 15, 15])
    let lines = try sample.folder.text(of: "a/predictions.csv").split(separator: "\n")
    #expect(lines[0] == "row,fold,repeat,seed,target,output")
    #expect(lines.count == 46 && lines[1].hasPrefix("15,1,1,3,"))
  }
}

@Suite("Learning curves")
struct LearningCurveTests {
  private let sample: Sample

  init() throws { sample = try Sample() }

  private func prepared(
    _ name: String, sizes: [Double] = [1, 0.25, 0.5], seeds: Int = 2, _ overrides: [String] = [],
    resumes: Bool = false
  ) throws -> LearningCurve {
    try LearningCurve(
      config: Config(
        yaml: sample.config,
        overrides: ["data.validation={split: 0.2}", "cross_validate=null"] + overrides),
      sizes: sizes, seeds: seeds, folder: sample.folder.path(name), resumes: resumes)
  }

  @Test("sizes are nested, and all are measured on the same rows")
  func rows() throws {
    let curve = try prepared("a")
    #expect(try curve.run() == .finished)
    #expect(curve.points.map(\.size) == [0.25, 0.5, 1])
    #expect(curve.points.map(\.rows) == [12, 24, 48])
    var parts: [String: Partition] = [:]
    for name in ["size-0.25", "size-0.5", "size-1.0", "size-0.5-seed-2"] {
      let path = sample.folder.path("a/runs/\(name)/config.yaml")
      parts[name] = try RunData(Config(recordedAt: path)).partition
    }
    func rows(_ name: String) -> Set<Int> { Set(parts[name]?.train ?? []) }
    #expect(rows("size-0.25").isSubset(of: rows("size-0.5")) && rows("size-0.25").count == 12)
    #expect(rows("size-0.5").isSubset(of: rows("size-1.0")))
    #expect(rows("size-0.5") != rows("size-0.5-seed-2"))
    #expect(Set(parts.values.map { $0.validation ?? [] }).count == 1)
    for point in curve.points {
      #expect(point.summary.map(\.name) == ["loss", "accuracy"])
      #expect(point.trainSummary.map(\.values.count) == [2, 2])
    }
    let table = try sample.folder.text(of: "a/learning-curve.csv").split(separator: "\n")
    #expect(
      table[0] == "size,seed,run,train_rows,epochs,validation_loss,validation_accuracy,train_loss,"
        + "train_accuracy")
    #expect(table.count == 7 && table[1].hasPrefix("0.25,3,"))
  }

  @Test("results depend neither on parallel runs nor on interruptions")
  func sameBits() throws {
    func figures(_ curve: LearningCurve) -> [[Double]] {
      curve.points.flatMap { $0.results.map { ($0.figures + $0.trainFigures).map(\.value) } }
    }
    let first = try prepared("a")
    _ = try first.run(parallel: 1)
    let second = try prepared("b")
    _ = try second.run(parallel: 4)
    #expect(figures(first) == figures(second) && figures(first).count == 6)
    while true {
      let steps = Guarded(0)
      let curve = try prepared("c", resumes: true)
      let outcome = try curve.run(parallel: 2) {
        steps.withLock { steps in
          steps += 1
          return steps > 9
        }
      }
      guard outcome == .finished else { continue }
      #expect(figures(curve) == figures(first))
      break
    }
  }

  @Test("test data come before validation data")
  func testData() throws {
    let curve = try prepared("a", sizes: [1], seeds: 1, ["data.test={split: 0.25}"])
    _ = try curve.run()
    #expect(curve.points[0].rows == 36)
    #expect(curve.points[0].results[0].heldOutRows == 15)
    #expect(try sample.folder.text(of: "a/learning-curve.csv").contains("epochs,test_loss,"))
  }

  @Test("refuses wrong input with a fix")
  func wrong() throws {
    expectError("no size 1.5", "0.1,0.25") { _ = try prepared("a", sizes: [0.5, 1.5]) }
    expectError("no size nan") { _ = try prepared("a", sizes: [.nan]) }
    expectError("different shares") { _ = try prepared("a", sizes: [0.5, 0.5]) }
    expectError("names neither", "validation: {split: 0.2}") {
      _ = try prepared("a", ["data.validation=null"])
    }
    expectError("`data.subset` is set", "data.subset=null") {
      _ = try prepared("a", ["data.subset=0.5"])
    }
  }
}
