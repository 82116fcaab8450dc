import NNCore
import NNDrawing
import NNFormats

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// The program's two output streams, unbuffered.
///
/// Control characters, which names in files may hold, are escaped as `\u{1B}` and the like: always
/// in messages, and in results if standard output is a terminal, where they could forge output.
enum Console {
  /// Writes a text and a terminator, a line break unless given, to standard output.
  ///
  /// On a terminal, control characters are escaped: the text may come from a file.
  ///
  /// - Parameters:
  ///   - isDrawing: Whether the text holds this program's own colour codes; then nothing is
  ///     escaped.
  ///   - mayBeUnread: Whether a closed pipe is ignored, when the remaining work matters more than
  ///     the output.
  /// - Throws: `NNError` when it cannot be written, for example on a full disk.
  static func print(
    _ text: String, terminator: String = "\n", isDrawing: Bool = false, mayBeUnread: Bool = false
  ) throws(NNError) {
    let isShown = !isDrawing && isatty(STDOUT_FILENO) == 1
    let text = isShown ? text.escapingControls(keepsLines: true) : text
    if let reason = send(text + terminator, to: STDOUT_FILENO), !(mayBeUnread && reason == EPIPE) {
      throw .failed("cannot be written: \(SystemReason.text(reason))", at: "standard output")
    }
  }

  /// Writes a text of this program's own to standard output, without escaping its control
  /// sequences. Errors are ignored: a closed pipe must not end a run.
  static func show(_ text: String, terminator: String = "\n") {
    _ = send(text + terminator, to: STDOUT_FILENO)
  }

  /// Writes `error: …` to standard error.
  static func error(_ text: String) { note("error: \(text)") }

  /// Writes a note to standard error; control characters are escaped.
  static func note(_ line: String) {
    _ = send(line.escapingControls(keepsLines: true) + "\n", to: STDERR_FILENO)
  }

  /// Writes one line `warning: …` per warning to standard error.
  static func warn(_ warnings: [String]) {
    for warning in warnings { note("warning: \(warning)") }
  }

  /// Whether standard output is a terminal that understands escape codes.
  static var isTerminal: Bool {
    let kind = getenv("TERM").map { String(cString: $0) }
    return isatty(STDOUT_FILENO) == 1 && kind != nil && kind != "dumb"
  }

  /// Whether standard error is a terminal.
  static var reportsToTerminal: Bool { isatty(STDERR_FILENO) == 1 }

  /// The number of columns of the terminal on standard output; 80 if unknown.
  static var width: Int { size.columns }

  /// The size of the terminal on standard output; 80 × 24 if unknown.
  static var size: TerminalSize {
    var size = winsize()
    let isKnown = ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0
    return TerminalSize(
      columns: isKnown && size.ws_col > 0 ? Int(size.ws_col) : 80,
      rows: isKnown && size.ws_row > 0 ? Int(size.ws_row) : 24)
  }

  /// How the terminal can show pictures: Braille if its locale is UTF-8, colours if it has 256 and
  /// `NO_COLOR` is not set.
  static var pictureStyle: TerminalStyle {
    func variable(_ name: String) -> String? {
      getenv(name).map { String(cString: $0) }.flatMap { $0.isEmpty ? nil : $0 }
    }
    let kind = variable("TERM") ?? ""
    let locale = (variable("LC_ALL") ?? variable("LC_CTYPE") ?? variable("LANG") ?? "").lowercased()
    let isUnicode = locale.contains("utf-8") || locale.contains("utf8")
    let hasColors = kind.contains("256color") || variable("COLORTERM") != nil
    return TerminalStyle(
      // The text console of Linux has no Braille.
      isUnicode && kind != "linux" ? .braille : .ascii,
      hasColors: hasColors && variable("NO_COLOR") == nil)
  }

  /// Writes everything; returns `errno` on failure.
  private static func send(_ text: String, to descriptor: Int32) -> Int32? {
    var text = text
    return text.withUTF8 { bytes in
      var written = 0
      while written < bytes.count {
        let count = write(
          descriptor, bytes.baseAddress.map { $0 + written }, bytes.count - written)
        if count < 0 {
          let reason = errno
          if reason == EINTR { continue }
          return reason
        }
        written += count
      }
      return nil
    }
  }
}

/// Columns and rows of a terminal.
struct TerminalSize: Equatable {
  let columns: Int
  let rows: Int
}
