package import NNGraph
package import NNLosses

/// What an output of a trained network means: by the loss that reads it, and by the activation that
/// computes it.
package struct OutputMeaning: Sendable {
  /// The loss that reads an output, and what it means to that loss.
  struct Reader: Sendable, Hashable, Codable {
    /// The loss's name.
    let loss: String
    /// What the output means to it.
    let kind: OutputKind
    /// The levels of the quantiles that the output is; nil where it is none.
    let quantiles: [Double]?
  }

  /// The loss that reads the output; nil if none does.
  let reader: Reader?
  /// The activation that computes the output; nil for another op.
  package let activation: OutputActivation?

  /// The levels of the quantiles that the output is; nil where it is none.
  package var quantiles: QuantileLevels? { reader?.quantiles.flatMap { QuantileLevels($0) } }

  /// The meaning to the loss, corrected by the activation.
  package var kind: OutputKind { (reader?.kind ?? .numbers).after(activation) }

  /// Whether the outputs are probabilities already, without another softmax or sigmoid.
  package var isProbabilities: Bool {
    reader?.kind == .binaryProbabilities || activation == .softmax || activation == .sigmoid
  }

  /// The meaning for predictions; nil for plain numbers. After a softmax outputs rank classes
  /// whatever the loss.
  package var prediction: OutputKind? {
    switch (kind, activation) {
    case (.numbers, .softmax), (.numbers, .logSoftmax): .classLogProbabilities
    case (.numbers, .sigmoid): .numbers
    case (.numbers, nil): nil
    case (let kind, _): kind
    }
  }
}

extension Objective {
  /// The first loss that reads an output, among the outputs of a network; nil if none does.
  func reader(ofOutput name: String, among names: [String]) -> OutputMeaning.Reader? {
    terms.first { $0.outputName(among: names) == name }
      .map {
        OutputMeaning.Reader(
          loss: $0.loss.name, kind: $0.loss.output, quantiles: $0.loss.quantiles?.levels)
      }
  }
}
