import NNCore
import NNData
import NNFormats
import NNLosses
import NNTestSupport
import NNTraining
import Testing

/// `class_weight` of losses and `sampler` of the data.
@Suite("balance of classes") struct ClassBalanceTests {
  private static let table = """
    a,w,kind
    1,1,cat
    2,0,cat
    3,2,cat
    4,1,cat
    5,1,dog
    6,3,cow
    7,1,dog
    8,1,cat
    """

  private static func config(
    _ folder: TemporaryFolder, _ overrides: [String] = []
  ) throws -> Config {
    try folder.write(table, to: "table.csv")
    return try Config(
      yaml: """
        data: {train: {csv: table.csv, target: kind, weights: w}, batch_size: 3}
        model: [{linear: 3}]
        loss: cross_entropy
        optimizer: {sgd: {lr: 0.1}}
        epochs: 4
        """, folder: folder.path, overrides: overrides)
  }

  private static func run(
    _ overrides: [String]
  ) throws -> (run: TrainingRun, folder: TemporaryFolder) {
    let folder = try TemporaryFolder()
    let run = try TrainingRun(
      config: config(folder, overrides), folder: RunFolder(folder.path("run")))
    return (run, folder)
  }

  // MARK: - Class weights

  @Test("classes by name, and 1 for the others", arguments: ["cross_entropy", "nll", "focal"])
  func namedWeights(kind: String) throws {
    let model = kind == "nll" ? ["model=[{linear: 3}, log_softmax]"] : []
    let (run, _) = try Self.run(
      model + ["loss={\(kind): {class_weight: {dog: 0.25, cat: 2}}}"])
    #expect(run.config.loss["class_weight"] == nil)
    // cat, cow, dog.
    #expect(run.config.loss["weight"] == .list([.number(2), .number(1), .number(0.25)]))
    let (plain, _) = try Self.run(model + ["loss={\(kind): {weight: [2, 1, 0.25]}}"])
    #expect(plain.config.losses == run.config.losses)
  }

  @Test("a config keeps `class_weight` until the data are known")
  func roundTrip() throws {
    let folder = try TemporaryFolder()
    for text in ["balanced", "{cat: 2, dog: 0.5}"] {
      let config = try Self.config(
        folder, ["loss={cross_entropy: {class_weight: \(text)}}", "data.sampler=\(text)"])
      #expect(try Config(yaml: config.resolvedYAML) == config)
      #expect(config.resolvedYAML.contains("class_weight:"))
      #expect(config.resolvedYAML.contains("sampler:"))
      expectError("`class_weight` of the loss `cross_entropy` depends on the training data") {
        _ = try config.makeLosses()
      }
    }
    #expect(try !Self.config(folder).resolvedYAML.contains("sampler"))
    let weighted = try Self.config(folder, ["data.sampler=weighted"])
    #expect(weighted.data.sampler == .weights)
    #expect(try Config(yaml: weighted.resolvedYAML) == weighted)
  }

  @Test func wrongClassWeightsAreRefused() throws {
    func refuse(_ overrides: [String], _ parts: String...) {
      let error = #expect(throws: NNError.self) { _ = try Self.run(overrides) }
      for part in parts { #expect("\(error as Any)".contains(part), "\(error as Any)") }
    }
    refuse(
      ["loss={cross_entropy: {class_weight: {cta: 2}}}"],
      "loss.cross_entropy.class_weight",
      "class \"cta\" has a weight, and the training data have no such class",
      "did you mean `cat`?")
    refuse(
      ["loss={cross_entropy: {class_weight: heavy}}"],
      "`class_weight` expects `balanced`, or a mapping of classes to weights")
    refuse(["loss={cross_entropy: {class_weight: {cat: -1}}}"], "`cat` expects a number ≥ 0")
    refuse(
      ["loss={cross_entropy: {class_weight: balanced, weight: [1, 2, 3]}}"],
      "`weight` holds the weights already; leave one of them out")
    refuse(["loss={mse: {class_weight: balanced}}"], "mse has no option `class_weight`")
    refuse(
      ["loss={cross_entropy: {class_weight: balanced}}", "model=[{linear: 4}]"],
      "loss cross_entropy takes 4 weights for an output", "gets 3")
  }

  // MARK: - Sampler

  private static func drawWeights(
    _ config: Config, of data: Dataset
  ) throws -> [Double] {
    try #require(try config.data.sampler?.drawWeights(of: data, ignoring: -100))
  }

  private static func shares(_ overrides: [String]) throws -> [String: Double] {
    let (run, _) = try run(overrides)
    var counts: [String: Double] = [:]
    let data = run.data.train
    let plan = try BatchPlan(
      exampleCount: data.count, batchSize: 3, seed: 42,
      drawWeights: drawWeights(run.config, of: data))
    let epochs = 3000
    let labels = data.targets.scalars(as: Int32.self)
    for index in (0..<epochs).flatMap({ plan.batches(epoch: $0).joined() }) {
      counts[data.className(Int(labels[index])), default: 0] += 1
    }
    return counts.mapValues { $0 / Double(8 * epochs) }
  }

  @Test func classesAreDrawnByTheirWeights() throws {
    func expect(_ sampler: String, _ expected: [String: Double]) throws {
      let shares = try Self.shares(["data.sampler=\(sampler)"])
      #expect(Set(shares.keys) == Set(expected.keys))
      for (name, share) in expected {
        // Four standard deviations of 24,000 draws.
        #expect((shares[name, default: 0] - share).magnitude < 0.013, "\(sampler) \(shares)")
      }
    }
    try expect("balanced", ["cat": 1.0 / 3, "dog": 1.0 / 3, "cow": 1.0 / 3])
    try expect("{cow: 10, cat: 0}", ["dog": 2.0 / 12, "cow": 10.0 / 12])
    // By the column of weights: cat 5, dog 2, cow 3.
    try expect("weighted", ["cat": 0.5, "dog": 0.2, "cow": 0.3])
  }

  @Test("rows drawn by their weights count alike in the loss")
  func weightsCountOnce() throws {
    for sampler in ["weighted", "balanced"] {
      let (run, folder) = try Self.run(["data.sampler=\(sampler)"])
      _ = try run.run()
      let (config, data) = (run.config, run.data.train)
      #expect(data.weights != nil)
      let trainer = try Trainer(
        model: config.makeModel(), losses: config.makeLosses(), optimizer: config.makeOptimizer(),
        data: sampler == "weighted" ? data.withoutWeights() : data, batchSize: 3,
        seed: UInt64(config.seed),
        settings: TrainingSettings(drawWeights: Self.drawWeights(config, of: data)))
      try trainer.train(epochs: config.epochs)
      let saved = try SafeTensorsFile(contentsOf: RunFolder(folder.path("run")).model)
      for (name, tensor) in try trainer.weights() { #expect(saved[name] == tensor, "\(name)") }
    }
  }

  @Test("0 and 1 that a loss of numbers reads are classes, too")
  func binaryNumbers() throws {
    let folder = try TemporaryFolder()
    try folder.write("a,y\n1,0\n2,0\n3,0\n4,1\n", to: "binary.csv")
    let config = try Self.config(
      folder,
      [
        "data={train: {csv: binary.csv, target: y}, batch_size: 2, sampler: balanced}",
        "model=[{linear: 1}]", "loss=bce_with_logits",
      ])
    expectClose(
      try Self.drawWeights(config, of: RunData(config).train), [2.0 / 3, 2.0 / 3, 2.0 / 3, 2])
    _ = try TrainingRun(config: config, folder: RunFolder(folder.path("run"))).run()
  }

  @Test func wrongSamplersAreRefused() throws {
    func refuse(_ overrides: [String], _ parts: String...) {
      let error = #expect(throws: NNError.self) { _ = try Self.run(overrides) }
      for part in parts { #expect("\(error as Any)".contains(part), "\(error as Any)") }
    }
    refuse(
      ["data.sampler=often"],
      "`sampler` expects `weighted`, `balanced`, or a mapping of classes to weights")
    refuse(
      ["data.sampler=balanced", "data.shuffle=false"],
      "the sampler draws rows at random; leave `shuffle` out")
    refuse(
      ["data.sampler=weighted", "data.train={csv: table.csv, target: kind}"],
      "`sampler: weighted` draws rows by their weights, and the training data have none",
      "or use `sampler: balanced`")
    refuse(
      ["data.sampler={bird: 2}"],
      "class \"bird\" has a weight, and the training data have no such class",
      "classes: cat, cow, dog")
    refuse(
      ["data.sampler={cat: 0, dog: 0, cow: 0}"], "no example can be drawn")
    refuse(
      [
        "data.sampler=balanced", "data.train={csv: table.csv, target: a, features: [w]}",
        "loss=mse", "model=[{linear: 1}]",
      ], "the sampler draws rows by their class, and the targets are not one class for each row")
  }

  @Test("a run that is resumed in the middle of an epoch ends with the same bits")
  func resumption() throws {
    let folder = try TemporaryFolder()
    let overrides = [
      "data.sampler=balanced", "data.train={blobs: {samples: 33, classes: 3}}", "data.batch_size=5",
      "checkpoint={every: 1, interval: step}",
      "loss={focal: {class_weight: balanced}}",
    ]
    func run(_ name: String, resumes: Bool = false, stoppingAfter limit: Int? = nil) throws {
      try train(
        smallConfig, in: folder.path(name),
        overrides: overrides + ["model=[{linear: 8}, relu, {linear: 3}]"],
        resumes: resumes, stoppingAfter: limit)
    }
    try run("whole")
    try run("parts", stoppingAfter: 10)
    try run("parts", resumes: true)
    #expect(try modelBytes(folder.path("whole")) == modelBytes(folder.path("parts")))
    // Another sampler would change the remaining batches.
    try run("other", stoppingAfter: 10)
    expectError("whose remaining batches would change", "data.sampler") {
      try train(
        smallConfig, in: folder.path("other"),
        overrides: Array(overrides.dropFirst()) + ["model=[{linear: 8}, relu, {linear: 3}]"],
        resumes: true)
    }
  }
}
