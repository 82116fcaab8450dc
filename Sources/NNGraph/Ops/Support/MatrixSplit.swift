/// How a stack of matrix products C[m, n] = A[m, k] · B[k, n] is cut into chunks.
///
/// A function of the sizes alone, so that results do not change with the number of threads.
struct MatrixSplit: Hashable {
  enum Cut { case rows, columns, sums }

  /// What is cut in each product: rows or columns of C, or the sums, whose parts are added after.
  let cut: Cut
  /// Parts of each product.
  let parts: Int
  /// Rows, columns or summands of a part; the last part takes what is left.
  let extent: Int
  /// Whole products in a chunk; 1 where products are cut.
  let matricesPerChunk: Int
  /// Chunks of the whole stack.
  let chunks: Int

  /// Multiplications worth the handing-over of a chunk to another thread (some microseconds).
  static let chunkWork = 1 << 19
  /// Multiplications, with eight rows at least, from which on reading the larger side is work for
  /// two threads.
  private static let readingWork = 3 << 17
  /// Chunks that balance a job over the threads of common machines.
  static let chunkLimit = 8

  /// Elements of a result that is summed in parts: adding them up stays cheap beside the products.
  private static let summedLimit = 1 << 17

  /// Decides how a stack of products is cut.
  ///
  /// - Parameter turnsLeft: Whether the left side is stored transposed, as in gradients of weights.
  ///   Each part copies what it takes of it, so few large parts are best, and those of the sums,
  ///   which take whole rows of both sides, better still.
  init(matrices: Int, m: Int, n: Int, k: Int, turnsLeft: Bool) {
    // A product with few rows or columns is as long as reading its larger side takes.
    let work = matrices * max(m, 8) * max(n, 8) * k
    // Two threads read from two caches, which may keep together what one cannot.
    let readsMuch = min(m, n) <= 8 && work >= Self.readingWork
    let wanted = max(readsMuch ? 2 : 1, min(Self.chunkLimit, work / Self.chunkWork))
    let partsWanted = matrices == 0 ? 1 : max(1, wanted / matrices)
    let total: Int
    // Each part of a large product packs all of the smaller matrix again; with few rows none does.
    let leastColumns = m <= 16 ? 32 : turnsLeft ? 256 : 128
    if m * n <= 1 << 12, k >= 1 << 12, partsWanted > 1 {
      cut = .sums
      total = k
      extent = Self.extent(of: k, parts: min(partsWanted, k >> 10), multiple: 64)
    } else if turnsLeft, 1 << 12...Self.summedLimit ~= m * n, k >= 1 << 10, partsWanted > 1 {
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
      let leastRows = turnsLeft ? 128 : 32
      extent = Self.extent(of: m, parts: min(partsWanted, max(1, m / leastRows)), multiple: 16)
    }
    parts = max(1, (total + extent - 1) / extent)
    matricesPerChunk = parts > 1 ? 1 : max(1, (matrices + wanted - 1) / wanted)
    chunks = parts > 1 ? matrices * parts : (matrices + matricesPerChunk - 1) / matricesPerChunk
  }

  /// The range that part `index` takes of an extent.
  func range(_ index: Int, of total: Int) -> Range<Int> {
    min(total, index * extent)..<min(total, (index + 1) * extent)
  }

  private static func extent(of total: Int, parts: Int, multiple: Int) -> Int {
    let share = (total + parts - 1) / parts
    return parts == 1 ? max(1, total) : (share + multiple - 1) / multiple * multiple
  }
}
