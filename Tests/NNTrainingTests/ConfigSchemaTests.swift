import Foundation
import NNCore
import NNTestSupport
import NNTraining
import Testing

/// The JSON Schema accepts what the program reads and refuses what it refuses.
@Suite("Config: JSON Schema")
struct ConfigSchemaTests {
  // Reading the schema takes longer than any test.
  private static let shared = Result {
    try SchemaValidator(schema: ConfigReference().schemaText)
  }
  private let validator: SchemaValidator

  init() throws { validator = try Self.shared.get() }

  /// Why the schema refuses a config; empty if it accepts it.
  private func errors(in yaml: String) throws -> [String] {
    validator.errors(in: try JSONTree.value(of: ConfigNode(yaml: yaml, source: "c.yaml")))
  }

  @Test("is a schema whose references exist and whose keywords are known")
  func document() throws {
    let schema = try FixtureOption(json: ConfigReference().schemaText)
    #expect(schema["$schema"]?.text == "https://json-schema.org/draft/2020-12/schema")
    #expect(schema["required"]?.list?.map(\.text) == ["data", "model", "loss", "optimizer"])
    #expect(schema["additionalProperties"] == .boolean(false))
    guard case .object(let definitions) = schema["$defs"] else {
      Issue.record("no definitions")
      return
    }
    #expect(
      definitions.keys.sorted() == [
        "augmentation", "initializer", "layer", "loss", "method", "metric", "optimizer", "pruner",
        "sampler",
        "schedule",
        "source",
      ])
    let learningRate = schema["$defs"]?["optimizer"]?["anyOf"]?.list?.last?["properties"]?["adam"]?[
      "anyOf"]?.list?.first?["properties"]?["lr"]
    #expect(
      learningRate
        == .object([
          "type": .text("number"), "minimum": .number(0), "default": .number(0.001),
          "description": .text("the learning rate"),
        ]))
  }

  @Test("accepts every example config, as written and with every default filled in")
  func examples() throws {
    let folder = Repository.root.appending(path: "docs/examples/configs")
    let names = try FileManager.default.contentsOfDirectory(atPath: folder.path)
      .filter { $0.hasSuffix(".yaml") }
    #expect(names.count >= 14)
    for name in names.sorted() {
      let path = folder.appending(path: name).path
      let text = try String(contentsOfFile: path, encoding: .utf8)
      #expect(try errors(in: text) == [], "\(name)")
      #expect(try errors(in: Config(contentsOf: path).resolvedYAML) == [], "\(name)")
    }
  }

  @Test("accepts the configs of the documents and lessons")
  func documents() throws {
    var configs: [String] = []
    for document in ["docs/tutorial.md", "docs/coming-from.md", "docs/data.md"] {
      let text = try Repository.text(document)
      configs += text.components(separatedBy: "```yaml\n").dropFirst()
        .map { $0.components(separatedBy: "```")[0] }.filter { $0.contains("optimizer:") }
    }
    let lesson = try Repository.text("Sources/NNLessons/Lessons/AttentionLesson.swift")
    let yaml = try #require(
      lesson.components(separatedBy: "\"\"\"").first { $0.contains("encoder_decoder:") })
    configs.append(yaml.replacing("\\(seed)", with: "1"))
    #expect(configs.count >= 8)
    for config in configs {
      _ = try Config(yaml: config)
      #expect(try errors(in: config) == [], "\(config)")
    }
  }

  @Test(
    "accepts the short forms that the program reads",
    arguments: [
      "data=moons", "data.train={circles: 50}", "data.train={circles: {noise: 0.1}}",
      "data.train={circles: , samples: 9}", "data.train={npz: {npz: a.npz, x: a}}",
      "data.train={npz: a.npz, lengths: n}", "data.train={idx: {images: a, labels: b}}",
      "data.train={csv: a.csv, target: [y, 3], delimiter: tab, missing: []}",
      "data.train={series: a.csv, column: 2, window: 3}",
      "data.train={series: {series: a.csv, column: y, window: 3}}",
      "data.validation=0.2", "data.validation={split: 0.2, order: time}",
      "data.validation={npz: b.npz}", "data.validation=none", "data.normalize=null",
      "data.test=0.2", "data.test={split: 0.2, group_by: 3, stratify: auto}", "data.subset=1",
      "data.validation={split: 0.2, order: time, gap: 4}", "cross_validate=5",
      "cross_validate={folds: 3, kind: grouped, group_by: a, repeats: 2, fold: 3}",
      "data.normalize={mean: [0, 1], std: [1, 2]}", "data.normalize={mean: 0, std: 1}",
      "model=[{dense: 3}, {name: , relu: }, {name: a, relu: {}}, tanh]",
      "model=[{concat: [[relu], []]}, {sequential: [relu]}, {residual: {layers: [relu]}}]",
      "model=[{adaptive_avg_pool2d: [1, null]}, {conv2d: {out_channels: 2, kernel_size: [1, 2]}}]",
      "model=[{layer_norm: none}, {softmax: }, {gelu: tanh}, {linear: {out_features: 3, "
        + "weight_init: {constant: 1}, bias_init: zeros}}]",
      "loss={cross_entropy: 0.1}", "loss={cross_entropy: }", "optimizer={adam: 0.1}",
      "optimizer={adam: {lr: 1e-3, betas: [0.5, 0.9]}}", "optimizer={sgd: 0.1}", "schedule=none",
      "schedule={exponential_lr: 0.9}", "schedule=[linear_lr, {step_lr: 3}]", "metrics=accuracy",
      "metrics=[]", "metrics=[{top_k: 1}, {accuracy: {ignore_index: 3}}]", "checkpoint=5",
      "checkpoint=null", "early_stopping=train_loss", "early_stopping=none", "log={}",
      "clip_grad_norm=null", "clip_grad_norm=2", "name=7", "seed=0", "dtype=float64",
      "search={parameters: {epochs: [2, 3], optimizer.adam.lr: {log: [1e-4, 0.1]}}}",
      "search={method: grid, pruner: asha, time_budget: 30m, parallel: auto, parameters: "
        + "{optimizer: {choice: [adam, {sgd: 0.1}]}, epochs: {range: [2, 8], step: 2}}}",
    ])
  func shortForms(change: String) throws {
    let config = try Config(yaml: smallConfig, overrides: [change])
    #expect(try validator.errors(in: JSONTree.value(of: smallConfig, changedBy: change)) == [])
    #expect(try errors(in: config.resolvedYAML) == [])
  }

  @Test(
    "refuses what the program refuses",
    arguments: [
      "epoch=3", "epochs=2.5", "epochs=\"3\"", "seed=-1", "dtype=float16", "name=a/b",
      "data.train=mons", "data=3", "data={circles: {}}", "data.shufle=true", "data.shuffle=1",
      "data.train={idx: {images: a}}", "data.train={npz: a.npz, z: b}",
      "data.train={circles: {samples: many}}", "data.validation={split: 1}",
      "data.validation={split: 0.1, stratify: maybe}", "data.test={split: 0.1, gap: -1}",
      "data.subset=0", "cross_validate=1", "cross_validate={kind: random}",
      "data.normalize=standart", "data.normalize={mean: 0}", "model=relu", "model=[rellu]",
      "model=[{}]", "model=[{name: a}]", "model=[[relu]]", "model=[null]",
      "model=[{linear: 8, bias: false}]", "model=[{relu: , tanh: }]", "model=[linear]",
      "model=[{linear: }]", "model=[{relu: 3}]", "model=[{relu: {inplace: true}}]",
      "model=[{dropout: 1.5}]", "model=[{linear: {out_features: 4, in_features: 3}}]",
      "model=[{conv2d: 3}]", "model=[{conv2d: {out_channels: 1, kernel_size: 3, padding: sane}}]",
      "model=[{residual: relu}]", "model=[{concat: [[tanhh]]}]", "model=[{concat: []}]",
      "model=[{linear: {out_features: 1, weight_init: {xavier: 2}}}]", "loss=crossentropy",
      "loss={mse: {reduction: none}}", "loss={}", "loss=[]", "optimizer=sgd",
      "optimizer={adam: {lr: -0.1}}", "optimizer={adam: {betas: [0.9]}}",
      "optimizer={adam: {learning_rate: 0.1}}", "optimizer={adam: 0.1, sgd: 0.1}",
      "optimizer=[adam, sgd]", "schedule=cosine_annealing_lr",
      "schedule={step_lr: {step_size: 1, interval: batch}}", "metrics={accuracy: {k: 1}}",
      "metrics=null", "early_stopping={patiance: 3}", "early_stopping={min_delta: -1}",
      "search={}", "search={parameters: {epochs: {log: [1]}}}", "search={trials: 0}",
      "search={method: tpee, parameters: {epochs: [1]}}",
      "checkpoint={keep: 0}", "log={every: often}", "clip_grad_norm=0", "clip_grad_value=[1]",
    ])
  func wrong(change: String) throws {
    #expect(throws: NNError.self) { try Config(yaml: smallConfig, overrides: [change]) }
    #expect(try validator.errors(in: JSONTree.value(of: smallConfig, changedBy: change)) != [])
  }

  @Test("refuses a config without one of the required keys", arguments: 0..<4)
  func missing(index: Int) throws {
    let parts = ["data: {train: moons}", "model: [relu]", "loss: mse", "optimizer: adam"]
    #expect(try errors(in: parts.joined(separator: "\n")) == [])
    let rest = parts.indices.filter { $0 != index }.map { parts[$0] }.joined(separator: "\n")
    #expect(throws: NNError.self) { try Config(yaml: rest) }
    #expect(try errors(in: rest).count == 1)
  }
}

/// Configs as JSON, for validation against a schema.
enum JSONTree {
  /// A node of a config.
  static func value(of node: ConfigNode) -> FixtureOption {
    if let items = node.items { return .list(items.map(value)) }
    if let entries = node.entries {
      return .object(
        Dictionary(entries.map { ($0.key, value(of: $0.value)) }, uniquingKeysWith: { $1 }))
    }
    return switch node.scalar?.value {
    case nil: .null
    case .bool(let flag): .boolean(flag)
    case .integer(let number): .number(Double(number))
    case .number(let number): .number(number)
    case .string(let text): .text(text)
    }
  }

  /// A config with a change as by `--set`.
  static func value(of yaml: String, changedBy change: String) throws -> FixtureOption {
    var root = try ConfigNode(yaml: yaml, source: "c.yaml")
    try root.apply(override: change)
    return value(of: root)
  }
}
