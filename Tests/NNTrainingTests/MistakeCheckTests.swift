import NNCore
import NNFormats
import NNTestSupport
import NNTraining
import Testing

/// Each check has a config where it reports, word by word, and a near miss where it does not.
@Suite("checks for mistakes") struct MistakeCheckTests {
  /// A table of columns `a` and `b`, and of a column `y` with two classes in turn.
  private struct Table: Sendable {
    var rows: Int
    var names = ["a", "b"]
    var column: @Sendable (_ name: String, _ row: Int) -> Double = { name, row in
      // No pattern, and both signs.
      Double((row * 37 + (name == "a" ? 11 : 71)) * 7919 % 1009) / 500 - 1
    }
    var label: @Sendable (_ row: Int) -> String = { $0 % 2 == 0 ? "no" : "yes" }

    var text: String {
      let lines = (0..<rows).map { row in
        (names.map { "\(column($0, row))" } + [label(row)]).joined(separator: ",")
      }
      return ([(names + ["y"]).joined(separator: ",")] + lines).joined(separator: "\n") + "\n"
    }
  }

  private static let base = """
    data: {train: {csv: table.csv, target: y}, normalize: standard, batch_size: 8}
    model: [{linear: 2}]
    loss: cross_entropy
    optimizer: {adam: {lr: 0.001}}
    epochs: 10
    """

  private static func findings(
    _ table: Table, _ overrides: String..., files: [String: Table] = [:]
  ) throws -> [String] {
    let folder = try TemporaryFolder()
    for (name, table) in files { try folder.write(table.text, to: name) }
    try folder.write(table.text, to: "table.csv")
    let config = try Config(yaml: base, folder: folder.path, overrides: overrides)
    return try TrainingRun.findings(config).findings.map(\.line)
  }

  private static let plain = Table(rows: 40)

  @Test func nothingIsWrongWithThePlainTable() throws {
    #expect(try Self.findings(Self.plain) == [])
    #expect(try Self.findings(Table(rows: 8)) == [])
  }

  @Test func outputActivation() throws {
    #expect(
      try Self.findings(Self.plain, "model=[{linear: 2}, softmax]") == [
        "output-activation: softmax is the last layer before cross_entropy: cross_entropy applies "
          + "log_softmax itself and takes the raw outputs; fix: leave the layer out (model.1)"
      ])
    #expect(try Self.findings(Self.plain, "model=[softmax, {linear: 2}]") == [])
    #expect(try Self.findings(Self.plain, "model=[{linear: 2}, log_softmax]", "loss=nll") == [])
  }

  @Test func outputShape() throws {
    #expect(
      try Self.findings(Self.plain, "model=[{linear: 5}]") == [
        "output-shape: the network has 5 outputs for 2 classes: no row trains the others, and "
          + "predictions may still name them; fix: end with one output for each class (model)"
      ])
    var single = Self.plain
    single.label = { _ in "yes" }
    #expect(
      try Self.findings(single, "model=[{linear: 1}]") == [
        "output-shape: the network has one output for cross_entropy: the softmax of one number is "
          + "always 1, so the loss is always 0; fix: end with one output for each class, or use "
          + "bce_with_logits (model)"
      ])
  }

  /// PyTorch broadcasts [N, 1] against [N] to [N, N]; here targets have the shape of outputs.
  @Test func targetsAreNotBroadcast() throws {
    let folder = try TemporaryFolder()
    try NPZ.write(
      [("x", HostTensor.random([6, 2], seed: 1)), ("y", HostTensor.random([6], seed: 2))],
      to: folder.path("a.npz"))
    func config(_ outputs: Int) throws -> Config {
      try Config(
        yaml: Self.base, folder: folder.path,
        overrides: ["data={train: {npz: a.npz}}", "loss=mse", "model=[{linear: \(outputs)}]"])
    }
    #expect(try TrainingRun.findings(config(1)).findings == [])
    #expect(throws: NNError.self) { try TrainingRun.findings(config(6)) }
  }

  @Test func learningRate() throws {
    #expect(
      try Self.findings(Self.plain, "optimizer.adam.lr=0.6") == [
        "learning-rate: the learning rate of adam is 0.6: steps of that size leave any minimum, so "
          + "the loss diverges or stays high; fix: use the default, or ask nntrain lr-find "
          + "(optimizer.adam.lr)"
      ])
    #expect(
      try Self.findings(Self.plain, "optimizer={sgd: {lr: 1e-8}}") == [
        "learning-rate: the learning rate of sgd is 1e-08: steps of that size change nothing "
          + "within the 10 epochs; fix: use the default, or ask nntrain lr-find (optimizer.sgd.lr)"
      ])
    #expect(try Self.findings(Self.plain, "optimizer.adam.lr=0.5") == [])
    #expect(try Self.findings(Self.plain, "optimizer={sgd: {lr: 10}}") == [])
    #expect(try Self.findings(Self.plain, "optimizer={sgd: {lr: 0}}") == [])
    #expect(
      try Self.findings(
        Self.plain, "optimizer.adam.lr=0.6", "schedule={cosine_annealing_lr: {T_max: 4}}") == [])
  }

  @Test func unscaledInputs() throws {
    func table(_ peak: Double, low: Double = -1) -> Table {
      var table = Self.plain
      table.column = { name, row in name == "a" && row == 7 ? peak : row % 2 == 0 ? low : -low }
      return table
    }
    #expect(
      try Self.findings(table(120, low: -60), "data.normalize=none").filter {
        $0.hasPrefix("unscaled")
      } == [
        "unscaled-inputs: column \"a\" of the inputs has numbers up to 120: initial weights are made "
          + "for inputs around 1: larger ones saturate units or diverge; fix: add normalize: "
          + "standard (data.normalize)"
      ])
    #expect(
      try Self.findings(table(0.002, low: -0.001), "data.normalize=none").filter {
        $0.hasPrefix("unscaled")
      } == [
        "unscaled-inputs: no input is larger than 0.002: initial weights are made for inputs around "
          + "1: smaller ones hardly change the outputs; fix: add normalize: standard "
          + "(data.normalize)"
      ])
    for (table, option) in [
      (table(99, low: -60), "data.normalize=none"),
      (table(120, low: -60), "data.normalize=min_max"),
      (table(120, low: -60), "model=[batch_norm1d, {linear: 2}]"),
    ] {
      #expect(try Self.findings(table, option).filter { $0.hasPrefix("unscaled") } == [])
    }
  }

  @Test func columnScales() throws {
    func table(_ small: Double) -> Table {
      var table = Self.plain
      table.column = { name, row in
        name == "a" ? (row / 2 % 2 == 0 ? 20 : -20) : row / 4 % 2 == 0 ? small : -small
      }
      return table
    }
    #expect(
      try Self.findings(table(0.125), "data.normalize=none") == [
        "column-scales: column \"a\" by 20 and column \"b\" by 0.125 (standard deviations): the "
          + "network at first reads the large column alone, and no learning rate suits both; fix: "
          + "add normalize: standard (data.normalize)"
      ])
    #expect(try Self.findings(table(0.25), "data.normalize=none") == [])
    #expect(try Self.findings(table(0.125)) == [])
  }

  @Test func constantColumns() throws {
    var table = Self.plain
    table.names.append("c")
    let random = table.column
    table.column = { name, row in name == "c" ? 3 : random(name, row) }
    #expect(
      try Self.findings(table) == [
        "constant-column: column \"c\" is 3 in every training row: it cannot help to tell rows apart, "
          + "and another value later would be a surprise; fix: leave the column out "
          + "(data.train.features)"
      ])
    table.column = { name, row in name == "c" ? (row == 39 ? 4 : 3) : random(name, row) }
    #expect(try Self.findings(table) == [])
  }

  @Test func identicalColumns() throws {
    var table = Self.plain
    table.names.append("c")
    let random = table.column
    table.column = { name, row in random(name == "c" ? "a" : name, row) }
    #expect(
      try Self.findings(table) == [
        "identical-columns: column \"c\" is equal to column \"a\" in every training row: the same "
          + "number counts twice, and explanations of the network split it; fix: leave one of the "
          + "two out (data.train.features)"
      ])
    table.column = { name, row in
      random(name == "c" ? "a" : name, row) + (name == "c" && row == 39 ? 0.5 : 0)
    }
    #expect(try Self.findings(table) == [])
  }

  @Test func aColumnThatIsTheClass() throws {
    var table = Self.plain
    table.names.append("c")
    let random = table.column
    table.column = { name, row in name == "c" ? Double(row % 2 * 7) : random(name, row) }
    #expect(
      try Self.findings(table) == [
        "target-in-inputs: column \"c\" has one value for each class: the network copies it, scores "
          + "well here and fails where the column is unknown; fix: leave the column out "
          + "(data.train.features)"
      ])
    table.column = { name, row in
      name == "c" ? (row == 39 ? 0 : Double(row % 2 * 7)) : random(name, row)
    }
    #expect(try Self.findings(table) == [])
  }

  @Test func numbersOfSortedRows() throws {
    var table = Table(rows: 60, names: ["a", "id"])
    let random = table.column
    table.column = { name, row in name == "id" ? Double(row) : random(name, row) }
    table.label = { $0 < 25 ? "no" : $0 < 41 ? "perhaps" : "yes" }
    #expect(
      try Self.findings(table, "model=[{linear: 3}]") == [
        "target-in-inputs: column \"id\" numbers rows that were sorted by class: the network copies "
          + "it, scores well here and fails where the column is unknown; fix: leave the column out "
          + "(data.train.features)"
      ])
    table.label = { $0 < 25 || $0 == 50 ? "no" : $0 < 41 ? "perhaps" : "yes" }
    #expect(try Self.findings(table, "model=[{linear: 3}]") == [])
  }

  @Test func aColumnThatIsTheNumber() throws {
    var table = Self.plain
    let random = table.column
    table.label = { "\(2 * random("b", $0) + 1)" }
    let regression = ["loss=mse", "model=[{linear: 1}]"]
    #expect(
      try Self.findings(table, regression[0], regression[1]) == [
        "target-in-inputs: column \"b\" is the target up to a factor and an offset: the network "
          + "copies it, scores well here and fails where the column is unknown; fix: leave the "
          + "column out (data.train.features)"
      ])
    table.label = { "\(random("b", $0))" }
    #expect(
      try Self.findings(table, regression[0], regression[1]).map { $0.prefix(44) } == [
        "target-in-inputs: column \"b\" is the target: "
      ])
    table.label = { "\(2 * random("b", $0) + ($0 == 39 ? 1.01 : 1))" }
    #expect(try Self.findings(table, regression[0], regression[1]) == [])
    // A line through one column is what a regression is for.
    table.names = ["b"]
    table.label = { "\(2 * random("b", $0) + 1)" }
    #expect(try Self.findings(table, regression[0], regression[1]) == [])
  }

  @Test func sortedLabels() throws {
    var table = Self.plain
    table.label = { $0 < 25 ? "no" : "yes" }
    #expect(
      try Self.findings(table, "data.shuffle=false") == [
        "sorted-labels: the 40 training rows are sorted by class and are not shuffled: batches have "
          + "rows of one class, and the network forgets the classes before it; fix: leave shuffle: "
          + "false out (data.shuffle)"
      ])
    #expect(try Self.findings(table) == [])
    #expect(try Self.findings(table, "data.shuffle=false", "data.batch_size=40") == [])
    table.label = { $0 < 25 || $0 == 30 ? "no" : "yes" }
    #expect(try Self.findings(table, "data.shuffle=false") == [])
  }

  @Test func classImbalance() throws {
    var table = Table(rows: 66)
    table.label = { $0 % 11 == 0 ? "yes" : "no" }
    #expect(
      try Self.findings(table) == [
        "class-imbalance: class no has 60 training rows, class yes has 6: a network that always "
          + "predicts no is right for 90.9 % of the rows; fix: add class_weight: balanced to the "
          + "loss, or sampler: balanced, or measure confusion_matrix "
          + "(loss.cross_entropy.class_weight)"
      ])
    for option in [
      "data.sampler=balanced", "loss={cross_entropy: {class_weight: balanced}}", "loss=focal",
      "metrics=[confusion_matrix]",
    ] {
      #expect(try Self.findings(table, option) == [])
    }
    #expect(try Self.findings(table, "metrics=[accuracy]").count == 1)
    #expect(
      try Self.findings(table, "loss=bce_with_logits", "model=[{linear: 1}]").map {
        $0.hasSuffix("fix: add sampler: balanced, or measure confusion_matrix (data.sampler)")
      } == [true])
    table.label = { $0 % 11 == 0 || $0 == 1 ? "yes" : "no" }
    #expect(try Self.findings(table) == [])
  }

  @Test func rareClasses() throws {
    var table = Table(rows: 90)
    table.label = { $0 < 4 ? "rare" : $0 % 2 == 0 ? "no" : "yes" }
    #expect(try Self.findings(table, "model=[{linear: 3}]") == [])
    table.label = { $0 < 2 ? "rare" : $0 % 2 == 0 ? "no" : "yes" }
    #expect(
      try Self.findings(table, "model=[{linear: 3}]") == [
        "rare-class: 1 class with fewer than 5 training rows: rare (2): so few rows show no pattern, "
          + "and a split may leave none for training or validation; fix: collect more rows, merge "
          + "the class with another or leave it out (data.train)"
      ])
  }

  @Test func duplicateRows() throws {
    func test(equal: Int) -> Table {
      var table = Table(rows: 20)
      let random = table.column
      table.column = { name, row in random(name, row < equal ? row + 3 : row + 500) }
      return table
    }
    func findings(_ table: Table) throws -> [String] {
      try Self.findings(
        Self.plain, "data.test={csv: test.csv, target: y}",
        "data.validation={csv: test.csv, target: y}", files: ["test.csv": table])
    }
    let found = ["validation", "test"].map { part in
      "duplicate-rows: 2 of the 20 \(part) rows are training rows as well: the network has seen their "
        + "answers, so the \(part) figures are too good; fix: remove them from one of the two "
        + "(data.\(part))"
    }
    #expect(try findings(test(equal: 2)) == found)
    #expect(try findings(test(equal: 1)) == [])
    // Few different rows repeat everywhere.
    var coarse = Table(rows: 40)
    coarse.column = { name, row in Double(name == "a" ? row / 2 % 2 : row / 4 % 2) }
    #expect(
      try Self.findings(
        coarse, "data.test={csv: test.csv, target: y}", files: ["test.csv": coarse]) == [])
  }

  @Test func capacity() throws {
    let model = "model=[{linear: 64}, tanh, {linear: 64}, tanh, {linear: 2}]"
    #expect(
      try Self.findings(Self.plain, model) == [
        "capacity: the network has 4482 parameters for 40 training rows: it can learn every row by "
          + "heart, and nothing in the config stops it; fix: use smaller layers, dropout, "
          + "weight_decay or early_stopping (model)"
      ])
    #expect(try Self.findings(Table(rows: 45), model) == [])
    for option in [
      "optimizer.adam.weight_decay=0.01", "optimizer=adamw", "l1_penalty=0.001",
      "loss={cross_entropy: {label_smoothing: 0.1}}",
      "model=[{linear: 64}, tanh, {dropout: 0.2}, {linear: 64}, tanh, {linear: 2}]",
    ] {
      #expect(try Self.findings(Self.plain, model, option) == [], "\(option)")
    }
    #expect(
      try Self.findings(Self.plain, model, "early_stopping={monitor: train_loss}") == [])
  }

  @Test func deadUnits() throws {
    func model(_ bias: Double) -> String {
      "model=[{linear: {out_features: 16, bias_init: {constant: \(bias)}}}, relu, {linear: 2}]"
    }
    #expect(
      try Self.findings(Self.plain, model(-100)) == [
        "dead-units: 16 of the 16 units of layer 1 (relu) are 0 for every one of 40 training rows "
          + "before the first step: no gradient reaches their weights, so they stay as they are; "
          + "fix: use another weight_init or bias_init, or leaky_relu (model)"
      ])
    #expect(try Self.findings(Self.plain, model(0)) == [])
    #expect(
      try Self.findings(Self.plain, model(-100).replacing("relu", with: "leaky_relu")) == [])
    #expect(try Self.findings(Table(rows: 31), model(-100)) == [])
    #expect(try Self.findings(Self.plain, model(-100).replacing("16", with: "7")) == [])
  }

  @Test func labelNoise() throws {
    func findings(wrong: Int?) throws -> [String] {
      var table = Table(rows: 400, names: ["a"])
      let random = table.column
      table.column = { name, row in random(name, row) + (row % 2 == 0 ? -3 : 3) }
      table.label = { ($0 % 2 == 0) == ($0 != wrong) ? "no" : "yes" }
      let folder = try TemporaryFolder()
      try folder.write(table.text, to: "table.csv")
      let run = RunFolder(folder.path("run"))
      _ = try TrainingRun(
        config: Config(
          yaml: Self.base, folder: folder.path,
          overrides: ["optimizer.adam.lr=0.05", "epochs=20"]), folder: run
      ).run()
      return try TrainingRun.findings(in: run, overrides: []).findings.map(\.line)
    }
    #expect(
      try findings(wrong: 17) == [
        "label-noise: 1 training row may have a wrong label: row 17 (no, predicted yes): the trained "
          + "network gives another class at least 95 % of the probability; fix: look at these rows "
          + "(counted from 0) and correct their labels (data.train)"
      ])
    #expect(try findings(wrong: nil) == [])
  }

  @Test func everyCheckIsDocumented() throws {
    let page = try Repository.text("docs/data.md")
    for check in MistakeChecks.all {
      #expect(
        page.contains("| `\(check.name)` | \(check.meaning) |"), "\(check.name): \(check.meaning)")
    }
    #expect(Set(MistakeChecks.all.map(\.name)).count == MistakeChecks.all.count)
  }
}
