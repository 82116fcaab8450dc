#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// What the environment variable `NN_TRACE` asks for on standard error.
enum Trace: String {
  /// Each plan's instructions and memory.
  case plan
  /// When a session ends, how long each of its instructions took.
  case time

  static let wanted = getenv("NN_TRACE").flatMap { Trace(rawValue: String(cString: $0)) }

  static func print(_ text: String) {
    let bytes = Array(text.utf8)
    _ = write(STDERR_FILENO, bytes, bytes.count)
  }
}
