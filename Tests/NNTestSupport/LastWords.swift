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

/// What a test's child process was doing when it died: the child writes it to a file that is named
/// after the parent.
package enum LastWords {
  private static func path(ofParent process: Int32, _ test: String) -> String {
    FileManager.default.temporaryDirectory.appending(path: "nn-test-\(process)-\(test)").path
  }

  /// Notes, in the child, what it is about to do.
  package static func note(_ text: String, of test: String) {
    _ = FileManager.default.createFile(
      atPath: path(ofParent: getppid(), test), contents: Data(text.utf8))
  }

  /// Takes, in the parent, the child's last note.
  package static func take(of test: String) -> String {
    let path = path(ofParent: getpid(), test)
    defer { try? FileManager.default.removeItem(atPath: path) }
    return FileManager.default.contents(atPath: path).map { String(decoding: $0, as: UTF8.self) }
      ?? "nothing yet"
  }
}
