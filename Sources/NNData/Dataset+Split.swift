public import NNCore

/// How rows that follow each other in time overlap, such as windows of one series.
public struct RowOrder: Sendable, Hashable {
  /// How many rows before a row have targets that belong to its targets, too.
  public let sharedTargets: Int

  /// Describes an order.
  public init(sharedTargets: Int) { self.sharedTargets = sharedTargets }
}

/// Which rows of a data set are held out.
public enum SplitOrder: String, Sendable, Hashable, CaseIterable {
  /// Rows drawn at random.
  case random
  /// The last rows.
  case time
}

extension Dataset {
  /// Divides the rows into two data sets, in which the rows keep their order: at random, or where
  /// rows are overlapping windows (`rowOrder`) in time.
  ///
  /// In time, the last rows are for validation, and rows before them whose targets reach into those
  /// of validation belong to neither: nothing that is measured on was learnt.
  ///
  /// With labels [N] the random split is stratified: the fraction is kept in every class as exactly as whole
  /// rows allow (largest remainders). The same seed always gives the same split.
  ///
  /// - Parameters:
  ///   - fraction: The share of rows for validation, between 0 and 1.
  ///   - seed: The run's seed.
  ///   - order: Which rows are held out; nil (default) for the last ones where rows are overlapping
  ///     windows, else rows at random.
  /// - Throws: `NNError` when the fraction is not between 0 and 1 or one side would be empty.
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
          + "without rows: there are \(count)",
        at: name,
        hint: total == 0 ? "use a larger share or more data" : "use a smaller share")
    }
    if order ?? (rowOrder == nil ? .random : .time) == .time {
      return try splitInTime(rowOrder ?? RowOrder(sharedTargets: 0), validationCount: total)
    }
    let groups = rowsByClass()
    let quotas = largestRemainders(
      of: groups.map { Double($0.count) * Double(total) / Double(count) }, total: total)
    var isValidation = [Bool](repeating: false, count: count)
    for (index, (rows, quota)) in zip(groups, quotas).enumerated() {
      let random = Philox(seed: seed, stream: RandomStream.split, step: UInt32(index))
      for place in random.permutation(rows.count).prefix(quota) {
        isValidation[rows[place]] = true
      }
    }
    return (
      selecting((0..<count).filter { !isValidation[$0] }),
      selecting((0..<count).filter { isValidation[$0] })
    )
  }

  private func splitInTime(
    _ order: RowOrder, validationCount: Int
  ) throws(NNError) -> (train: Dataset, validation: Dataset) {
    let trainCount = count - validationCount - order.sharedTargets
    guard trainCount > 0 else {
      throw .invalid(
        "a validation share of \(validationCount) of \(count) windows leaves training without "
          + "windows: \(order.sharedTargets) before it share targets with it and belong to neither",
        at: name, hint: "use a smaller share, a smaller horizon or more data")
    }
    return (
      selecting(Array(0..<trainCount)), selecting(Array(count - validationCount..<count))
    )
  }

  /// The rows of each class, or all rows together where targets are no plain labels.
  private func rowsByClass() -> [[Int]] {
    guard hasLabels, targets.shape.rank == 1 else { return [Array(0..<count)] }
    var groups: [Int32: [Int]] = [:]
    targets.withScalars(as: Int32.self) { labels in
      for (row, label) in labels.enumerated() { groups[label, default: []].append(row) }
    }
    return groups.sorted { $0.key < $1.key }.map(\.value)
  }

  /// Integers with a given sum that are nearest to the shares (Hamilton's method).
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
