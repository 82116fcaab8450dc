import ArgumentParser
import NNAnalysis
import NNCore
import NNData
import NNDrawing
import NNFormats
import NNReports
import NNText
import NNTraining

/// Explanations of single rows.
extension ExplainCommand {
  /// Explains outputs for single rows by attributions.
  func explainRows(
    _ model: TrainedModel, _ data: Dataset, _ run: RunFolder, drawings folder: String
  ) throws {
    let explainer = try Explainer(model)
    let chosen = try find(chosenRows, in: data, of: model)
    let selected = data.selecting(chosen.map(\.row))
    let explanation = try explainer.explain(
      selected.readNamedInputs(), by: method,
      of: output.flatMap { Int($0) }.map { .index($0) } ?? .predicted, options: options)
    try Self.create(folder)
    let names = partNames(selected)
    let targets = Self.targets(of: selected, model)
    var records: [ExplanationRecord.Row] = []
    for (position, one) in chosen.enumerated() {
      let choice = explanation.choices[position]
      let label = model.classNames.flatMap { $0.indices.contains(choice) ? $0[choice] : nil }
      let record = ExplanationRecord.Row(
        row: one.row, output: "\(choice)" + (label.map { " (\($0))" } ?? ""),
        target: targets?[position], loss: one.loss, score: explanation.scores[position],
        completenessError: explanation.completenessErrors?[position],
        inputs: ExplainedInput.all(of: explanation, row: position, names: names(position)))
      try show(record, baseline: explanation.baselineScores[position], in: folder)
      records.append(record)
    }
    try ExplanationRecord(
      method: method, data: data.name, areWorst: try chosenRows.areWorst, rows: records
    ).write(to: run)
    let all = explanation.namedAttributions
    for (input, attributions) in zip(all.names, all.all) {
      let array = "\(folder)/\(method)\(all.count > 1 ? "-\(input)" : "").npy"
      try NPY.write(attributions, to: array)
      try globals.report("attributions: \(array)")
    }
  }

  /// The rows that `--rows` chooses.
  enum ChosenRows {
    /// Rows by their numbers.
    case numbers([Int])
    /// Rows with the highest loss.
    case worst(count: Int)

    var areWorst: Bool { if case .worst = self { true } else { false } }
  }

  /// The value of `--rows`.
  var chosenRows: ChosenRows {
    get throws {
      let text = rows ?? "0"
      guard text.hasPrefix("worst") else { return .numbers(try Self.integers(text, "--rows")) }
      guard text != "worst" else { return .worst(count: 8) }
      let parts = text.split(separator: ":", omittingEmptySubsequences: false)
      guard parts.count == 2, parts[0] == "worst", let count = Int(parts[1]), count > 0 else {
        throw ValidationError("--rows is \(text), expected worst or a number of them: worst:20")
      }
      return .worst(count: count)
    }
  }

  /// The chosen rows, with their losses if they were chosen by them.
  private func find(
    _ rows: ChosenRows, in data: Dataset, of model: TrainedModel
  ) throws(NNError) -> [(row: Int, loss: Double?)] {
    switch rows {
    case .numbers(let numbers):
      if let row = numbers.first(where: { $0 >= data.count }) {
        throw .invalid(
          "there is no row \(row)", at: data.name, hint: "its rows are 0 to \(data.count - 1)")
      }
      return numbers.map { ($0, nil) }
    case .worst(let count):
      let losses = try model.exampleLosses(on: data)
      let order = losses.indices.sorted {
        losses[$0] == losses[$1] ? $0 < $1 : losses[$0] > losses[$1]
      }
      return order.prefix(count).map { ($0, losses[$0]) }
    }
  }

  /// The label or target of each row as a text; nil where rows have several, or none.
  private static func targets(of data: Dataset, _ model: TrainedModel) -> [String]? {
    guard data.hasTargets, data.targets.elementCount == data.count else { return nil }
    guard data.hasLabels else { return data.targets.doubles.map { NumberText.rounded($0) } }
    let names = model.classNames ?? []
    return data.targets.scalars(as: Int32.self).map { label in
      let index = Int(label)
      return names.indices.contains(index) ? "\(index) (\(names[index]))" : "\(index)"
    }
  }

  private var options: ExplanationOptions {
    get throws {
      var options = ExplanationOptions()
      if let baseline { options.baseline = baseline }
      if let steps { options.steps = steps }
      if let samples { options.samples = samples }
      if let stdev { options.deviation = stdev }
      if let seed = globals.seed { options.seed = UInt64(seed) }
      options.window = try window.map { try Self.integers($0, "--window") }
      options.strides = try stride.map { try Self.integers($0, "--stride") }
      options.layer = layer
      return options
    }
  }

  /// The names of the parts of a row: columns of a table, tokens of a text, else numbers.
  private func partNames(_ data: Dataset) -> (_ row: Int) -> [String] {
    guard data.vocabulary != nil else {
      let names = data.inputShape.rank == 1 ? data.featureNames ?? [] : []
      return { _ in names }
    }
    let tokens = data.inputs.scalars(as: Int32.self)
    let steps = data.inputShape.elementCount
    let tokenizer = data.tokenizers?.input
    return { row in
      tokens[row * steps..<(row + 1) * steps].map { token in
        ((try? tokenizer?.decode([TokenID(token)])) ?? "\(token)").escapingControls()
      }
    }
  }

  private func show(
    _ record: ExplanationRecord.Row, baseline: Double, in folder: String
  ) throws {
    let title = "row \(record.row), output \(record.output)"
    var drawings: [String] = []
    for input in record.inputs {
      let suffix = input.name.map { "-\($0)" } ?? ""
      let drawing = "\(folder)/\(method)-row-\(record.row)\(suffix).svg"
      try AtomicFile.write(
        path: drawing,
        text: ExplanationFigure(input)
          .figure(title: "\(method): \(title)\(input.name.map { ", \($0)" } ?? "")").svg(),
        isSynced: false)
      drawings.append("drawing: \(drawing)")
    }
    var facts = [
      "f(x) = \(NumberText.rounded(record.score, digits: 6))",
      "f(baseline) = \(NumberText.rounded(baseline, digits: 6))",
    ]
    if let error = record.completenessError {
      facts.append("completeness error \(NumberText.rounded(error, digits: 2))")
    }
    if let target = record.target { facts.append("target \(target)") }
    if let loss = record.loss { facts.append("loss \(NumberText.rounded(loss))") }
    try Console.print(
      "\(title): \(facts.joined(separator: ", "))\n\(table(of: record.inputs).text)\n"
        + drawings.joined(separator: "\n") + "\n")
  }

  /// The parts of all inputs with the largest attributions.
  private func table(of inputs: [ExplainedInput]) -> Table {
    let total = inputs.reduce(0) { $0 + $1.magnitude }
    let parts = inputs.flatMap { input in
      input.parts.map { (input.name == nil ? $0.name : Self.name($0.name, of: input), $0.value) }
    }
    let isSequence = inputs.count == 1 && inputs[0].hasSteps
    let heading = isSequence ? inputs[0].isEmbedded ? "token" : "step" : "part"
    var table = Table((heading, .left), ("attribution", .right), ("share", .right))
    for (name, value) in ExplainedInput.byMagnitude(parts).prefix(top ?? 10) {
      let share = total > 0 ? value.magnitude / total : 0
      table.add(
        name, (value < 0 ? "" : "+") + NumberText.rounded(value),
        "\(NumberText.fixed(100 * share, decimals: 1)) %")
    }
    return table
  }

  /// A part of one of several inputs: `image: row 2, column 3`.
  private static func name(_ part: String, of input: ExplainedInput) -> String {
    let name = input.name ?? ""
    return part == name ? name : "\(name): \(part)"
  }
}
