import CProcess
package import NNCore

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

extension BLAS {
  /// The address space that a thread needs during a GEMM: OpenBLAS's constant for x86-64, which is
  /// at least that of other processors.
  package static let bufferByteCount = 128 << 20

  /// Maps the buffers that OpenBLAS needs for a number of threads, before the first GEMM.
  ///
  /// The library maps a buffer when a GEMM finds all others in use, and retries forever if the
  /// system refuses. So available memory is checked first, when an error can still be reported;
  /// then the library allocates its buffers and keeps them. Physical memory is used only as they
  /// are filled.
  ///
  /// - Parameter threads: The number of threads that may run a GEMM at the same time.
  /// - Throws: `NNError` when the address space (`ulimit -v`) or the system's memory does not
  ///   suffice.
  package static func reserveBuffers(threads: Int) throws(NNError) {
    #if os(Linux)
      // Debian's build warns above this; that many threads rarely run GEMMs at the same time.
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

  /// Restarts this program without OpenBLAS's own threads where memory is limited (`ulimit -v`);
  /// does nothing otherwise.
  ///
  /// When the library is loaded, before any other code runs, it starts one thread per additional
  /// processor, and each of them allocates a buffer of ``bufferByteCount``, or retries forever.
  /// Call this first, before anything is opened or started.
  package static func restartWhereMemoryIsLimited() {
    #if os(Linux)
      let threads = getenv("OPENBLAS_NUM_THREADS").map { String(cString: $0) }
      guard nn_memory_is_limited(), threads != "1" else { return }
      // Returns on failure; reserveBuffers reports the error later.
      nn_restart_with("OPENBLAS_NUM_THREADS", "1")
    #endif
  }

  #if os(Linux)
    /// The number of buffers, up to `count`, that the system can map now in addition to the memory
    /// that the rest of the program needs.
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
