/// A block of memory aligned for vector loads, zeroed at birth, freed with its last owner.
///
/// - Important: `@unchecked Sendable` is sound because every owner goes through `HostTensor`, which
///   writes only after `isKnownUniquelyReferenced` said that nobody else holds the block, or through
///   a session, which never shares a block that it writes.
public final class Storage: @unchecked Sendable {
  /// Bytes that vector kernels may assume the start is aligned to.
  public static let alignment = 64

  /// The usable size in bytes.
  public let byteCount: Int
  /// The first byte; valid as long as this object lives.
  public let address: UnsafeMutableRawPointer

  /// Takes `byteCount` bytes, all zero.
  public init(byteCount: Int) {
    self.byteCount = byteCount
    let padded = max(Storage.alignment, byteCount.roundedUp(toMultipleOf: Storage.alignment))
    address = .allocate(byteCount: padded, alignment: Storage.alignment)
    address.initializeMemory(as: UInt8.self, repeating: 0, count: padded)
  }

  /// Takes `byteCount` bytes of any content; pages that are never touched stay unused.
  public init(uninitializedByteCount byteCount: Int) {
    self.byteCount = byteCount
    address = .allocate(
      byteCount: max(Storage.alignment, byteCount), alignment: Storage.alignment)
  }

  deinit { address.deallocate() }
}

extension Int {
  /// The smallest multiple of `factor` that is not below this number.
  public func roundedUp(toMultipleOf factor: Int) -> Int {
    (self + factor - 1) / factor * factor
  }
}
