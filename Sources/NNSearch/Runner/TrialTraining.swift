import NNCore
import NNTraining

/// The runs of one trial, one after the other; between the calls a run waits in memory.
///
/// - Important: `@unchecked Sendable` is sound because the run is touched only under the lock.
final class TrialTraining: @unchecked Sendable {
  /// What a call has reached.
  enum Progress: Sendable {
    /// The epoch, or the end of the run.
    case reached(TrialReport)
    /// The trial has no result.
    case failed(TrialEnd)
    /// The stop that was asked for; the state is saved.
    case interrupted
    /// An error of the system, which is no result.
    case error(NNError)
  }

  /// A part of a run: up to an epoch.
  struct Segment: Sendable, Hashable {
    /// The number of the run among the seeds of the trial, from 1.
    let run: Int
    /// The number of epochs done at its end.
    let epoch: Int
  }

  private let trial: Int
  private let config: Result<Config, NNError>
  private let seed: @Sendable (_ run: Int) -> Int
  private let metric: String
  private let folder: SearchFolder
  private let data: SharedData
  private let lock = Lock()
  private var current: (number: Int, run: TrainingRun)?
  private var failure: TrialEnd?

  /// Prepares the runs of a trial.
  ///
  /// - Parameters:
  ///   - trial: The number of the trial.
  ///   - config: The config at its point, or why there is none.
  ///   - metric: The figure by which trials are compared.
  ///   - seed: Returns the seed of a run.
  init(
    trial: Int, config: Result<Config, NNError>, metric: String, folder: SearchFolder,
    data: SharedData, seed: @escaping @Sendable (_ run: Int) -> Int
  ) {
    self.trial = trial
    self.config = config
    self.metric = metric
    self.folder = folder
    self.data = data
    self.seed = seed
  }

  /// The number of epochs of a run; 1 if the config is invalid.
  var epochs: Int { (try? config.get())?.epochs ?? 1 }

  /// Trains one of the runs up to an epoch, from where it was before or from its last checkpoint.
  func advance(to segment: Segment, shouldStop: () -> Bool) -> Progress {
    lock.lock()
    defer { lock.unlock() }
    if let failure { return .failed(failure) }
    let config: Config
    switch self.config {
    case .success(let valid): config = valid
    case .failure(let error): return .failed(TrialEnd(.invalid, reason: error.message))
    }
    do throws(NNError) {
      let run: TrainingRun
      if let current, current.number == segment.run {
        run = current.run
      } else {
        current = nil
        // Before anything else, so that an error of the disk is no result.
        let claim = try RunClaim(folder.run(ofTrial: trial, segment.run))
        do throws(NNError) { run = try open(config, claim, segment.run) } catch {
          return end(of: error)
        }
        current = (segment.run, run)
      }
      if !run.isFinished, run.epochsDone < segment.epoch {
        run.pauseEpoch = segment.epoch
        do throws(NNError) {
          if try run.run(shouldStop: shouldStop) == .interrupted { return .interrupted }
        } catch { return end(of: error) }
      }
      return .reached(try report(run, segment))
    } catch { return .error(error) }
  }

  private func open(
    _ config: Config, _ claim: RunClaim, _ number: Int
  ) throws(NNError) -> TrainingRun {
    let config = Self.config(config, trial: trial, seed: seed(number))
    return try TrainingRun(
      config: config, claim: claim, data: data.data(for: config),
      resumes: claim.folder.holdsRun)
  }

  /// The config of a run: another seed for weights, order and dropout, but the same data.
  static func config(_ config: Config, trial: Int, seed: Int) -> Config {
    var config = config.reseeded(seed)
    config.name += "-trial-\(trial)"
    return config
  }

  /// The end of the trial by an error; an error of the system stays one.
  private func end(of error: NNError) -> Progress {
    current = nil
    guard error.isDivergence || error.kind == .invalidInput else { return .error(error) }
    let end = TrialEnd(error.isDivergence ? .diverged : .invalid, reason: error.message)
    failure = end
    return .failed(end)
  }

  /// The state of a run at the end of a segment, from its files: the run may be further than the
  /// journal.
  private func report(_ run: TrainingRun, _ segment: Segment) throws(NNError) -> TrialReport {
    let facts = try RunFacts(run.folder)
    let curve = Array((facts.epochs?[metric] ?? []).prefix(segment.epoch))
    let kept = facts.keepsBest ? facts.bestEpoch(ofFirst: segment.epoch) : curve.indices.last
    let value = kept.flatMap { curve.indices.contains($0) ? curve[$0] : nil }
    func finite(_ number: Double) -> Double? { number.isFinite ? number : nil }
    return TrialReport(
      run: segment.run, epoch: min(run.epochsDone, segment.epoch), curve: curve.map(finite),
      value: value.flatMap(finite), isEnd: run.isFinished && run.epochsDone <= segment.epoch)
  }
}
