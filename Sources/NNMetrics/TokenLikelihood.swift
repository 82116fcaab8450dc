public import NNCore
import NNText

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// The likelihood of the target tokens under a model: perplexity or bits.
///
/// Outputs [N, …, V] hold logits, or logarithms of probabilities, over V tokens along the last
/// axis; targets are labels [N, …]. With L = −Σ ln softmax(output) at the n labels that are not
/// ignored, in Float64:
///
/// | figure | value |
/// |---|---|
/// | `perplexity` | exp(L / n) |
/// | `bitsPerToken` | L / (n · ln 2) |
/// | `bitsPerCharacter` | L / (n · characters per token · ln 2) |
public struct TokenLikelihood: Metric {
  /// The quantity in which L is expressed.
  public enum Figure: Sendable, Hashable {
    /// The number of equally probable tokens that would have the same likelihood.
    case perplexity
    /// Bits per token.
    case bitsPerToken
    /// Bits per character of the text, with the average number of characters per token.
    case bitsPerCharacter(charactersPerToken: Double)
  }

  /// The quantity in which L is expressed.
  public let figure: Figure
  /// Labels of this value are ignored.
  public let ignoreIndex: Int
  private var likelihood = TextLikelihood()

  /// Creates a metric without examples.
  public init(_ figure: Figure, ignoreIndex: Int = -100) {
    self.figure = figure
    self.ignoreIndex = ignoreIndex
  }

  /// `perplexity`, `bits_per_token` or `bits_per_character`
  public var name: String {
    switch figure {
    case .perplexity: "perplexity"
    case .bitsPerToken: "bits_per_token"
    case .bitsPerCharacter: "bits_per_character"
    }
  }
  /// Lower is better.
  public var isHigherBetter: Bool { false }
  /// The scores of classes.
  public var subject: MetricSubject? { .rankedClasses }

  /// The value over all labels that are not ignored.
  public var value: Double {
    switch figure {
    case .perplexity: likelihood.perplexity
    case .bitsPerToken: likelihood.bitsPerToken
    case .bitsPerCharacter(let characters): likelihood.bitsPerToken / characters
    }
  }

  /// Adds a batch.
  public mutating func update(output: HostTensor, target: HostTensor) throws(NNError) {
    let shape = output.shape.dimensions
    guard shape.count >= 2, let classes = shape.last, classes > 0, output.dtype.isFloatingPoint
    else {
      throw .invalid(
        "metric \(name) takes scores [N, …, tokens], gets \(output.dtype)\(output.shape)")
    }
    let expected = Shape(Array(shape.dropLast()))
    guard target.dtype == .int32, target.shape == expected else {
      throw .invalid(
        "metric \(name) takes labels int32\(expected) for scores \(output.shape), gets "
          + "\(target.dtype)\(target.shape)")
    }
    let labels = target.scalars(as: Int32.self)
    let wrong = labels.firstIndex { Int($0) != ignoreIndex && !(0..<classes).contains(Int($0)) }
    if let wrong {
      throw .invalid(
        "metric \(name): label \(labels[wrong]) at position \(wrong + 1) is outside 0..<\(classes)")
    }
    if output.dtype == .float32 {
      output.withScalars(as: Float.self) { add($0, labels, classes) }
    } else {
      output.withScalars(as: Double.self) { add($0, labels, classes) }
    }
  }

  /// Resets to the state before the first batch.
  public mutating func reset() { likelihood = TextLikelihood() }

  private mutating func add<Scalar: BinaryFloatingPoint>(
    _ scores: UnsafeBufferPointer<Scalar>, _ labels: [Int32], _ classes: Int
  ) {
    var sum = 0.0
    var count = 0
    for (row, label) in labels.enumerated() where Int(label) != ignoreIndex {
      let scores = scores[row * classes..<(row + 1) * classes]
      // ln Σ exp(x) relative to the largest score, which cannot overflow and loses no precision.
      let largest = Double(scores.max() ?? 0)
      let total = scores.reduce(0.0) { $0 + exp(Double($1) - largest) }
      sum += log(total) + (largest - Double(scores[scores.startIndex + Int(label)]))
      count += 1
    }
    likelihood.add(negativeLogLikelihood: sum, tokens: count, characters: 0)
  }
}
