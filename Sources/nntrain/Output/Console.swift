import NNCore

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// The program's two output streams, unbuffered and in whole pieces.
enum Console {
  /// Writes a text and a terminator, a line break unless given, to standard output.
  ///
  /// - Throws: `NNError` when it cannot be written, on a full disk for instance.
  static func print(_ text: String, terminator: String = "\n") throws(NNError) {
    if let reason = send(text + terminator, to: STDOUT_FILENO) {
      throw .failed("cannot be written: \(reason)", at: "standard output")
    }
  }

  /// Writes a text that nobody depends on to standard output: a reader who has gone away must not end
  /// a run.
  static func show(_ text: String, terminator: String = "\n") {
    _ = send(text + terminator, to: STDOUT_FILENO)
  }

  /// Writes `error: …` to standard error.
  static func error(_ text: String) { _ = send("error: \(text)\n", to: STDERR_FILENO) }

  /// Writes a line beside the results, to standard error.
  static func note(_ line: String) { _ = send(line + "\n", to: STDERR_FILENO) }

  /// Writes a line `warning: …` for each to standard error.
  static func warn(_ warnings: [String]) {
    for warning in warnings { note("warning: \(warning)") }
  }

  /// Whether standard output is a terminal that understands escape codes.
  static var isTerminal: Bool {
    let kind = getenv("TERM").map { String(cString: $0) }
    return isatty(STDOUT_FILENO) == 1 && kind != nil && kind != "dumb"
  }

  /// Columns of the terminal behind standard output; 80 where it does not tell.
  static var width: Int {
    var size = winsize()
    let known = ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0 && size.ws_col > 0
    return known ? Int(size.ws_col) : 80
  }

  /// Writes everything, or returns the system's reason why not.
  private static func send(_ text: String, to descriptor: Int32) -> String? {
    var text = text
    return text.withUTF8 { bytes in
      var written = 0
      while written < bytes.count {
        let count = write(
          descriptor, bytes.baseAddress.map { $0 + written }, bytes.count - written)
        if count < 0 && errno == EINTR { continue }
        guard count >= 0 else { return String(cString: strerror(errno)) }
        written += count
      }
      return nil
    }
  }
}
