package import NNCore
import NNFormats

/// The contents of a run folder's files, whether or not the run has ended.
package struct RunFacts: Sendable {
  /// The folder.
  package let folder: RunFolder
  /// The config of the run.
  package let config: Config
  /// One row per epoch; nil before the first has ended.
  package let epochs: RunTable?
  /// One row per logged step.
  package let steps: RunTable?
  /// Loss and metrics on the test data; empty if there are none.
  package let test: [(name: String, value: Double)]
  /// Versions, CPU, threads, seed.
  package let environment: [(name: String, value: String)]

  /// Reads a folder.
  ///
  /// - Throws: `NNError` if it contains no run, or a damaged file.
  package init(_ folder: RunFolder) throws(NNError) {
    guard folder.holdsRun else { throw folder.noRun(lacking: "config.yaml") }
    self.folder = folder
    let config = try Config(recordedAt: folder.config)
    self.config = config
    // Older versions name metrics without the data that they are measured on.
    epochs = try RunTable(contentsOf: folder.metrics)?
      .renamingColumns { config.figure(named: $0) ?? $0 }
    for name in ["epoch", "seconds"] {
      guard epochs?[name]?.allSatisfy({ (0...1e15).contains($0) }) ?? true else {
        throw .invalid("a row has no number under `\(name)`", at: folder.metrics)
      }
    }
    steps = try RunTable(contentsOf: folder.steps)
    test = try Self.members(folder.test).compactMap { name, value in
      guard case .number(let digits) = value else { return nil }
      return Double(digits).map { (name, $0) }
    }
    environment = try Self.members(folder.environment).compactMap { name, value in
      switch value {
      case .string(let text): (name, text)
      case .number(let digits): (name, digits)
      default: nil
      }
    }
  }

  /// The index in `epochs` of the best one, by the monitored figure, as the run itself determines
  /// it.
  package var bestEpoch: Int? { bestEpoch(ofFirst: .max) }

  /// The index in `epochs` of the best one of the first epochs.
  package func bestEpoch(ofFirst count: Int) -> Int? {
    var monitor = config.makeMonitor()
    var best: Int?
    for (index, value) in (epochs?[monitor.figure] ?? []).prefix(count).enumerated()
    where monitor.update(value, epoch: index + 1) {
      best = index
    }
    return best
  }

  /// Whether the run saves the best epoch's weights rather than the last.
  package var keepsBest: Bool {
    config.keepsBestWeights(hasValidation: epochs?.filled("val_loss") != nil)
  }

  /// The training time in seconds, without validation.
  package var seconds: Double { (epochs?["seconds"] ?? []).reduce(0, +) }

  /// The mean training examples per second of all epochs; NaN before the first.
  package var rowsPerSecond: Double {
    guard let epochs, let seconds = epochs["seconds"], let rates = epochs["samples_per_s"] else {
      return .nan
    }
    return zip(seconds, rates).reduce(0) { $0 + $1.0 * $1.1 } / seconds.reduce(0, +)
  }

  /// The columns of `metrics.csv` that are metrics, in their order.
  package var metricNames: [String] {
    let others: Set = ["epoch", "train_loss", "val_loss", "lr", "seconds", "samples_per_s"]
    return (epochs?.columns ?? []).filter { !others.contains($0) }
  }

  private static func members(
    _ path: String
  ) throws(NNError) -> [(name: String, value: JSONValue)] {
    guard FileBytes.exists(path) else { return [] }
    let bytes = try FileBytes.read(path)
    guard case .object(let members) = try JSONValue(parsing: bytes[...], at: path) else {
      throw .invalid("holds no JSON object", at: path)
    }
    return members.map { ($0.name, $0.value) }
  }
}
