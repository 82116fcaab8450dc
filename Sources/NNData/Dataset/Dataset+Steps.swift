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
    try MemoryLimit.check(
      [count, known.values.shape.byteCount(of: .float64)].saturatingProduct,
      "\(count) rows padded to the \(steps) steps of the training data", at: name)
    return padded(toSteps: steps, label: ignoredLabel)
  }
}
