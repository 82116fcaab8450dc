public import NNCore
import NNFormats
import NNKernels
public import NNTraining

/// A hyper-parameter search: trains a config at many points of its `search` section.
///
/// Points are chosen in rounds, each from the results of all rounds but the last one before it. The
/// trials of a round train side by side; at rungs they wait for each other, and the pruner ends some of
/// them. Threads that would wait for the end of a round begin trials of the next one. So the journal,
/// and with it every result, depends neither on the number of parallel trials nor on interruptions: a
/// search that is killed at any moment and resumed ends with the same bytes.
///
/// All trials train in one process and share the data in memory. Each has a thread of its own; the
/// threads that are left over help whichever trial finds the worker pool free. A trial is a
/// ``TrainingRun`` in a folder of its own.
public final class Search {
  /// How a call of ``run(shouldStop:)`` ended.
  public enum Outcome: Sendable, Hashable {
    /// All trials have ended.
    case finished
    /// The time budget was used up.
    case outOfTime
    /// It was asked to stop.
    case interrupted
  }

  /// The config with the search.
  public let config: Config
  /// The folder of the search.
  public var folder: SearchFolder { SearchFolder(claim.folder.path) }
  /// What has happened so far.
  package private(set) var record: SearchRecord
  /// The parameters.
  public let space: SearchSpace

  private let search: SearchConfig
  private let claim: RunClaim
  private let journal: Journal
  private let sampler: any Sampler
  private let pruner: (any Pruner)?
  private let data = SharedData()
  private var trainings: [Int: TrialTraining] = [:]
  /// The points of the round after the last one of the record.
  private var nextPoints: [SearchPoint] = []

  /// Prepares a search; nothing is trained yet.
  ///
  /// - Parameters:
  ///   - config: A config with a section `search`.
  ///   - claim: The folder, which this process has claimed.
  ///   - resumes: Whether to continue the search in the folder; without one it starts.
  /// - Throws: `NNError` for a config without a search, for a folder that holds a search unless
  ///   `resumes` is set, for another search than that in the folder, and for data that cannot be
  ///   read.
  package init(config: Config, claim: RunClaim, resumes: Bool) throws(NNError) {
    guard let search = config.search else {
      throw .invalid(
        "the config has no section `search`", at: config.name,
        hint: "such as search: {parameters: {optimizer.adam.lr: {log: [1e-4, 0.1]}}}")
    }
    let folder = SearchFolder(claim.folder.path)
    let space = SearchSpace(search)
    self.config = config
    self.search = search
    self.space = space
    self.claim = claim
    sampler = try Registry.samplers.build(search.method)
      .sampler(of: space, seed: UInt64(config.seed))
    pruner = try search.pruner.map { options throws(NNError) in
      try Registry.pruners.build(options).pruner
    }
    // Errors of the data are not results of trials.
    _ = try data.data(for: config)
    let start = Self.constant(config).resolvedYAML
    let known = try SearchRecord(journal: folder.journal)
    if let known {
      guard resumes else {
        throw .invalid(
          "the folder already holds a search", at: folder.path,
          hint: "continue it with --resume, or name another --dir")
      }
      try Self.requireSame(known, config, in: folder)
    }
    record = known ?? SearchRecord(startConfig: start)
    journal = try Journal(folder.journal)
    if known == nil { try journal.append([.started(config: start)], space) }
    try AtomicFile.write(path: folder.config, text: config.resolvedYAML)
  }

  /// Prepares a search in a folder, which is created if needed; otherwise as above.
  public convenience init(
    config: Config, folder: SearchFolder, resumes: Bool = false
  ) throws(NNError) {
    try self.init(config: config, claim: RunClaim(RunFolder(folder.path)), resumes: resumes)
  }

  /// The config without what may change when a search is resumed, and what no result depends on.
  private static func constant(_ config: Config) -> Config {
    var config = config
    config.search?.trials = nil
    config.search?.timeBudget = nil
    config.search?.parallel = nil
    return config
  }

  private static func requireSame(
    _ record: SearchRecord, _ config: Config, in folder: SearchFolder
  ) throws(NNError) {
    let recorded = try record.config(at: folder.journal)
    let differences = ConfigDifference.list(from: recorded, to: constant(config))
      .filter { $0.name != "name" }
    guard !differences.isEmpty else { return }
    throw .invalid(
      "the search began with other settings: "
        + differences.map(\.description).joined(separator: "; "), at: folder.path,
      hint: "resume with the old values, or begin a new search without --resume; trials, "
        + "time_budget and parallel may change")
  }

  /// The number of trials after which the search ends; a grid may have fewer points.
  public var trialLimit: Int { search.trials ?? (search.method.kind == "grid" ? .max : 20) }

  /// Whether greater values of the metric are better.
  public var maximizes: Bool { config.searchMaximizes }

  /// The best trial so far.
  package var best: SearchRecord.Trial? { record.best(maximizes: maximizes) }

  // MARK: - Running

  /// Runs trials until all have ended.
  ///
  /// - Parameters:
  ///   - onEvent: Receives every event after it has been written, on any thread, one at a time.
  ///   - shouldStop: Called after each step of each trial, on any thread; true saves all states and
  ///     ends the call.
  /// - Returns: How the call ended.
  /// - Throws: `NNError` if a file cannot be written, or if no trial of the first round could be
  ///   trained.
  package func run(
    onEvent: @escaping (JournalEvent) -> Void,
    shouldStop: @escaping @Sendable () -> Bool = { false }
  ) throws(NNError) -> Outcome {
    let parallel = search.parallel ?? min(WorkerPool.threads, 2 * search.round)
    let deadline = search.timeBudget.map { ContinuousClock.now + .seconds($0) }
    let isLate: @Sendable () -> Bool = { deadline.map { ContinuousClock.now >= $0 } ?? false }
    let stops: @Sendable () -> Bool = { shouldStop() || isLate() }
    let workers = try SearchWorkers<TrialTraining.Progress>(threads: parallel)
    defer {
      workers.stop()
      (trainings, nextPoints) = ([:], [])
    }
    while try beginRound(onEvent) {
      while !running.isEmpty {
        if stops() { return try stopped(isLate() && !shouldStop()) }
        try decide(onEvent)
        guard try advance(on: workers, onEvent, shouldStop: stops) else {
          return try stopped(isLate() && !shouldStop())
        }
        try decide(onEvent)
      }
      try requireResult()
      try writeBest()
      if stops(), record.trials.count < trialLimit {
        return try stopped(isLate() && !shouldStop())
      }
    }
    try writeBest()
    return .finished
  }

  /// Runs trials until all have ended; otherwise as above.
  public func run(
    shouldStop: @escaping @Sendable () -> Bool = { false }
  ) throws(NNError) -> Outcome {
    try run(onEvent: { _ in }, shouldStop: shouldStop)
  }

  private func stopped(_ isLate: Bool) throws(NNError) -> Outcome {
    try writeBest()
    if isLate, !record.trials.contains(where: { $0.end != nil }) {
      throw .failed(
        "the time budget of \(search.timeBudget ?? 0) seconds ended before the first trial",
        at: folder.path, hint: "allow more with --time; --resume continues where the trials are")
    }
    return isLate ? .outOfTime : .interrupted
  }

  /// The trials that have not ended.
  private var running: [SearchRecord.Trial] { record.trials.filter { $0.end == nil } }

  /// Begins a round, or continues the one that was interrupted.
  ///
  /// - Returns: False if there are no more points.
  private func beginRound(_ onEvent: (JournalEvent) -> Void) throws(NNError) -> Bool {
    let last = record.trials.last?.round ?? 0
    let members = record.trials.filter { $0.round == last }
    // Points are chosen before the first result of a round.
    let isOpen = last > 0 && members.allSatisfy { $0.reports.isEmpty && $0.end == nil }
    if isOpen || running.isEmpty {
      let round = isOpen ? last : last + 1
      let known = isOpen ? members.map(\.point) : []
      let points =
        isOpen || nextPoints.isEmpty ? points(ofRound: round, known: known) : nextPoints
      let first = record.trials.count + 1
      try add(
        points.enumerated().map { index, point in
          .suggested(
            trial: first + index, round: round,
            seed: Self.seed(config.seed, trial: first + index, run: 1), point: point)
        }, onEvent)
    }
    nextPoints = points(ofRound: (record.trials.last?.round ?? 0) + 1, known: [])
    let pending =
      running.map { ($0.number, $0.point) }
      + nextPoints.enumerated().map { (record.trials.count + 1 + $0, $1) }
    for (number, point) in pending where trainings[number] == nil {
      trainings[number] = training(ofTrial: number, point)
    }
    return !running.isEmpty
  }

  /// The points of a round that are still missing.
  ///
  /// They do not depend on the results of the round before, so that its trials need not have ended.
  private func points(ofRound round: Int, known: [SearchPoint]) -> [SearchPoint] {
    let observations = record.observations(before: round - 1, maximizes: maximizes)
    var pending = record.trials.filter { $0.round == round - 1 }.map(\.point) + known
    let count = min(search.round - known.count, trialLimit - record.trials.count)
    var points: [SearchPoint] = []
    for number in record.trials.count + 1..<record.trials.count + 1 + max(0, count) {
      guard let point = sampler.point(ofTrial: number, after: observations, pending: pending)
      else { break }
      pending.append(point)
      points.append(point)
    }
    return points
  }

  private func training(ofTrial number: Int, _ point: SearchPoint) -> TrialTraining {
    let seed = config.seed
    return TrialTraining(
      trial: number,
      config: Result { () throws(NNError) in try config.changed(space.assignments(point)) },
      metric: config.searchMetric, folder: folder, data: data
    ) { run in Self.seed(seed, trial: number, run: run) }
  }

  /// The seed of a run: an integer below 2³¹ that depends on the search's seed, the trial and the
  /// number of the run.
  package static func seed(_ seed: Int, trial: Int, run: Int) -> Int {
    Philox(seed: UInt64(seed), stream: SearchStream.seeds, step: UInt32(trial))
      .integer(run, below: 1 << 31)
  }

  /// Trains those trials that are behind up to their next rung, and meanwhile some of the next round.
  ///
  /// - Returns: False if it was interrupted.
  private func advance(
    on workers: SearchWorkers<TrialTraining.Progress>,
    _ onEvent: @escaping (JournalEvent) -> Void, shouldStop: @escaping @Sendable () -> Bool
  ) throws(NNError) -> Bool {
    let running = running
    let least = running.map(\.reports.count).min() ?? 0
    let trials = running.filter { $0.reports.count == least }
    let hasFailed = Guarded(false)
    func task(
      _ training: TrialTraining, _ segment: TrialTraining.Segment
    ) -> @Sendable () -> TrialTraining.Progress {
      {
        let progress = training.advance(to: segment) {
          shouldStop() || hasFailed.withLock { $0 }
        }
        if case .error = progress { hasFailed.withLock { $0 = true } }
        return progress
      }
    }
    let tasks = trials.compactMap { trial in
      trainings[trial.number].map { task($0, segment(of: $0, at: trial.position, trial.results)) }
    }
    let ahead = nextPoints.indices.compactMap { index in
      trainings[record.trials.count + 1 + index].map { training in
        let task = task(training, segment(of: training, at: (1, 0), []))
        return { @Sendable in _ = task() }
      }
    }
    return try workers.run(tasks, extraTasks: ahead) { (index, progress) throws(NNError) in
      let trial = trials[index]
      switch progress {
      case .reached(var report):
        let known = trial.reports.filter { $0.run == report.run }.reduce(0) { $0 + $1.curve.count }
        report.curve = Array(report.curve.dropFirst(known))
        try self.add([.reported(trial: trial.number, report)], onEvent)
      case .failed(let end): try self.add([.ended(trial: trial.number, end)], onEvent)
      case .interrupted: return false
      case .error(let error): throw error
      }
      return true
    }
  }

  /// The next part of a trial's runs.
  private func segment(
    of training: TrialTraining, at position: (run: Int, epoch: Int), _ results: [Double?]
  ) -> TrialTraining.Segment {
    // Only first runs are compared at rungs.
    let rungs = results.isEmpty ? pruner?.rungs(below: training.epochs) ?? [] : []
    return .init(
      run: position.run, epoch: rungs.first { $0 > position.epoch } ?? training.epochs)
  }

  // MARK: - Decisions

  /// Ends those of the trials at the same rung that are finished, pruned or dominated.
  private func decide(_ onEvent: (JournalEvent) -> Void) throws(NNError) {
    let running = running
    guard let count = running.first?.reports.count, count > 0,
      running.allSatisfy({ $0.reports.count == count })
    else { return }
    let events = running.compactMap { trial in
      end(of: trial).map { JournalEvent.ended(trial: trial.number, $0) }
    }
    try add(events, onEvent)
    for case .ended(let number, _) in events { trainings[number] = nil }
  }

  /// The end of a trial at its last report; nil if it continues.
  private func end(of trial: SearchRecord.Trial) -> TrialEnd? {
    guard let report = trial.reports.last else { return nil }
    guard report.isEnd else {
      let isPruned = pruner.map { pruner in
        pruner.ends(
          record.losses(of: trial, before: trial.round, maximizes: maximizes), at: report.epoch,
          among: record.trials.filter { $0.number != trial.number && $0.round <= trial.round }
            .map { record.losses(of: $0, before: trial.round, maximizes: maximizes) })
      }
      return isPruned == true ? TrialEnd(.pruned, value: report.value) : nil
    }
    let results = trial.results.compactMap(\.self)
    guard results.count == trial.results.count else {
      return TrialEnd(.diverged, reason: "`\(config.searchMetric)` is not finite")
    }
    let mean = results.reduce(0, +) / Double(results.count)
    if results.count >= search.seeds { return TrialEnd(.complete, value: mean) }
    return isDominated(trial, results) ? TrialEnd(.dominated, value: mean) : nil
  }

  /// Whether every run of a trial is worse than every run of the best trial of earlier rounds.
  private func isDominated(_ trial: SearchRecord.Trial, _ results: [Double]) -> Bool {
    let earlier = record.trials.filter { $0.round < trial.round && $0.end?.state == .complete }
    func loss(_ value: Double?) -> Double { SearchRecord.loss(value, maximizes) }
    guard let best = earlier.min(by: { loss($0.end?.value) < loss($1.end?.value) }),
      let worst = best.results.map(loss).max(), let least = results.map(loss).min()
    else { return false }
    return least > worst
  }

  /// Writes events and applies them.
  private func add(
    _ events: [JournalEvent], _ onEvent: (JournalEvent) -> Void
  ) throws(NNError) {
    try journal.append(events, space)
    for event in events {
      let isValid = record.apply(event)
      precondition(isValid, "an event that does not follow")
      onEvent(event)
    }
  }

  /// - Throws: `NNError` if the settings of all trials are invalid.
  private func requireResult() throws(NNError) {
    guard record.trials.allSatisfy({ $0.end?.state == .invalid }),
      let reason = record.trials.first?.end?.reason
    else { return }
    throw .invalid(
      "none of the first \(record.trials.count) trials can be trained; the first: \(reason)",
      at: folder.path, hint: "correct the config or `search.parameters`")
  }

  /// Writes the config of the best trial.
  private func writeBest() throws(NNError) {
    guard let best, let value = best.end?.value else { return }
    let config = TrialTraining.config(
      try self.config.changed(space.assignments(best.point)), trial: best.number, seed: best.seed)
    try AtomicFile.write(
      path: folder.best,
      text: "# Trial \(best.number) of \(folder.path): \(self.config.searchMetric) \(value)\n"
        + config.resolvedYAML)
  }
}
