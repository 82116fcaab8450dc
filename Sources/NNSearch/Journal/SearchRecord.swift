package import NNCore
package import NNTraining

/// Everything that has happened in a search, as its journal tells.
package struct SearchRecord: Sendable {
  /// A trial so far.
  package struct Trial: Sendable {
    /// The number, from 1.
    package let number: Int
    /// The round of its point, from 1.
    package let round: Int
    /// The seed of its first run.
    package let seed: Int
    /// Its point.
    package let point: SearchPoint
    /// Its reports, in order.
    package fileprivate(set) var reports: [TrialReport] = []
    /// How it ended; nil while it runs.
    package fileprivate(set) var end: TrialEnd?

    /// The metric after each epoch of the first run.
    package var curve: [Double?] { reports.filter { $0.run == 1 }.flatMap(\.curve) }
    /// The metric of each run that has ended.
    package var results: [Double?] { reports.filter(\.isEnd).map(\.value) }
    /// Where its training continues: the number of the run, and the epochs of it that are done.
    var position: (run: Int, epoch: Int) {
      guard let last = reports.last else { return (1, 0) }
      return last.isEnd ? (last.run + 1, 0) : (last.run, last.epoch)
    }
    /// The number of epochs of all its runs.
    package var epochs: Int { reports.reduce(0) { $0 + $1.curve.count } }
  }

  /// The resolved config that the search began with.
  package let startConfig: String
  /// The trials, in the order of their numbers.
  package private(set) var trials: [Trial] = []

  init(startConfig: String) { self.startConfig = startConfig }

  /// Reads a journal; nil if it has no complete line.
  ///
  /// - Throws: `NNError` that names a damaged line.
  package init?(journal path: String) throws(NNError) {
    let lines = try Journal.lines(path)
    guard let first = lines.first else { return nil }
    guard case .started(let text) = try JournalEvent(first, nil, at: "\(path):1") else {
      throw .invalid("the journal does not begin with the event `started`", at: "\(path):1")
    }
    self.init(startConfig: text)
    let space = SearchSpace(try config(at: path).search ?? SearchConfig(parameters: []))
    for (index, line) in lines.enumerated().dropFirst() {
      let place = "\(path):\(index + 1)"
      let event = try JournalEvent(line, space, at: place)
      guard apply(event) else {
        throw .invalid("the event does not follow from those before", at: place)
      }
    }
  }

  /// The config that the search began with.
  ///
  /// - Throws: `NNError` if it cannot be read.
  package func config(at path: String) throws(NNError) -> Config {
    try Config(recorded: startConfig, source: path)
  }

  /// Adds an event.
  ///
  /// - Returns: Whether it follows from the events before.
  mutating func apply(_ event: JournalEvent) -> Bool {
    switch event {
    case .started: return false
    case .suggested(let number, let round, let seed, let point):
      let last = trials.last?.round ?? 0
      guard number == trials.count + 1, round == last || round == last + 1 else { return false }
      trials.append(Trial(number: number, round: round, seed: seed, point: point))
    case .reported(let number, let report):
      guard trials.indices.contains(number - 1), trials[number - 1].end == nil else { return false }
      let position = trials[number - 1].position
      guard report.run == position.run, report.epoch >= position.epoch else { return false }
      trials[number - 1].reports.append(report)
    case .ended(let number, let end):
      guard trials.indices.contains(number - 1), trials[number - 1].end == nil else { return false }
      trials[number - 1].end = end
    }
    return true
  }

  /// The trial with the best result among those that are complete; on ties the first.
  package func best(maximizes: Bool) -> Trial? {
    trials.filter { $0.end?.state == .complete }.min { left, right in
      Self.loss(left.end?.value, maximizes) < Self.loss(right.end?.value, maximizes)
    }
  }

  /// A metric as a loss, of which smaller values are better; infinite without a value.
  package static func loss(_ value: Double?, _ maximizes: Bool) -> Double {
    value.map { maximizes ? -$0 : $0 } ?? .infinity
  }

  /// The results of the trials of the rounds before one, for samplers.
  func observations(before round: Int, maximizes: Bool) -> [Observation] {
    trials.compactMap { trial in
      guard trial.round < round, let end = trial.end else { return nil }
      return Observation(
        trial: trial.number, point: trial.point, loss: Self.loss(end.value, maximizes),
        end: end.state == .pruned
          ? .pruned(epoch: trial.curve.count) : end.value == nil ? .failed : .complete)
    }
  }

  /// The losses of a trial, for pruners.
  func losses(of trial: Trial, before round: Int, maximizes: Bool) -> TrialLosses {
    let reports = trial.reports.filter { $0.run == 1 }
    return TrialLosses(
      curve: trial.curve.map { $0.map { maximizes ? -$0 : $0 } ?? .nan },
      atRungs: Dictionary(
        reports.map { ($0.epoch, $0.value.map { maximizes ? -$0 : $0 } ?? .nan) },
        uniquingKeysWith: { first, _ in first }),
      isFinished: trial.round < round && trial.end?.state == .complete)
  }
}
