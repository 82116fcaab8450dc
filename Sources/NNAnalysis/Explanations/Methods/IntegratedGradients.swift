package import NNCore

/// (x − x₀) · ∫₀¹ ∂f/∂x (x₀ + t(x − x₀)) dt, whose sum is f(x) − f(x₀) (captum's
/// `IntegratedGradients` with Gauss–Legendre quadrature).
///
/// Source: Sundararajan, Taly, Yan, "Axiomatic attribution for deep networks", ICML 2017.
package struct IntegratedGradients: ExplanationMethod {
  package static let name = "integrated_gradients"
  package static let summary =
    "The gradient along the way from the baseline to x, times x − baseline; adds up to the "
    + "difference of the scores."
  package let isAdditive = true

  private let rule: GaussLegendre
  private let baseline: Double

  package init(
    _ options: ExplanationOptions, for network: ExplainedNetwork
  ) throws(NNError) {
    guard (1...10_000).contains(options.steps) else {
      throw .invalid("integrated_gradients takes 1 to 10000 steps, got \(options.steps)")
    }
    rule = GaussLegendre(options.steps)
    baseline = options.baseline
  }

  package func attributions(
    _ network: ExplainedNetwork, _ rows: ExplainedRows, choices: [Int]
  ) throws(NNError) -> [Double] {
    let (base, width) = (rows.filled(with: baseline).numbers, rows.width)
    var attributions: [Double] = []
    attributions.reserveCapacity(rows.numbers.count)
    for (row, choice) in choices.enumerated() {
      let start = Array(base[row * width..<(row + 1) * width])
      let own = zip(rows.numbers[row * width..<(row + 1) * width], start).map { $0 - $1 }
      // All nodes of a row are one batch.
      let path = rows.copies(
        of: row, rule.nodes.flatMap { node in zip(start, own).map { $0 + node * $1 } })
      let gradients = try network.gradients(
        path, choices: [Int](repeating: choice, count: rule.nodes.count))
      var means = [Double](repeating: 0, count: width)
      for (node, weight) in rule.weights.enumerated() {
        for index in 0..<width { means[index] += weight * gradients[node * width + index] }
      }
      attributions += zip(own, means).map { $0 * $1 }
    }
    return attributions
  }
}
