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

/// The program's two output streams, unbuffered and in whole pieces.
///
/// Control characters, which names in files may hold, are written as `\u{1B}` and the like: in
/// messages always, in results where standard output is a terminal, whose reader they could deceive.
enum Console {
  /// Writes a text and a terminator, a line break unless given, to standard output.
  ///
  /// On a terminal, characters that would command it are escaped: the text may come from a file.
  ///
  /// - Parameters:
  ///   - isDrawing: Whether the text holds colours of this program's own; then nothing is escaped.
  ///   - mayBeUnread: Whether a reader who has gone away is no error, since what is left to do matters
  ///     more than what is printed.
  /// - Throws: `NNError` when it cannot be written, on a full disk for instance.
  static func print(
    _ text: String, terminator: String = "\n", isDrawing: Bool = false, mayBeUnread: Bool = false
  ) throws(NNError) {
    let isShown = !isDrawing && isatty(STDOUT_FILENO) == 1
    let text = isShown ? text.escapingControls(keepsLines: true) : text
    if let reason = send(text + terminator, to: STDOUT_FILENO), !(mayBeUnread && reason == EPIPE) {
      throw .failed("cannot be written: \(SystemReason.text(reason))", at: "standard output")
    }
  }

  /// Writes a text of this program's own that nobody depends on to standard output, with whatever
  /// commands for the terminal it holds: a reader who has gone away must not end a run.
  static func show(_ text: String, terminator: String = "\n") {
    _ = send(text + terminator, to: STDOUT_FILENO)
  }

  /// Writes `error: …` to standard error.
  static func error(_ text: String) { note("error: \(text)") }

  /// Writes a line next to the results, to standard error; names from files in it are escaped.
  static func note(_ line: String) {
    _ = send(line.escapingControls(keepsLines: true) + "\n", to: STDERR_FILENO)
  }

  /// Writes a line `warning: …` for each to standard error.
  static func warn(_ warnings: [String]) {
    for warning in warnings { note("warning: \(warning)") }
  }

  /// Whether standard output is a terminal that understands escape codes.
  static var isTerminal: Bool {
    let kind = getenv("TERM").map { String(cString: $0) }
    return isatty(STDOUT_FILENO) == 1 && kind != nil && kind != "dumb"
  }

  /// Whether a person reads standard error.
  static var reportsToTerminal: Bool { isatty(STDERR_FILENO) == 1 }

  /// Columns of the terminal behind standard output; 80 where it does not tell.
  static var width: Int { size.columns }

  /// The size of the terminal behind standard output; 80 × 24 where it does not tell.
  static var size: TerminalSize {
    var size = winsize()
    let isKnown = ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0
    return TerminalSize(
      columns: isKnown && size.ws_col > 0 ? Int(size.ws_col) : 80,
      rows: isKnown && size.ws_row > 0 ? Int(size.ws_row) : 24)
  }

  /// What the terminal can show of pictures: Braille where its locale is UTF-8, colours where it has
  /// 256 and `NO_COLOR` does not forbid them.
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

  /// Writes everything, or returns the system's number for why not.
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
