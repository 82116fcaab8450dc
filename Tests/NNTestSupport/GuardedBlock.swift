package import NNCore

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// A block of memory that ends right before a page without access: reading or writing past its end
/// kills the process, and writing before its start is seen.
///
/// Tests use it in a process of their own (`#expect(processExitsWith: .success)`).
package final class GuardedBlock {
  /// The first byte.
  package let address: UnsafeMutableRawPointer
  private let byteCount: Int
  private let mapping: UnsafeMutableRawPointer
  private let mappedByteCount: Int

  private static let page = Int(sysconf(Int32(_SC_PAGESIZE)))
  /// All bytes of a NaN, as Float and as Double.
  private static let filler: UInt8 = 0xff

  /// Maps a block that is full of NaNs.
  ///
  /// - Parameter alignment: Of the first byte; the block ends that much before the guard at most.
  package init(byteCount: Int, alignment: Int = 1) {
    let usable = ((byteCount + alignment) / Self.page + 2) * Self.page
    mappedByteCount = usable + Self.page
    let block = mmap(
      nil, mappedByteCount, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)
    guard let block, block != MAP_FAILED, mprotect(block + usable, Self.page, PROT_NONE) == 0
    else { preconditionFailure("no memory for \(byteCount) bytes and a guard page") }
    mapping = block
    address = (block + usable - byteCount).alignedDown(toMultipleOf: alignment)
    self.byteCount = byteCount
    memset(block, Int32(Self.filler), usable)
  }

  /// Maps a block with a tensor's elements.
  package convenience init(_ tensor: HostTensor) {
    self.init(byteCount: tensor.byteCount)
    tensor.withBytes { bytes in
      guard let base = bytes.baseAddress else { return }
      address.copyMemory(from: base, byteCount: bytes.count)
    }
  }

  deinit { munmap(mapping, mappedByteCount) }

  /// Whether the memory around the block, up to the guard, is unchanged.
  package var hasIntactSurroundings: Bool {
    func isFilled(_ start: UnsafeMutableRawPointer, _ end: UnsafeMutableRawPointer) -> Bool {
      let count = end - start
      guard count > 0 else { return true }
      return start.load(as: UInt8.self) == Self.filler && memcmp(start, start + 1, count - 1) == 0
    }
    let guardPage = mapping + mappedByteCount - Self.page
    return isFilled(mapping, address) && isFilled(address + byteCount, guardPage)
  }

  /// The block's content as a tensor.
  package func tensor(_ shape: Shape, _ dtype: DType) -> HostTensor {
    HostTensor(shape: shape, dtype: dtype) { bytes in
      bytes.baseAddress?.copyMemory(from: address, byteCount: bytes.count)
    }
  }
}
