package import NNCore

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// Opens files that a user has named.
package enum InputFile {
  /// Opens a file for reading, or a pipe that this process was started with (`/dev/stdin`, and
  /// `/dev/fd/63` as shells write `<(…)`); never waits for a writer.
  ///
  /// - Returns: A descriptor, which the caller closes.
  /// - Throws: `NNError` naming the path when the file is missing, is a folder, a device or a named
  ///   pipe, or may not be read.
  package static func descriptor(of path: String) throws(NNError) -> Int32 {
    // Without O_NONBLOCK, opening a named pipe waits for a writer.
    let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else {
      let reason = errno
      throw reason == ENOENT
        ? .invalid("no such file", at: path) : .system("cannot be opened", reason, at: path)
    }
    do throws(NNError) {
      guard try status(of: descriptor, at: path).st_mode & S_IFMT != S_IFIFO || isGiven(path) else {
        throw .invalid(
          "is a named pipe, not a regular file", at: path,
          hint: "pass /dev/stdin and redirect the pipe to standard input: < \(path)")
      }
      _ = fcntl(descriptor, F_SETFL, fcntl(descriptor, F_GETFL) & ~O_NONBLOCK)
      return descriptor
    } catch {
      close(descriptor)
      throw error
    }
  }

  /// The status (`fstat`) of an open file.
  ///
  /// - Throws: `NNError` when it is a folder, or a device other than a terminal.
  static func status(of descriptor: Int32, at path: String) throws(NNError) -> stat {
    var status = stat()
    guard fstat(descriptor, &status) == 0 else {
      throw .system("cannot be examined", errno, at: path)
    }
    let kind = status.st_mode & S_IFMT
    guard kind != S_IFDIR else { throw .invalid("is a folder; expected a file", at: path) }
    // /dev/zero never ends; /dev/null is empty, which no format allows.
    guard ![S_IFCHR, S_IFBLK].contains(kind) || isatty(descriptor) == 1 else {
      throw .invalid("is a device; expected a file", at: path)
    }
    return status
  }

  /// Whether a path names a descriptor that is open already.
  private static func isGiven(_ path: String) -> Bool {
    path == "/dev/stdin" || path.hasPrefix("/dev/fd/") || path.hasPrefix("/proc/self/fd/")
  }
}
