import NNCore

/// Reads tables in the format of LIBSVM and SVMlight: `label index:value …`, with indices from 1 in
/// ascending order; absent values are 0.
///
/// The first column is `label`, the others have their indices as names. `#` starts a comment.
enum LIBSVMLines {
  /// The name of the column of labels.
  static let label = "label"

  /// Reads a whole file.
  ///
  /// - Parameter featureCount: The number of features; nil for the largest index.
  /// - Throws: `NNError` naming the line of a field of another form, and of an index that is out of
  ///   range or not above the one before it.
  static func rows(
    _ bytes: [UInt8], featureCount: Int?, at path: String
  ) throws(NNError) -> ParsedRows {
    guard String(validating: bytes, as: UTF8.self) != nil else {
      throw .invalid("is not UTF-8", at: path)
    }
    var rows = ParsedRows()
    rows.addColumn(label)
    var largest = 0
    var queryCount = 0
    var line = 0
    var start = 0
    while start < bytes.count {
      line += 1
      let end = bytes[start...].firstIndex { $0 == 0x0A } ?? bytes.count
      let text = bytes[start..<end].prefix { $0 != UInt8(ascii: "#") }
      start = end + 1
      let fields = text.split { $0 == 0x20 || $0 == 0x09 || $0 == 0x0D }
      guard let first = fields.first else { continue }
      let place = "\(path):\(line)"
      guard !first.contains(UInt8(ascii: ":")) else {
        throw .invalid(
          "expected a label before the first index:value, found \"\(shown(first))\"", at: place)
      }
      rows.addValue(first, column: 0)
      var last = 0
      for field in fields.dropFirst() {
        if field.starts(with: "qid:".utf8) {
          queryCount += 1
          continue
        }
        let (index, value) = try entry(field, after: last, featureCount, at: place)
        rows.addValue(value, column: index)
        last = index
      }
      largest = max(largest, last)
      rows.endRow(line: line)
    }
    for index in 0..<(featureCount ?? largest) { rows.addColumn("\(index + 1)", absent: "0") }
    if queryCount > 0 {
      rows.notes.append(
        DataNote(subject: path, what: "query ids (qid) that are not used", count: queryCount))
    }
    return rows
  }

  private static func entry(
    _ field: ArraySlice<UInt8>, after last: Int, _ featureCount: Int?, at place: String
  ) throws(NNError) -> (index: Int, value: ArraySlice<UInt8>) {
    let parts = field.split(separator: UInt8(ascii: ":"), omittingEmptySubsequences: false)
    guard parts.count == 2, !parts[1].isEmpty,
      let index = Int(String(decoding: parts[0], as: UTF8.self))
    else {
      throw .invalid("expected index:value, such as 3:0.5, found \"\(shown(field))\"", at: place)
    }
    guard index > 0 else {
      throw .invalid(
        "the index \(index) is not above 0", at: place, hint: "indices start at 1: add 1 to each")
    }
    guard index <= featureCount ?? TableSource.largestFeatureCount else {
      throw .invalid(
        "the index \(index) is above \(featureCount ?? TableSource.largestFeatureCount)"
          + (featureCount == nil ? "" : ", the number of features"), at: place,
        hint: featureCount == nil
          ? nil : "set `features` of the training data to the number of features of all files")
    }
    guard index > last else {
      throw .invalid(
        "the index \(index) follows \(last); expected ascending indices", at: place)
    }
    return (index, parts[1])
  }

  private static func shown(_ field: ArraySlice<UInt8>) -> String {
    String(decoding: field, as: UTF8.self).shortened()
  }
}
