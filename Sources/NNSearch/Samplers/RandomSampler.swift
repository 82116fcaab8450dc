import NNCore
import NNTraining

/// Independent random points, uniform on the scale of each parameter.
struct RandomSampler: Sampler {
  private let space: SearchSpace
  private let seed: UInt64

  init(_ space: SearchSpace, seed: UInt64) {
    self.space = space
    self.seed = seed
  }

  func point(
    ofTrial trial: Int, after observations: [Observation], pending: [SearchPoint]
  ) -> SearchPoint? {
    space.point { index, domain in
      let random = Philox(
        seed: seed, stream: SearchStream.points + UInt32(index), step: UInt32(trial))
      return domain.value(at: random.preciseUniform(0))
    }
  }
}
