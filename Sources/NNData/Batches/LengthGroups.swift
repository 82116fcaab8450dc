import NNCore

/// Bucketing: groups of examples of similar length, which share batches to reduce padding.
///
/// A batch is padded to the longest example of its group, so a run needs few plans.
package struct LengthGroups {
  /// The numbers of steps of a group's batches.
  struct Extent: Hashable {
    /// Steps of the input.
    var steps = 0
    /// Steps of the decoder's input and of the targets.
    var decoderSteps = 0
  }

  /// The group of each example.
  package private(set) var ofExample: [Int]
  /// The extents of each group.
  private(set) var extents: [Extent]

  /// The largest number of groups.
  private static let limit = 8

  /// Divides the examples of a data set, sorted by length, into groups with about the same number
  /// of steps; nil where inputs are not tokens or have no lengths.
  ///
  /// - Parameter batchSize: The number of examples of a batch; a group has several batches.
  package init?(_ dataset: Dataset, batchSize: Int) {
    guard dataset.vocabulary != nil, let lengths = dataset.source.lengths?.tensor else {
      return nil
    }
    let all = lengths.scalars(as: Int32.self)
    let inputLengths = (0..<dataset.count).map { Int(all[dataset.sourceRow(of: $0)]) }
    let decoderLengths =
      dataset.source.decoderValues == nil || !dataset.targetsAreSteps
      ? inputLengths : dataset.countedTargetLengths()
    let steps = zip(inputLengths, decoderLengths).map { $0 + $1 }
    let order = steps.indices.sorted { (steps[$0], $0) < (steps[$1], $1) }
    let groups = max(1, min(Self.limit, dataset.count / 2 / batchSize))
    let share = (steps.reduce(0, +) + groups - 1) / groups
    ofExample = [Int](repeating: 0, count: dataset.count)
    extents = []
    var (sum, shareIndex, count) = (0, -1, 0)
    for index in order {
      // An example longer than a share may skip one; no group is empty.
      if sum / share > shareIndex, count == 0 || count >= batchSize {
        count = 0
        shareIndex = sum / share
        extents.append(Extent())
      }
      sum += steps[index]
      count += 1
      let group = extents.count - 1
      ofExample[index] = group
      extents[group].steps = max(extents[group].steps, inputLengths[index])
      extents[group].decoderSteps = max(extents[group].decoderSteps, decoderLengths[index])
    }
    // A last group smaller than a batch would never be trained on when incomplete batches are
    // dropped.
    guard count < batchSize, extents.count > 1 else { return }
    let last = extents.removeLast()
    let before = extents.count - 1
    extents[before].steps = max(extents[before].steps, last.steps)
    extents[before].decoderSteps = max(extents[before].decoderSteps, last.decoderSteps)
    ofExample = ofExample.map { min($0, before) }
  }
}
