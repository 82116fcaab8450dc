import NNCore

/// Groups of examples: equal values of a column or array.
enum ExampleGroups {
  /// The group of each text, numbered in the order of the texts, or of the numbers if all are.
  static func numbered(_ texts: TableTexts, format: CSVFormat) -> [Int32] {
    let numbers = texts.map({ format.number($0) ?? .nan }, number: { $0 })
    return numbers.allSatisfy(\.isFinite)
      ? numbered(numbers) : numbered(texts.map({ $0 }, number: CSVFormat.text))
  }

  /// The group of each value, numbered in ascending order.
  static func numbered<Value: Hashable & Comparable>(_ values: [Value]) -> [Int32] {
    let different = Set(values).sorted()
    let numbers = Dictionary(
      different.enumerated().map { ($1, Int32(clamping: $0)) },
      uniquingKeysWith: { first, _ in first })
    return values.map { numbers[$0] ?? 0 }
  }

  /// The group of each example of an array [N] or [N, 1].
  ///
  /// - Throws: `NNError` for another shape or number of examples, and for NaN.
  static func numbered(
    _ tensor: HostTensor, count: Int, at place: String
  ) throws(NNError) -> [Int32] {
    let isColumn = tensor.shape.rank == 1 || tensor.shape.rank == 2 && tensor.shape[1] == 1
    guard isColumn, tensor.shape[0] == count else {
      throw .invalid(
        "expected groups [\(count)], one for each example, found \(tensor.shape)", at: place)
    }
    if tensor.dtype == .int64 { return numbered(tensor.scalars(as: Int64.self)) }
    let values = tensor.doubles
    if let row = values.firstIndex(where: \.isNaN) {
      throw .invalid("row \(row) (from 0) has the group NaN", at: place)
    }
    return numbered(values)
  }
}
