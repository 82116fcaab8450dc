package import NNCore

/// The classes of examples.
extension Dataset {
  /// The class of each example: its label, or its number where each target is one number, 0 or 1. Nil
  /// for other targets, such as a label for each step.
  package var exampleClasses: [Int32]? {
    guard hasTargets, targetShape.elementCount == 1 else { return nil }
    func binary<Scalar: BinaryFloatingPoint>(_ numbers: UnsafeBufferPointer<Scalar>) -> [Int32]? {
      // Of other numbers one of the first ends the search.
      numbers.allSatisfy { $0 == 0 || $0 == 1 } ? numbers.map { Int32($0) } : nil
    }
    return switch targets.dtype {
    case .int32: targets.scalars(as: Int32.self)
    case .float32: targets.withScalars(as: Float.self, binary)
    case .float64: targets.withScalars(as: Double.self, binary)
    case .int64, .uint8, .bool: nil
    }
  }

  /// The number of targets of each class 0, 1, …: of examples, or of their steps.
  ///
  /// - Parameter ignored: A label that is no class, nor are negative ones.
  /// - Throws: `NNError` for a label far beyond any number of classes.
  package func classCounts(ignoring ignored: Int32) throws(NNError) -> [Int] {
    try classCounts(of: targets.scalars(as: Int32.self), ignoring: ignored)
  }

  /// The same for given labels of the data's classes.
  package func classCounts(
    of labels: [Int32], ignoring ignored: Int32
  ) throws(NNError) -> [Int] {
    let largest = labels.reduce(-1) { $1 == ignored ? $0 : max($0, $1) }
    guard largest < Self.largestLabel else {
      throw .invalid(
        "holds the label \(largest), and classes are counted up to \(Self.largestLabel)", at: name,
        hint: "number classes from 0")
    }
    let known = vocabulary?.output ?? classNames?.count ?? 0
    var counts = [Int](repeating: 0, count: max(known, Int(largest) + 1))
    for label in labels where label != ignored && label >= 0 { counts[Int(label)] += 1 }
    return counts
  }

  /// More classes than a network has outputs.
  private static let largestLabel: Int32 = 1 << 24

  /// The name of a class; its number where the source has no names.
  package func className(_ label: Int) -> String {
    classNames.flatMap { $0.indices.contains(label) ? $0[label] : nil } ?? "\(label)"
  }
}
