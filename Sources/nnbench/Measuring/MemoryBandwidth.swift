import NNCore
import NNKernels

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// The memory bandwidth: a[i] = b[i] + s·c[i] over arrays larger than the caches, on all threads.
///
/// As in McCalpin's STREAM ("triad"), two arrays read and one written are counted; reads that the
/// processor makes for the written array (write-allocate) are not.
enum MemoryBandwidth {
  private static let chunkLength = 1 << 18

  /// The fastest pass within the given time, of at least three, in GB/s (10⁹ bytes per second).
  static func gigabytesPerSecond(seconds: Double = 0.3) -> Double {
    let chunks = max(1, arrayByteCount / MemoryLayout<Float>.stride / chunkLength)
    let count = chunks * chunkLength
    let arrays = (0..<3).map { _ in
      Storage(uninitializedByteCount: count * MemoryLayout<Float>.stride)
    }
    let (a, b, c) = (Pointer(arrays[0]), Pointer(arrays[1]), Pointer(arrays[2]))
    WorkerPool.run(chunks: chunks) { chunk, _ in
      let start = chunk * chunkLength
      for pointer in [a, b, c] {
        (pointer.start + start).initialize(repeating: 1, count: chunkLength)
      }
    }
    let triad = ParallelBody { chunk, _ in
      let start = chunk * chunkLength
      add(b.start + start, c.start + start, to: a.start + start)
    }
    let clock = ContinuousClock()
    let begin = clock.now
    var fastest = Double.infinity
    var passes = 0
    repeat {
      fastest = min(fastest, clock.measure { WorkerPool.run(chunks, triad) } / .seconds(1))
      passes += 1
    } while passes < 3 || begin.duration(to: clock.now) / .seconds(1) < seconds
    let bytes = arrays.reduce(0) { $0 + $1.byteCount }
    return withExtendedLifetime(arrays) { Double(bytes) / fastest / 1e9 }
  }

  /// 256 MiB or the size of the last-level cache, whichever is more, at most a sixteenth of the
  /// memory.
  private static var arrayByteCount: Int {
    #if canImport(Glibc)
      let cache = sysconf(Int32(_SC_LEVEL3_CACHE_SIZE))
    #else
      let cache = 0
    #endif
    let memory = sysconf(Int32(_SC_PHYS_PAGES)) * sysconf(Int32(_SC_PAGESIZE))
    return min(max(256 << 20, cache), max(1 << 20, memory / 16))
  }

  private static func add(
    _ b: UnsafeMutablePointer<Float>, _ c: UnsafeMutablePointer<Float>,
    to a: UnsafeMutablePointer<Float>
  ) {
    for index in 0..<chunkLength { a[index] = b[index] + 3 * c[index] }
  }

  /// An array that several threads share.
  ///
  /// - Important: `@unchecked Sendable` is sound because each thread accesses only its own chunks.
  private struct Pointer: @unchecked Sendable {
    let start: UnsafeMutablePointer<Float>

    init(_ storage: Storage) {
      start = storage.address.bindMemory(
        to: Float.self, capacity: storage.byteCount / MemoryLayout<Float>.stride)
    }
  }
}
