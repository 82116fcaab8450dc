import Foundation
import NNCore
import NNData
import NNTestSupport
import NNTraining
import Testing

@Suite("Config: splits and folds")
struct SplitConfigTests {
  @Test("reads every option, and nothing that is not set")
  func reading() throws {
    let config = try Config(
      yaml: smallConfig,
      overrides: [
        "data.validation={split: 0.1, stratify: true, seed: 4}",
        "data.test={split: 0.2, order: time, gap: 3}", "data.subset=0.5",
        "cross_validate={folds: 3, group_by: who, shuffle: false, fold: 2}",
      ])
    #expect(config.data.validation == .split(SplitRule(0.1, stratify: true, seed: 4)))
    #expect(config.data.test == .split(SplitRule(0.2, order: .time, gap: 3)))
    #expect(config.data.subset == SubsetRule(0.5))
    #expect(
      config.crossValidate
        == CrossValidationConfig(FoldRule(3, shuffle: false, groupBy: "who"), fold: 2))
    #expect(config.resolvedYAML.contains("validation: {split: 0.1, stratify: true, seed: 4}\n"))
    #expect(config.resolvedYAML.contains("test: {split: 0.2, order: time, gap: 3}\n"))
    let plain = try Config(yaml: smallConfig)
    #expect(plain.data.test == nil && plain.data.subset == nil && plain.crossValidate == nil)
    #expect(
      try Config(yaml: smallConfig, overrides: ["cross_validate=7"]).crossValidate?.rule.folds == 7)
    for text in ["subset", "cross_validate"] { #expect(!plain.resolvedYAML.contains(text)) }
  }

  @Test("a bare number becomes a mapping when another key of its section is set")
  func bareNumbers() throws {
    let config = try Config(
      yaml: smallConfig,
      overrides: [
        "cross_validate=5", "cross_validate.shuffle=false", "data.test=0.2", "data.test.seed=8",
      ])
    #expect(config.crossValidate?.rule == FoldRule(5, shuffle: false))
    #expect(config.data.test == .split(0.2, seed: 8))
    #expect(
      try Config(yaml: smallConfig, overrides: ["cross_validate.seeds=3"]).crossValidate?.rule.folds
        == 5)
  }

  @Test(
    "refuses options that contradict each other",
    arguments: [
      (
        "data.validation={split: 0.1, order: time, group_by: a}",
        "`order: time` takes the last rows"
      ),
      ("data.test={split: 0.1, order: time, stratify: true}", "`stratify: true` draws rows"),
      ("data.test={split: 0.1, order: random, gap: 3}", "`gap` is a distance in time"),
      ("data.validation={split: 0.1, stratify: true, group_by: a}", "keeps groups whole"),
      ("data.validation={split: 0.1, stratify: sometimes}", "expects true, false or auto"),
      ("data.subset=0", "expects a number > 0 and ≤ 1"),
      ("data.subset=1.5", "expects a number > 0 and ≤ 1"),
      ("cross_validate=1", "`folds` expects an integer from 2 to 1000"),
      ("cross_validate={kind: grouped}", "`kind: grouped` needs `group_by`"),
      ("cross_validate={kind: time, group_by: a}", "folds of `kind: time` do not"),
      ("cross_validate={folds: 3, fold: 4}", "`fold` is 4, and there are 3 folds"),
      ("cross_validate={repeats: 2, shuffle: false}", "set shuffle: true"),
      ("cross_validate={kind: plain, gap: 2}", "only `kind: time` keeps"),
    ])
  func contradictions(change: String, message: String) {
    let text = complaint(about: smallConfig, overrides: [change])
    #expect(text?.contains(message) == true, "\(text ?? "no error")")
    #expect(text?.hasPrefix("--set ") == true)
  }

  @Test("the configs of docs/cross-validation.md can be read")
  func document() throws {
    let blocks = try Repository.text("docs/cross-validation.md")
      .components(separatedBy: "```yaml\n").dropFirst().map { $0.components(separatedBy: "```")[0] }
    #expect(blocks.count == 2)
    for block in blocks {
      let data = block.contains("data:") ? "" : "data: {train: moons}\n"
      _ = try Config(yaml: block + data + "model: [{linear: 2}]\nloss: mse\noptimizer: adam\n")
    }
  }

  @Test("the three parts of one source are disjoint, and each is a share of what is left")
  func threeParts() throws {
    let config = try Config(
      yaml: smallConfig,
      overrides: [
        "data.train={moons: {samples: 400}}", "data.test={split: 0.2}",
        "data.validation={split: 0.1}", "data.subset=0.5",
      ])
    let data = try RunData(config)
    #expect(data.test?.count == 80 && data.validation?.count == 32 && data.train.count == 144)
    let parts = data.partition
    let all = parts.train + (parts.validation ?? []) + (parts.test ?? [])
    #expect(Set(all).count == all.count)
    for part in [data.train, data.validation, data.test].compactMap(\.self) {
      let ones = part.targets.scalars(as: Int32.self).count { $0 == 1 }
      #expect(abs(2 * ones - part.count) <= 4)
    }
    // The whole source without the rest of the options is the same run as before.
    let whole = try RunData(Config(yaml: smallConfig))
    #expect(whole.partition.train == Array(0..<whole.train.count) && whole.test == nil)
  }

  @Test("in time the test rows are the last ones and validation rows precede them")
  func inTime() throws {
    let config = try Config(
      yaml: smallConfig,
      overrides: [
        "data.train={moons: {samples: 100}}", "data.test={split: 0.2, order: time, gap: 5}",
        "data.validation={split: 0.2, order: time, gap: 5}", "data.subset=0.5",
      ])
    let parts = try RunData(config).partition
    #expect(parts.test == Array(80..<100))
    #expect(parts.validation == Array(60..<75))
    // Half of the 55 rows before the gap: the last ones.
    #expect(parts.train == Array(27..<55))
  }

  @Test("another seed for weights keeps the rows")
  func reseeded() throws {
    let config = try Config(
      yaml: smallConfig,
      overrides: [
        "data.train={moons: {samples: 100}}", "data.test=0.2", "data.validation=0.2",
        "data.subset=0.5", "cross_validate=5",
      ])
    let other = config.reseeded(77)
    #expect(other.seed == 77)
    #expect(try RunData(other).partition == RunData(config).partition)
    #expect(RunDataKey(other) == RunDataKey(config))
    var different = config
    different.seed = 77
    #expect(try RunData(different).partition != RunData(config).partition)
    #expect(RunDataKey(different) != RunDataKey(config))
  }

  @Test("a resumed run notices other test rows, but not other test sources")
  func resumed() throws {
    let folder = try TemporaryFolder()
    func warnings(_ name: String, _ first: [String], _ second: [String]) throws -> [String] {
      let base = ["epochs=2", "data.train={moons: {samples: 60}}"]
      let path = RunFolder(folder.path(name))
      let run = try TrainingRun(
        config: Config(yaml: smallConfig, overrides: base + first), folder: path)
      _ = try run.run()
      return try TrainingRun(
        config: Config(yaml: smallConfig, overrides: base + second + ["epochs=3"]), folder: path,
        resumes: true
      ).warnings
    }
    let seeds = try warnings(
      "a", ["data.test={split: 0.5, seed: 1}"], ["data.test={split: 0.5, seed: 2}"])
    #expect(seeds.contains { $0.contains("data.test.seed 1 -> 2") }, "\(seeds)")
    let sources = try warnings("b", [], ["data.test={moons: {samples: 9}}", "cross_validate=5"])
    #expect(sources.isEmpty, "\(sources)")
  }
}
