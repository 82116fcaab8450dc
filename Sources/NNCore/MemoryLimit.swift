#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// How much memory this process can have: sizes that come from files and options are held against
/// it before anything is allocated.
public enum MemoryLimit {
  /// Bytes of physical memory, or of the address space where a resource limit (`ulimit -v`) leaves
  /// less; at most 2⁴⁴ (16 TiB), so that sums of a million such sizes can be counted.
  public static let byteCount: Int = {
    let pages = Int(sysconf(Int32(_SC_PHYS_PAGES)))
    let physical = pages.multipliedSaturating(by: Int(sysconf(Int32(_SC_PAGESIZE))))
    var limit = min(largest, physical > 0 ? physical : largest)
    var space = rlimit()
    #if os(Linux) && canImport(Glibc)
      let isKnown = getrlimit(__rlimit_resource_t(RLIMIT_AS.rawValue), &space) == 0
    #else
      let isKnown = getrlimit(RLIMIT_AS, &space) == 0
    #endif
    if isKnown { limit = min(limit, Int(clamping: space.rlim_cur)) }
    return limit
  }()

  private static let largest = 1 << 44

  /// Whether so many bytes cannot be had.
  public static func isExceeded(by byteCount: Int) -> Bool { byteCount > self.byteCount }

  /// `would take 7,450.6 GiB; this machine has 23.4 GiB`, for messages.
  public static func excess(_ byteCount: Int) -> String {
    "would take \(text(byteCount)); this machine has \(text(self.byteCount))"
  }

  /// Throws where something would take more memory than there is.
  ///
  /// - Parameters:
  ///   - byteCount: The bytes that it takes.
  ///   - what: What takes them, the subject of the message.
  ///   - place: Where it stands.
  ///   - hint: What makes it smaller.
  /// - Throws: `NNError` with both sizes.
  public static func check(
    _ byteCount: Int, _ what: @autoclosure () -> String, at place: String? = nil,
    hint: String? = nil
  ) throws(NNError) {
    guard isExceeded(by: byteCount) else { return }
    throw .invalid("\(what()) \(excess(byteCount))", at: place, hint: hint)
  }

  /// A size in bytes as messages show it: `512 bytes`, `3.5 MiB`, `7,450.6 GiB`.
  public static func text(_ byteCount: Int) -> String {
    if byteCount == .max { return "more than 8 EiB" }
    guard byteCount >= 1 << 10 else { return "\(byteCount) bytes" }
    let units = [(30, "GiB"), (20, "MiB"), (10, "KiB")]
    let (shift, unit) = units.first { byteCount >= 1 << $0.0 } ?? (10, "KiB")
    let whole = byteCount >> shift
    let tenth = ((byteCount - whole << shift) * 10) >> shift
    var digits = Array("\(whole)")
    for place in stride(from: digits.count - 3, to: 0, by: -3) { digits.insert(",", at: place) }
    return "\(String(digits)).\(tenth) \(unit)"
  }
}
