import NNCore
import NNTraining

/// The tree-structured Parzen estimator (Bergstra, Bardenet, Bengio, Kégl, "Algorithms for
/// hyper-parameter optimization", 2011) with the rules of Optuna 5 for one objective and
/// independent parameters.
///
/// The results are divided into the best min(⌈n/10⌉, 25) and the others. For each parameter an
/// estimator of both parts is made of the trials that have it; of some candidates from that of the
/// best, the one with the largest ratio of the two densities is the value. Points of this round and
/// the last count among the others (Optuna's `constant_liar`), so that a round explores different regions.
/// The random numbers differ from Optuna's, and trials without a result count as the worst, where
/// Optuna forgets them.
struct TPESampler: Sampler {
  private let space: SearchSpace
  private let seed: UInt64
  private let startup: Int
  private let candidates: Int
  private let random: RandomSampler

  init(_ space: SearchSpace, seed: UInt64, startup: Int, candidates: Int) {
    self.space = space
    self.seed = seed
    self.startup = startup
    self.candidates = candidates
    random = RandomSampler(space, seed: seed)
  }

  func point(
    ofTrial trial: Int, after observations: [Observation], pending: [SearchPoint]
  ) -> SearchPoint? {
    guard observations.count >= startup else {
      return random.point(ofTrial: trial, after: observations, pending: pending)
    }
    let (below, above) = ParzenEstimator.split(observations)
    return space.point { index, domain in
      func estimator(_ points: [SearchPoint]) -> ParzenEstimator {
        ParzenEstimator(points.compactMap { $0.values[index]?.coordinate }, of: domain)
      }
      let good = estimator(below.map(\.point))
      let bad = estimator(above.map(\.point) + pending)
      let random = Philox(
        seed: seed, stream: SearchStream.candidates + UInt32(index), step: UInt32(trial))
      let drawn = (0..<candidates).map { candidate in
        good.value(
          kernel: random.preciseUniform(2 * candidate),
          quantile: random.preciseUniform(2 * candidate + 1))
      }
      return ParzenEstimator.best(of: drawn, good, bad)
    }
  }
}
