#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// The trace on standard error that the environment variable `NN_TRACE` selects.
enum Trace: String {
  /// Each plan's instructions and memory.
  case plan
  /// The duration of each instruction, when a session ends.
  case time

  static let wanted = getenv("NN_TRACE").flatMap { Trace(rawValue: String(cString: $0)) }

  static func print(_ text: String) {
    let bytes = Array(text.utf8)
    _ = write(STDERR_FILENO, bytes, bytes.count)
  }
}
