package import NNCore

/// The mean of saliency over noisy copies of x (captum's `NoiseTunnel` around `Saliency`).
///
/// Source: Smilkov, Thorat, Kim, Viégas, Wattenberg, "SmoothGrad: removing noise by adding noise",
/// 2017.
package struct SmoothGrad: ExplanationMethod {
  package static let name = "smoothgrad"
  package static let summary = "The mean of saliency over copies of x with noise."
  package let isAdditive = false

  private let samples: Int
  private let deviation: Double
  private let seed: UInt64

  package init(
    _ options: ExplanationOptions, for network: ExplainedNetwork
  ) throws(NNError) {
    guard (1...10_000).contains(options.samples) else {
      throw .invalid("smoothgrad takes 1 to 10000 samples, got \(options.samples)")
    }
    guard options.deviation > 0, options.deviation.isFinite else {
      throw .invalid("smoothgrad takes noise of a positive deviation, got \(options.deviation)")
    }
    samples = options.samples
    deviation = options.deviation
    seed = options.seed
  }

  package func attributions(
    _ network: ExplainedNetwork, _ rows: ExplainedRows, choices: [Int]
  ) throws(NNError) -> [Double] {
    let count = rows.numbers.count
    let noise = (0..<samples).map { sample in
      let generator = Philox(seed: seed, stream: UInt32(sample))
      return (0..<count).map { generator.normal($0) * deviation }
    }
    return try Self.attributions(network, rows, choices: choices, noise: noise)
  }

  /// The mean of saliency over given noises in the layout of the rows.
  package static func attributions(
    _ network: ExplainedNetwork, _ rows: ExplainedRows, choices: [Int], noise: [[Double]]
  ) throws(NNError) -> [Double] {
    var means = [Double](repeating: 0, count: rows.numbers.count)
    for one in noise {
      let noisy = rows.replacing(zip(rows.numbers, one).map { $0 + $1 })
      let gradients = try network.gradients(noisy, choices: choices)
      for index in means.indices { means[index] += gradients[index].magnitude }
    }
    return means.map { $0 / Double(noise.count) }
  }
}
