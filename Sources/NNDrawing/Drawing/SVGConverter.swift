package import NNCore
import NNFormats

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// Turns SVG into PNG by librsvg's program.
package enum SVGConverter {
  /// Writes a PNG file; it replaces an old one only when it is complete.
  package static func writePNG(
    _ svg: String, to path: String, width: Int, by program: String = "rsvg-convert"
  ) throws(NNError) {
    guard width > 0, width <= 20_000 else {
      throw .invalid("expected a width of 1 to 20,000 pixels, found \(width)", at: path)
    }
    let input = try temporaryFile(holding: svg)
    defer { close(input) }
    let messages = try temporaryFile(holding: "")
    defer { close(messages) }
    let partial = "\(path).\(getpid()).part"
    defer { unlink(partial) }
    let status = try run(
      [program, "--unlimited", "--format", "png", "--width", "\(width)", "--output", partial],
      input: input, messages: messages)
    guard status == 0 else {
      let reason = text(of: messages)
      throw .failed(
        reason.isEmpty ? "\(program) failed with status \(status)" : "\(program): \(reason)",
        at: path)
    }
    guard rename(partial, path) == 0 else {
      throw .system("cannot be written", errno, at: path)
    }
  }

  /// Runs a program to its end; the exit status, 128 and the signal's number when one ended it.
  private static func run(
    _ arguments: [String], input: Int32, messages: Int32
  ) throws(NNError) -> Int32 {
    #if canImport(Darwin)
      var actions: posix_spawn_file_actions_t?
    #else
      var actions = posix_spawn_file_actions_t()
    #endif
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_adddup2(&actions, input, STDIN_FILENO)
    posix_spawn_file_actions_adddup2(&actions, messages, STDERR_FILENO)
    var process: pid_t = 0
    var words = arguments.map { strdup($0) } + [nil]
    defer { for word in words { free(word) } }
    let failure = posix_spawnp(&process, arguments[0], &actions, nil, &words, environ)
    guard failure == 0 else {
      throw NNError(
        .invalidInput,
        "PNG needs the program \(arguments[0]): \(SystemReason.text(failure))",
        hint: "install librsvg (Debian: apt install librsvg2-bin), or use the SVG file")
    }
    var status: Int32 = 0
    while waitpid(process, &status, 0) < 0, errno == EINTR {}
    let signal = status & 0x7F
    return signal == 0 ? (status >> 8) & 0xFF : 128 + signal
  }

  /// A file without a name, opened at its start.
  private static func temporaryFile(holding text: String) throws(NNError) -> Int32 {
    let folder = getenv("TMPDIR").map { String(cString: $0) } ?? "/tmp"
    var name = Array("\(folder)/nntrain-XXXXXX".utf8CString)
    let file = mkstemp(&name)
    guard file >= 0 else {
      let reason = errno
      throw .failed("no temporary file: \(SystemReason.text(reason))", at: folder)
    }
    unlink(name)
    do throws(NNError) {
      try FileSink(descriptor: file, path: folder).write(Array(text.utf8))
      guard lseek(file, 0, SEEK_SET) == 0 else {
        throw .system("cannot be written", errno, at: folder)
      }
    } catch {
      close(file)
      throw error
    }
    return file
  }

  /// The beginning of what a file holds, on one line.
  private static func text(of file: Int32) -> String {
    lseek(file, 0, SEEK_SET)
    var bytes = [UInt8](repeating: 0, count: 1000)
    let count = read(file, &bytes, bytes.count)
    return String(decoding: bytes[..<max(count, 0)], as: UTF8.self)
      .split(whereSeparator: \.isNewline).joined(separator: " ")
  }
}
