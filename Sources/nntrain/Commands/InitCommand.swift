import ArgumentParser
import NNCore
import NNData
import NNDrawing
import NNFormats
import NNTraining

struct InitCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "init",
    abstract: "Looks at a table and writes a config that trains on it.",
    discussion: """
      Finds the type of each column, what is missing, ids and constant columns, and decides what is \
      predicted: classes, several labels or a number. A column of sentences is read as text, without \
      the other columns. The config states every decision with a comment, \
      and is checked like any other. Tables are .csv, .tsv, .jsonl, .arff and .libsvm, gzip-compressed \
      or not.

      EXAMPLES:
        nntrain init houses.csv --target price
        nntrain init flowers.csv --target kind --out flowers.yaml && nntrain train flowers.yaml
      """)

  @Argument(help: ArgumentHelp("The table.", valueName: "data"), completion: .file())
  var table: String

  @Option(
    help: ArgumentHelp(
      "The column to predict, by name or by number from 0 (default: the last one; in a .libsvm file "
        + "the label).", valueName: "column"))
  var target: String?

  @Option(
    help: ArgumentHelp(
      "The config to write (default: the table's name with .yaml, in this folder).",
      valueName: "file"),
    completion: .file(extensions: ["yaml"]))
  var out: String?

  @Flag(help: "Replace the config if it exists.")
  var overwrite = false

  @OptionGroup(title: "Global options") var globals: GlobalOptions

  func run() throws {
    try globals.useThreads()
    let starter = try StarterConfig(path: table, target: target)
    let path = out ?? "\(Self.stem(of: table)).yaml"
    guard overwrite || !FileBytes.exists(path) else {
      throw NNError.invalid(
        "the file exists", at: path,
        hint: "name another one with --out, or replace it with --overwrite")
    }
    let text = starter.text(file: StarterConfig.reference(to: table, from: path))
    // A config that cannot be trained is not left behind.
    let config = try Config(yaml: text, source: path, folder: Self.folder(of: path))
    let (_, warnings) = try TrainingRun.check(config)
    try AtomicFile.write(path: path, text: text, isSynced: false)
    globals.warn(warnings)
    try globals.report(Self.report(starter))
    try globals.report("\nwrote \(path)\nnext:\n  \(ShellText.command(["nntrain", "train", path]))")
  }

  /// The columns with what becomes of them, and what is predicted.
  private static func report(_ starter: StarterConfig) -> String {
    var table = Table(
      ("column", .left), ("type", .left), ("missing", .right), ("values", .right),
      ("becomes", .left))
    // Of very many columns those are shown that are left out.
    let isLong = starter.columns.count > largestTable
    let shown = starter.columns.filter { column in
      if case .input = column.role { !isLong } else { true }
    }
    for column in shown.prefix(largestTable) {
      let facts = column.column
      table.add(
        facts.name.shortened(to: 40), facts.type?.rawValue ?? "-",
        NumberText.grouped(facts.missingCount), NumberText.grouped(facts.values.count),
        column.decision)
    }
    let rest = starter.columns.count - min(shown.count, largestTable)
    var lines = [table.text]
    if rest > 0 { lines.append("and \(NumberText.grouped(rest)) more columns") }
    lines.append(
      "\n\(NumberText.grouped(starter.rowCount)) rows, \(inputs(of: starter)); "
        + "predicts \(starter.targetName.shortened(to: 40)): \(starter.target.meaning)")
    return lines.joined(separator: "\n")
  }

  private static func inputs(of starter: StarterConfig) -> String {
    starter.texts.map { "texts of \($0.column.name.shortened(to: 40))" }
      ?? "\(NumberText.grouped(starter.inputCount)) inputs"
  }

  private static let largestTable = 40

  /// The last part of a path without its extensions.
  private static func stem(of path: String) -> String {
    let name = path.split(separator: "/").last.map(String.init) ?? path
    let plain = name.hasSuffix(".gz") ? String(name.dropLast(3)) : name
    guard let dot = plain.lastIndex(of: "."), dot != plain.startIndex else { return plain }
    return String(plain[..<dot])
  }

  private static func folder(of path: String) -> String {
    path.lastIndex(of: "/").map { $0 == path.startIndex ? "/" : String(path[..<$0]) } ?? "."
  }
}

extension StarterColumn {
  /// What becomes of the column, in words.
  fileprivate var decision: String {
    switch role {
    case .target: "the target"
    case .excluded(let reason): "left out: \(reason)"
    case .input, .text: inputSummary
    }
  }
}
