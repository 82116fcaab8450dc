import NNCore
import NNTraining
import Testing

@Suite("Config: search")
struct SearchConfigTests {
  private static let base =
    smallConfig.replacing("optimizer: adam", with: "optimizer: {adam: {lr: 0.01}}")
    + "\nmetrics: [accuracy]\n"

  private static func config(_ search: String) throws -> Config {
    try Config(yaml: base, overrides: ["search=\(search)"])
  }

  private static func problem(of search: String) -> String {
    complaint(about: base, overrides: ["search=\(search)"]) ?? "nothing"
  }

  @Test("reads every form of values")
  func forms() throws {
    let config = try Self.config(
      """
      {parameters: {optimizer.adam.lr: {log: [1e-4, 0.1]}, epochs: {range: [2, 9]}, \
      data.batch_size: {range: [8, 64], step: 8}, optimizer.adam.eps: {range: [0, 1.0], step: 0.25}, \
      model.0.linear.out_features: [4, 8], model.1: {choice: [relu, tanh]}}}
      """)
    let search = try #require(config.search)
    #expect(
      search.parameters.map(\.domain) == [
        .range(SearchRange(1e-4, 0.1, isLogarithmic: true)),
        .range(SearchRange(2, 9, isInteger: true)),
        .range(SearchRange(8, 64, step: 8, isInteger: true)), .range(SearchRange(0, 1, step: 0.25)),
        .choice([.integer(4), .integer(8)]), .choice([.string("relu"), .string("tanh")]),
      ])
    #expect(search.method == SearchConfig.standardMethod && search.trials == nil)
    #expect(
      search.round == 4 && search.seeds == 1 && search.parallel == nil && search.pruner == nil)
    #expect(config.searchMetric == "train_loss" && !config.searchMaximizes)
    #expect(try Config(yaml: config.resolvedYAML) == config)
    #expect(try Config(yaml: Self.base).resolvedYAML.contains("search") == false)
  }

  @Test("the metric determines the goal, unless one is set")
  func goal() throws {
    for (search, metric, maximizes) in [
      ("metric: accuracy", "train_accuracy", true), ("metric: train_loss", "train_loss", false),
      ("metric: train_accuracy, goal: minimize", "train_accuracy", false),
      ("goal: maximize", "train_loss", true),
    ] {
      let config = try Self.config("{\(search), parameters: {epochs: [1, 2]}}")
      #expect(config.searchMetric == metric && config.searchMaximizes == maximizes)
    }
  }

  @Test("reads times and numbers of parallel trials")
  func times() throws {
    for (text, seconds) in [("90s", 90.0), ("30m", 1800), ("1.5h", 5400), ("45", 45), ("2.5", 2.5)]
    {
      let config = try Self.config("{time_budget: \(text), parameters: {epochs: [1, 2]}}")
      #expect(config.search?.timeBudget == seconds)
      #expect(try Config(yaml: config.resolvedYAML) == config)
    }
    for (text, count) in [("auto", nil), ("3", 3)] as [(String, Int?)] {
      let config = try Self.config("{parallel: \(text), parameters: {epochs: [1, 2]}}")
      #expect(config.search?.parallel == count)
    }
  }

  @Test("a parameter inside a section exists only with that section")
  func conditions() throws {
    let search = try #require(
      Self.config(
        """
        {parameters: {optimizer.sgd.momentum: {range: [0.0, 0.9]}, optimizer: [{sgd: {lr: 0.1}}, adam, \
        {adam: {lr: 0.5}}], optimizer.adam.lr: [0.1, 0.2], epochs: [1, 2]}}
        """
      ).search)
    #expect(
      search.conditions == [
        SearchCondition(parent: 1, choices: [0]), nil, SearchCondition(parent: 1, choices: [1, 2]),
        nil,
      ])
    #expect(search.order == [1, 3, 0, 2])
  }

  @Test("a changed config has the values and their consequences, and no search")
  func changed() throws {
    let config = try Self.config("{parameters: {epochs: [1, 2]}}")
    let other = try config.changed([
      ("optimizer", .string("rmsprop")), ("optimizer.rmsprop.alpha", .number(0.5)),
      ("model.0.linear.out_features", .integer(3)),
    ])
    #expect(other.search == nil)
    #expect(other.optimizer.kind == "rmsprop" && other.optimizer["alpha"] == .number(0.5))
    #expect(other.optimizer["lr"] == .number(0.01))
    #expect(other.model[0].component["out_features"] == .integer(3))
    // A config created by a program has no file.
    var made = try Config(yaml: Self.base)
    made.search = SearchConfig(parameters: [SearchParameter("epochs", .choice([.integer(5)]))])
    #expect(try made.changed([("epochs", .integer(5))]).epochs == 5)
  }

  @Test(
    "names what is wrong, and a likely fix",
    arguments: [
      ("{}", ["`search` needs `parameters`"]),
      ("{parameters: {}}", ["`parameters` expects a mapping of paths"]),
      ("{parameters: {epochs: {range: [9, 9]}}}", ["the range [9, 9] is empty"]),
      ("{parameters: {epochs: {range: [9, 2]}}}", ["the range [9, 2] is empty"]),
      ("{parameters: {epochs: {range: [9]}}}", ["`range` expects a list of two"]),
      ("{parameters: {optimizer.adam.lr: {log: [0, 0.1]}}}", ["the logarithm of 0 is not finite"]),
      (
        "{parameters: {optimizer.adam.lr: {log: [1e-3, 0.1], step: 2}}}",
        ["`step` divides a `range`"]
      ),
      ("{parameters: {epochs: {range: [1, 9], step: 0}}}", ["`step` is 0"]),
      ("{parameters: {epochs: {range: [1, 9], step: 12}}}", ["`step` is 12", "at most 8"]),
      ("{parameters: {epochs: {choice: []}}}", ["`choice` lists no value"]),
      ("{parameters: {epochs: []}}", ["`choice` lists no value"]),
      ("{parameters: {epochs: [3, 4, 3]}}", ["`choice` lists 3 twice"]),
      ("{parameters: {epochs: 3}}", ["`choice` expects a list of values, gets 3"]),
      ("{parameters: {epochs: {step: 3}}}", ["expects `choice`, `log` or `range`"]),
      (
        "{parameters: {epochs: {range: [1, 2], log: [1, 2]}}}",
        ["expects one of", "`log` and `range`"]
      ),
      ("{parameters: {epochs: {rnge: [1, 2]}}}", ["no option `rnge`", "did you mean `range`?"]),
      ("{parameters: {epochs: [0, 1]}}", ["search sets `epochs` to 0", "an integer ≥ 1"]),
      ("{parameters: {optimizer.adam.lrr: [0.1]}}", ["adam has no option `lrr`", "did you mean"]),
      ("{parameters: {batch_size: [8, 16]}}", ["`batch_size`", "did you mean `data.batch_size`?"]),
      ("{parameters: {model.7.linear.bias: [true]}}", ["`7` is not one of its indices 0…2"]),
      ("{parameters: {seed: [1, 2]}}", ["cannot vary `seed`", "`seeds`"]),
      ("{parameters: {search.trials: [1, 2]}}", ["cannot vary `search.trials`"]),
      (
        "{parameters: {optimizer: [adam, {sgd: 0.1}], optimizer.admw.lr: [0.1]}}",
        ["no value of `optimizer` contains `admw.lr`", "did you mean `adam`?"]
      ),
      (
        "{parameters: {epochs: {range: [1, 4]}, epochs.a: [1]}}",
        ["no value of `epochs` contains `a`", "only a `choice`"]
      ),
      (
        "{metric: val_loss, parameters: {epochs: [1]}}",
        ["`val_loss`, which is not computed", "validation"]
      ),
      (
        "{metric: acuracy, parameters: {epochs: [1]}}",
        ["`acuracy`, which is not computed", "train_accuracy"]
      ),
      (
        "{method: tpee, parameters: {epochs: [1]}}",
        ["unknown sampler `tpee`", "did you mean `tpe`?"]
      ),
      (
        "{pruner: ash, parameters: {epochs: [1]}}",
        ["unknown pruner `ash`", "did you mean `asha`?"]
      ),
      ("{time_budget: 5 days, parameters: {epochs: [1]}}", ["`time_budget` expects a time"]),
      ("{time_budget: 0, parameters: {epochs: [1]}}", ["`time_budget` expects a time"]),
      ("{parallel: many, parameters: {epochs: [1]}}", ["`parallel` expects"]),
    ])
  func problems(search: String, parts: [String]) {
    let text = Self.problem(of: search)
    for part in parts { #expect(text.contains(part), "\(search): \(text)") }
  }

  @Test("problems are reported at the parameter in the file")
  func positions() {
    let text = complaint(
      about: Self.base + "search:\n  parameters:\n    optimizer.adam.lrr: {log: [0.1, 0.2]}\n")
    #expect(
      text?.contains("c.yaml:11:5: search sets `optimizer.adam.lrr`") == true, "\(text ?? "")")
  }
}
