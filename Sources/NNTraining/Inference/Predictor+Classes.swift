public import NNCore
import NNGraph
import NNLayers
package import NNLosses

extension Predictor {
  /// The predicted class of each example: the index of the greatest of several outputs; for a
  /// single binary output, 1 if its probability is above 0.5, otherwise 0.
  ///
  /// - Parameters:
  ///   - outputs: [N, C], the result of `predict` or `probabilities`.
  ///   - areProbabilities: Whether it is that of `probabilities`.
  /// - Returns: A class for each example; nil unless the network predicts one class or one binary
  ///   label per example (for several binary labels, use `decisions`).
  public func classes(of outputs: HostTensor, areProbabilities: Bool = false) -> [Int]? {
    guard outputs.shape.rank == 2, outputs.shape[1] > 0, let meaning = meaning() else { return nil }
    let width = outputs.shape[1]
    guard width == 1 || !meaning.isBinary else { return nil }
    if width == 1, !meaning.isClasses {
      let threshold = areProbabilities ? 0.5 : meaning.threshold
      return outputs.doubles.map { $0 > threshold ? 1 : 0 }
    }
    return Self.largest(outputs.doubles, width: width)
  }

  /// The predicted class of each step: the index of the greatest of its outputs.
  ///
  /// - Parameters:
  ///   - outputs: [N, T, C], the result of `predict` or `probabilities`.
  ///   - lengths: The number of valid steps of each sequence; nil if all are valid.
  /// - Returns: For each sequence the classes of its valid steps; nil unless the network predicts a
  ///   class for each step.
  public func stepClasses(of outputs: HostTensor, lengths: [Int]? = nil) -> [[Int]]? {
    guard outputs.shape.rank == 3, outputs.shape[2] > 0, let meaning = meaning(), meaning.isClasses
    else { return nil }
    let steps = outputs.shape[1]
    // Images have other axes in this place.
    guard model.signature.example.values.shape.rank <= 2,
      steps == model.signature.example.values.shape.dimensions.first
    else { return nil }
    let classes = Self.largest(outputs.doubles, width: outputs.shape[2])
    return (0..<outputs.shape[0]).map { row in
      Array(classes[row * steps..<row * steps + min(steps, lengths?[row] ?? steps)])
    }
  }

  /// The index of the largest of each `width` numbers, on ties the first.
  private static func largest(_ numbers: [Double], width: Int) -> [Int] {
    stride(from: 0, to: numbers.count, by: width).map { start in
      let scores = numbers[start..<start + width]
      return scores.indices.reduce(start) { scores[$1] > scores[$0] ? $1 : $0 } - start
    }
  }

  /// The binary prediction of each output: whether its probability is above 0.5.
  ///
  /// - Parameters:
  ///   - outputs: [N, …], the result of `predict` or `probabilities`.
  ///   - areProbabilities: Whether it is that of `probabilities`.
  /// - Returns: A Boolean for each output of each example; nil unless the loss treats each output
  ///   as an independent binary label.
  public func decisions(of outputs: HostTensor, areProbabilities: Bool = false) -> [[Bool]]? {
    guard let meaning = meaning(), meaning.isBinary, outputs.shape.rank >= 1 else { return nil }
    let threshold = areProbabilities ? 0.5 : meaning.threshold
    let numbers = outputs.doubles
    let width = outputs.elementCount / max(1, outputs.shape[0])
    return (0..<outputs.shape[0]).map { row in
      numbers[row * width..<(row + 1) * width].map { $0 > threshold }
    }
  }

  /// The meaning of an output for predictions; nil for plain numbers.
  ///
  /// - Parameter name: The output's name; nil for the main one.
  package func meaning(ofOutput name: String? = nil) -> OutputKind? {
    model.meaning(ofOutput: name).prediction
  }
}
