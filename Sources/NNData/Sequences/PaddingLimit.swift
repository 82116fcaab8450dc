import NNCore

/// How much rows may grow when they are filled up to the longest one.
///
/// One long row among many short ones would make terabytes of a small file, so what is filled up may
/// take a hundred times what the rows hold, or 1 GiB where that is more.
enum PaddingLimit {
  /// Throws where rows grow beyond the limit, or beyond the memory.
  ///
  /// - Parameters:
  ///   - lengths: The steps of each row.
  ///   - stepByteCount: Bytes of a step.
  ///   - place: Names the row with that number for the message.
  ///   - hint: What makes the longest row shorter.
  static func check(
    _ lengths: [Int], stepByteCount: Int, place: (Int) -> String, hint: String
  ) throws(NNError) {
    guard let longest = lengths.indices.max(by: { lengths[$0] < lengths[$1] }) else { return }
    let held = lengths.saturatingSum.multipliedSaturating(by: stepByteCount)
    let filled = [lengths.count, lengths[longest], stepByteCount].saturatingProduct
    guard
      filled > max(1 << 30, held.multipliedSaturating(by: 100))
        || MemoryLimit.isExceeded(by: filled)
    else { return }
    throw .invalid(
      "has \(lengths[longest]) steps; \(lengths.count) rows filled up to as many would take "
        + "\(MemoryLimit.text(filled)) for the \(MemoryLimit.text(held)) that they hold",
      at: place(longest), hint: hint)
  }
}
