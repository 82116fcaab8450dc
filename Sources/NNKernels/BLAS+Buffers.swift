import CProcess
package import NNCore

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

extension BLAS {
  /// The address space that a thread inside a product needs: OpenBLAS's own constant for x86-64, and
  /// no less than that of other processors.
  package static let bufferByteCount = 128 << 20

  /// Maps the buffers that OpenBLAS needs for a number of threads, before the first product.
  ///
  /// The library maps a buffer when a product finds all others in use, and where the system refuses
  /// it tries again for ever. So room is looked for once, while an error can still be told; then the
  /// library takes its buffers, which nobody can take from it any more. Memory is used as they are
  /// filled, not before.
  ///
  /// - Parameter threads: Threads that may be inside a product at the same time.
  /// - Throws: `NNError` when the address space (`ulimit -v`) or the system's memory does not allow
  ///   for them.
  package static func reserveBuffers(threads: Int) throws(NNError) {
    #if os(Linux)
      // Debian's build warns of more; so many threads are hardly ever inside products at once.
      let needed = min(threads, 128)
      let found = blocksThatFit(upTo: needed)
      guard found == needed else {
        let advice = "raise the limit (ulimit -v)"
        throw .failed(
          "\(needed) \(needed == 1 ? "thread needs" : "threads need") \(needed * 128) MiB of address "
            + "space for the buffers of OpenBLAS, there is room for \(found * 128) MiB",
          at: "memory",
          hint: found == 0 ? advice : "compute with --threads \(found), or \(advice)")
      }
      prepare()
      typealias Allocate = @convention(c) (CInt) -> UnsafeMutableRawPointer?
      typealias Free = @convention(c) (UnsafeMutableRawPointer?) -> Void
      guard let allocate = dlsym(nil, "blas_memory_alloc"),
        let free = dlsym(nil, "blas_memory_free")
      else { return }
      let buffers = (0..<needed).map { _ in unsafeBitCast(allocate, to: Allocate.self)(0) }
      for buffer in buffers { unsafeBitCast(free, to: Free.self)(buffer) }
    #endif
  }

  /// Starts this program again without threads of OpenBLAS's own where memory is limited
  /// (`ulimit -v`); does nothing otherwise.
  ///
  /// The library starts a thread for each further processor as it is loaded, before any code of ours,
  /// and each of them takes a buffer of ``bufferByteCount``, or tries for ever. Call it first thing:
  /// nothing must be open or under way.
  package static func restartWhereMemoryIsLimited() {
    #if os(Linux)
      let threads = getenv("OPENBLAS_NUM_THREADS").map { String(cString: $0) }
      guard nn_memory_is_limited(), threads != "1" else { return }
      // Returns where it fails; then the error comes later, from reserveBuffers.
      nn_restart_with("OPENBLAS_NUM_THREADS", "1")
    #endif
  }

  #if os(Linux)
    /// How many buffers, up to a number, the system maps now next to what the rest of the program
    /// needs.
    private static func blocksThatFit(upTo count: Int) -> Int {
      let others = 64 << 20
      var blocks: [(address: UnsafeMutableRawPointer?, byteCount: Int)] = []
      defer { for block in blocks { munmap(block.address, block.byteCount) } }
      for byteCount in [others] + Array(repeating: bufferByteCount, count: count) {
        let address = mmap(
          nil, byteCount, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)
        if address == MAP_FAILED { break }
        blocks.append((address, byteCount))
      }
      return max(0, blocks.count - 1)
    }
  #endif
}
