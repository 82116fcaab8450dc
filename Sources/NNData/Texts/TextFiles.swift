import NNCore
import NNFormats
import NNText

/// Reads text files of a folder.
enum TextFiles {
  /// The end of the names of text files.
  static let ending = ".txt"

  /// Whether a file is read, by its name.
  static func accepts(_ name: String) -> Bool { name.lowercased().hasSuffix(ending) }

  /// The texts of files in UTF-8, without a byte order mark.
  ///
  /// - Parameters:
  ///   - files: The files.
  ///   - folder: Their folder, for messages.
  ///   - check: Throws for a text that cannot be used.
  /// - Throws: `NNError` that lists up to twenty files that cannot be read or used, with their
  ///   reasons.
  static func read(
    _ files: [ImageListing.File], in folder: String, check: (String) throws(NNError) -> Void
  ) throws(NNError) -> [String] {
    var texts: [String] = []
    var failures: [UnreadableFiles.Failure] = []
    texts.reserveCapacity(files.count)
    for (index, file) in files.enumerated() {
      do throws(NNError) {
        let text = try text(FileBytes.read(file.path, limit: largestFile), at: file.path)
        try check(text)
        texts.append(text)
      } catch {
        failures.append((index, error))
      }
    }
    guard failures.isEmpty else {
      throw UnreadableFiles.error(
        failures, of: files, "cannot be read as texts", at: folder, hint: "repair or remove them")
    }
    return texts
  }

  /// The text of bytes in UTF-8, without a byte order mark.
  ///
  /// - Throws: `NNError` with the offset of the first invalid byte.
  static func text(_ bytes: [UInt8], at place: String) throws(NNError) -> String {
    let text = try TextFile.text(bytes, at: place)
    let scalars = text.unicodeScalars
    return scalars.first == "\u{FEFF}" ? String(scalars.dropFirst()) : text
  }

  /// The largest size of a file in bytes.
  private static let largestFile = 1 << 30
}
