import NNCore
import NNFormats

/// Asks the system to read what later batches need from files while earlier ones are in use.
///
/// Nothing waits for these reads, and batches are the same without them.
struct ReadAhead {
  private let files: [RowFile]
  private let dataset: Dataset
  private let plan: BatchPlan
  private var windows: (epoch: Int, windows: [[Range<Int>]], starts: [Int])?

  /// The number of batches between a batch and the one that is asked for.
  private static let distance = 8

  /// Nil where no input is in a file, and where files are read in their order, which the system reads
  /// ahead by itself.
  init?(_ dataset: Dataset, _ plan: BatchPlan) {
    files = dataset.source.all.compactMap(\.file)
    guard !files.isEmpty, plan.isRandom else { return nil }
    self.dataset = dataset
    self.plan = plan
  }

  /// Asks for what comes after a batch, and before the first batch of an epoch for that, too.
  ///
  /// - Parameter batches: The indices of each batch of the epoch.
  mutating func prepare(_ position: BatchPosition, _ batches: [ArraySlice<Int>]) {
    let batch = position.batch
    guard let window = plan.window else {
      let next = batch == 0 ? 0...Self.distance : batch + Self.distance...batch + Self.distance
      for number in next where number < batches.count {
        for index in batches[number] { read(index..<index + 1) }
      }
      return
    }
    if windows?.epoch != position.epoch {
      let blocks = window.windows(seed: plan.seed, epoch: position.epoch)
      var (starts, start) = ([Int](), 0)
      for window in blocks {
        starts.append(start)
        start += window.reduce(0) { $0 + $1.count }
      }
      windows = (position.epoch, blocks, starts)
    }
    guard let windows else { return }
    if batch == 0, let first = windows.windows.first { first.forEach(read) }
    let places = batches[batch].startIndex..<batches[batch].endIndex
    for (number, start) in windows.starts.enumerated() where places.contains(start) {
      let following =
        number + 1 < windows.windows.count
        ? windows.windows[number + 1]
        : window.windows(seed: plan.seed, epoch: position.epoch + 1).first ?? []
      following.forEach(read)
    }
  }

  /// Asks for successive examples.
  private func read(_ indices: Range<Int>) {
    let (first, last) = (
      dataset.sourceRow(of: indices.lowerBound), dataset.sourceRow(of: indices.upperBound - 1)
    )
    // Examples in another order than the file's are not asked for.
    guard first <= last else { return }
    for file in files { file.readAhead(first..<last + 1) }
  }
}
