package import NNTraining

/// A run of a set: a config and a folder of its own.
package struct PlannedRun: Sendable {
  /// The name of its folder.
  package let name: String
  /// Its name in messages: `fold 3`.
  package let title: String
  /// Its config.
  package let config: Config
}

/// What a run of a set ended with.
package struct RunResult: Sendable {
  /// The folder of the run.
  package let folder: RunFolder
  /// The seed of the run.
  package let seed: Int
  /// The number of training rows.
  package let trainRows: Int
  /// The number of rows on which `figures` are measured.
  package let heldOutRows: Int
  /// The number of epochs that were trained.
  package let epochs: Int
  /// Loss and metrics of the saved weights on the held-out rows.
  package let figures: [(name: String, value: Double)]
  /// The same on the training rows; empty unless they are measured.
  package let trainFigures: [(name: String, value: Double)]
  /// The outputs for the held-out rows; nil if they are not kept.
  let predictions: HeldOutPredictions?
  /// What the user should know, such as probable mistakes.
  package let warnings: [String]
}

/// Mean and deviation of a figure over several runs.
public struct FigureSummary: Sendable, Hashable {
  /// The name: `loss`, `accuracy`.
  public let name: String
  /// The values, one for each run.
  public let values: [Double]

  /// Creates the summary of some values.
  public init(name: String, values: [Double]) {
    self.name = name
    self.values = values
  }

  /// Their mean; NaN if one of them is NaN or there are none.
  public var mean: Double { values.reduce(0, +) / Double(values.count) }

  /// Their sample standard deviation, √(Σ (x − mean)² ÷ (n − 1)); NaN for fewer than two values.
  public var standardDeviation: Double {
    let mean = mean
    guard values.count > 1 else { return .nan }
    let squares = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
    return (squares / Double(values.count - 1)).squareRoot()
  }

  /// The summaries of figures that several runs have, in the order of the first run; a figure that a
  /// run lacks is NaN there.
  static func list(of runs: [[(name: String, value: Double)]]) -> [FigureSummary] {
    (runs.first ?? []).map { figure in
      FigureSummary(
        name: figure.name,
        values: runs.map { run in run.first { $0.name == figure.name }?.value ?? .nan })
    }
  }
}
