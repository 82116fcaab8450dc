package import NNCore

extension HostTensor {
  /// Uniform random numbers that depend only on the seed and the index of the element.
  ///
  /// Floating-point numbers are in the range, rounded to Float32 so that both precisions get the
  /// same; integers are drawn from its integers, both ends included.
  package static func random(
    _ shape: Shape, dtype: DType = .float64, seed: UInt64 = 1,
    in range: ClosedRange<Double> = -1...1
  ) -> HostTensor {
    let generator = Philox(seed: seed)
    let span = range.upperBound - range.lowerBound
    return HostTensor(
      doubles: (0..<shape.elementCount).map { index in
        dtype.isFloatingPoint
          ? Double(Float(range.lowerBound + span * generator.uniform(index)))
          : range.lowerBound + Double(generator.integer(index, below: Int(span) + 1))
      }, shape: shape, dtype: dtype)
  }

  /// Standard normal random numbers, rounded to Float32, times a scale.
  package static func normal(
    _ shape: Shape, dtype: DType = .float64, seed: UInt64 = 1, scale: Double = 1
  ) -> HostTensor {
    let generator = Philox(seed: seed)
    return HostTensor(
      doubles: (0..<shape.elementCount).map { Double(Float(scale * generator.normal($0))) },
      shape: shape, dtype: dtype)
  }

  /// Random class labels 0..<classes.
  package static func labels(
    _ shape: Shape, classes: Int, dtype: DType = .int64, seed: UInt64 = 1
  ) -> HostTensor {
    random(shape, dtype: dtype, seed: seed, in: 0...Double(classes - 1))
  }

  /// Numbers that are critical for kernels, mixed with normal ones.
  ///
  /// Among them: zeros of both signs, equal neighbours, numbers around ±1, the borders of exp and
  /// tanh, tiny, denormal and large numbers; with `includingNonFinite` also infinities and NaN.
  package static func spiky(
    _ shape: Shape, dtype: DType = .float64, seed: UInt64 = 1, includingNonFinite: Bool = false
  ) -> HostTensor {
    let generator = Philox(seed: seed)
    let spikes = finiteSpikes + (includingNonFinite ? [.nan, .infinity, -.infinity] : [])
    return HostTensor(
      doubles: (0..<shape.elementCount).map { index in
        // Every spike appears once, then every third element is one of them.
        if index < spikes.count { return spikes[index] }
        return index % 3 == 0
          ? spikes[generator.integer(index, below: spikes.count)]
          : Double(Float(generator.normal(index)))
      }, shape: shape, dtype: dtype)
  }

  private static let finiteSpikes: [Double] = {
    let magnitudes: [Float] = [
      0x1p-149, 0x1p-126, 1e-30, 1e-8, 1e-4, 0.5, 0x1.fffffep-1, 0x1.000002p0, 3, 9.5, 20, 88.5,
      89, 104, 1e4, 1e18,
    ]
    return [0, -0.0, 1, 1, 1] + magnitudes.flatMap { [Double($0), -Double($0)] }
  }()
}
