public import NNCore
package import NNData
import NNFormats
public import NNTraining

/// A cross-validation: trains a config once for each fold, without the fold's rows, and measures the
/// network on these.
///
/// A fold is a ``TrainingRun`` in a folder of its own, whose test data are the rows that it holds
/// out. Normalisations and all other statistics are fitted to the rows that it is trained on;
/// `data.validation` is held out of these. Results depend neither on the number of parallel runs nor
/// on interruptions.
///
/// ```swift
/// let folds = try CrossValidation(config: Config(contentsOf: "iris.yaml"), folder: "folds/iris")
/// if try folds.run() == .finished { print(folds.summary[0].mean) }
/// ```
public final class CrossValidation {
  /// How a call of ``run(parallel:shouldStop:)`` ended.
  public enum Outcome: Sendable, Hashable {
    /// All folds have ended.
    case finished
    /// It was asked to stop.
    case interrupted
  }

  /// A trained fold.
  package struct Fold: Sendable {
    /// The number of the fold, from 1.
    package let fold: Int
    /// The number of the repetition, from 1.
    package let repetition: Int
    /// The number of the seed, from 1.
    package let seedNumber: Int
    /// What the run ended with.
    package let result: RunResult
  }

  /// The config, with its section `cross_validate`.
  public let config: Config
  /// The folder.
  public let folder: CrossValidationFolder
  /// The kind of the folds.
  package let kind: FoldKind
  /// The folds that have ended, in order.
  package private(set) var folds: [Fold] = []
  /// The number of runs.
  package var runCount: Int { plan.count }

  private let runs: RunSet
  private let plan: [(fold: Int, repetition: Int, seed: Int, run: PlannedRun)]
  private var section: CrossValidationConfig { config.crossValidate ?? CrossValidationConfig() }

  /// Prepares the folds; nothing is trained yet.
  ///
  /// - Parameters:
  ///   - config: The config; without a section `cross_validate` with that section's defaults.
  ///   - claim: The folder, which this process has claimed.
  ///   - resumes: Whether to continue what is in the folder; without folds they start.
  ///   - what: What the folder holds, for messages.
  /// - Throws: `NNError` for a folder that holds runs unless `resumes` is set, for other settings
  ///   than those in the folder, for data that cannot be read, and for folds that are not possible.
  package init(
    config: Config, claim: RunClaim, resumes: Bool, what: String = "cross-validation"
  ) throws(NNError) {
    var config = config
    var section = config.crossValidate ?? CrossValidationConfig()
    section.fold = nil
    section.repetition = 1
    config.crossValidate = section
    self.config = config
    folder = CrossValidationFolder(claim.folder.path)
    plan = Self.plan(config, section)
    var constant = config
    constant.crossValidate?.repeats = 1
    constant.crossValidate?.seeds = 1
    try RunSet.requireRowMetrics(config)
    runs = try RunSet(constant, claim: claim, resumes: resumes, what: what)
    kind = section.rule.kind(for: runs.whole.splitRows)
    guard section.repeats == 1 || kind != .time else {
      throw .invalid(
        "folds in time are the same in each of \(section.repeats) repetitions",
        at: runs.whole.name, hint: "leave `repeats` out, or repeat with other `seeds`")
    }
    // Before the first fold is trained.
    for planned in plan.prefix(section.rule.folds * section.seeds) {
      _ = try planned.run.config.partition(of: runs.whole.splitRows)
    }
    try runs.begin(constant)
  }

  /// Prepares the folds in a folder, which is created if needed; otherwise as above.
  public convenience init(
    config: Config, folder: String, resumes: Bool = false
  ) throws(NNError) {
    try self.init(config: config, claim: RunClaim(RunFolder(folder)), resumes: resumes)
  }

  private static func plan(
    _ config: Config, _ section: CrossValidationConfig
  ) -> [(fold: Int, repetition: Int, seed: Int, run: PlannedRun)] {
    var plan: [(fold: Int, repetition: Int, seed: Int, run: PlannedRun)] = []
    for repetition in 1...max(1, section.repeats) {
      for fold in 1...max(1, section.rule.folds) {
        for seed in 1...max(1, section.seeds) {
          let name =
            "fold-\(fold)" + (repetition > 1 ? "-repeat-\(repetition)" : "")
            + (seed > 1 ? "-seed-\(seed)" : "")
          let title =
            "fold \(fold)" + (section.repeats > 1 ? " of repetition \(repetition)" : "")
            + (section.seeds > 1 ? ", seed \(seed)" : "")
          var own = config.reseeded(Self.seed(config.seed, number: seed))
          own.name += "-\(name)"
          own.search = nil
          own.crossValidate?.repeats = 1
          own.crossValidate?.seeds = 1
          own.crossValidate?.fold = fold
          own.crossValidate?.repetition = repetition
          plan.append(
            (fold, repetition, seed, PlannedRun(name: name, title: title, config: own)))
        }
      }
    }
    return plan
  }

  /// The seed of a run: that of the config for number 1, for others an integer below 2³¹ that depends
  /// on that seed and the number.
  package static func seed(_ seed: Int, number: Int) -> Int {
    number == 1
      ? seed
      : Philox(seed: UInt64(seed), stream: SearchStream.repeatedSeeds, step: UInt32(number))
        .integer(0, below: 1 << 31)
  }

  /// Trains all folds, or what is left of them, and writes the tables.
  ///
  /// - Parameters:
  ///   - parallel: The number of folds that train at the same time; nil for one for each thread.
  ///   - onEnd: Receives each fold when it and all before it have ended, on any thread, one at a
  ///     time.
  ///   - shouldStop: Called after each step of each fold, on any thread; true saves all states and
  ///     ends the call.
  /// - Returns: How the call ended.
  /// - Throws: `NNError` if a fold cannot be trained, naming it, or a file cannot be written.
  package func run(
    parallel: Int? = nil, onEnd: @escaping (Fold) -> Void,
    shouldStop: @escaping @Sendable () -> Bool = { false }
  ) throws(NNError) -> Outcome {
    folds = []
    let results = try runs.run(
      plan.map(\.run), parallel: parallel, extras: RunSet.Extras(predicts: true),
      onEnd: { index, result in
        let planned = self.plan[index]
        let fold = Fold(
          fold: planned.fold, repetition: planned.repetition, seedNumber: planned.seed,
          result: result)
        self.folds.append(fold)
        onEnd(fold)
      }, shouldStop: shouldStop)
    guard results != nil else { return .interrupted }
    try AtomicFile.write(path: folder.table, text: table)
    if let predictions { try AtomicFile.write(path: folder.predictions, text: predictions) }
    return .finished
  }

  /// Trains all folds; otherwise as above.
  public func run(
    parallel: Int? = nil, shouldStop: @escaping @Sendable () -> Bool = { false }
  ) throws(NNError) -> Outcome {
    try run(parallel: parallel, onEnd: { _ in }, shouldStop: shouldStop)
  }

  // MARK: - Results

  /// Each figure over all runs that have ended: the loss first, then the metrics.
  public var summary: [FigureSummary] { FigureSummary.list(of: folds.map(\.result.figures)) }

  /// Each figure over the seeds, averaged over the folds of each; empty for one seed.
  package var summaryOfSeeds: [FigureSummary] {
    guard section.seeds > 1 else { return [] }
    return FigureSummary.list(
      of: (1...section.seeds).map { seed in
        FigureSummary.list(of: folds.filter { $0.seedNumber == seed }.map(\.result.figures))
          .map { ($0.name, $0.mean) }
      })
  }

  /// Whether the outputs for the rows that were held out are kept.
  package var hasPredictions: Bool { folds.first?.result.predictions != nil }

  /// The table of the folds: `folds.csv`, numbers in full precision.
  private var table: String {
    let names = summary.map(\.name)
    let heading =
      ["fold", "repeat", "seed", "run", "train_rows", "held_out_rows", "epochs"] + names
    return CSVField.line(heading)
      + folds.map { fold in
        let result = fold.result
        return CSVField.line(
          [
            "\(fold.fold)", "\(fold.repetition)", "\(result.seed)", result.folder.path,
            "\(result.trainRows)", "\(result.heldOutRows)", "\(result.epochs)",
          ] + result.figures.map { "\($0.value)" })
      }.joined()
  }

  /// The outputs for the rows that each fold holds out: `predictions.csv`, by repetition and seed in
  /// the order of the rows; nil where there are none.
  private var predictions: String? {
    guard let columns = folds.first?.result.predictions?.columns else { return nil }
    var lines: [(order: (Int, Int, Int), text: String)] = []
    for fold in folds {
      for line in fold.result.predictions?.lines ?? [] {
        let cells = ["\(line.row)", "\(fold.fold)", "\(fold.repetition)", "\(fold.result.seed)"]
        lines.append(
          ((fold.repetition, fold.seedNumber, line.row), CSVField.line(cells + line.cells)))
      }
    }
    lines.sort { $0.order < $1.order }
    return CSVField.line(["row", "fold", "repeat", "seed"] + columns)
      + lines.map(\.text).joined()
  }
}
