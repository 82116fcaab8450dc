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
    // Several inputs of a table are encoded from one file.
    files = dataset.source.all.compactMap(\.file).reduce(into: []) { files, file in
      if !files.contains(where: file.isSame) { files.append(file) }
    }
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
    var (number, end) = (0, windows.starts.count)
    while number < end {
      let middle = (number + end) / 2
      if windows.starts[middle] < places.lowerBound { number = middle + 1 } else { end = middle }
    }
    for number in number..<windows.starts.count {
      guard windows.starts[number] < places.upperBound else { break }
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
    // Examples that are few among those of the file, or in another order, are asked for one by one.
    guard first <= last, last - first < 2 * indices.count else {
      for index in indices {
        let row = dataset.sourceRow(of: index)
        for file in files { file.readAhead(row..<row + 1) }
      }
      return
    }
    for file in files { file.readAhead(first..<last + 1) }
  }
}
