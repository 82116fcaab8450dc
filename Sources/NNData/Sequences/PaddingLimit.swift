import NNCore

/// A limit on the size of sequences that are padded to the longest one.
///
/// One long sequence among many short ones would turn a small file into terabytes, so padded
/// sequences may take a hundred times the size of the unpadded ones, or 1 GiB if that is more.
enum PaddingLimit {
  /// Throws when padded sequences exceed the limit or the memory.
  ///
  /// - Parameters:
  ///   - lengths: The steps of each sequence.
  ///   - stepByteCount: Bytes of a step.
  ///   - place: Names the sequence with that index for the message.
  ///   - hint: How to make the longest sequence shorter.
  static func check(
    _ lengths: [Int], stepByteCount: Int, place: (Int) -> String, hint: String
  ) throws(NNError) {
    guard let longest = lengths.indices.max(by: { lengths[$0] < lengths[$1] }) else { return }
    let held = lengths.saturatingSum.multipliedSaturating(by: stepByteCount)
    let padded = [lengths.count, lengths[longest], stepByteCount].saturatingProduct
    guard
      padded > max(1 << 30, held.multipliedSaturating(by: 100))
        || MemoryLimit.isExceeded(by: padded)
    else { return }
    throw .invalid(
      "has \(lengths[longest]) steps; \(lengths.count) sequences padded to that length would take "
        + "\(MemoryLimit.text(padded)), unpadded they take \(MemoryLimit.text(held))",
      at: place(longest), hint: hint)
  }
}
