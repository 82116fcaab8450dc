import NNCore
import NNFormats

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// A temporary folder.
enum TemporaryFolder {
  /// Creates a folder, calls `body` with its path, and removes the folder with its content.
  ///
  /// - Throws: `NNError` when it cannot be created, and what `body` throws.
  static func use<Result>(
    _ body: (_ path: String) throws(NNError) -> Result
  ) throws(NNError) -> Result {
    let parent = getenv("TMPDIR").map { String(cString: $0) } ?? ""
    var template = Array("\(parent.isEmpty ? "/tmp" : parent)/nntrain-XXXXXX".utf8CString)
    guard mkdtemp(&template) != nil else {
      let reason = errno
      throw .failed(
        "cannot create a temporary folder: \(SystemReason.text(reason))",
        at: parent.isEmpty ? "/tmp" : parent, hint: "set TMPDIR to a writable folder")
    }
    let path = template.withUnsafeBufferPointer { buffer in
      buffer.baseAddress.map { String(cString: $0) } ?? ""
    }
    // If removing fails, the system cleans up temporary files.
    defer { try? FileManager.default.removeItem(atPath: path) }
    return try body(path)
  }
}
