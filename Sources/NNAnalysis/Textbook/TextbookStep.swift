public import NNCore
public import NNTraining

/// One training step of a small network, number by number, with the letters of the course: pᵢ, qᵢ,
/// σ′(pᵢ), Δ, their products, the gradients and the updates.
///
/// Explained are chains of dense layers, each with at most one element-wise activation after it, of
/// at most 200 parameters, with one of the losses `squared_error`, `mse`, `bce`, `bce_with_logits`
/// and `cross_entropy`. Every value is the one that the step itself computed.
public struct TextbookStep: Sendable {
  /// The step, counted from 1.
  public let step: Int
  /// The network in words: `2 inputs → 3 tanh → 1 σ`.
  public let network: String
  /// The loss before the update.
  public let loss: Double
  /// The number of examples of the batch.
  public let examples: Int
  /// The number of those that are shown one by one; the products of the others are added up.
  public let shownExamples: Int
  /// All numbers, in the order of computation.
  public let sections: [TextbookSection]
  /// The largest difference between a number and the value of its formula, relative to the largest
  /// term: rounding in the run's type.
  public let largestDifference: Double
  /// The type of the run's computations.
  public let dtype: DType

  private let positions: [String: (section: Int, number: Int)]
  private let readers: [String: [String]]

  /// The maximum number of products that are shown.
  static let largestProductCount = 4_000

  /// Explains a traced step.
  ///
  /// - Throws: `NNError` with the reason for a network or a loss that is not explained.
  public init(_ trace: StepTrace) throws(NNError) {
    let network = try TextbookNetwork(trace)
    let outputs = network.layers.last?.outputs ?? 0
    let loss = try TextbookLoss(trace, examples: network.examples, outputs: outputs)
    let parameters = trace.parameters.reduce(0) { $0 + $1.before.elementCount }
    step = trace.step
    self.network = network.description
    self.loss = trace.loss
    examples = network.examples
    shownExamples = min(examples, max(1, Self.largestProductCount / max(1, parameters)))
    dtype = trace.inputs.values.dtype
    let writer = TextbookWriter(trace, network, loss, shownExamples: shownExamples)
    sections = writer.sections()
    var positions: [String: (section: Int, number: Int)] = [:]
    var readers: [String: [String]] = [:]
    for (section, numbers) in sections.enumerated() {
      for (index, number) in numbers.numbers.enumerated() {
        positions[number.id] = (section, index)
        for id in number.expression?.references ?? [] where readers[id]?.last != number.id {
          readers[id, default: []].append(number.id)
        }
      }
    }
    self.positions = positions
    self.readers = readers
    largestDifference = Self.largestDifference(sections, positions)
  }

  /// The number with an id.
  public subscript(id: String) -> TextbookNumber? {
    positions[id].map { sections[$0.section].numbers[$0.number] }
  }

  /// The ids of the numbers whose formulas refer to a number, in the order of computation.
  public func readers(of id: String) -> [String] { readers[id] ?? [] }

  private static func largestDifference(
    _ sections: [TextbookSection], _ positions: [String: (section: Int, number: Int)]
  ) -> Double {
    func value(_ id: String) -> Double? {
      positions[id].map { sections[$0.section].numbers[$0.number].value }
    }
    var largest = 0.0
    for number in sections.flatMap(\.numbers) {
      guard let expression = number.expression, let found = expression.value(value) else {
        continue
      }
      // The error of a sum is relative to its terms, which may cancel.
      let scale = expression.references.compactMap(value).map(\.magnitude).max() ?? 0
      let size = max(scale, number.value.magnitude, .leastNormalMagnitude)
      largest = max(largest, (found - number.value).magnitude / size)
    }
    return largest
  }
}
