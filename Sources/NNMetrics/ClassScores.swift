import NNCore

/// Scores [N, C] or [N, C, d₁, …] as a matrix [rows, C], with the label of each row.
struct ClassScores {
  let classes: Int
  /// Row-major [rows, classes].
  let scores: [Double]
  /// The label of each row; nil where it is ignored.
  let labels: [Int?]

  /// Reads a batch; labels are int32, int64 or uint8 of the output's shape without axis 1, or
  /// distributions of the output's shape, whose largest element is the class.
  ///
  /// - Throws: `NNError` on a shape mismatch or for a label outside the classes.
  init(
    _ output: HostTensor, _ target: HostTensor, ignoreIndex: Int, metric: String
  ) throws(NNError) {
    let shape = output.shape
    guard shape.rank >= 2, shape[1] > 0 else {
      throw .invalid("metric \(metric) takes scores [N, classes], gets \(shape)")
    }
    classes = shape[1]
    scores = Self.rows(output, classes)
    let expected = Shape([shape[0]] + shape.dimensions.dropFirst(2))
    if target.dtype.isFloatingPoint, target.shape == shape {
      let shares = Self.rows(target, classes)
      labels = (0..<expected.elementCount).map { row in
        Self.largest(shares[row * shape[1]..<(row + 1) * shape[1]])
      }
      return
    }
    guard !target.dtype.isFloatingPoint, target.shape == expected else {
      throw .invalid(
        "metric \(metric) takes labels \(expected) for scores \(shape), "
          + "gets \(target.dtype)\(target.shape)")
    }
    var found: [Int?] = []
    for (row, number) in target.doubles.enumerated() {
      let label = Int(number)
      guard label == ignoreIndex || (0..<classes).contains(label) else {
        throw .invalid(
          "metric \(metric): label \(label) of row \(row + 1) is outside 0..<\(classes)")
      }
      found.append(label == ignoreIndex ? nil : label)
    }
    labels = found
  }

  /// The scores of one row.
  func row(_ index: Int) -> ArraySlice<Double> {
    scores[index * classes..<(index + 1) * classes]
  }

  /// The class with the largest score; on ties, the first. NaN counts as largest.
  func predicted(_ index: Int) -> Int { Self.largest(row(index)) }

  private static func largest(_ row: ArraySlice<Double>) -> Int {
    var best = row.startIndex
    for index in row.indices.dropFirst() where !row[best].isNaN {
      if row[index] > row[best] || row[index].isNaN { best = index }
    }
    return best - row.startIndex
  }

  /// The elements with axis 1 moved to the end.
  private static func rows(_ tensor: HostTensor, _ classes: Int) -> [Double] {
    let numbers = tensor.doubles
    let inner = tensor.shape.dimensions.dropFirst(2).reduce(1, *)
    guard inner > 1 else { return numbers }
    return numbers.indices.map { index in
      let (row, axis) = index.quotientAndRemainder(dividingBy: classes)
      let (outer, position) = row.quotientAndRemainder(dividingBy: inner)
      return numbers[(outer * classes + axis) * inner + position]
    }
  }
}
