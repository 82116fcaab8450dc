package import Foundation

/// Files of this repository.
package enum Repository {
  /// The folder with `Package.swift`.
  package static let root = URL(filePath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

  /// The absolute path of a file or folder, by its path from the root.
  package static func path(_ path: String) -> String { root.appending(path: path).path }

  /// The text of a file, by its path from the root.
  ///
  /// - Throws: an error when the file cannot be read.
  package static func text(_ path: String) throws -> String {
    try String(contentsOf: root.appending(path: path), encoding: .utf8)
  }
}
