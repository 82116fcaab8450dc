import NNCore
import NNTraining

/// The points of a Sobol sequence, each coordinate with a random shift modulo 1.
struct SobolSampler: Sampler {
  private let space: SearchSpace
  private let sequence: SobolSequence
  private let shifts: [UInt32]

  /// - Throws: `NNError` for more parameters than there are direction numbers.
  init(_ space: SearchSpace, seed: UInt64) throws(NNError) {
    self.space = space
    let count = space.parameters.count
    guard count <= SobolLimit.dimensions else {
      throw .invalid(
        "`sobol` is possible for up to \(SobolLimit.dimensions) parameters, and there are \(count)",
        at: "search.method", hint: "use random or tpe")
    }
    sequence = SobolSequence(dimensions: count)
    shifts = (0..<count).map { index in
      Philox(seed: seed, stream: SearchStream.shifts + UInt32(index)).bits(0)
    }
  }

  func point(
    ofTrial trial: Int, after observations: [Observation], pending: [SearchPoint]
  ) -> SearchPoint? {
    let bits = sequence.bits(at: UInt32(trial - 1))
    return space.point { index, domain in
      domain.value(at: Double(bits[index] &+ shifts[index]) * 0x1p-32)
    }
  }
}
