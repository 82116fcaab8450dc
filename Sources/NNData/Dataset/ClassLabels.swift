import NNCore

/// The mapping from class names to labels 0, 1, ….
struct ClassLabels {
  private let names: [String]
  private let labels: [String: Int32]

  /// Numbers the names in order; of a name that appears twice the first counts.
  ///
  /// - Parameter ignored: A negative label that the loss ignores (`ignore_index`), which texts may
  ///   hold as well; nil for none.
  init(_ names: [String], ignored: Int32? = nil) {
    self.names = names
    var labels = Dictionary(
      names.enumerated().map { ($1, Int32($0)) }, uniquingKeysWith: { first, _ in first })
    if let ignored, ignored < 0, labels["\(ignored)"] == nil { labels["\(ignored)"] = ignored }
    self.labels = labels
  }

  /// The label of a text; nil where it is no class.
  subscript(text: String) -> Int32? { labels[text] }

  /// The error for a text that is no class.
  ///
  /// - Parameter subject: A prefix of the message: the column, or nothing.
  func unknown(_ text: String, at place: String, subject: String = "") -> NNError {
    .invalid(
      "\(subject)class \"\(text)\" is unknown; the classes are: "
        + names.prefix(20).joined(separator: ", "), at: place)
  }

  /// The label of each text; `lines` are the texts' lines in the file.
  ///
  /// - Throws: `NNError` naming the line of the first text that is not a class.
  func encode(_ texts: [String], lines: [Int], at path: String) throws(NNError) -> HostTensor {
    var encoded: [Int32] = []
    for (text, line) in zip(texts, lines) {
      guard let label = self[text] else { throw unknown(text, at: "\(path):\(line)") }
      encoded.append(label)
    }
    return HostTensor(encoded)
  }
}
