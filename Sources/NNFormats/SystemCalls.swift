package import NNCore

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

extension NNError {
  /// The error for a system call that failed with `number`, the value of `errno`.
  ///
  /// What the caller can fix (a wrong path, missing permissions) is invalid input; the rest (a full
  /// disk, a failing device) is a failed run.
  package static func system(_ action: String, _ number: Int32, at path: String) -> NNError {
    let text = SystemReason.text(number)
    let fixable = [ENOENT, EACCES, EPERM, EISDIR, ENOTDIR, ELOOP, ENAMETOOLONG, EROFS]
    return NNError(
      fixable.contains(number) ? .invalidInput : .runFailed, "\(action): \(text)", at: path)
  }
}

/// The system's description of why a call failed.
package enum SystemReason {
  /// The description of a value of `errno`, which must be read right after the call that failed:
  /// later calls may overwrite it.
  package static func text(_ number: Int32) -> String { String(cString: strerror(number)) }
}

/// Reads at most `count` bytes; the number read, 0 at the end, −1 with `errno` set on failure.
func readBytes(
  _ descriptor: Int32, into target: UnsafeMutableRawPointer?, count: Int
) -> Int {
  retryingInterrupts { read(descriptor, target, count) }
}

/// Writes at most `count` bytes; the number written, −1 with `errno` set on failure.
func writeBytes(_ descriptor: Int32, from source: UnsafeRawPointer?, count: Int) -> Int {
  retryingInterrupts { write(descriptor, source, count) }
}

private func retryingInterrupts(_ call: () -> Int) -> Int {
  while true {
    let result = call()
    if result >= 0 || errno != EINTR { return result }
  }
}
