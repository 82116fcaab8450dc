public import NNCore

/// Examples to learn from: one row of inputs and one target each.
///
/// Inputs that are uint8 are pictures: they stay bytes in memory and read as numbers 0…1, that is
/// divided by 255, when batches are made.
public struct Dataset: Sendable {
  /// Where the examples come from, for messages and listings.
  public let name: String
  /// The inputs of the source; parts of a data set share those of the whole.
  let sourceInputs: HostTensor
  /// The targets: class labels, int32 [N, …], or numbers, float32 or float64 [N, K].
  public let targets: HostTensor
  /// The name of each class, where the source has names.
  public let classNames: [String]?
  /// The name of each input column, where the source has names.
  public let featureNames: [String]?
  /// Which rows of the source these are, also so that messages name them as its reader counts; nil
  /// for all of them.
  private let sourceRows: [Int]?

  /// Creates a data set after checking it.
  ///
  /// - Parameters:
  ///   - name: Where the examples come from.
  ///   - inputs: [N, …] of any type.
  ///   - targets: int32 labels [N, …] or float numbers [N, K].
  ///   - classNames: The names of classes 0, 1, ….
  ///   - featureNames: The names of the input columns.
  /// - Throws: `NNError` when there are no rows, the numbers of rows differ, a number is NaN or
  ///   infinite (naming row and column), a label is negative or beyond `classNames`.
  public init(
    name: String, inputs: HostTensor, targets: HostTensor, classNames: [String]? = nil,
    featureNames: [String]? = nil
  ) throws(NNError) {
    precondition(
      targets.dtype == .int32 || targets.dtype.isFloatingPoint,
      "targets are int32 or floats, not \(targets.dtype)")
    guard inputs.shape.rank >= 1, targets.shape.rank >= 1 else {
      throw .invalid("expected inputs and targets with a first axis of rows", at: name)
    }
    guard inputs.shape[0] == targets.shape[0] else {
      throw .invalid(
        "\(inputs.shape[0]) rows of inputs but \(targets.shape[0]) targets", at: name)
    }
    guard inputs.shape[0] > 0 else { throw .invalid("holds no rows", at: name) }
    self.init(
      checked: name, sourceInputs: inputs, targets: targets, classNames: classNames,
      featureNames: featureNames)
    try requireFinite(inputs, "inputs")
    try requireFinite(targets, "targets")
    if hasLabels { try requireLabels(below: classNames?.count ?? Int(Int32.max)) }
  }

  private init(
    checked name: String, sourceInputs: HostTensor, targets: HostTensor, classNames: [String]?,
    featureNames: [String]?, sourceRows: [Int]? = nil
  ) {
    self.name = name
    self.sourceInputs = sourceInputs
    self.targets = targets
    self.classNames = classNames
    self.featureNames = featureNames
    self.sourceRows = sourceRows
  }

  /// The number of rows.
  public var count: Int { targets.shape[0] }

  /// The inputs; the first axis counts the rows: [N, features], [N, channels, height, width], ….
  ///
  /// Those of a part, that `selecting(_:)` or `split(fraction:seed:)` gave, are gathered anew at
  /// each call.
  public var inputs: HostTensor { sourceRows.map(sourceInputs.gathering) ?? sourceInputs }

  /// The shape of one row of inputs.
  public var inputShape: Shape { Shape(Array(sourceInputs.shape.dimensions.dropFirst())) }

  /// The shape of one target; `[]` for a label.
  public var targetShape: Shape { Shape(Array(targets.shape.dimensions.dropFirst())) }

  /// Whether the targets are class labels.
  public var hasLabels: Bool { targets.dtype == .int32 }

  /// The number of classes: of names, else the largest label plus one; nil where targets are numbers.
  public var classCount: Int? {
    guard hasLabels else { return nil }
    if let classNames { return classNames.count }
    return targets.withScalars(as: Int32.self) { Int($0.max() ?? -1) + 1 }
  }

  /// What the inputs are multiplied by when they are read as floating-point numbers: 1/255 for
  /// uint8, else 1.
  public var inputScale: Double { sourceInputs.dtype == .uint8 ? 1.0 / 255 : 1 }

  /// Verifies that every label is a class of a network with so many outputs.
  ///
  /// - Parameters:
  ///   - classCount: The number of classes; labels are 0 ..< `classCount`.
  ///   - ignored: A label that stands for "no class" (`ignore_index`).
  /// - Throws: `NNError` naming the first row, its label and the classes.
  public func requireLabels(below classCount: Int, except ignored: Int32? = nil) throws(NNError) {
    let found = targets.withScalars(as: Int32.self) { labels in
      labels.firstIndex { $0 != ignored && !(0..<classCount).contains(Int($0)) }
        .map { ($0, labels[$0]) }
    }
    guard let (index, label) = found else { return }
    let place = index / max(1, targetShape.elementCount)
    let row = sourceRow(of: place)
    throw label < 0
      ? .invalid("row \(row) (from 0) has the negative label \(label)", at: name)
      : .invalid(
        "row \(row) (from 0) has label \(label), beyond the \(classCount) classes "
          + "0 to \(classCount - 1)",
        at: name)
  }

  /// The place of a row among `sourceInputs`.
  func sourceRow(of row: Int) -> Int { sourceRows?[row] ?? row }

  /// The rows at the given places, in that order; their inputs are not copied.
  public func selecting(_ rows: [Int]) -> Dataset {
    Dataset(
      checked: name, sourceInputs: sourceInputs, targets: targets.gathering(rows),
      classNames: classNames, featureNames: featureNames, sourceRows: rows.map(sourceRow))
  }

  /// The same rows with labels as numbers, float64 [N, 1], as squared error and binary cross
  /// entropy take them; numbers stay as they are.
  public func withNumericTargets() -> Dataset {
    guard hasLabels else { return self }
    let column = Shape(targets.shape.dimensions + (targets.shape.rank == 1 ? [1] : []))
    return Dataset(
      checked: name, sourceInputs: sourceInputs,
      targets: targets.converted(to: .float64).reshaped(to: column),
      classNames: classNames, featureNames: featureNames, sourceRows: sourceRows)
  }

  private func requireFinite(_ tensor: HostTensor, _ what: String) throws(NNError) {
    let found: (Int, Double)? =
      switch tensor.dtype {
      case .float32: tensor.withScalars(as: Float.self, firstNotFinite)
      case .float64: tensor.withScalars(as: Double.self, firstNotFinite)
      case .int32, .int64, .uint8, .bool: nil
      }
    guard let (index, value) = found else { return }
    let rowSize = max(1, tensor.elementCount / tensor.shape[0])
    let column = index % rowSize
    let columnName =
      what == "inputs" ? featureNames.flatMap { column < $0.count ? " (\($0[column]))" : nil } : nil
    throw .invalid(
      "row \(index / rowSize), column \(column)\(columnName ?? "") of the \(what) (from 0) is "
        + (value.isNaN ? "NaN" : value < 0 ? "-infinity" : "infinity"),
      at: name, hint: "remove or fill in missing values first")
  }
}

private func firstNotFinite<Scalar: BinaryFloatingPoint>(
  _ scalars: UnsafeBufferPointer<Scalar>
) -> (Int, Double)? {
  scalars.firstIndex { !$0.isFinite }.map { ($0, Double(scalars[$0])) }
}

extension HostTensor {
  /// Rows at the given places along the first axis, copied.
  func gathering(_ rows: [Int]) -> HostTensor {
    var result = HostTensor(zeros: shape.replacing(axis: 0, with: rows.count), dtype: dtype)
    let rowBytes = shape[0] == 0 ? 0 : byteCount / shape[0]
    withBytes { source in
      result.withMutableBytes { target in
        guard let source = source.baseAddress, let target = target.baseAddress else { return }
        for (place, row) in rows.enumerated() {
          (target + place * rowBytes)
            .copyMemory(from: source + row * rowBytes, byteCount: rowBytes)
        }
      }
    }
    return result
  }
}
