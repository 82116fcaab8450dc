public import NNCore
import NNLayers
import NNLosses
public import NNTraining

/// What each number of an input contributes to an output of a network.
public struct Explanation: Sendable {
  /// The method: `integrated_gradients`.
  public let method: String
  /// The index of the explained output of each row.
  public let choices: [Int]
  /// The rows that were explained, by the names of the network's inputs, each [N, …]: raw inputs in
  /// the run's type, or the embeddings of integers.
  public let namedRows: Ports<HostTensor>
  /// The attributions, float64 of the rows' shapes.
  public let namedAttributions: Ports<HostTensor>
  /// The names of the inputs whose rows are embeddings of integers: the last axis is a vector for
  /// each integer.
  public let embeddedInputs: Set<String>
  /// The valid steps of each row's main input, after which attributions are 0; nil where all are.
  public let lengths: [Int]?
  /// f(x): the explained output of each row, as the network computes it.
  public let scores: [Double]
  /// f(baseline): the same output for the baseline.
  public let baselineScores: [Double]
  /// Σ attributions − (f(x) − f(baseline)) of each row; nil for methods whose attributions do not
  /// add up to it.
  public let completenessErrors: [Double]?

  /// The rows of the main input.
  public var rows: HostTensor { namedRows.values }
  /// The attributions of the main input.
  public var attributions: HostTensor { namedAttributions.values }
}

/// Explains a trained network's outputs by their inputs.
///
/// ```swift
/// let explainer = try Explainer(TrainedModel(folder: RunFolder("runs/iris-1")))
/// let explanation = try explainer.explain(rows, by: "integrated_gradients")
/// ```
///
/// Not `Sendable`: one task uses it at a time.
public final class Explainer {
  /// The output that is explained.
  public enum Output: Sendable, Hashable {
    /// The predicted class of each row; the only output of a network with one.
    case predicted
    /// An output by its index: a class, or a column of a regression.
    case index(Int)
  }

  /// The names of the methods.
  public static var methods: [String] { ExplanationMethods.names }

  /// The network.
  package let network: ExplainedNetwork
  private let predictsClasses: Bool

  /// Prepares a network.
  ///
  /// - Throws: `NNError` if the weights do not match the network, for outputs other than [N, K], and
  ///   for integers that no embedding reads.
  public init(_ model: TrainedModel) throws(NNError) {
    network = try ExplainedNetwork(NetworkSource(model))
    predictsClasses = model.meaning().prediction?.isClasses ?? false
  }

  /// The attributions of rows of a network with one input, all steps of which are valid.
  ///
  /// - Parameters:
  ///   - inputs: [N, …] raw inputs as in the training data: numbers, bytes of images, or tokens
  ///     int32 [N, T].
  ///   - name: One of ``methods``.
  ///   - output: The output that is explained.
  ///   - options: The options of the method.
  /// - Throws: `NNError` for inputs of another shape, an output or method that does not exist, and
  ///   options that do not suit the network.
  public func explain(
    _ inputs: HostTensor, by name: String, of output: Output = .predicted,
    options: ExplanationOptions = ExplanationOptions()
  ) throws(NNError) -> Explanation {
    try explain(
      Ports(named: [(network.parts[0].name, inputs)]), by: name, of: output, options: options)
  }

  /// The attributions of rows.
  ///
  /// - Parameter inputs: Every input of the network by its name, and `lengths` where sequences are
  ///   padded; otherwise as above.
  public func explain(
    _ inputs: Ports<HostTensor>, by name: String, of output: Output = .predicted,
    options: ExplanationOptions = ExplanationOptions()
  ) throws(NNError) -> Explanation {
    let type = try ExplanationMethods.method(named: name)
    guard options.baseline.isFinite else {
      throw .invalid("the baseline is \(options.baseline), expected a number")
    }
    let method = try type.init(options, for: network)
    let rows = try network.rows(inputs)
    let choices = try choices(output, for: rows)
    let values = try method.attributions(network, rows, choices: choices)
    let scores = try network(rows, choices: choices, .init()).scores
    let baselineScores = try network(
      rows.filled(with: options.baseline), choices: choices, .init()
    ).scores
    let width = rows.width
    let errors = choices.indices.map { row in
      values[row * width..<(row + 1) * width].reduce(0, +) - (scores[row] - baselineScores[row])
    }
    return Explanation(
      method: name, choices: choices, namedRows: network.tensors(rows.numbers),
      namedAttributions: network.tensors(values, dtype: .float64),
      embeddedInputs: Set(network.parts.filter(\.isEmbedded).map(\.name)),
      lengths: rows.lengths, scores: scores, baselineScores: baselineScores,
      completenessErrors: method.isAdditive ? errors : nil)
  }

  /// The index of the explained output of each row.
  private func choices(_ output: Output, for rows: ExplainedRows) throws(NNError) -> [Int] {
    let count = network.outputCount
    switch output {
    case .index(let index):
      guard (0..<count).contains(index) else {
        throw .invalid(
          "there is no output \(index)",
          hint: count == 1
            ? "the network has one output, 0" : "the network has the outputs 0 to \(count - 1)")
      }
      return [Int](repeating: index, count: rows.count)
    case .predicted:
      guard count > 1 else { return [Int](repeating: 0, count: rows.count) }
      guard predictsClasses else {
        throw .invalid(
          "the network predicts \(count) numbers, not one class",
          hint: "name the output to explain, from 0 to \(count - 1)")
      }
      let numbers = try network.outputs(of: rows)
      return (0..<rows.count).map { row in
        (1..<count).reduce(0) {
          numbers[row * count + $1] > numbers[row * count + $0] ? $1 : $0
        }
      }
    }
  }
}
