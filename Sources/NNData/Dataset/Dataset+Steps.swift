package import NNCore

extension Dataset {
  /// Whether these data, or those that a network was trained on, are series of several lengths, so
  /// that the two may differ in their steps.
  package func mayHaveOtherSteps(than known: Ports<(shape: Shape, dtype: DType)>) -> Bool {
    let (own, known) = (exampleTypes(known.values.dtype), known)
    let (shape, other) = (own.values.shape.dimensions, known.values.shape.dimensions)
    return vocabulary == nil && (own.lengths != nil || known.lengths != nil)
      && shape.count == other.count && shape.count >= 2
      && shape.dropFirst().elementsEqual(other.dropFirst())
  }

  /// The same series, padded to the number of steps that a network was trained on.
  ///
  /// - Parameter ignoredLabel: The label of padding steps, which is ignored.
  /// - Throws: `NNError` if they then exceed the available memory.
  package func fitting(
    _ known: Ports<(shape: Shape, dtype: DType)>, ignoredLabel: Int32
  ) throws(NNError) -> Dataset {
    guard mayHaveOtherSteps(than: known) else { return self }
    let steps = known.values.shape[0]
    guard source.values.tensor != nil || inputShape[0] >= steps else {
      throw .invalid(
        "series of \(inputShape[0]) steps are padded to the \(steps) steps of the training data, and "
          + "these are read from a file row by row", at: name,
        hint: "read them into memory: stream: false")
    }
    try MemoryLimit.check(
      [count, known.values.shape.byteCount(of: .float64)].saturatingProduct,
      "\(count) rows padded to the \(steps) steps of the training data", at: name)
    return padded(toSteps: steps, label: ignoredLabel)
  }

  /// The length of each example's targets up to the last one that is not ignored.
  func countedTargetLengths() -> [Int] {
    let steps = targetShape.elementCount
    return targets.withScalars(as: Int32.self) { labels in
      (0..<count).map { row in
        let own = labels[row * steps..<(row + 1) * steps]
        return (own.lastIndex { $0 != Dataset.ignoredLabel } ?? own.startIndex) - own.startIndex + 1
      }
    }
  }
}
