#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// The peak memory of the whole process since this object was created, where the system reports it.
///
/// The peak of the whole process would include the measurement of the memory bandwidth and earlier
/// workloads. Linux resets it on request: `clear_refs` in proc(5). Memory that the allocator
/// retains from earlier workloads still counts: the first value of a run is exact, later ones are
/// bounds.
struct PeakMemory {
  /// Resets the peak.
  ///
  /// - Returns: nil where the system cannot reset it.
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
