#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// A block of memory aligned for vector loads, freed with its last owner.
///
/// - Important: `@unchecked Sendable` is sound because every owner goes through `HostTensor`, which
///   writes only when `isKnownUniquelyReferenced` returned true, or through a session, which never
///   shares a block that it writes.
public final class Storage: @unchecked Sendable {
  /// The alignment of the first byte that vector kernels may assume, in bytes.
  public static let alignment = 64

  /// The usable size in bytes.
  public let byteCount: Int
  /// The first byte; valid as long as this object lives.
  public let address: UnsafeMutableRawPointer
  /// The block as allocated, with a smaller alignment.
  private let block: UnsafeMutableRawPointer

  /// Allocates `byteCount` bytes, all zero.
  public convenience init(byteCount: Int) {
    self.init(byteCount: byteCount) { calloc(1, $0) }
    populate()
  }

  /// Allocates `byteCount` bytes of any content; pages that are never touched take no memory.
  public convenience init(uninitializedByteCount byteCount: Int) {
    self.init(byteCount: byteCount) { malloc($0) }
  }

  private init(byteCount: Int, taking take: (Int) -> UnsafeMutableRawPointer?) {
    self.byteCount = byteCount
    let padded = max(Storage.alignment, byteCount.roundedUp(toMultipleOf: Storage.alignment))
    guard let block = take(padded + Storage.alignment) else {
      preconditionFailure("the system has no \(padded) bytes left")
    }
    self.block = block
    address = block.alignedUp(toMultipleOf: Storage.alignment)
  }

  deinit { free(block) }

  /// Maps the pages of a large block at once: a page that is first read as zero and written later
  /// would be mapped twice, at 2 µs each.
  private func populate() {
    #if os(Linux)
      guard byteCount >= 1 << 20 else { return }
      let page = sysconf(Int32(_SC_PAGESIZE))
      let start = address.alignedUp(toMultipleOf: page)
      let end = (address + byteCount).alignedDown(toMultipleOf: page)
      let populateWrite: Int32 = 23
      // Linux before 5.14 does not support this; then pages are mapped one by one.
      _ = madvise(start, end - start, populateWrite)
    #endif
  }
}

extension Int {
  /// The smallest multiple of `factor` that is ≥ this number.
  public func roundedUp(toMultipleOf factor: Int) -> Int {
    (self + factor - 1) / factor * factor
  }
}
