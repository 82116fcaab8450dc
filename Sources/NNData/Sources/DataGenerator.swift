public import NNCore

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// Small synthetic data sets, always the same for the same options.
///
/// The shapes are those of scikit-learn's `make_circles` (factor 0.5), `make_moons` and
/// `make_blobs`.
public struct DataGenerator: Sendable, Hashable {
  /// The kinds of data sets; inputs are [N, 2] and targets labels [N], except for `sine`: [N, 1]
  /// and [N, 1].
  public enum Kind: String, Sendable, Hashable, CaseIterable {
    /// Exclusive or: the four corners of the unit square, repeated.
    case xor
    /// And: the four corners of the unit square, repeated.
    case and
    /// Or: the four corners of the unit square, repeated.
    case or
    /// A circle of radius 1 (class 0) around one of radius 0.5 (class 1).
    case circles
    /// Two interleaving half circles.
    case moons
    /// Spiral arms that start at the origin, one per class.
    case spirals
    /// Isotropic Gaussian clusters with centres drawn from −10…10, one per class.
    case blobs
    /// y = sin x at evenly spaced x from −π to π.
    case sine
  }

  /// The kind of data set.
  public var kind: Kind
  /// The number of examples. Default: 4 for gates, else 100.
  public var samples: Int
  /// The standard deviation of the noise added to each input (for `sine`, to the target). Default:
  /// 0; for `blobs` 1, the standard deviation of a cluster.
  public var noise: Double
  /// The number of classes of `blobs` (default 3) and `spirals` (default 2); 2 for all others.
  public var classes: Int
  /// The seed of noise, centres and order. Default: 0.
  public var seed: UInt64
  /// Distinguishes several samples from the same distribution, such as training (0, the default),
  /// validation and test: other noise and order, the same centres.
  public var part: UInt32

  /// Creates a generator; options that are not given have the default of the kind.
  ///
  /// - Throws: `NNError` when a number is out of range or the kind has a fixed number of classes.
  public init(
    _ kind: Kind, samples: Int? = nil, noise: Double? = nil, classes: Int? = nil, seed: UInt64 = 0,
    part: UInt32 = 0
  ) throws(NNError) {
    let place = kind.rawValue
    self.kind = kind
    self.samples = samples ?? kind.samples
    self.noise = noise ?? kind.noise
    self.classes = classes ?? kind.classes
    self.seed = seed
    self.part = part
    guard (1...Self.largestSampleCount).contains(self.samples) else {
      throw .invalid(
        "samples must lie between 1 and \(Self.largestSampleCount), not be \(self.samples)",
        at: place)
    }
    guard self.noise >= 0, self.noise.isFinite else {
      throw .invalid("noise must be finite and at least 0, not be \(self.noise)", at: place)
    }
    guard classes == nil || kind.classesVary else {
      throw .invalid("has no option classes; blobs and spirals have", at: place)
    }
    guard (1...self.samples).contains(self.classes) || classes == nil else {
      throw .invalid(
        "classes must lie between 1 and the \(self.samples) samples, not be \(self.classes)",
        at: place)
    }
  }

  /// The largest number of examples; larger data sets belong in a file.
  private static let largestSampleCount = 10_000_000

  /// Makes the data set.
  ///
  /// - Returns: Inputs in float64; gates and `sine` in the order of their formula, all others
  ///   shuffled.
  public func make() throws(NNError) -> Dataset {
    if kind == .sine {
      let x = spaced(samples, from: -.pi, through: .pi)
      let y = x.enumerated().map { sin($1) + noise * normal($0) }
      return try Dataset(
        name: kind.rawValue, inputs: HostTensor(x, shape: [samples, 1]),
        targets: HostTensor(y, shape: [samples, 1]))
    }
    var points = self.points
    if !kind.isGate {
      let order = Philox(seed: seed, stream: RandomStream.generatorOrder, step: part).permutation(
        samples)
      points = order.map { points[$0] }
    }
    let inputs = points.enumerated().flatMap { row, point in
      [point.x + noise * normal(2 * row), point.y + noise * normal(2 * row + 1)]
    }
    return try Dataset(
      name: kind.rawValue, inputs: HostTensor(inputs, shape: [samples, 2]),
      targets: HostTensor(points.map { Int32($0.label) }))
  }

  private typealias Point = (x: Double, y: Double, label: Int)

  /// The points before shuffling and noise, class by class.
  private var points: [Point] {
    switch kind {
    case .sine: return []
    case .xor, .and, .or:
      return (0..<samples).map { row in
        let (a, b) = (row / 2 % 2, row % 2)
        let label = kind == .xor ? a ^ b : kind == .and ? a & b : a | b
        return (Double(a), Double(b), label)
      }
    case .circles:
      return circle(samples / 2, radius: 1, label: 0)
        + circle(samples - samples / 2, radius: 0.5, label: 1)
    case .moons:
      let outer = spaced(samples / 2, from: 0, through: .pi)
      let inner = spaced(samples - samples / 2, from: 0, through: .pi)
      return outer.map { (cos($0), sin($0), 0) } + inner.map { (1 - cos($0), 0.5 - sin($0), 1) }
    case .spirals:
      return classSizes.enumerated().flatMap { label, count in
        spaced(count, from: 0, through: 1).map { radius in
          let angle = 4 * radius + 2 * .pi * Double(label) / Double(classes)
          return (radius * sin(angle), radius * cos(angle), label)
        }
      }
    case .blobs:
      let random = Philox(seed: seed, stream: RandomStream.generatorCenters)
      return classSizes.enumerated().flatMap { label, count in
        let x = 20 * random.preciseUniform(2 * label) - 10
        let y = 20 * random.preciseUniform(2 * label + 1) - 10
        return [Point](repeating: (x, y, label), count: count)
      }
    }
  }

  /// Examples per class: the first classes have one more when the number does not divide evenly.
  private var classSizes: [Int] {
    (0..<classes).map { samples / classes + ($0 < samples % classes ? 1 : 0) }
  }

  private func circle(_ count: Int, radius: Double, label: Int) -> [Point] {
    (0..<count).map { index in
      let angle = 2 * Double.pi * Double(index) / Double(count)
      return (radius * cos(angle), radius * sin(angle), label)
    }
  }

  private func spaced(_ count: Int, from first: Double, through last: Double) -> [Double] {
    guard count > 1 else { return [Double](repeating: first, count: count) }
    return (0..<count).map { first + (last - first) * Double($0) / Double(count - 1) }
  }

  private func normal(_ index: Int) -> Double {
    guard noise != 0 else { return 0 }
    return Philox(seed: seed, stream: RandomStream.generatorNoise, step: part).normal(index)
  }
}

extension DataGenerator.Kind {
  /// The default number of examples.
  public var samples: Int { isGate ? 4 : 100 }
  /// The default noise.
  public var noise: Double { self == .blobs ? 1 : 0 }
  /// The default number of classes.
  public var classes: Int { self == .blobs ? 3 : 2 }
  /// Whether the number of classes is an option.
  public var classesVary: Bool { self == .blobs || self == .spirals }

  /// Whether it is one of the logical functions of two inputs.
  var isGate: Bool { [.xor, .and, .or].contains(self) }
}
