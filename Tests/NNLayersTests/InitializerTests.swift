import NNCore
import NNGraph
import NNLayers
import NNTestSupport
import Testing

@Suite struct InitializerTests {
  private func moments(_ numbers: [Double]) -> (mean: Double, variance: Double) {
    let count = Double(numbers.count)
    let mean: Double = numbers.reduce(0, +) / count
    let squares: Double = numbers.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
    return (mean, squares / count)
  }

  @Test func constantsFill() throws {
    #expect(try Initializer.zeros.values(shape: [2, 2], seed: 1) == [0, 0, 0, 0])
    #expect(try Initializer.ones.values(shape: [3], seed: 1) == [1, 1, 1])
    #expect(try Initializer.constant(0.25).values(shape: [], seed: 1) == [0.25])
    #expect(try Initializer.ones.values(shape: [0, 4], seed: 1).isEmpty)
  }

  @Test func fansFollowTheShape() {
    #expect(Fan(weightShape: [5, 7]) == Fan(inputs: 7, outputs: 5))
    #expect(Fan(weightShape: [6, 3, 3, 2]) == Fan(inputs: 18, outputs: 36))
    #expect(Fan(weightShape: [9]) == Fan(inputs: 9, outputs: 9))
  }

  @Test func uniformStaysInRangeAndFillsIt() throws {
    let numbers = try Initializer.uniform(-2, 6).values(shape: [10_000], seed: 3)
    #expect(numbers.allSatisfy { $0 >= -2 && $0 < 6 })
    let mean: Double = numbers.reduce(0, +) / 10_000
    // Five standard deviations of the mean: 5 · 8/√12/100.
    #expect(abs(mean - 2) < 0.1155)
    #expect(numbers.contains { $0 < -1.99 } && numbers.contains { $0 > 5.99 })
  }

  @Test func normalHasItsMoments() throws {
    let numbers = try Initializer.normal(mean: 3, std: 0.5).values(shape: [10_000], seed: 3)
    let (mean, variance) = moments(numbers)
    #expect(abs(mean - 3) < 0.025)
    #expect(abs(variance.squareRoot() - 0.5) < 0.02)
  }

  /// A normal distribution truncated at ±1σ has variance 1 − 2φ(1)/(2Φ(1) − 1) = 0.29112;
  /// at σ = 2 four times that.
  @Test func truncatedNormalHasItsMomentsAndLimits() throws {
    let numbers = try Initializer.truncatedNormal(mean: 1, std: 2, low: -1, high: 3)
      .values(shape: [20_000], seed: 3)
    #expect(numbers.allSatisfy { (-1...3).contains($0) })
    let (mean, variance) = moments(numbers)
    #expect(abs(mean - 1) < 0.04)
    #expect(abs(variance - 1.16448) < 0.03)
    // Far in a tail, which one number in 3.5 million reaches without truncation.
    let tail = try Initializer.truncatedNormal(low: 5, high: 6).values(shape: [100], seed: 1)
    #expect(tail.allSatisfy { (5...6).contains($0) })
    #expect(Set(tail).count == 100)
  }

  /// Means of the distribution between limits far from the mean: (φ(a) − φ(b))/(Q(a) − Q(b)),
  /// computed to 30 digits; five standard deviations of the mean are allowed.
  @Test(
    arguments: [
      (9, 10, 9.108_456_29), (-10, -9, -9.108_456_29), (9, .infinity, 9.108_523_11),
      (50, 51, 50.019_984_03), (-1000, -300, -300.003_333_26), (5.5, 5.6, 5.545_400_09),
    ] as [(low: Double, high: Double, mean: Double)])
  func truncatedNormalReachesTheTail(low: Double, high: Double, mean: Double) throws {
    let numbers = try Initializer.truncatedNormal(low: low, high: high)
      .values(shape: [20_000], seed: 3)
    #expect(numbers.allSatisfy { $0 >= low && $0 <= high })
    #expect(Set(numbers).count > 19_900)
    let (found, variance) = moments(numbers)
    #expect(abs(found - mean) < 5 * (variance / 20_000).squareRoot(), "\(found)")
  }

  /// Only (low − mean)/std matters: with a σ of 1e20 the density is flat, with one of 1e-300 all
  /// numbers are the nearest limit, or the mean.
  @Test func truncatedNormalTakesAnyDeviation() throws {
    let scaled = try Initializer.truncatedNormal(mean: 1, std: 0.1, low: 2, high: 3)
      .values(shape: [1000], seed: 1)
    #expect(scaled.allSatisfy { $0 >= 2 && $0 < 2.2 })
    let flat = try Initializer.truncatedNormal(std: 1e20).values(shape: [20_000], seed: 1)
    let (mean, variance) = moments(flat)
    #expect(abs(mean) < 0.041 && abs(variance - 4.0 / 3) < 0.05)
    let narrowest = Double.leastNonzeroMagnitude
    for (std, centre, number) in [(1e-300, 5.0, 2.0), (narrowest, -5, -2), (1e-300, 1, 1)] {
      let narrow = try Initializer.truncatedNormal(mean: centre, std: std)
        .values(shape: [100], seed: 1)
      #expect(narrow.allSatisfy { $0 == number }, "\(std), \(centre): \(narrow[0])")
    }
  }

  @Test func initialValuesThatAreNotFiniteNameTheInitializer() throws {
    func initialize(_ initializer: Initializer, _ dtype: DType = .float32) throws {
      let model = Model { Dense(2, weightInitializer: initializer) }
      _ = try model.layout(input: TensorType([1, 3], dtype)).initialize(seed: 1)
    }
    expectError("constant(1e+39) returned inf for `0.weight` [2, 3], float32", "3.4e38") {
      try initialize(.constant(1e39))
    }
    expectError("normal(mean: 0.0, std: 1e+200)", "float32") { try initialize(.normal(std: 1e200)) }
    expectError("uniform(-1e+308, 1e+308)", "float64", "1.8e308") {
      try initialize(.uniform(-1e308, 1e308), .float64)
    }
    try initialize(.constant(3e38))
    try initialize(.constant(1e39), .float64)
  }

  @Test(arguments: [[5, 3], [3, 5], [4, 4], [6, 2, 3, 3], [1, 7], [7, 1]])
  func orthogonalRowsOrColumns(extents: [Int]) throws {
    let rows = extents[0]
    let columns = extents.dropFirst().reduce(1, *)
    let numbers = try Initializer.orthogonal(gain: 2).values(shape: Shape(extents), seed: 4)
    let (long, short) = (max(rows, columns), min(rows, columns))
    func element(_ vector: Int, _ index: Int) -> Double {
      rows >= columns ? numbers[index * columns + vector] : numbers[vector * columns + index]
    }
    var products: [Double] = []
    for left in 0..<short {
      for right in 0..<short {
        products.append(
          (0..<long).reduce(0.0) { sum, index in
            sum + element(left, index) * element(right, index)
          })
      }
    }
    let identity: [Double] = (0..<short * short).map { $0 / short == $0 % short ? 4 : 0 }
    expectClose(products, identity, Tolerance(relative: 1e-12, absolute: 1e-12))
    #expect(try Initializer.orthogonal(gain: 2).values(shape: Shape(extents), seed: 5) != numbers)
  }

  /// Without the sign convention, reflections make the first diagonal element always negative.
  @Test func orthogonalMatricesAreUnbiased() throws {
    let positive = try (0..<200).count {
      try Initializer.orthogonal().values(shape: [3, 3], seed: UInt64($0))[0] > 0
    }
    #expect(abs(positive - 100) < 36)
  }

  @Test func aLayerTakesInitializers() throws {
    let model = Model {
      Dense(2, weightInitializer: .constant(3), biasInitializer: .ones)
      Dense(
        1,
        weightInitializer: Initializer("ramp") { shape, _, _ in
          (0..<shape.elementCount).map(Double.init)
        }, biasInitializer: .zeros)
    }
    let tensors = try model.layout(input: TensorType([1, 2], .float64)).initialize(seed: 1)
    #expect(tensors["0.weight"]?.doubles == [3, 3, 3, 3])
    #expect(tensors["0.bias"]?.doubles == [1, 1])
    #expect(tensors["1.weight"]?.doubles == [0, 1])
  }

  /// The bias is drawn within the weight's bound, as in PyTorch.
  @Test func biasTakesItsWeightsFan() throws {
    let model = Model { Dense(4000) }
    let tensors = try model.layout(input: TensorType([1, 16], .float64)).initialize(seed: 1)
    let bias = try #require(tensors["0.bias"]).doubles
    #expect(bias.allSatisfy { abs($0) <= 0.25 })
    #expect(bias.contains { abs($0) > 0.249 })
  }

  @Test func anInitializersErrorReachesTheCaller() throws {
    let failing = Initializer("failing") { _, _, _ throws(NNError) in
      throw .invalid("no numbers here")
    }
    let layout = try Model { Dense(1, weightInitializer: failing) }
      .layout(input: TensorType([1, 2], .float32))
    expectError("no numbers here") { _ = try layout.initialize(seed: 1) }
  }
}
