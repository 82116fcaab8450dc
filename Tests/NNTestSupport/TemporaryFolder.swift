#if canImport(FoundationEssentials)
  package import FoundationEssentials
#else
  package import Foundation
#endif

/// A folder of its own for a test, removed with its contents when it is no longer referenced.
package final class TemporaryFolder: Sendable {
  /// The folder's absolute path.
  package let path: String

  /// Creates an empty folder.
  package init() throws {
    let url = FileManager.default.temporaryDirectory
      .appending(path: "nn-test-\(UUID().uuidString)", directoryHint: .isDirectory)
    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    path = url.path
  }

  deinit {
    try? FileManager.default.removeItem(atPath: path)
  }

  /// The path of a file or folder inside, which need not exist.
  package func path(_ name: String) -> String { "\(path)/\(name)" }

  /// Writes a text file, with its parent folders; returns its path.
  @discardableResult
  package func write(_ text: String, to name: String) throws -> String {
    try write(Data(text.utf8), to: name)
  }

  /// Writes a file, with its parent folders; returns its path.
  @discardableResult
  package func write(_ bytes: Data, to name: String) throws -> String {
    let url = URL(filePath: path(name))
    try FileManager.default.createDirectory(
      at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
    try bytes.write(to: url)
    return url.path
  }

  /// The text of a file inside.
  package func text(of name: String) throws -> String {
    String(decoding: try Data(contentsOf: URL(filePath: path(name))), as: UTF8.self)
  }

  /// Whether a file or folder of that name exists.
  package func contains(_ name: String) -> Bool {
    FileManager.default.fileExists(atPath: path(name))
  }
}
