import NNCore
import NNKernels

/// How work on a batch of images is split into chunks: by images, or by blocks of rows where an
/// image is too large for the L2 cache or there are too few images.
///
/// Depends only on the sizes, so that results do not change with the number of threads.
struct RowBlockSplit {
  private let images: Int
  private let rows: Int
  /// Rows of a block; the last block of an image may have fewer.
  let blockRows: Int
  /// Blocks that one chunk computes, one after another.
  let blocksPerChunk: Int

  /// The maximum scratch memory of a block in bytes: half of a common L2 cache.
  private static let blockBytes = 1 << 20

  /// - Parameters:
  ///   - multiplyAdds: The cost of the whole work in multiply–accumulates.
  ///   - bytesPerRow: Scratch memory for each row of a block.
  ///   - limit: The maximum number of chunks.
  init(
    images: Int, rows: Int, multiplyAdds: Int, bytesPerRow: Int,
    limit: Int = 2 * MatrixSplit.chunkLimit
  ) {
    self.images = images
    self.rows = rows
    let fitting = max(1, Self.blockBytes / max(1, bytesPerRow))
    // A single image must still occupy several threads.
    let parts = images >= 4 ? 1 : multiplyAdds / MatrixSplit.chunkWork
    let wanted = parts >= 4 ? 4 : parts >= 2 ? 2 : 1
    let perImage = max(1, max(wanted, (rows + fitting - 1) / fitting))
    blockRows = max(1, (rows + perImage - 1) / perImage)
    let blocks = images * ((rows + blockRows - 1) / blockRows)
    let chunks = max(1, min(limit, multiplyAdds / MatrixSplit.chunkWork))
    blocksPerChunk = max(1, (blocks + chunks - 1) / chunks)
  }

  /// Blocks of an image.
  var blocksPerImage: Int { (rows + blockRows - 1) / blockRows }
  /// Blocks of all images.
  var blocks: Int { images * blocksPerImage }
  /// The number of chunks.
  var chunks: Int { (blocks + blocksPerChunk - 1) / blocksPerChunk }

  /// The blocks of a chunk.
  func blocks(ofChunk chunk: Int) -> Range<Int> {
    chunk * blocksPerChunk..<min(blocks, (chunk + 1) * blocksPerChunk)
  }

  /// The image and the rows of a block.
  func rows(ofBlock block: Int) -> (image: Int, rows: Range<Int>) {
    let (image, index) = block.quotientAndRemainder(dividingBy: blocksPerImage)
    return (image, index * blockRows..<min(rows, (index + 1) * blockRows))
  }

  /// A kernel that calls `body` for every block of every image.
  func kernel(
    _ body: @escaping (_ image: Int, _ rows: Range<Int>, _ worker: Int) -> Void
  ) -> Kernel {
    .parallel(chunks) { chunk, worker in
      for block in blocks(ofChunk: chunk) {
        let (image, rows) = self.rows(ofBlock: block)
        body(image, rows, worker)
      }
    }
  }
}

extension Range<Int> {
  /// The elements of a range of groups of `count` elements each, below `limit`.
  func scaled(by count: Int, upTo limit: Int) -> Range<Int> {
    Swift.min(limit, lowerBound * count)..<Swift.min(limit, upperBound * count)
  }
}
