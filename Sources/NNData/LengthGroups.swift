import NNCore

/// Rows of similar length, which share batches so that little is spent on steps that fill them up.
///
/// A batch of a group has the extents of the group's longest row, so a run needs few plans.
package struct LengthGroups {
  /// How far batches of a group reach.
  struct Extent: Hashable {
    /// Steps of the rows.
    var rows = 0
    /// Steps of the decoder's rows and their targets.
    var decoderRows = 0
  }

  /// The group of each row.
  package private(set) var ofRow: [Int]
  /// The extents of each group.
  private(set) var extents: [Extent]

  /// The most groups.
  private static let limit = 8

  /// Cuts the rows of a data set, in the order of their lengths, into groups of about as many steps
  /// each; nil where rows are no tokens or have no lengths.
  ///
  /// - Parameter batchSize: A group has several batches of so many rows.
  package init?(_ dataset: Dataset, batchSize: Int) {
    guard dataset.vocabulary != nil, let lengths = dataset.source.lengths else { return nil }
    let all = lengths.scalars(as: Int32.self)
    let rowLengths = (0..<dataset.count).map { Int(all[dataset.sourceRow(of: $0)]) }
    let decoderLengths =
      dataset.source.decoderRows == nil || !dataset.targetsAreSteps
      ? rowLengths : dataset.countedTargetLengths()
    let steps = zip(rowLengths, decoderLengths).map { $0 + $1 }
    let order = steps.indices.sorted { (steps[$0], $0) < (steps[$1], $1) }
    let groups = max(1, min(Self.limit, dataset.count / 2 / batchSize))
    let share = (steps.reduce(0, +) + groups - 1) / groups
    ofRow = [Int](repeating: 0, count: dataset.count)
    extents = []
    var (sum, shareIndex, count) = (0, -1, 0)
    for row in order {
      // A row longer than a share may skip one, and no group is empty.
      if sum / share > shareIndex, count == 0 || count >= batchSize {
        count = 0
        shareIndex = sum / share
        extents.append(Extent())
      }
      sum += steps[row]
      count += 1
      let group = extents.count - 1
      ofRow[row] = group
      extents[group].rows = max(extents[group].rows, rowLengths[row])
      extents[group].decoderRows = max(extents[group].decoderRows, decoderLengths[row])
    }
    // A group that is no whole batch would be left out where incomplete batches are.
    guard count < batchSize, extents.count > 1 else { return }
    let last = extents.removeLast()
    let before = extents.count - 1
    extents[before].rows = max(extents[before].rows, last.rows)
    extents[before].decoderRows = max(extents[before].decoderRows, last.decoderRows)
    ofRow = ofRow.map { min($0, before) }
  }
}
