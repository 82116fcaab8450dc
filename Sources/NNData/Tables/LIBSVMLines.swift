import NNCore

/// Reads tables in the format of LIBSVM and SVMlight: `label index:value …`, with indices from 1 in
/// ascending order; absent values are 0.
///
/// The first column is `label`, the others have their indices as names. `#` starts a comment.
struct LIBSVMLines: LineFormat {
  /// The name of the column of labels.
  static let label = "label"

  private let path: String
  /// The number of features; nil for the largest index.
  private let featureCount: Int?
  private var largest = 0
  private var queryCount = 0

  init(featureCount: Int?, at path: String) {
    self.featureCount = featureCount
    self.path = path
  }

  var notes: [DataNote] {
    queryCount == 0
      ? []
      : [DataNote(subject: path, what: "query ids (qid) that are not used", count: queryCount)]
  }

  var hasAllColumns: Bool { featureCount != nil }

  mutating func begin(_ rows: inout ParsedRows) {
    rows.addColumn(Self.label)
    if let featureCount { Self.addFeatures(featureCount, to: &rows) }
  }

  mutating func end(_ rows: inout ParsedRows) throws(NNError) {
    Self.addFeatures(largest, to: &rows)
  }

  mutating func restart() { queryCount = 0 }

  private static func addFeatures(_ count: Int, to rows: inout ParsedRows) {
    for index in 0..<count { rows.addColumn("\(index + 1)", absent: "0") }
  }

  /// Reads a label and its values.
  ///
  /// - Throws: `NNError` for a field of another form, and for an index that is out of range or not above
  ///   the one before it.
  mutating func read(
    _ line: ArraySlice<UInt8>, number: Int, to rows: inout ParsedRows
  ) throws(NNError) {
    let text = line.prefix { $0 != UInt8(ascii: "#") }
    let fields = text.split { $0 == 0x20 || $0 == 0x09 || $0 == 0x0D }
    guard let first = fields.first else { return }
    let place = "\(path):\(number)"
    guard !first.contains(UInt8(ascii: ":")) else {
      throw .invalid(
        "expected a label before the first index:value, found \"\(Self.shown(first))\"", at: place)
    }
    rows.addValue(first, column: 0)
    var last = 0
    for field in fields.dropFirst() {
      if field.starts(with: "qid:".utf8) {
        queryCount += 1
        continue
      }
      let (index, value) = try Self.entry(field, after: last, featureCount, at: place)
      rows.addValue(value, column: index)
      last = index
    }
    largest = max(largest, last)
    rows.endRow(line: number)
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
