package import NNCore

extension NNError {
  /// The error for an array that a file lacks, with the names of up to twenty that it holds.
  ///
  /// - Parameters:
  ///   - kind: What the arrays of the format are called.
  ///   - name: The array.
  ///   - purpose: The end of the message: what the array is needed for; empty by default.
  ///   - names: The arrays of the file.
  ///   - place: The file.
  package static func missing(
    _ kind: String, _ name: String, _ purpose: String = "", among names: [String], at place: String
  ) -> NNError {
    let limit = 20
    let shown = names.prefix(limit).map { $0.shortened() }.joined(separator: ", ")
    let rest = names.count > limit ? " … and \(names.count - limit) more" : ""
    return .invalid(
      "holds no \(kind) called \"\(name.shortened())\"\(purpose)", at: place,
      hint: "it holds: \(names.isEmpty ? "nothing" : shown + rest)")
  }
}
