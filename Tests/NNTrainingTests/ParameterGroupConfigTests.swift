import NNCore
import NNFormats
import NNLayers
import NNOptimizers
import NNTestSupport
import NNTraining
import Testing

/// `freeze`, `optimizer: {…, groups: […]}`, `accumulate` and `lbfgs` of a config.
@Suite struct ParameterGroupConfigTests {
  private static func yaml(_ optimizer: String, _ more: String = "") -> String {
    """
    name: grouped
    seed: 4
    data: {train: {moons: {samples: 42, noise: 0.1}}, batch_size: 4}
    model:
      - {name: trunk, linear: 6}
      - tanh
      - dropout: 0.2
      - {name: head, linear: 2}
    loss: cross_entropy
    optimizer: \(optimizer)
    epochs: 2
    log: {every: 1}
    \(more)
    """
  }

  private static let grouped = yaml(
    """

      adamw: {lr: 0.02}
      groups:
        - {parameters: "trunk.bias", weight_decay: 0, lr: 0.01}
        - {parameters: ["head.b*"], sgd: {lr: 0.1, momentum: 0.9}}
    """, "freeze: [trunk.weight]\naccumulate: 3")

  // MARK: - Reading

  @Test func optionsReplaceThoseOfTheMainOptimizer() throws {
    let config = try Config(yaml: Self.grouped)
    #expect(config.optimizer.kind == "adamw")
    #expect(config.freeze == ["trunk.weight"] && config.accumulate == 3)
    #expect(config.optimizerGroups.map(\.parameters) == [["trunk.bias"], ["head.b*"]])
    let groups = try config.makeParameterGroups()
    let first = try #require(groups[0].optimizer as? AdamW)
    #expect(first.learningRate == 0.01 && first.rule.weightDecay == 0)
    #expect(first.rule.secondBeta == 0.999)
    let second = try #require(groups[1].optimizer as? SGD)
    #expect(second.learningRate == 0.1 && second.momentum == 0.9)
    #expect(groups[1].patterns.map(\.text) == ["head.b*"])
  }

  @Test(arguments: [
    "{adam: {lr: 0.02}, groups: [{parameters: \"*.bias\", eps: 1.0e-4}]}",
    "{sgd: 0.3, groups: {parameters: \"*.bias\", lr: 0}}",
    "{sgd: 0.3, groups: [{parameters: [\"*.bias\"], adam: }]}", "{adam: , groups: []}",
    "{lbfgs: {line_search_fn: strong_wolfe, max_eval: 40}}", "lbfgs",
    "{adam: {lr: 1}, groups: [{parameters: trunk.weight}]}",
  ])
  func resolvedConfigsReadBack(optimizer: String) throws {
    // One that evaluates a batch several times takes no accumulated gradients.
    let batches = optimizer.contains("lbfgs") ? "" : "accumulate: 2\n"
    let config = try Config(yaml: Self.yaml(optimizer, "freeze: head.weight\n\(batches)"))
    let back = try Config(yaml: config.resolvedYAML)
    #expect(back == config, "\(config.resolvedYAML)")
    #expect(back.resolvedYAML == config.resolvedYAML)
  }

  /// Without groups, a run's files are the same as before these options existed.
  @Test func theDefaultsAreNotWritten() throws {
    let config = try Config(yaml: Self.yaml("adam"))
    for word in ["freeze", "groups", "accumulate"] {
      #expect(!config.resolvedYAML.contains(word))
    }
    #expect(config.freeze == [] && config.optimizerGroups == [] && config.accumulate == 1)
  }

  @Test func overridesReachGroups() throws {
    let config = try Config(
      yaml: Self.grouped,
      overrides: [
        "optimizer.adamw.eps=0.5", "optimizer.groups.0.lr=0.25", "freeze=[trunk.*]",
        "optimizer.groups.0.parameters=head.weight", "accumulate=7",
      ])
    let first = try #require(try config.makeParameterGroups()[0].optimizer as? AdamW)
    #expect(first.rule.epsilon == 0.5 && first.learningRate == 0.25)
    #expect(config.freeze == ["trunk.*"] && config.accumulate == 7)
    // A resolved config keeps which options a group inherits.
    let recorded = try Config(
      yaml: config.resolvedYAML, overrides: ["optimizer.adamw.eps=0.125"])
    let again = try #require(try recorded.makeParameterGroups()[0].optimizer as? AdamW)
    #expect(again.rule.epsilon == 0.125 && again.learningRate == 0.25)
  }

  @Test(arguments: [
    (
      "{adamw: {lr: 1}, groups: [{parameters: \"*.bias\", wieght_decay: 0}]}",
      "adamw has no option", "did you mean `weight_decay`?"
    ),
    (
      "{adamw: {lr: 1}, groups: [{parameters: \"*.bias\", lr: -1}]}", "`lr` expects a number ≥ 0",
      "config.yaml:10"
    ),
    (
      "{adamw: {lr: 1}, groups: [{weight_decay: 0}]}", "a parameter group needs `parameters`",
      "*.bias"
    ),
    ("{adamw: {lr: 1}, groups: [{parameters: []}]}", "`parameters` expects", "a pattern"),
    ("{adamw: {lr: 1}, groups: [{parameters: \"\"}]}", "`parameters` expects", "a pattern"),
    ("{adamw: {lr: 1}, groups: [3]}", "expects a parameter group", "gets 3"),
    (
      "{adamw: {lr: 1}, groups: [{parameters: a, sgd: {lr: 1}, lr: 2}]}", "expects one optimizer",
      "`lr`"
    ),
    ("{adamw: {lr: 1}, groups: [{parameters: a, sgd: {}}]}", "sgd needs `lr`", "config.yaml:10"),
    ("{groups: []}", "expects an optimizer", "`groups`"),
    (
      "{lbfgs: {}, groups: [{parameters: \"*.bias\", lr: 2}]}",
      "`lbfgs` updates all parameters together", "config.yaml:10"
    ),
    (
      "{adam: {}, groups: [{parameters: \"*.bias\", lbfgs: {}}]}",
      "`lbfgs` updates all parameters together", "config.yaml:10"
    ),
    ("{adam: {}, groups: [{parameters: *.bias}]}", "not YAML", "in quotes"),
    ("{lbfgs: {line_search_fn: armijo}}", "`line_search_fn` expects `strong_wolfe`", "armijo"),
  ])
  func mistakesAreReported(optimizer: String, message: String, hint: String) {
    expectError(message, hint) { _ = try Config(yaml: Self.yaml(optimizer)) }
  }

  @Test(arguments: [
    ("accumulate: 0", "`accumulate` expects an integer ≥ 1"),
    ("freeze: [\"\"]", "`freeze` expects a pattern over parameter names"),
    ("freeze: {a: b}", "`freeze` expects a pattern over parameter names"),
  ])
  func badValuesAreReported(line: String, message: String) {
    expectError(message, "config.yaml:13") {
      _ = try Config(yaml: Self.yaml("adam", line))
    }
  }

  @Test(arguments: [
    ("clip_grad_norm: 1", "clipping changes"), ("clip_grad_value: 1", "clipping changes"),
    ("l1_penalty: 0.1", "compares losses"), ("accumulate: 2", "cannot accumulate"),
  ])
  func aSearchIsRefusedWhereItMakesNoSense(line: String, message: String) {
    expectError("`lbfgs`", message, "config.yaml:13") {
      _ = try Config(yaml: Self.yaml("lbfgs", line))
    }
  }

  /// Errors that need the network name the place of the pattern.
  @Test(arguments: [
    ("adam", "freeze: [trnk.*]", "config.yaml:13:10: the pattern `trnk.*` matches no parameter"),
    ("adam", "freeze: \"*\"", "config.yaml:13:9: every parameter is frozen"),
    (
      "{adam: {}, groups: [{parameters: [head.weight, \"*.bias\"], lr: 1}]}", "freeze: trunk.bias",
      "config.yaml:10:59: parameter `trunk.bias` belongs to two groups"
    ),
  ])
  func patternsAreCheckedWithTheNetwork(optimizer: String, line: String, message: String) throws {
    let config = try Config(yaml: Self.yaml(optimizer, line))
    expectError(message) { _ = try TrainingRun.check(config) }
    expectError(message) { _ = try ModelSummary(config: config) }
  }

  @Test func theSummaryCountsFrozenParametersAndState() throws {
    let plain = try ModelSummary(config: Config(yaml: Self.yaml("adam")))
    let frozen = try ModelSummary(config: Config(yaml: Self.yaml("adam", "freeze: trunk.*")))
    #expect(plain.frozenParameterCount == 0 && frozen.frozenParameterCount == 18)
    #expect(plain.parameterCount == frozen.parameterCount)
    // Two moments for each parameter, in float32; each starts at a multiple of 16 elements.
    #expect(plain.stateByteCount - frozen.stateByteCount == (16 + 16) * 2 * 4)
    #expect(frozen.arenaByteCount <= plain.arenaByteCount)
    #expect(try ModelSummary(config: Config(yaml: Self.yaml("lbfgs"))).stateByteCount > 0)
  }

  // MARK: - Runs

  @Test func aSearchOnSmallBatchesIsWarnedAbout() throws {
    let (_, warnings) = try TrainingRun.check(Config(yaml: Self.yaml("lbfgs")))
    #expect(warnings.contains { $0.contains("set batch_size to the 42 training rows") })
    let whole = try TrainingRun.check(
      Config(yaml: Self.yaml("lbfgs"), overrides: ["data.batch_size=42"]))
    #expect(whole.warnings.isEmpty)
  }

  /// A run that is interrupted between updates and resumed ends with the same bits.
  @Test(arguments: [
    (Self.grouped, [String]()),
    (
      Self.yaml("{lbfgs: {line_search_fn: strong_wolfe, max_iter: 4}}"),
      ["data.batch_size=21", "epochs=4"]
    ),
  ])
  func resumedRunsHaveTheSameBits(yaml: String, overrides: [String]) throws {
    let temporary = try TemporaryFolder()
    let (whole, parts) = (temporary.path("whole"), temporary.path("parts"))
    try train(yaml, in: whole, overrides: overrides)
    #expect(try train(yaml, in: parts, overrides: overrides, stoppingAfter: 3) == .interrupted)
    #expect(try train(yaml, in: parts, overrides: overrides, resumes: true) == .completed)
    #expect(try modelBytes(whole) == modelBytes(parts))
    #expect(try rows(RunFolder(whole).steps) == rows(RunFolder(parts).steps))
    // 11 batches in steps of three.
    if overrides.isEmpty { #expect(try rows(RunFolder(whole).steps).count == 1 + 2 * 4) }
  }

  @Test func checkpointsHoldTheStateOfEachGroup() throws {
    let temporary = try TemporaryFolder()
    let folder = RunFolder(temporary.path("run"))
    try train(Self.grouped, in: folder.path)
    let checkpoint = try #require(try Checkpoint.newest(in: folder.checkpoints))
    let names = checkpoint.tensors.map(\.name).filter { $0.hasPrefix("optimizer/") }
    #expect(
      names.sorted() == [
        "optimizer/1.exp_avg", "optimizer/1.exp_avg_sq", "optimizer/2.momentum_buffer",
        "optimizer/exp_avg", "optimizer/exp_avg_sq",
      ])
    // Frozen weights are saved with the others.
    let initial = try TrainedModel(folder: folder).weights.first { $0.name == "trunk.weight" }
    #expect(initial?.tensor.shape == [6, 2])
  }

  @Test(arguments: [
    ("freeze=[]", "freeze [trunk.weight] -> []"),
    ("optimizer.groups.0.parameters=trunk.weight", "[trunk.bias] by adamw"),
    ("optimizer.groups.1={parameters: head.bias, adam: {}}", "[head.b*] by sgd"),
    ("optimizer={adamw: {lr: 0.02}}", "-> none"),
  ])
  func otherGroupsAreRejected(change: String, message: String) throws {
    let temporary = try TemporaryFolder()
    let folder = temporary.path("run")
    try train(Self.grouped, in: folder)
    let overrides = change == "freeze=[]" ? [change] : [change, "epochs=3"]
    expectError(message, "--init", "resume with the old values") {
      try train(Self.grouped, in: folder, overrides: overrides, resumes: true)
    }
  }

  @Test func optionsOfAGroupMayChange() throws {
    let temporary = try TemporaryFolder()
    let folder = RunFolder(temporary.path("run"))
    try train(Self.grouped, in: folder.path)
    let run = try TrainingRun(
      config: Config(yaml: Self.grouped, overrides: ["optimizer.groups.0.lr=0.5", "epochs=3"]),
      folder: folder, resumes: true)
    #expect(run.warnings.contains { $0.contains("optimizer.groups.0.lr 0.01 -> 0.5") })
  }

  @Test func theMiddleOfAnEpochAllowsNoOtherAccumulation() throws {
    let temporary = try TemporaryFolder()
    let folder = temporary.path("run")
    try train(Self.grouped, in: folder, stoppingAfter: 1)
    expectError("after step 1 of epoch 1", "accumulate 3 -> 2") {
      try train(Self.grouped, in: folder, overrides: ["accumulate=2"], resumes: true)
    }
  }
}
