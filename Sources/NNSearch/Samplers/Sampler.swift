package import NNCore
package import NNTraining

/// A result from which points are chosen.
package struct Observation: Sendable {
  /// How a trial ended.
  package enum End: Sendable, Hashable {
    /// It trained to its end.
    case complete
    /// It was ended early after a number of epochs.
    case pruned(epoch: Int)
    /// It has no result.
    case failed
  }

  /// The number of the trial, from 1.
  package let trial: Int
  /// Its point.
  package let point: SearchPoint
  /// Its result, of which smaller values are better; infinite without one.
  package let loss: Double
  /// How it ended.
  package let end: End

  package init(trial: Int, point: SearchPoint, loss: Double, end: End) {
    self.trial = trial
    self.point = point
    self.loss = loss
    self.end = end
  }
}

/// A method that chooses the points of a search.
///
/// A point depends only on the seed, the trial's number and the results of earlier rounds, so that
/// a search can be repeated and continued.
package protocol Sampler: Sendable {
  /// The point of a trial; nil if there are no more points.
  ///
  /// - Parameters:
  ///   - trial: The number of the trial, from 1.
  ///   - observations: The results of the trials of earlier rounds, in the order of their numbers.
  ///   - pending: The points of this round and the last that have been chosen before.
  func point(
    ofTrial trial: Int, after observations: [Observation], pending: [SearchPoint]
  ) -> SearchPoint?
}

extension SamplerOptions {
  /// The sampler.
  ///
  /// - Parameters:
  ///   - space: The parameters.
  ///   - seed: The seed of random numbers.
  /// - Throws: `NNError` for a space that the method cannot sample.
  package func sampler(of space: SearchSpace, seed: UInt64) throws(NNError) -> any Sampler {
    switch self {
    case .grid: try GridSampler(space)
    case .random: RandomSampler(space, seed: seed)
    case .tpe(let startup, let candidates):
      TPESampler(space, seed: seed, startup: startup, candidates: candidates)
    case .sobol: try SobolSampler(space, seed: seed)
    }
  }
}

/// The streams of random numbers of a search, apart from those of training.
enum SearchStream {
  /// Points at random; plus the index of the parameter.
  static let points: UInt32 = 0x5EA0_0000
  /// The candidates of estimators; plus the index of the parameter.
  static let candidates: UInt32 = 0x5EA1_0000
  /// The shift of a Sobol sequence; plus the index of the parameter.
  static let shifts: UInt32 = 0x5EA2_0000
  /// The seeds of trials.
  static let seeds: UInt32 = 0x5EA3_0000
  /// The trees that measure importance.
  static let forest: UInt32 = 0x5EA4_0000
  /// The seeds of runs that are repeated.
  static let repeatedSeeds: UInt32 = 0x5EA5_0000
}
