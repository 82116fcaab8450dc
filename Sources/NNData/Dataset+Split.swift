public import NNCore

extension Dataset {
  /// Divides the rows at random into two data sets, in which the rows keep their order.
  ///
  /// With labels [N] the split is stratified: the fraction is kept in every class as exactly as whole
  /// rows allow (largest remainders). The same seed always gives the same split.
  ///
  /// - Parameters:
  ///   - fraction: The share of rows for validation, between 0 and 1.
  ///   - seed: The run's seed.
  /// - Throws: `NNError` when the fraction is not between 0 and 1 or one side would be empty.
  public func split(
    fraction: Double, seed: UInt64
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

  /// The rows of each class, or all rows together where targets are no plain labels.
  private func rowsByClass() -> [[Int]] {
    guard hasLabels, targets.shape.rank == 1 else { return [Array(0..<count)] }
    var groups: [Int32: [Int]] = [:]
    targets.withScalars(as: Int32.self) { labels in
      for (row, label) in labels.enumerated() { groups[label, default: []].append(row) }
    }
    return groups.sorted { $0.key < $1.key }.map(\.value)
  }

  /// Whole numbers with a given sum that are nearest to the shares (Hamilton's method).
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
