public import NNCore
package import NNLosses

extension Predictor {
  /// The class that each row's outputs stand for: the place of the greatest of several outputs; of a
  /// single output that is a decision, 1 where its probability is above one half, else 0.
  ///
  /// - Parameters:
  ///   - outputs: [N, C], what `predict` or `probabilities` gave.
  ///   - areProbabilities: Whether it was `probabilities`.
  /// - Returns: A class for each row; nil unless the network gives one decision a row: `decisions` has
  ///   those of several.
  public func classes(of outputs: HostTensor, areProbabilities: Bool = false) -> [Int]? {
    guard outputs.shape.rank == 2, outputs.shape[1] > 0, let meaning else { return nil }
    let width = outputs.shape[1]
    guard width == 1 || !meaning.isDecisions else { return nil }
    let numbers = outputs.doubles
    if width == 1, !meaning.isClasses {
      let threshold = areProbabilities ? 0.5 : meaning.threshold
      return numbers.map { $0 > threshold ? 1 : 0 }
    }
    return (0..<outputs.shape[0]).map { row in
      let scores = numbers[row * width..<(row + 1) * width]
      return scores.indices.reduce(row * width) { scores[$1] > scores[$0] ? $1 : $0 } - row * width
    }
  }

  /// The decision that each output stands for: whether its probability is above one half.
  ///
  /// - Parameters:
  ///   - outputs: [N, …], what `predict` or `probabilities` gave.
  ///   - areProbabilities: Whether it was `probabilities`.
  /// - Returns: A decision for each output of each row; nil unless the loss takes each output for a
  ///   decision of its own.
  public func decisions(of outputs: HostTensor, areProbabilities: Bool = false) -> [[Bool]]? {
    guard let meaning, meaning.isDecisions, outputs.shape.rank >= 1 else { return nil }
    let threshold = areProbabilities ? 0.5 : meaning.threshold
    let numbers = outputs.doubles
    let width = outputs.elementCount / max(1, outputs.shape[0])
    return (0..<outputs.shape[0]).map { row in
      numbers[row * width..<(row + 1) * width].map { $0 > threshold }
    }
  }

  /// What the outputs stand for; nil where they are just numbers. A network that ends in softmax or
  /// sigmoid gives probabilities whatever its loss.
  package var meaning: OutputKind? {
    let config = model.config
    switch (config.output, config.model.lastComputing?.kind) {
    case (.numbers, "softmax"), (.numbers, "log_softmax"): return .classLogProbabilities
    case (.numbers, "sigmoid"): return .numbers
    case (.numbers, _): return nil
    case (let kind, _): return kind
    }
  }
}
