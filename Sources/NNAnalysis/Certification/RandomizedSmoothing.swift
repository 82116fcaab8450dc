public import NNCore
public import NNData
import NNGraph
import NNLayers
import NNLosses
public import NNTraining

/// Certified robustness of the smoothed classifier: the class that a network predicts most often for
/// an input with normal noise of standard deviation σ.
///
/// Of n noisy copies k are predicted as the most frequent class of n₀ others. With the lower bound p of
/// that class's probability (Clopper and Pearson), the smoothed classifier predicts the class for every
/// input whose Euclidean distance is below σ·Φ⁻¹(p), with confidence 1 − α; for p ≤ ½ it abstains.
///
/// The certificate is one of the network with noise in real numbers; a sum of floating-point numbers
/// rounds noise, which the proof does not cover.
///
/// Source: Cohen, Rosenfeld, Kolter, "Certified adversarial robustness via randomized smoothing", ICML
/// 2019.
public struct RandomizedSmoothing: Sendable {
  /// The result for one example.
  public struct Certificate: Sendable, Hashable {
    /// The example's number in the data set.
    public let row: Int
    /// The true class.
    public let label: Int
    /// The predicted class; nil where the classifier abstains.
    public let predicted: Int?
    /// The radius in which the prediction is certain, in the unit of raw inputs; 0 where it abstains.
    public let radius: Double
  }

  /// σ, in the unit of raw inputs.
  public let deviation: Double
  /// n, the number of noisy copies from which the probability is estimated.
  public let samples: Int
  /// α, the probability that a certificate is wrong.
  public let alpha: Double
  /// The certificate of each example.
  public let certificates: [Certificate]

  /// The share of examples that are predicted correctly with at least a radius.
  public func accuracy(atRadius radius: Double) -> Double {
    let count = certificates.count { $0.predicted == $0.label && $0.radius >= radius }
    return Double(count) / Double(max(1, certificates.count))
  }

  /// The share of examples for which the classifier abstains.
  public var abstained: Double {
    Double(certificates.count { $0.predicted == nil }) / Double(max(1, certificates.count))
  }

  /// The number of noisy copies that choose the class; 100, as Cohen et al.
  static let choiceSamples = 100
  /// The number of noisy copies in a batch.
  private static let batchSize = 100

  /// Certifies examples.
  ///
  /// - Parameters:
  ///   - model: A classifier with one input of numbers.
  ///   - dataset: Data like those that it was trained on.
  ///   - deviation: σ, in the unit of raw inputs, with which the network should have been trained.
  ///   - samples: n; 10,000 by default.
  ///   - alpha: α; 0.001 by default.
  ///   - examples: The number of examples, the first ones; nil (default) for all.
  ///   - seed: The seed of the noise; 1 by default.
  ///   - onProgress: Receives the number of examples that are done.
  /// - Throws: `NNError` for a network that does not predict one class for each example, for several
  ///   inputs, tokens or lengths, and for options out of range.
  public static func certify(
    _ model: TrainedModel, on dataset: Dataset, deviation: Double, samples: Int = 10_000,
    alpha: Double = 0.001, examples: Int? = nil, seed: UInt64 = 1,
    onProgress: (Int) -> Void = { _ in }
  ) throws(NNError) -> RandomizedSmoothing {
    guard deviation > 0, deviation.isFinite else {
      throw .invalid("sigma is \(deviation), expected a number above 0")
    }
    guard alpha > 0, alpha < 1 else {
      throw .invalid("alpha is \(alpha), expected a number above 0 and below 1")
    }
    let needed = BinomialBound.trials(above: 0.5, alpha: alpha)
    guard samples >= needed else {
      throw .invalid(
        "n is \(samples), with which nothing can be certified at alpha \(alpha)",
        hint: "take at least \(needed), better 10000")
    }
    let batches = try ClassBatches.of(dataset, for: model, count: examples)
    try InputRange(of: dataset).require(deviation: deviation, at: dataset.name)
    let votes = try NoisyVotes(model, deviation: deviation, batchSize: batchSize)
    var certificates: [Certificate] = []
    for batch in batches {
      let labels = batch.targets.values.scalars(as: Int32.self)
      for (position, row) in batch.rows.enumerated() {
        let input = batch.clean.rows(position..<position + 1)
        // Each example has a seed of its own, so that results do not depend on how many there are.
        let own = seed &+ UInt64(row) &* 0x9E37_79B9_7F4A_7C15
        let first = try votes.count(input, samples: choiceSamples, seed: own, firstDraw: 0)
        let chosen = first.indices.reduce(0) { first[$1] > first[$0] ? $1 : $0 }
        let counts = try votes.count(input, samples: samples, seed: own, firstDraw: 1)
        let bound = BinomialBound.lower(successes: counts[chosen], of: samples, alpha: alpha)
        certificates.append(
          Certificate(
            row: row, label: Int(labels[position]), predicted: bound > 0.5 ? chosen : nil,
            radius: bound > 0.5 ? deviation * StandardNormal.quantile(bound) : 0))
        onProgress(certificates.count)
      }
    }
    return RandomizedSmoothing(
      deviation: deviation, samples: samples, alpha: alpha, certificates: certificates)
  }
}

/// The examples of a classifier of one class for each example.
enum ClassBatches {
  /// - Throws: `NNError` if the network does not predict one class for each example, or has several
  ///   inputs, tokens or lengths.
  static func of(
    _ dataset: Dataset, for model: TrainedModel, count: Int?
  ) throws(NNError) -> [AttackBatch] {
    guard model.signature.vocabulary == nil, model.signature.example.count == 1 else {
      throw .invalid(
        "certificates exist for networks with one input of numbers, without lengths",
        hint: "use a network of images or of a table")
    }
    guard model.meaning().prediction?.isClasses ?? false else {
      throw .invalid("certificates exist for networks that predict one of several classes")
    }
    let batches = try model.attackBatches(
      of: dataset, losses: [LossTerm(CrossEntropy())], count: count
    ).batches
    guard
      batches.allSatisfy({ $0.targets.values.dtype == .int32 && $0.targets.values.shape.rank == 1 })
    else { throw .invalid("certificates need one class label for each example", at: dataset.name) }
    return batches
  }
}

/// Counts the classes that a network predicts for noisy copies of an input.
private final class NoisyVotes {
  private let function: Function
  private let classCount: Int
  private let batchSize: Int

  init(_ model: TrainedModel, deviation: Double, batchSize: Int) throws(NNError) {
    self.batchSize = batchSize
    let source = try NetworkSource(model)
    let graph = Graph()
    let example = model.signature.example
    let type = example.values
    let input = graph.input(
      Self.input, TensorType(Shape([1] + type.shape.dimensions), type.dtype))
    let state = graph.input(Self.random, TensorType([2], .int64))
    let shape = Shape([batchSize] + type.shape.dimensions)
    let noise = graph.randomNormal(TensorType(shape, type.dtype), state: state)
    let noisy = input.broadcast(to: shape) + noise * deviation
    let network = RawNetwork(source, raw: Ports(named: [(example.names[0], noisy)])).network
    try graph.validate()
    guard network.value.shape.rank == 2 else {
      throw .invalid("certificates need one class for each example")
    }
    classCount = network.value.shape[1]
    function = try Function(
      graph, outputs: [(name: Self.output, value: network.value)], variables: source.variables)
  }

  private static let input = "raw"
  private static let random = "random"
  private static let output = "scores"

  /// The number of copies that are predicted as each class.
  ///
  /// - Parameter firstDraw: The number of the first batch, on which random numbers depend.
  func count(
    _ input: HostTensor, samples: Int, seed: UInt64, firstDraw: Int
  ) throws(NNError) -> [Int] {
    try function.write(Self.input, input)
    var counts = [Int](repeating: 0, count: classCount)
    for (draw, start) in stride(from: 0, to: samples, by: batchSize).enumerated() {
      try function.write(
        Self.random, HostTensor([Int64(bitPattern: seed), Int64(firstDraw + draw)]))
      try function.run()
      let classes = CorrectShares.classes(try function.read(Self.output))
      for predicted in classes.prefix(samples - start) { counts[predicted] += 1 }
    }
    return counts
  }
}
