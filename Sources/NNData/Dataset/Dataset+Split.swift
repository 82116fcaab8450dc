public import NNCore

/// The overlap of examples that follow one another in time, such as windows of one series.
public struct TimeOrder: Sendable, Hashable {
  /// The number of preceding examples that share targets with an example.
  public let sharedTargets: Int

  /// Creates an order.
  public init(sharedTargets: Int) { self.sharedTargets = sharedTargets }
}

/// Which examples of a data set are held out for validation.
public enum SplitOrder: String, Sendable, Hashable, CaseIterable {
  /// Examples drawn at random.
  case random
  /// The last examples.
  case time
}

extension Dataset {
  /// Splits the examples into training and validation data, in which they keep their order: at
  /// random, or by time where examples are overlapping windows (`timeOrder`).
  ///
  /// By time, the last examples are for validation, and preceding examples that share targets with
  /// them are in neither part, so no validation target is trained on.
  ///
  /// With labels [N] the random split is stratified: every class keeps the fraction, up to rounding
  /// (largest remainders). The same seed always results in the same split.
  ///
  /// - Parameters:
  ///   - fraction: The share of examples for validation, between 0 and 1.
  ///   - seed: The run's seed.
  ///   - order: Which examples are held out; nil (default) for the last ones where examples are
  ///     overlapping windows, else examples at random.
  /// - Throws: `NNError` when the fraction is not between 0 and 1 or a part would be empty.
  public func split(
    fraction: Double, seed: UInt64, order: SplitOrder? = nil
  ) throws(NNError) -> (train: Dataset, validation: Dataset) {
    guard fraction > 0, fraction < 1 else {
      throw .invalid(
        "the validation share must lie between 0 and 1, not be \(fraction)", at: name)
    }
    let total = Int((Double(count) * fraction).rounded())
    guard total > 0, total < count else {
      throw .invalid(
        "a validation share of \(fraction) leaves \(total == 0 ? "validation" : "training") "
          + "without examples: there are \(count)",
        at: name,
        hint: total == 0 ? "use a larger share or more data" : "use a smaller share")
    }
    if order ?? (timeOrder == nil ? .random : .time) == .time {
      return try splitInTime(timeOrder ?? TimeOrder(sharedTargets: 0), validationCount: total)
    }
    let groups = indicesByClass()
    let quotas = largestRemainders(
      of: groups.map { Double($0.count) * Double(total) / Double(count) }, total: total)
    var isValidation = [Bool](repeating: false, count: count)
    for (index, (members, quota)) in zip(groups, quotas).enumerated() {
      let random = Philox(seed: seed, stream: RandomStream.split, step: UInt32(index))
      for position in random.permutation(members.count).prefix(quota) {
        isValidation[members[position]] = true
      }
    }
    return (
      selecting((0..<count).filter { !isValidation[$0] }),
      selecting((0..<count).filter { isValidation[$0] })
    )
  }

  private func splitInTime(
    _ order: TimeOrder, validationCount: Int
  ) throws(NNError) -> (train: Dataset, validation: Dataset) {
    let trainCount = count - validationCount - order.sharedTargets
    guard trainCount > 0 else {
      throw .invalid(
        "a validation share of \(validationCount) of \(count) windows leaves training without "
          + "windows: \(order.sharedTargets) before it share its targets and are in neither part",
        at: name, hint: "use a smaller share, a smaller horizon or more data")
    }
    return (
      selecting(Array(0..<trainCount)), selecting(Array(count - validationCount..<count))
    )
  }

  /// The indices of each class's examples, or of all examples where targets are not labels [N].
  private func indicesByClass() -> [[Int]] {
    guard hasLabels, targets.shape.rank == 1 else { return [Array(0..<count)] }
    var groups: [Int32: [Int]] = [:]
    targets.withScalars(as: Int32.self) { labels in
      for (index, label) in labels.enumerated() { groups[label, default: []].append(index) }
    }
    return groups.sorted { $0.key < $1.key }.map(\.value)
  }

  /// Rounds shares to integers with a given sum (largest remainders, Hamilton's method).
  private func largestRemainders(of shares: [Double], total: Int) -> [Int] {
    var quotas = shares.map { Int($0) }
    let missing = total - quotas.reduce(0, +)
    let byRemainder = shares.indices.sorted { left, right in
      let (a, b) = (shares[left] - Double(quotas[left]), shares[right] - Double(quotas[right]))
      return a == b ? left < right : a > b
    }
    for index in byRemainder.prefix(missing) { quotas[index] += 1 }
    return quotas
  }
}
