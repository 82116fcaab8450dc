public import ArgumentParser
import NNAnalysis
import NNCore
import NNFormats
import NNLosses
import NNReports
public import NNTraining

struct AttackCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "attack",
    abstract: "Measures how well a trained network withstands perturbed inputs.",
    discussion: """
      Changes each example by at most eps, in the unit of raw inputs and inside the range of the \
      data (bytes of images count as 0…1), so that the network fails, and prints a table: a row for \
      each eps with the accuracy of the clean examples, under each attack, and with the worst attack \
      for each example. The table is also written to attack.json in the run's folder, and nntrain \
      report shows it.

      ATTACKS:
        fgsm     one step along the gradient's sign
        pgd      steps of size 4·eps/steps from a random start, projected onto the ball
        square   a random search that reads outputs alone
        noise    random noise

      EXAMPLES:
        nntrain attack runs/mnist-1 --eps 0.02,0.05,0.1 --rows 1000
        nntrain attack runs/mnist-1 --attack pgd --eps 0.1 --restarts 3 --save worst.npy
        nntrain attack runs/mnist-1 --attack pgd --norm l2 --eps 1 --targeted 3
        nntrain attack runs/price-1 --eps 0.1 --loss l1 --transfer runs/price-2
      """)

  @Argument(
    help: ArgumentHelp("The run folder.", valueName: "run"), completion: .directory)
  var folder: String

  @Option(
    help: ArgumentHelp(
      "The attacks: fgsm, pgd, square, noise (default: fgsm,pgd).", valueName: "names"))
  var attack: String?

  @Option(
    help: ArgumentHelp(
      "The largest norms of perturbations, such as 0.02,0.05,0.1.", valueName: "numbers"))
  var eps: String

  @Option(
    help: ArgumentHelp(
      "The norm of a perturbation: linf, its largest element, or l2, the Euclidean norm.",
      valueName: "norm"))
  var norm = PerturbationNorm.linf

  @Option(help: ArgumentHelp("The number of steps of pgd (default: 40).", valueName: "n"))
  var steps: Int?

  @Option(
    help: ArgumentHelp(
      "The size of a step of pgd (default: 4·eps/steps).", valueName: "number"))
  var stepSize: Double?

  @Flag(
    inversion: .prefixedNo, help: "Start pgd at a random place in the ball (default: it does).")
  var randomStart: Bool?

  @Option(
    help: ArgumentHelp(
      "How often a random attack is repeated; the worst counts for each example (default: 1).",
      valueName: "n"))
  var restarts: Int?

  @Option(
    help: ArgumentHelp(
      "How many outputs square may ask for, for each example (default: 1000).", valueName: "n"))
  var queries: Int?

  @Option(
    help: ArgumentHelp(
      "The number of examples to attack, the first ones; all if there are fewer.",
      valueName: "n"))
  var rows = 1000

  @Option(
    help: ArgumentHelp(
      "The class, by name or number, that attacks want to be predicted (default: any wrong one).",
      valueName: "class"))
  var targeted: String?

  @Option(
    help: ArgumentHelp(
      "The loss that attacks increase: a loss as in a config (default: the run's, for classes).",
      valueName: "loss"))
  var loss: String?

  @Option(
    help: ArgumentHelp(
      "Another run, to which the same perturbed inputs are shown.", valueName: "run"),
    completion: .directory)
  var transfer: String?

  @Option(
    help: ArgumentHelp(
      "Where to write the inputs of the worst attack with the last eps: .npy.", valueName: "file"),
    completion: .file())
  var save: String?

  @OptionGroup var examples: AnalyzedDataOption
  @OptionGroup var jsonOption: JSONOption
  @OptionGroup(title: "Global options") var globals: GlobalOptions

  func validate() throws {
    if rows < 1 { throw ValidationError("--rows is \(rows), expected at least 1") }
    if let save, !save.hasSuffix(".npy") {
      throw ValidationError("--save is \(save), expected the name of an .npy file")
    }
    try requireOwners()
  }

  /// The names of the attacks.
  private var attacks: [String] { NumberList.entries(of: attack ?? "fgsm,pgd") }

  /// Checks that each option that is given belongs to one of the attacks.
  private func requireOwners() throws {
    let random = (randomStart ?? true ? ["pgd"] : []) + ["square", "noise"]
    for (option, isGiven, owners) in [
      ("--steps", steps != nil, ["pgd"]), ("--step-size", stepSize != nil, ["pgd"]),
      ("--random-start", randomStart != nil, ["pgd"]), ("--queries", queries != nil, ["square"]),
      ("--restarts", restarts ?? 1 != 1, random),
    ] where isGiven && !attacks.contains(where: owners.contains) {
      throw ValidationError(
        "\(option) belongs to \(owners.joined(separator: ", ")), and the attacks are "
          + attacks.joined(separator: ", "))
    }
  }

  func run() throws {
    try globals.useThreads()
    let model = try TrainedModel(folder: RunFolder(folder))
    let other = try transfer.map { (folder) throws(NNError) in
      try TrainedModel(folder: RunFolder(folder))
    }
    let settings = AttackSettings(
      norm: norm, steps: steps ?? 40, stepSize: stepSize, randomStart: randomStart ?? true,
      restarts: restarts ?? 1, queries: queries ?? 1000,
      target: try targeted.map { (text) throws(NNError) in
        try Self.label(text, of: model)
      }, seed: UInt64(globals.seed ?? 1))
    let terms = try loss.map { (text) throws(NNError) in [LossTerm(try Config.loss(from: text))] }
    // The seed is that of the attack; generated data are those of the config.
    let dataset = try examples.dataset(for: model)
    let table = try AttackTable.measure(
      model, on: dataset, attacks: attacks,
      radii: NumberList.parse(eps, option: "--eps"),
      settings: settings, examples: rows, losses: terms, transferringTo: other,
      onProgress: { radius, attack in
        if globals.mode != .none, !jsonOption.json, Console.reportsToTerminal {
          Console.note("eps \(NumberText.rounded(radius)): \(attack)")
        }
      })
    globals.warn(table.warnings)
    try Console.print(
      jsonOption.json ? table.json.text : Self.text(table, transfer: transfer, model))
    try table.write(to: RunFolder(folder))
    guard let save else { return }
    try NPY.write(table.worstInputs, to: save)
    if !jsonOption.json { try globals.report("inputs of the worst attack: \(save)") }
  }

  /// A class by its name, or by its number.
  private static func label(_ text: String, of model: TrainedModel) throws(NNError) -> Int {
    let names = model.classNames ?? []
    if let index = names.firstIndex(of: text) { return index }
    if let number = Int(text) { return number }
    throw .invalid(
      "there is no class `\(text)`",
      hint: names.isEmpty
        ? "name it by its number, from 0" : Suggestion.hint(for: text, in: names, plural: "classes")
    )
  }

  private static func text(
    _ table: AttackTable, transfer: String?, _ model: TrainedModel
  ) -> String {
    func figure(_ value: Double) -> String {
      table.figure == .loss
        ? NumberText.rounded(value) : NumberText.fixed(100 * value, decimals: 1)
    }
    let attacks = table.rows[0].results.map(\.attack)
    var columns = ["eps", "clean"] + attacks + ["worst case", "mean norm", "seconds"]
    if transfer != nil { columns += ["transfer: clean"] + attacks.map { "transfer: \($0)" } }
    var lines = Table(columns: columns.map { ($0, .right) })
    for row in table.rows {
      var entries = [NumberText.rounded(row.radius), figure(table.clean)]
      entries += row.results.map { figure($0.figure) }
      entries += [
        figure(row.worst), NumberText.rounded(row.meanNorm),
        NumberText.fixed(row.seconds, decimals: 1),
      ]
      if transfer != nil {
        entries += ([table.transferredClean] + row.results.map(\.transferred)).map {
          $0.map(figure) ?? ""
        }
      }
      lines.add(entries)
    }
    let meaning =
      switch table.figure {
      case .accuracy: "accuracy in percent"
      case .loss: "mean loss; a greater one is worse"
      case .resistance(let target):
        "percent not predicted as class \(model.names(ofClasses: target + 1)[target])"
      }
    return "\(meaning), \(NumberText.grouped(table.count)) examples of \(table.data), norm "
      + "\(table.settings.norm.rawValue)\n" + lines.text
      + (transfer.map { "\ntransfer: the same inputs, shown to \($0)" } ?? "")
  }
}

extension PerturbationNorm: ExpressibleByArgument {}
