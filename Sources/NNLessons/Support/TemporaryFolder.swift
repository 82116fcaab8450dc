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

/// A folder for files that are read back at once.
enum TemporaryFolder {
  /// Makes a folder, gives its path, and removes it with all that it holds by then.
  ///
  /// - Throws: `NNError` when none can be made, and what `body` throws.
  static func use<Result>(
    _ body: (_ path: String) throws(NNError) -> Result
  ) throws(NNError) -> Result {
    let parent = getenv("TMPDIR").map { String(cString: $0) } ?? ""
    var template = Array("\(parent.isEmpty ? "/tmp" : parent)/nntrain-XXXXXX".utf8CString)
    guard mkdtemp(&template) != nil else {
      let reason = errno
      throw .failed(
        "no temporary folder can be made: \(SystemReason.text(reason))",
        at: parent.isEmpty ? "/tmp" : parent, hint: "set TMPDIR to a folder that can be written")
    }
    let path = template.withUnsafeBufferPointer { buffer in
      buffer.baseAddress.map { String(cString: $0) } ?? ""
    }
    // What is left behind is found by whoever cleans up temporary files.
    defer { try? FileManager.default.removeItem(atPath: path) }
    return try body(path)
  }
}
