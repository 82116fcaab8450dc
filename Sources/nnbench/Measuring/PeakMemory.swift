#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// The most memory that the whole process held since a moment, where the system can tell.
///
/// A process's lifelong peak would hold what the calibration of memory took, and earlier workloads.
/// Linux starts anew on request: `clear_refs` in proc(5). Memory that the allocator keeps back from
/// earlier workloads still counts: the first figure of a run is exact, later ones are bounds.
struct PeakMemory {
  /// Forgets the peak so far.
  ///
  /// - Returns: nil where the system keeps the peak of the process's whole life.
  init?() {
    #if os(Linux)
      guard let file = fopen("/proc/self/clear_refs", "w") else { return nil }
      let written = fputs("5", file)
      guard fclose(file) == 0, written >= 0 else { return nil }
    #else
      return nil
    #endif
  }

  /// The peak since then, in MiB.
  var mebibytes: Int? {
    #if os(Linux)
      guard let file = fopen("/proc/self/status", "r") else { return nil }
      defer { fclose(file) }
      var line = [CChar](repeating: 0, count: 256)
      while fgets(&line, Int32(line.count), file) != nil {
        let text = line.prefix { $0 != 0 }.map { Character(UnicodeScalar(UInt8(bitPattern: $0))) }
        let words = String(text).split { $0.isWhitespace }
        if words.first == "VmHWM:", words.count > 1, let kibibytes = Int(words[1]) {
          return (kibibytes + 512) / 1024
        }
      }
    #endif
    return nil
  }
}
