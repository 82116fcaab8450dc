public import NNAnalysis
import NNCore

/// One input of an explained row, without the padding of a sequence: what is printed and drawn.
public struct ExplainedInput: Sendable {
  /// The method: `integrated_gradients`.
  public let method: String
  /// The input's name; nil for the only input of a network.
  public let name: String?
  /// The shape of the row.
  public let shape: [Int]
  /// The numbers of the row, in row-major order.
  public let numbers: [Double]
  /// The attribution of each number.
  public let attributions: [Double]
  /// Whether numbers are vectors of integers along the last axis.
  public let isEmbedded: Bool
  /// The names of features, or of a sequence's steps; empty for numbers from 0.
  public let names: [String]

  /// Combines the parts, which were read from a file.
  init(
    method: String, name: String?, shape: [Int], numbers: [Double], attributions: [Double],
    isEmbedded: Bool, names: [String]
  ) {
    self.method = method
    self.name = name
    self.shape = shape
    self.numbers = numbers
    self.attributions = attributions
    self.isEmbedded = isEmbedded
    self.names = names
  }

  /// Takes an input of a row out of an explanation.
  ///
  /// - Parameters:
  ///   - explanation: The explanation.
  ///   - row: The position of the row in it.
  ///   - input: The input's name; nil (default) for the main one.
  ///   - names: The names of features, or of a sequence's steps; empty for numbers from 0.
  public init(
    _ explanation: Explanation, row: Int, input: String? = nil, names: [String] = []
  ) {
    let all = explanation.namedRows.names
    let input = input ?? all[0]
    let rows = explanation.namedRows[input] ?? explanation.rows
    let values = explanation.namedAttributions[input] ?? explanation.attributions
    var shape = Array(rows.shape.dimensions.dropFirst())
    let width = shape.reduce(1, *)
    if let lengths = explanation.lengths, input == all[0], !shape.isEmpty {
      shape[0] = min(shape[0], lengths[row])
    }
    let range = row * width..<row * width + shape.reduce(1, *)
    self.init(
      method: explanation.method, name: all.count > 1 ? input : nil, shape: shape,
      numbers: Array(rows.doubles[range]), attributions: Array(values.doubles[range]),
      isEmbedded: explanation.embeddedInputs.contains(input), names: names)
  }

  /// All inputs of a row, the main one first.
  ///
  /// - Parameter names: The names of the main input's features or steps.
  public static func all(
    of explanation: Explanation, row: Int, names: [String] = []
  ) -> [ExplainedInput] {
    explanation.namedRows.names.enumerated().map { position, input in
      ExplainedInput(explanation, row: row, input: input, names: position == 0 ? names : [])
    }
  }

  /// Whether the row is an image that can be shown: [1 or 3, height, width].
  var isImage: Bool { shape.count == 3 && [1, 3].contains(shape[0]) && !isEmbedded }

  /// The sum of the magnitudes of all attributions' parts.
  public var magnitude: Double { parts.reduce(0) { $0 + $1.value.magnitude } }

  /// Whether parts are the steps of a sequence.
  public var hasSteps: Bool { shape.count == 2 }

  /// What the row consists of, in its order: the features of a table, the steps of a sequence, the
  /// pixels of an image, each with the sum of its attributions.
  public var parts: [(name: String, value: Double)] {
    func name(_ index: Int) -> String { names.indices.contains(index) ? names[index] : "\(index)" }
    // Vectors of integers, and numbers of a step, count as one.
    if hasSteps || isEmbedded, let size = shape.last, size > 0 {
      return (0..<attributions.count / size).map { step in
        let isOnly = shape.count == 1
        return (
          isOnly ? self.name ?? name(0) : name(step),
          attributions[step * size..<(step + 1) * size].reduce(0, +)
        )
      }
    }
    guard shape.count == 3 else {
      return attributions.enumerated().map {
        (shape.isEmpty ? self.name ?? name($0) : name($0), $1)
      }
    }
    let plane = shape[1] * shape[2]
    return (0..<plane).map { pixel in
      (
        "row \(pixel / shape[2]), column \(pixel % shape[2])",
        (0..<shape[0]).reduce(0) { $0 + attributions[$1 * plane + pixel] }
      )
    }
  }

  /// The parts, the largest attribution first; on ties, in the order of the row.
  public var partsByMagnitude: [(name: String, value: Double)] { Self.byMagnitude(parts) }

  /// Parts of one or several inputs, the largest attribution first; on ties, in their order.
  public static func byMagnitude(
    _ parts: [(name: String, value: Double)]
  ) -> [(name: String, value: Double)] {
    parts.enumerated().sorted {
      $0.element.value.magnitude == $1.element.value.magnitude
        ? $0.offset < $1.offset : $0.element.value.magnitude > $1.element.value.magnitude
    }.map(\.element)
  }
}
