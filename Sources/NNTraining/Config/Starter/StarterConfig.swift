package import NNCore
import NNData

/// A commented config for a table, with settings that train well without tuning: what
/// `nntrain init` writes.
package struct StarterConfig: Sendable {
  /// The number of rows.
  package let rowCount: Int
  /// The columns in order, with their roles.
  package let columns: [StarterColumn]
  /// What is predicted.
  package let target: StarterTarget
  /// The column whose texts are the network's input; nil for a table of numbers and categories.
  package let texts: StarterText?
  private let targetColumn: TableSurvey.Column
  private let source: TableSource

  /// Decides on the columns of a table.
  ///
  /// - Parameters:
  ///   - path: The table.
  ///   - target: The column to predict, by name or number; nil for the last one, in a LIBSVM file
  ///     the label.
  /// - Throws: `NNError` for a file that is no table, a column that does not exist or cannot be
  ///   predicted, and where no input is left.
  package init(path: String, target name: String?) throws(NNError) {
    let survey = try TableSurvey(path: path)
    source = survey.source
    rowCount = survey.rowCount
    guard survey.columns.count > 1 else {
      throw .invalid(
        "has one column; expected one to predict and at least one input", at: path,
        hint: survey.source.kind == .csv
          ? "if its fields are separated by an unusual character, replace it by a comma" : nil)
    }
    guard rowCount > 1 else {
      throw .invalid("has one row; a network learns from several", at: path)
    }
    targetColumn = try Self.column(name, of: survey, at: path)
    target = try StarterTarget(targetColumn, rowCount: rowCount, at: path)
    let index = targetColumn.index
    let decided = survey.columns.map { column in
      if column.index == index { return StarterColumn(column, role: .target) }
      // All features of a sparse table are inputs.
      return survey.source.kind == .libsvm
        ? StarterColumn(column, role: .input) : StarterColumn(column, rowCount: survey.rowCount)
    }
    texts = StarterText(
      survey.columns.filter { $0.index != index }, rowCount: survey.rowCount,
      hasOtherInputs: decided.contains { $0.role == .input })
    if let texts {
      columns = decided.map { column in
        if column.column.index == texts.column.index {
          return StarterColumn(column.column, role: .text)
        }
        return column.role == .input
          ? StarterColumn(column.column, role: .excluded("the network reads the texts alone"))
          : column
      }
    } else {
      columns = decided
    }
    guard inputCount > 0 else {
      let reasons = columns.compactMap { column -> String? in
        guard case .excluded(let reason) = column.role else { return nil }
        return "\"\(column.column.name.shortened(to: 40))\" (\(reason))"
      }
      throw .invalid(
        "no column can be an input: \(reasons.prefix(10).joined(separator: ", "))", at: path,
        hint: "give a column a type of its own: `columns: {NAME: {type: category}}`")
    }
  }

  private static func column(
    _ name: String?, of survey: TableSurvey, at path: String
  ) throws(NNError) -> TableSurvey.Column {
    guard let name else {
      let index = survey.source.kind == .libsvm ? 0 : survey.columns.count - 1
      return survey.columns[index]
    }
    if let column = survey.columns.first(where: { $0.name == name }) { return column }
    if let index = Int(name), abs(index) <= survey.columns.count {
      let position = index < 0 ? survey.columns.count + index : index
      if survey.columns.indices.contains(position) { return survey.columns[position] }
    }
    let names = survey.columns.map(\.name)
    throw .invalid(
      "there is no column \"\(name.shortened())\"", at: path,
      hint: Suggestion.nearest(to: name, in: names).map { "did you mean \"\($0)\"?" }
        ?? "the columns are: \(names.prefix(20).joined(separator: ", "))")
  }

  /// The number of the network's inputs.
  package var inputCount: Int { columns.reduce(0) { $0 + $1.inputCount } }

  /// The number of columns that become inputs.
  package var inputColumnCount: Int { columns.count { $0.role == .input || $0.role == .text } }

  /// The name of the target.
  package var targetName: String { targetColumn.name }

  // MARK: Sizes

  /// Whether rows are held out to stop early; of fewer none can be spared.
  private var hasValidation: Bool { rowCount >= 40 }

  private var batchSize: Int {
    switch rowCount {
    case ..<1_000: 16
    case ..<5_000: 32
    case ..<50_000: 128
    default: 512
    }
  }

  private var hiddenSizes: [Int] {
    switch rowCount {
    case ..<200: [32]
    case ..<2_000: [64, 32]
    case ..<20_000: [128, 64]
    default: [256, 128]
    }
  }

  private var learningRate: String { rowCount < 50_000 ? "0.001" : "0.002" }

  /// At least some thousand steps: a small table has few in an epoch.
  private var epochs: Int {
    let steps = max(1, rowCount / batchSize)
    if texts != nil { return StarterText.epochs(ofSteps: steps) }
    return max(rowCount < 5_000 ? 200 : 100, min(2_000, 5_000 / steps))
  }

  /// A tenth of the epochs: the loss on few validation rows varies more than it falls in one.
  private var patience: Int { max(texts == nil ? 20 : 8, epochs / 10) }

  // MARK: Text

  /// The path of a table as a config states it: relative to the config's folder if the table is in
  /// it, else absolute.
  package static func reference(to table: String, from config: String) -> String {
    let folder = PathText.resolved(PathText.folder(of: table))
    let own = PathText.resolved(PathText.folder(of: config))
    let path = PathText.absolute(PathText.name(of: table), from: folder)
    return path.hasPrefix(own + "/") ? String(path.dropFirst(own.count + 1)) : path
  }

  /// The config.
  ///
  /// - Parameter file: The path of the table as the config states it.
  package func text(file: String) -> String {
    let excluded = columns.compactMap { column -> (String, String)? in
      guard case .excluded(let reason) = column.role else { return nil }
      return (column.column.name.shortened(to: 40), reason)
    }
    var lines = [
      "# \(comment(file)): \(rowCount) rows, \(inputColumnCount) input "
        + "\(inputColumnCount == 1 ? "column" : "columns"). Predicts "
        + "\"\(comment(targetName.shortened(to: 40)))\": \(target.meaning).",
      "# Every key is described in docs/config.md; nntrain check prints the defaults of the others.",
      "data:", "  train:",
    ]
    lines += sourceOptions(file: file).map { "    " + $0 }
    for (name, reason) in excluded.prefix(20) {
      lines.append("    # left out: \(comment(name)): \(comment(reason))")
    }
    if excluded.count > 20 { lines.append("    # and \(excluded.count - 20) more are left out") }
    if hasValidation {
      lines.append("  # held out of training, to stop in time")
      lines.append("  validation: {split: 0.15}")
    } else {
      lines.append("  # too few rows to hold some out; with more, add: validation: {split: 0.15}")
    }
    lines.append("  batch_size: \(min(batchSize, max(1, rowCount / 2)))")
    if texts == nil {
      lines.append("  # mean 0 and deviation 1, as fitted to the training rows")
      lines.append("  normalize: standard")
    }
    if target == .number { lines.append("  normalize_target: standard") }
    lines.append("model:")
    if let texts {
      lines += texts.layers
    } else {
      for size in hiddenSizes {
        lines += ["  - linear: \(size)", "  - relu"]
        if rowCount >= 200 { lines.append("  - dropout: 0.1") }
      }
    }
    lines.append("  - linear: \(target.outputCount)  # \(outputMeaning)")
    lines += lossLines
    let rate = texts == nil ? learningRate : StarterText.learningRate
    lines.append("optimizer: {adamw: {lr: \(rate), weight_decay: 0.01}}")
    lines.append("epochs: \(epochs)")
    if hasValidation {
      lines.append("# ends when the validation loss no longer falls, and keeps the best weights")
      lines.append("early_stopping: {monitor: val_loss, patience: \(patience)}")
    }
    return lines.joined(separator: "\n") + "\n"
  }

  private var outputMeaning: String {
    switch target {
    case .classes: "one output per class"
    case .labels: "one output per label"
    case .number: "the number"
    }
  }

  private var lossLines: [String] {
    switch target {
    case .classes: ["loss: cross_entropy", "metrics: [accuracy]"]
    case .labels: ["loss: bce_with_logits", "metrics: [subset_accuracy]"]
    case .number: ["loss: mse", "metrics: [mae, r2]"]
    }
  }

  /// The lines of the options of the source.
  private func sourceOptions(file: String) -> [String] {
    var options = [ConfigOption(source.kind.rawValue, .string(file))]
    if source.kind == .libsvm {
      options.append(ConfigOption("features", .integer(columns.count - 1)))
    } else {
      options.append(ConfigOption("target", targetColumn.reference.value))
      if let texts { options.append(ConfigOption("text", texts.value)) }
      let excluded = columns.filter { $0.role != .input && $0.role != .target }
      if texts == nil, !excluded.isEmpty {
        options.append(ConfigOption("exclude", .list(excluded.map(\.column.reference.value))))
      }
    }
    if source.kind == .csv {
      if !source.header { options.append(ConfigOption("header", .bool(false))) }
      if source.format.hasDecimalComma { options.append(ConfigOption("decimal", .string(","))) }
    }
    switch target {
    case .classes(_, let numbered):
      if !numbered { options.append(ConfigOption("task", .string("classification"))) }
    case .labels(_, let separator):
      options.append(ConfigOption("separator", .string(separator)))
    case .number: options.append(ConfigOption("task", .string("regression")))
    }
    var lines = options.map { "\($0.name): \(YAMLWriter.inline($0.value))" }
    let own = columns.filter { $0.role == .input && $0.options != ColumnOptions() }
    if !own.isEmpty, source.kind != .libsvm {
      lines.append("columns:")
      for column in own {
        let entry = ConfigOption(column.column.name, column.options.startingValue)
        // The braces of a mapping of one entry are left out.
        lines.append("  \(YAMLWriter.inline(.mapping([entry])).dropFirst().dropLast())")
      }
    }
    return lines
  }

  /// A text without what would end a comment.
  private func comment(_ text: String) -> String { text.escapingControls() }
}

extension ColumnReference {
  /// The reference as a config states it.
  var value: ConfigValue {
    switch self {
    case .name(let name): .string(name)
    case .index(let index): .integer(index)
    }
  }
}

extension ColumnOptions {
  /// The options other than the defaults, as a config states them.
  fileprivate var startingValue: ConfigValue {
    let options: [(String, String?)] = [
      ("type", type?.rawValue), ("missing", missing == .error ? nil : missing.word),
      ("scale", scale?.rawValue), ("order", order?.rawValue),
    ]
    return .mapping(
      options.compactMap { name, word in word.map { ConfigOption(name, .string($0)) } })
  }
}
