import NNCore

/// How a pass over a sequence is cut into chunks, by its sizes alone.
///
/// Rows are independent of one another, so a chunk of rows takes all steps without waiting for the
/// others. Weights that do not fit a second-level cache are cut instead: a chunk takes one step of a
/// block of units and reads its own part of the weights.
struct RecurrentSplit {
  /// Rows of a chunk.
  let rowExtent: Int
  /// Units of a block.
  let block: Int
  let rowParts: Int
  let blocks: Int
  private let rows: Int
  private let hidden: Int

  /// Weights that half of a common second-level cache holds in Float32.
  static let cachedWeights = 1 << 18
  /// Rows of a chunk at most: their gates stay in the cache, too.
  private static let cachedRows = 64

  init(_ form: RecurrentForm, steps: Int, rows: Int) {
    self.rows = rows
    hidden = form.hidden
    let weights = form.wide * form.outputs
    // These need the states of all units more than once a step.
    let isWhole = form.isProjected || form.cell == .gruResetBefore
    if weights > Self.cachedWeights, !isWhole, form.hidden >= 64 {
      let wanted = (weights + Self.cachedWeights - 1) / Self.cachedWeights
      block = ((form.hidden + wanted - 1) / wanted).roundedUp(toMultipleOf: 16)
      rowExtent = Self.cachedRows
    } else if form.inputs > 0 {
      // Each chunk sums gradients of all weights; adding these up takes as long as some steps.
      block = form.hidden
      rowExtent = min(2 * Self.cachedRows, max(1, (rows + 3) / 4).roundedUp(toMultipleOf: 8))
    } else {
      block = form.hidden
      let work = steps * rows * weights
      let wanted = max(1, min(MatrixSplit.chunkLimit, work / MatrixSplit.chunkWork))
      rowExtent = min(
        Self.cachedRows, max(1, (rows + wanted - 1) / wanted).roundedUp(toMultipleOf: 8))
    }
    blocks = (hidden + block - 1) / block
    rowParts = (rows + rowExtent - 1) / rowExtent
  }

  /// Whether a chunk takes all steps.
  var takesAllSteps: Bool { blocks == 1 }
  var chunks: Int { blocks * rowParts }

  func rows(_ chunk: Int) -> Range<Int> {
    let part = chunk / blocks
    return part * rowExtent..<min(rows, (part + 1) * rowExtent)
  }

  func units(_ chunk: Int) -> Range<Int> {
    let part = chunk % blocks
    return part * block..<min(hidden, (part + 1) * block)
  }

  /// The kernel that calls `body` for every chunk of every step, `count` steps in all.
  func kernel(
    steps count: Int,
    _ body:
      @escaping (
        _ chunk: Int, _ steps: Range<Int>, _ worker: Int
      ) -> Void
  ) -> Kernel {
    func phase(_ steps: Range<Int>) -> Kernel {
      .parallel(chunks) { chunk, worker in body(chunk, steps, worker) }
    }
    return takesAllSteps
      ? phase(0..<count)
      : Kernel(phases: (0..<count).flatMap { phase($0..<$0 + 1).phases })
  }
}
