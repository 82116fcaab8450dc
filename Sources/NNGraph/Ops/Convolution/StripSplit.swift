import NNCore
import NNKernels

/// How work on a batch of pictures is cut into chunks: whole pictures, or strips of their rows where
/// a picture is too large for the second-level cache or there are too few pictures.
///
/// A function of the sizes alone, so that results do not change with the number of threads.
struct StripSplit {
  private let images: Int
  private let rows: Int
  /// Rows of a strip; the last one of a picture may have fewer.
  let stripRows: Int
  /// Strips that one chunk computes, one after another.
  let unitsPerChunk: Int

  /// Bytes that a strip may take: half of a common second-level cache.
  private static let stripBytes = 1 << 20

  /// - Parameters:
  ///   - multiplyAdds: That take as long as the whole work.
  ///   - bytesPerRow: Scratch memory for each row of a strip.
  ///   - limit: Chunks at most.
  init(
    images: Int, rows: Int, multiplyAdds: Int, bytesPerRow: Int,
    limit: Int = 2 * MatrixSplit.chunkLimit
  ) {
    self.images = images
    self.rows = rows
    let fitting = max(1, Self.stripBytes / max(1, bytesPerRow))
    // A lone picture must still give several threads something to do.
    let parts = images >= 4 ? 1 : multiplyAdds / MatrixSplit.chunkWork
    let wanted = parts >= 4 ? 4 : parts >= 2 ? 2 : 1
    let strips = max(1, max(wanted, (rows + fitting - 1) / fitting))
    stripRows = max(1, (rows + strips - 1) / strips)
    let units = images * ((rows + stripRows - 1) / stripRows)
    let chunks = max(1, min(limit, multiplyAdds / MatrixSplit.chunkWork))
    unitsPerChunk = max(1, (units + chunks - 1) / chunks)
  }

  /// Strips of a picture.
  var strips: Int { (rows + stripRows - 1) / stripRows }
  /// Strips of all pictures.
  var units: Int { images * strips }
  /// Chunks of the whole work.
  var chunks: Int { (units + unitsPerChunk - 1) / unitsPerChunk }

  /// The strips of a chunk.
  func units(ofChunk chunk: Int) -> Range<Int> {
    chunk * unitsPerChunk..<min(units, (chunk + 1) * unitsPerChunk)
  }

  /// The picture and the rows of a strip.
  func strip(_ unit: Int) -> (image: Int, rows: Range<Int>) {
    let (image, strip) = unit.quotientAndRemainder(dividingBy: strips)
    return (image, strip * stripRows..<min(rows, (strip + 1) * stripRows))
  }

  /// Runs `body` for every strip of every picture.
  func kernel(
    _ body: @escaping (_ image: Int, _ rows: Range<Int>, _ worker: Int) -> Void
  ) -> Kernel {
    .parallel(chunks) { chunk, worker in
      for unit in units(ofChunk: chunk) {
        let (image, rows) = strip(unit)
        body(image, rows, worker)
      }
    }
  }
}

extension Range<Int> {
  /// The elements that a range of groups of `count` stands for, below `limit`.
  func scaled(by count: Int, upTo limit: Int) -> Range<Int> {
    Swift.min(limit, lowerBound * count)..<Swift.min(limit, upperBound * count)
  }
}
