package import NNCore

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// Random perturbations of examples that depend only on the seed, the draw and the number of each
/// example in its data set: not on batches or threads.
package struct RandomPerturbation: Sendable {
  private let generator: Philox

  /// The stream of random numbers of attacks.
  private static let stream: UInt32 = 0x4154_0001

  /// Creates the perturbations of one draw.
  ///
  /// - Parameters:
  ///   - seed: The seed.
  ///   - draw: The number of the draw: a restart, a training step.
  package init(seed: UInt64, draw: Int) {
    generator = Philox(
      seed: seed, stream: Self.stream, step: UInt32(truncatingIfNeeded: draw))
  }

  /// Inputs at random places in the balls around the clean ones: uniform in the ball of the norm,
  /// then clipped to the data's range.
  package func start(
    of batch: AttackBatch, norm: PerturbationNorm, radius: Double
  ) -> HostTensor {
    moved(batch) { row, width in
      switch norm {
      case .linf:
        (0..<width).map { radius * (2 * generator.preciseUniform(row * width + $0) - 1) }
      case .l2:
        // The volume inside a radius r grows like r^width.
        direction(
          row, width,
          length: radius * pow(uniform(ofRow: row), 1 / Double(width)))
      }
    }
  }

  /// Inputs with noise of a given size: uniform in ±radius for `linf`; normal, scaled to the norm
  /// `radius`, for `l2`; then clipped to the data's range.
  package func noise(
    of batch: AttackBatch, norm: PerturbationNorm, radius: Double
  ) -> HostTensor {
    guard norm == .l2 else { return start(of: batch, norm: norm, radius: radius) }
    return moved(batch) { row, width in direction(row, width, length: radius) }
  }

  /// Inputs with normal noise of a standard deviation, clipped to the data's range.
  package func gaussian(of batch: AttackBatch, deviation: Double) -> HostTensor {
    moved(batch) { row, width in
      (0..<width).map { deviation * generator.normal(row * width + $0) }
    }
  }

  /// A vector of a given length in a random direction.
  private func direction(_ row: Int, _ width: Int, length: Double) -> [Double] {
    let numbers = (0..<width).map { generator.normal(row * width + $0) }
    let norm = numbers.reduce(0) { $0 + $1 * $1 }.squareRoot()
    return numbers.map { norm > 0 ? $0 * (length / norm) : 0 }
  }

  /// A number in 0..<1 of another stream for each example.
  private func uniform(ofRow row: Int) -> Double {
    Philox(seed: generator.seed, stream: generator.stream &+ 1, step: generator.step)
      .preciseUniform(row)
  }

  private func moved(
    _ batch: AttackBatch, by perturbation: (_ row: Int, _ width: Int) -> [Double]
  ) -> HostTensor {
    let clean = batch.clean
    let width = clean.elementCount / max(1, batch.count)
    var numbers = clean.doubles
    let (low, high) = (batch.low.doubles, batch.high.doubles)
    for (position, row) in batch.rows.enumerated() {
      for (element, change) in perturbation(row, width).enumerated() {
        let index = position * width + element
        numbers[index] = min(max(numbers[index] + change, low[index]), high[index])
      }
    }
    return HostTensor(doubles: numbers, shape: clean.shape, dtype: clean.dtype)
  }
}
