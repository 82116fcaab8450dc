import NNCore

/// Lists on the command line, separated by commas.
enum NumberList {
  /// The numbers of a list: `0.02,0.05,0.1`.
  ///
  /// - Parameter option: The option's name, for messages.
  /// - Throws: `NNError` for an entry that is no finite number.
  static func parse(_ text: String, option: String) throws(NNError) -> [Double] {
    var numbers: [Double] = []
    for entry in entries(of: text) {
      guard let number = Double(entry), number.isFinite else {
        throw .invalid(
          "\(option): `\(entry)` is no number", hint: "such as \(option) 0.02,0.05,0.1")
      }
      numbers.append(number)
    }
    return numbers
  }

  /// The entries of a list, without spaces around them.
  static func entries(of text: String) -> [String] {
    text.split(separator: ",", omittingEmptySubsequences: false).map { entry in
      String(entry.filter { $0 != " " })
    }
  }
}
