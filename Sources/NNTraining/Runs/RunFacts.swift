package import NNCore
import NNFormats

/// What the files of a run's folder tell, whether it has ended or not.
package struct RunFacts: Sendable {
  /// The folder.
  package let folder: RunFolder
  /// What was to be trained.
  package let config: Config
  /// A row for each epoch; nil before the first one has ended.
  package let epochs: RunTable?
  /// A row for each logged step.
  package let steps: RunTable?
  /// Loss and metrics on the test data; empty where there are none.
  package let test: [(name: String, value: Double)]
  /// Versions, CPU, threads, seed.
  package let environment: [(name: String, value: String)]

  /// Reads a folder.
  ///
  /// - Throws: `NNError` when it holds no run, or a file that is damaged.
  package init(_ folder: RunFolder) throws(NNError) {
    guard folder.holdsRun else { throw folder.noRun(lacking: "config.yaml") }
    self.folder = folder
    let config = try Config(recordedIn: folder)
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

  /// The place among `epochs` of the best one, as the run itself has counted: by the monitored
  /// figure.
  package var bestEpoch: Int? {
    var monitor = config.makeMonitor()
    var best: Int?
    for (index, value) in (epochs?[monitor.figure] ?? []).enumerated()
    where monitor.update(value, epoch: index + 1) {
      best = index
    }
    return best
  }

  /// Whether the run gives the best epoch's weights, rather than the last ones.
  package var keepsBest: Bool {
    config.keepsBestWeights(hasValidation: epochs?.filled("val_loss") != nil)
  }

  /// Seconds of training, validation not counted.
  package var seconds: Double { (epochs?["seconds"] ?? []).reduce(0, +) }

  /// The mean rate of all epochs; NaN before the first.
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
