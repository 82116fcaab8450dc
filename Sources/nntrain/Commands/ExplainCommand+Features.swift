import NNAnalysis
import NNCore
import NNData
import NNDrawing
import NNFormats
import NNLosses
import NNMetrics
import NNReports
import NNTraining

/// Explanations over all rows of the data.
extension ExplainCommand {
  /// Shows how much a score falls when a feature is shuffled.
  func explainScore(
    _ model: TrainedModel, _ data: Dataset, _ run: RunFolder, drawings folder: String
  ) throws {
    let metric = try score(model, data)
    let importance = try PermutationImportance.measure(
      model, on: data, metric: metric, repeats: repeats ?? 5, seed: UInt64(globals.seed ?? 42),
      onProgress: { feature in
        if globals.mode != .none, Console.reportsToTerminal { Console.note("shuffling \(feature)") }
      })
    try importance.write(to: run)
    try Self.create(folder)
    let drawing = "\(folder)/\(method).svg"
    try AtomicFile.write(
      path: drawing,
      text: ImportanceFigure(importance)
        .figure(title: "Permutation importance: \(data.name)").svg(), isSynced: false)
    try Console.print(Self.text(importance, isShare: metric?.isShare ?? false, top: top ?? 10))
    try globals.report("all features: \(run.importance)\ndrawing: \(drawing)")
  }

  /// The metric to measure; nil for the loss.
  private func score(_ model: TrainedModel, _ data: Dataset) throws -> (any Metric)? {
    let config = try model.recordedConfig()
    let name =
      metric ?? config.metrics.compactMap(\.figure).first
      ?? ((model.meaning().prediction ?? .numbers) == .numbers ? "loss" : "accuracy")
    return name == "loss" ? nil : try config.metric(from: name, for: data)
  }

  private static func text(
    _ importance: PermutationImportance, isShare: Bool, top: Int
  ) -> String {
    func text(_ number: Double) -> String {
      isShare ? NumberText.fixed(100 * number, decimals: 2) : NumberText.rounded(number)
    }
    var table = Table(("feature", .left), ("importance", .right), ("± std", .right))
    for feature in importance.ranked.prefix(top) {
      table.add(feature.name, text(feature.mean), text(feature.deviation))
    }
    let repeats = importance.features.first?.importances.count ?? 0
    let others = importance.features.count - top
    let unit = isShare ? " %" : ""
    return "\(importance.score) \(text(importance.baseline))\(unit) on "
      + "\(NumberText.grouped(importance.count)) examples of \(importance.data); importance: its "
      + "\(importance.isHigherBetter ? "fall" : "rise") when a feature is shuffled"
      + "\(isShare ? ", in percentage points" : ""), mean of \(repeats)\n\(table.text)"
      + (others > 0 ? "\nand \(others) more" : "")
  }

  /// Shows the mean output as a function of columns of a table.
  func explainFeatures(_ model: TrainedModel, _ data: Dataset, drawings folder: String) throws {
    let names = NumberList.entries(of: feature ?? "")
    let curves = try names.map { (name) throws(NNError) in
      try PartialDependence.measure(model, on: data, feature: name)
    }
    let chosen = try curves.first.flatMap { try chosenOutput($0) }
    try Self.create(folder)
    for curve in curves {
      let outputs = chosen.map { [$0] } ?? Array(curve.outputs.indices)
      let file = "\(folder)/\(method)-\(Self.fileName(curve.feature))"
      try NPY.write(Self.columns(curve, outputs), to: file + ".npy")
      try AtomicFile.write(
        path: file + ".svg",
        text: PartialDependenceFigure(curve, outputs: outputs)
          .figure(title: "Partial dependence on \(curve.feature)").svg(), isSynced: false)
      try Console.print(Self.text(curve, outputs))
      try Console.print("drawing: \(file).svg\nnumbers: \(file).npy\n")
    }
  }

  /// The output that `--class` names; nil for all.
  private func chosenOutput(_ curve: PartialDependence) throws -> Int? {
    guard let output, let index = Int(output) else { return nil }
    guard curve.outputs.indices.contains(index) else {
      throw NNError.invalid(
        "there is no output \(index)",
        hint: curve.outputs.count == 1
          ? "the network has one output, 0"
          : "the network has the outputs 0 to \(curve.outputs.count - 1)")
    }
    return index
  }

  /// The grid, and a column for each output: [values, 1 + outputs].
  private static func columns(_ curve: PartialDependence, _ outputs: [Int]) -> HostTensor {
    let columns = [curve.grid] + outputs.map { curve.curve(of: $0) }
    return HostTensor(
      curve.grid.indices.flatMap { row in columns.map { $0[row] } },
      shape: [curve.grid.count, columns.count])
  }

  private static func text(_ curve: PartialDependence, _ outputs: [Int]) -> String {
    let heading = curve.areProbabilities ? "mean probability of" : "mean of"
    var table = Table(
      columns: [(curve.feature, .right)]
        + outputs.map { ("\(heading) \(curve.outputs[$0])", .right) })
    // About ten values of the grid, with both ends.
    let last = curve.grid.count - 1
    let shown = last < 10 ? Array(0...last) : (0...9).map { $0 * last / 9 }
    let curves = outputs.map { curve.curve(of: $0) }
    for row in shown {
      table.add([NumberText.rounded(curve.grid[row])] + curves.map { NumberText.rounded($0[row]) })
    }
    return "\(curve.feature): \(curve.grid.count) values, \(NumberText.grouped(curve.count)) "
      + "examples\n\(table.text)"
  }

  /// A feature's name as a part of a file's name.
  private static func fileName(_ name: String) -> String {
    String(name.map { $0.isLetter || $0.isNumber || "-_.".contains($0) ? $0 : "_" })
  }
}
