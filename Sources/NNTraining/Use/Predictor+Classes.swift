public import NNCore

extension Predictor {
  /// The class that each row's outputs stand for: the place of the greatest of several outputs; of a
  /// single output, 1 where its probability is above one half, else 0.
  ///
  /// - Parameters:
  ///   - outputs: [N, C], what `predict` or `probabilities` gave.
  ///   - areProbabilities: Whether it was `probabilities`.
  /// - Returns: A class for each row; nil unless the network gives one decision a row.
  public func classes(of outputs: HostTensor, areProbabilities: Bool = false) -> [Int]? {
    guard outputs.shape.rank == 2, outputs.shape[1] > 0, let kind = try? OutputKind(model) else {
      return nil
    }
    let numbers = outputs.doubles
    let width = outputs.shape[1]
    let isLogit = kind == .binaryLogits && !areProbabilities
    return (0..<outputs.shape[0]).map { row in
      let scores = numbers[row * width..<(row + 1) * width]
      guard width > 1 else { return scores[row] > (isLogit ? 0 : 0.5) ? 1 : 0 }
      return scores.indices.reduce(row * width) { scores[$1] > scores[$0] ? $1 : $0 } - row * width
    }
  }
}
