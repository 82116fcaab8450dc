public import NNCore

/// The share of the training examples that is used.
///
/// With one seed a smaller share is part of every larger one. With one label for each example every
/// class keeps the share, up to rounding. Of examples in time the last ones are used.
public struct SubsetRule: Sendable, Hashable {
  /// The share, above 0 and up to 1; at least one example is used.
  public var fraction: Double
  /// The seed of random examples; nil (default) for that of the run.
  public var seed: Int?

  /// Creates a rule.
  public init(_ fraction: Double, seed: Int? = nil) {
    self.fraction = fraction
    self.seed = seed
  }

  /// The used ones of some examples.
  ///
  /// - Parameters:
  ///   - rows: The examples, ascending.
  ///   - facts: What is known about the examples of the source.
  ///   - areInTime: Whether the last ones are used.
  ///   - seed: The run's seed.
  /// - Returns: The used examples in ascending order.
  /// - Throws: `NNError` for a fraction that is not above 0 and up to 1.
  public func select(
    _ rows: [Int], of facts: SplitRows, areInTime: Bool = false, seed: UInt64
  ) throws(NNError) -> [Int] {
    guard fraction > 0, fraction <= 1 else {
      throw .invalid(
        "the share of the training rows must lie above 0 and up to 1, not be \(fraction)",
        at: facts.name)
    }
    let count = max(1, Int((Double(rows.count) * fraction).rounded()))
    guard count < rows.count else { return rows }
    if areInTime || facts.timeOrder != nil { return Array(rows.suffix(count)) }
    let seed = self.seed.map { UInt64($0) } ?? seed
    // Every class in random order at even distances from 0 to 1: each beginning of the sequence
    // has the classes' shares, whatever its length.
    var positions: [(position: Double, row: Int)] = []
    positions.reserveCapacity(rows.count)
    for (index, members) in facts.classes(of: rows).enumerated() {
      let random = Philox(seed: seed, stream: RandomStream.subset, step: UInt32(index))
      let offset = random.preciseUniform(members.count)
      for (place, member) in random.permutation(members.count).enumerated() {
        positions.append(((Double(place) + offset) / Double(members.count), members[member]))
      }
    }
    positions.sort { ($0.position, $0.row) < ($1.position, $1.row) }
    return positions.prefix(count).map(\.row).sorted()
  }
}
