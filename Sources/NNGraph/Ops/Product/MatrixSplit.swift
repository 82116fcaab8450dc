/// How a batch of matrix products C[m, n] = A[m, k] · B[k, n] is split into chunks.
///
/// Depends only on the sizes, so that results do not change with the number of threads.
struct MatrixSplit: Hashable {
  enum Cut { case rows, columns, sums }

  /// The dimension that is split: rows or columns of C, or the sums (split-K), whose parts are
  /// added afterwards.
  let cut: Cut
  /// The number of parts of each product.
  let parts: Int
  /// Rows, columns or terms of a part; the last part may have fewer.
  let extent: Int
  /// Whole products per chunk; 1 if products are split.
  let matricesPerChunk: Int
  /// The number of chunks.
  let chunks: Int

  /// Multiply–accumulates that justify handing a chunk to another thread (some microseconds).
  static let chunkWork = 1 << 19
  /// Multiply–accumulates, counting at least eight rows, from which two threads read the larger
  /// side.
  private static let readingWork = 3 << 17
  /// The number of chunks that balances a job over the threads of common machines.
  static let chunkLimit = 8

  /// The maximum number of elements of a result with split sums: adding the parts stays cheap
  /// compared with the matrix products.
  private static let summedLimit = 1 << 17

  /// Chooses the split of a batch of matrix products.
  ///
  /// - Parameter transposesLeft: Whether the left side is stored transposed, as in weight
  ///   gradients. Each part copies its share of it, so few large parts are best; parts of the sums,
  ///   which read whole rows of both sides, are better still.
  init(matrices: Int, m: Int, n: Int, k: Int, transposesLeft: Bool) {
    // A product with few rows or columns takes as long as reading its larger side.
    let work = matrices * max(m, 8) * max(n, 8) * k
    // Two threads have two caches, which together may hold what one cannot.
    let readsMuch = min(m, n) <= 8 && work >= Self.readingWork
    let wanted = max(readsMuch ? 2 : 1, min(Self.chunkLimit, work / Self.chunkWork))
    let partsWanted = matrices == 0 ? 1 : max(1, wanted / matrices)
    let total: Int
    // Each part of a large product packs the whole smaller matrix again; with few rows none does.
    let leastColumns = m <= 16 ? 32 : transposesLeft ? 256 : 128
    if m * n <= 1 << 12, k >= 1 << 12, partsWanted > 1 {
      cut = .sums
      total = k
      extent = Self.extent(of: k, parts: min(partsWanted, k >> 10), multiple: 64)
    } else if transposesLeft, 1 << 12...Self.summedLimit ~= m * n, k >= 1 << 10, partsWanted > 1 {
      cut = .sums
      total = k
      extent = Self.extent(of: k, parts: min(partsWanted, 4), multiple: 64)
    } else if n > m, n >= 2 * leastColumns {
      cut = .columns
      total = n
      extent = Self.extent(
        of: n, parts: min(partsWanted, n / leastColumns), multiple: leastColumns / 2)
    } else {
      cut = .rows
      total = m
      let leastRows = transposesLeft ? 128 : 32
      extent = Self.extent(of: m, parts: min(partsWanted, max(1, m / leastRows)), multiple: 16)
    }
    parts = max(1, (total + extent - 1) / extent)
    matricesPerChunk = parts > 1 ? 1 : max(1, (matrices + wanted - 1) / wanted)
    chunks = parts > 1 ? matrices * parts : (matrices + matricesPerChunk - 1) / matricesPerChunk
  }

  /// The range of part `index` of an extent.
  func range(_ index: Int, of total: Int) -> Range<Int> {
    min(total, index * extent)..<min(total, (index + 1) * extent)
  }

  private static func extent(of total: Int, parts: Int, multiple: Int) -> Int {
    let share = (total + parts - 1) / parts
    return parts == 1 ? max(1, total) : (share + multiple - 1) / multiple * multiple
  }
}
