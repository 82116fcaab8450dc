import NNCore

/// Files of a folder that cannot be read, which one error lists.
enum UnreadableFiles {
  /// The index of a file and why it cannot be read.
  typealias Failure = (index: Int, reason: NNError)

  /// Lists up to twenty files with their reasons.
  ///
  /// - Parameters:
  ///   - failures: The files that cannot be read, at least one.
  ///   - files: All files.
  ///   - what: What is wrong with them: `cannot be read as images`.
  ///   - folder: Their folder; nil for a file of its own.
  ///   - hint: How to fix several different reasons.
  static func error(
    _ failures: [Failure], of files: [ImageListing.File], _ what: String, at folder: String?,
    hint: String
  ) -> NNError {
    let hints = Set(failures.map { $0.reason.hint })
    let common = hints.count == 1 ? failures[0].reason.hint : nil
    guard let folder, files.count > 1 else {
      return .invalid(
        failures[0].reason.message, at: files[failures[0].index].path, hint: common)
    }
    let lines = failures.prefix(20).map { failure in
      "\n  \(files[failure.index].name.escapingControls()): \(failure.reason.message)"
    }
    let rest = failures.count > 20 ? "\n  … and \(failures.count - 20) more" : ""
    return .invalid(
      "\(failures.count) of \(files.count) files \(what):\(lines.joined())\(rest)", at: folder,
      hint: common ?? hint)
  }
}
