import NNCore

/// The weights of a batch's examples, as divisors count them.
struct ExampleWeights {
  /// The weights, floating-point [N]; nil: 1 each.
  private let weights: HostTensor?

  init(_ weights: HostTensor?) { self.weights = weights }

  /// The sum over a batch's samples, of which each example has the same number: one, or one for
  /// each of its steps.
  func total(samples: Int) -> Double {
    weights == nil ? Double(samples) : sum(samples: samples) { _ in 1 }
  }

  /// Σ weight · share over a batch's samples.
  func sum(samples: Int, share: (_ sample: Int) -> Double) -> Double {
    guard let weights else { return (0..<samples).reduce(0) { $0 + share($1) } }
    let perExample = samples / max(1, weights.elementCount)
    func sum<Scalar: BinaryFloatingPoint>(_ weights: UnsafeBufferPointer<Scalar>) -> Double {
      var sum = 0.0
      for (example, weight) in weights.enumerated() {
        for sample in example * perExample..<(example + 1) * perExample {
          sum += Double(weight) * share(sample)
        }
      }
      return sum
    }
    return weights.dtype == .float64
      ? weights.withScalars(as: Double.self, sum) : weights.withScalars(as: Float.self, sum)
  }
}
