#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// Gauss–Legendre quadrature: ∫₀¹ f(t) dt ≈ Σ weight · f(node), exact for polynomials of a degree
/// below twice the number of nodes.
package struct GaussLegendre: Sendable {
  /// The nodes in 0…1, ascending.
  package let nodes: [Double]
  /// Their weights, whose sum is 1.
  package let weights: [Double]

  /// Computes the rule.
  ///
  /// - Parameter count: The number of nodes, at least 1.
  package init(_ count: Int) {
    var (nodes, weights) = (
      [Double](repeating: 0, count: count), [Double](repeating: 0, count: count)
    )
    for index in 0..<(count + 1) / 2 {
      // Newton's method from an approximation of the root of the Legendre polynomial.
      var root = cos(Double.pi * (Double(index) + 0.75) / (Double(count) + 0.5))
      var derivative = 1.0
      for _ in 0..<100 {
        var (value, previous) = (1.0, 0.0)
        for degree in 1...count {
          let next =
            (Double(2 * degree - 1) * root * value - Double(degree - 1) * previous)
            / Double(degree)
          (value, previous) = (next, value)
        }
        derivative = Double(count) * (root * value - previous) / (root * root - 1)
        let step = value / derivative
        root -= step
        if abs(step) < 1e-16 { break }
      }
      // Half of the rule on −1…1, whose weights add up to 2.
      let weight = 1 / ((1 - root * root) * derivative * derivative)
      (nodes[index], nodes[count - 1 - index]) = ((1 - root) / 2, (1 + root) / 2)
      (weights[index], weights[count - 1 - index]) = (weight, weight)
    }
    self.nodes = nodes
    self.weights = weights
  }
}
