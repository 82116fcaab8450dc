#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif
#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// Notes of a test's child process about what it was doing when it died, in a file that is named
/// after the parent.
package enum LastWords {
  private static func path(ofParent process: Int32, _ test: String) -> String {
    FileManager.default.temporaryDirectory.appending(path: "nn-test-\(process)-\(test)").path
  }

  /// Writes a note in the child.
  package static func note(_ text: String, of test: String) {
    _ = FileManager.default.createFile(
      atPath: path(ofParent: getppid(), test), contents: Data(text.utf8))
  }

  /// Reads and removes the child's last note in the parent.
  package static func take(of test: String) -> String {
    let path = path(ofParent: getpid(), test)
    defer { try? FileManager.default.removeItem(atPath: path) }
    return FileManager.default.contents(atPath: path).map { String(decoding: $0, as: UTF8.self) }
      ?? "nothing yet"
  }
}
