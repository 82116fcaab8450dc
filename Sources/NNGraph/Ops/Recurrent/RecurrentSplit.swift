import NNCore

/// How a pass over a batch of sequences is split into chunks; depends only on the sizes.
///
/// Examples are independent, so a chunk of examples computes all steps without synchronization.
/// Weights that do not fit the L2 cache are split instead: a chunk computes one step of a block of
/// units and reads only its part of the weights.
struct RecurrentSplit {
  /// Examples of a chunk.
  let examplesPerChunk: Int
  /// Units of a block.
  let block: Int
  let batchParts: Int
  let blocks: Int
  private let batch: Int
  private let hidden: Int

  /// The number of weights that fit half of a common L2 cache in Float32.
  static let cachedWeights = 1 << 18
  /// The maximum number of examples of a chunk, whose gates stay in the cache, too.
  private static let cachedExamples = 64

  init(_ configuration: RecurrentConfiguration, steps: Int, batch: Int) {
    self.batch = batch
    hidden = configuration.hidden
    let weights = configuration.wide * configuration.outputs
    // These need the states of all units more than once per step.
    let isWhole = configuration.isProjected || configuration.cell == .gruResetBefore
    if weights > Self.cachedWeights, !isWhole, configuration.hidden >= 64 {
      let wanted = (weights + Self.cachedWeights - 1) / Self.cachedWeights
      block = ((configuration.hidden + wanted - 1) / wanted).roundedUp(toMultipleOf: 16)
      examplesPerChunk = Self.cachedExamples
    } else if configuration.inputs > 0 {
      // Each chunk sums gradients of all weights; adding the chunks' sums takes as long as some
      // steps.
      block = configuration.hidden
      examplesPerChunk = min(
        2 * Self.cachedExamples, max(1, (batch + 3) / 4).roundedUp(toMultipleOf: 8))
    } else {
      block = configuration.hidden
      let work = steps * batch * weights
      let wanted = max(1, min(MatrixSplit.chunkLimit, work / MatrixSplit.chunkWork))
      examplesPerChunk = min(
        Self.cachedExamples, max(1, (batch + wanted - 1) / wanted).roundedUp(toMultipleOf: 8))
    }
    blocks = (hidden + block - 1) / block
    batchParts = (batch + examplesPerChunk - 1) / examplesPerChunk
  }

  /// Whether a chunk computes all steps.
  var computesAllSteps: Bool { blocks == 1 }
  var chunks: Int { blocks * batchParts }

  func examples(_ chunk: Int) -> Range<Int> {
    let part = chunk / blocks
    return part * examplesPerChunk..<min(batch, (part + 1) * examplesPerChunk)
  }

  func units(_ chunk: Int) -> Range<Int> {
    let part = chunk % blocks
    return part * block..<min(hidden, (part + 1) * block)
  }

  /// The kernel that calls `body` for every chunk and all `count` steps.
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
    return computesAllSteps
      ? phase(0..<count)
      : Kernel(phases: (0..<count).flatMap { phase($0..<$0 + 1).phases })
  }
}
