#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// How much memory this process can have. Sizes that come from files and options are checked
/// against it before anything is allocated.
public enum MemoryLimit {
  /// Bytes that are available now: physical memory, or what a control group (a container) allows,
  /// or what is left of the address space under a resource limit (`ulimit -v`), whichever is
  /// smallest; at most 2⁴⁴ (16 TiB), so that the sum of a million such sizes does not overflow.
  public static var byteCount: Int { min(machineByteCount, addressSpaceLeft ?? largest) }

  private static let largest = 1 << 44

  /// The part of the limit that is constant while the process runs.
  private static let machineByteCount: Int = {
    let pages = Int(sysconf(Int32(_SC_PHYS_PAGES)))
    let physical = pages.multipliedSaturating(by: pageByteCount)
    return min(largest, physical > 0 ? physical : largest, controlGroupLimit() ?? largest)
  }()

  private static var pageByteCount: Int { Int(sysconf(Int32(_SC_PAGESIZE))) }

  /// The smallest memory limit among the control groups of this process; nil where none has one.
  ///
  /// - Parameter root: A prefix of `/proc` and `/sys`.
  package static func controlGroupLimit(root: String = "") -> Int? {
    ControlGroup.all(of: "memory", root: root).compactMap { group in
      let name = group.isUnified ? "memory.max" : "memory.limit_in_bytes"
      // Version 2 writes `max` where there is no limit.
      return SmallFile.text("\(group.folder)/\(name)").flatMap { text in
        text.split { $0.isWhitespace }.first.flatMap { Int($0) }
      }
    }.filter { $0 > 0 }.min()
  }

  /// What is left of the address space under a limit on it; nil without a limit.
  private static var addressSpaceLeft: Int? {
    var space = rlimit()
    #if os(Linux) && canImport(Glibc)
      let isKnown = getrlimit(__rlimit_resource_t(RLIMIT_AS.rawValue), &space) == 0
    #else
      let isKnown = getrlimit(RLIMIT_AS, &space) == 0
    #endif
    guard isKnown, space.rlim_cur < largest else { return nil }
    let mapped = SmallFile.text("/proc/self/statm").flatMap {
      mappedByteCount(statm: $0, pageByteCount: pageByteCount)
    }
    return max(0, Int(clamping: space.rlim_cur) - (mapped ?? 0) - reserve)
  }

  /// Kept free for allocations that are too small to be checked against the limit.
  private static let reserve = 16 << 20

  /// The size of the address space in use, from the text of `/proc/self/statm`, which counts pages;
  /// nil for another text.
  package static func mappedByteCount(statm text: String, pageByteCount: Int) -> Int? {
    text.split { $0.isWhitespace }.first.flatMap { Int($0) }
      .map { $0.multipliedSaturating(by: pageByteCount) }
  }

  /// Whether that many bytes are more than can be had.
  public static func isExceeded(by byteCount: Int) -> Bool { byteCount > self.byteCount }

  /// `would take 7,450.6 GiB; this machine has 23.4 GiB`, for messages.
  public static func excess(_ byteCount: Int) -> String {
    let taken = "would take \(text(byteCount))"
    if let left = addressSpaceLeft, left < machineByteCount {
      return "\(taken); the limit on memory (ulimit -v) leaves \(text(left))"
    }
    return "\(taken); this machine has \(text(machineByteCount))"
  }

  /// Throws when something would take more memory than there is.
  ///
  /// - Parameters:
  ///   - byteCount: The bytes that it takes.
  ///   - what: What takes them, the subject of the message.
  ///   - place: Where it was read or asked for.
  ///   - hint: How to make it smaller.
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
