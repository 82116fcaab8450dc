public import NNCore
package import NNData
import NNFormats
public import NNTraining

/// A learning curve: trains a config on shares of its training rows and measures each network on the
/// same held-out rows.
///
/// With one seed a smaller share is part of every larger one, and every class keeps its share. The
/// figures are those of the test data, or of the validation data if there are none, next to those of
/// the rows that the network was trained on.
public final class LearningCurve {
  /// The trainings of one size.
  package struct Point: Sendable {
    /// The share of the training rows.
    package let size: Double
    /// What its runs ended with, one for each seed.
    package let results: [RunResult]

    /// The number of training rows.
    package var rows: Int { results.first?.trainRows ?? 0 }
    /// Each figure on the held-out rows over the seeds.
    package var summary: [FigureSummary] { FigureSummary.list(of: results.map(\.figures)) }
    /// Each figure on the training rows over the seeds; empty where they are not measured.
    package var trainSummary: [FigureSummary] {
      FigureSummary.list(of: results.map(\.trainFigures))
    }
  }

  /// The config.
  public let config: Config
  /// The folder.
  public let folder: LearningCurveFolder
  /// The sizes in ascending order.
  public let sizes: [Double]
  /// The number of runs of each size.
  public let seeds: Int
  /// The sizes whose runs have all ended, in order.
  package private(set) var points: [Point] = []
  /// What the figures are measured on: `test` or `validation`.
  package let measured: HeldOutPart

  private let runs: RunSet
  private let plan: [PlannedRun]

  /// The default sizes.
  public static let standardSizes = [0.1, 0.25, 0.5, 1]

  /// Prepares the runs; nothing is trained yet.
  ///
  /// - Parameters:
  ///   - config: A config with test or validation data.
  ///   - sizes: Different shares of the training rows, above 0 and up to 1.
  ///   - seeds: The number of runs of each size, at least 1.
  ///   - claim: The folder, which this process has claimed.
  ///   - resumes: Whether to continue what is in the folder; without runs they start.
  /// - Throws: `NNError` for sizes outside 0…1 or twice the same, for a config without test and
  ///   validation data or with `data.subset`, for a folder that holds runs unless `resumes` is set,
  ///   for other settings than those in the folder, and for data that cannot be read.
  package init(
    config: Config, sizes: [Double], seeds: Int = 1, claim: RunClaim, resumes: Bool
  ) throws(NNError) {
    if let wrong = sizes.first(where: { !($0 > 0 && $0 <= 1) }) {
      throw .invalid(
        "a learning curve has no size \(wrong); expected shares above 0 and up to 1",
        hint: "such as 0.1,0.25,0.5,1")
    }
    guard !sizes.isEmpty, Set(sizes).count == sizes.count, seeds >= 1 else {
      throw .invalid(
        "the sizes \(sizes) with \(seeds) seeds: expected one or more different shares and at least "
          + "one seed")
    }
    self.sizes = sizes.sorted()
    self.seeds = seeds
    self.config = config
    folder = LearningCurveFolder(claim.folder.path)
    measured = config.testIsHeldOut || config.data.test != nil ? .test : .validation
    guard measured == .test || config.data.validation != nil else {
      throw .invalid(
        "a learning curve is measured on test or validation data, and the config names neither",
        at: config.name, hint: "add `validation: {split: 0.2}` to `data`")
    }
    guard config.data.subset == nil else {
      throw .invalid(
        "`data.subset` is set, and a learning curve sets it itself", at: config.name,
        hint: "leave it out: --set data.subset=null")
    }
    if measured == .validation, config.data.validation?.rule != nil {
      try RunSet.requireRowMetrics(config)
    }
    plan = Self.plan(config, self.sizes, seeds)
    runs = try RunSet(config, claim: claim, resumes: resumes, what: "learning curve")
    _ = try config.partition(of: runs.whole.splitRows)
    try runs.begin(config)
  }

  /// Prepares the runs in a folder, which is created if needed; otherwise as above.
  public convenience init(
    config: Config, sizes: [Double] = LearningCurve.standardSizes, seeds: Int = 1, folder: String,
    resumes: Bool = false
  ) throws(NNError) {
    try self.init(
      config: config, sizes: sizes, seeds: seeds, claim: RunClaim(RunFolder(folder)),
      resumes: resumes)
  }

  private static func plan(_ config: Config, _ sizes: [Double], _ seeds: Int) -> [PlannedRun] {
    var plan: [PlannedRun] = []
    for size in sizes {
      for number in 1...seeds {
        let seed = CrossValidation.seed(config.seed, number: number)
        let name = "size-\(size)" + (number > 1 ? "-seed-\(number)" : "")
        var own = config.reseeded(seed)
        own.name += "-\(name)"
        own.search = nil
        // Other rows for each seed, so that the deviation includes the choice of the rows.
        own.data.subset = size < 1 ? SubsetRule(size, seed: seed) : nil
        let title = "size \(size)" + (seeds > 1 ? ", seed \(number)" : "")
        plan.append(PlannedRun(name: name, title: title, config: own))
      }
    }
    return plan
  }

  /// Trains all runs, or what is left of them, and writes the table.
  ///
  /// - Parameters:
  ///   - parallel: The number of runs that train at the same time; nil for one for each thread.
  ///   - onEnd: Receives each run when it and all before it have ended, on any thread, one at a
  ///     time, with its size and the number of its seed, from 1.
  ///   - shouldStop: Called after each step of each run, on any thread; true saves all states and
  ///     ends the call.
  /// - Returns: How the call ended.
  /// - Throws: `NNError` if a run cannot be trained, naming it, or a file cannot be written.
  package func run(
    parallel: Int? = nil,
    onEnd: @escaping (_ size: Double, _ seedNumber: Int, _ result: RunResult) -> Void,
    shouldStop: @escaping @Sendable () -> Bool = { false }
  ) throws(NNError) -> CrossValidation.Outcome {
    // Texts are translated once for each network, not for its training rows as well.
    let extras = RunSet.Extras(
      measuresTraining: try config.makeTranslationScores().isEmpty)
    let (sizes, seeds) = (sizes, seeds)
    let results = try runs.run(
      plan, parallel: parallel, extras: extras,
      onEnd: { index, result in onEnd(sizes[index / seeds], index % seeds + 1, result) },
      shouldStop: shouldStop)
    guard let results else { return .interrupted }
    points = sizes.enumerated().map { index, size in
      Point(size: size, results: Array(results[index * seeds..<(index + 1) * seeds]))
    }
    try AtomicFile.write(path: folder.table, text: table)
    return .finished
  }

  /// Trains all runs; otherwise as above.
  public func run(
    parallel: Int? = nil, shouldStop: @escaping @Sendable () -> Bool = { false }
  ) throws(NNError) -> CrossValidation.Outcome {
    try run(parallel: parallel, onEnd: { _, _, _ in }, shouldStop: shouldStop)
  }

  /// The figures of each size over its seeds.
  public var summary: [(size: Double, rows: Int, figures: [FigureSummary])] {
    points.map { ($0.size, $0.rows, $0.summary) }
  }

  /// The table of the runs: `learning-curve.csv`, numbers in full precision.
  private var table: String {
    guard let first = points.first?.results.first else { return "" }
    let names =
      first.figures.map { "\(measured.rawValue)_\($0.name)" }
      + first.trainFigures.map { "train_\($0.name)" }
    return CSVField.line(["size", "seed", "run", "train_rows", "epochs"] + names)
      + points.flatMap { point in
        point.results.map { result in
          CSVField.line(
            [
              "\(point.size)", "\(result.seed)", result.folder.path, "\(result.trainRows)",
              "\(result.epochs)",
            ] + (result.figures + result.trainFigures).map { "\($0.value)" })
        }
      }.joined()
  }
}
