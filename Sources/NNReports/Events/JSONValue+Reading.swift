import NNFormats

/// Values of documents that reports read.
extension JSONValue {
  /// The text, or nil.
  var string: String? { if case .string(let text) = self { text } else { nil } }
  /// The items of a list, or nil.
  var items: [JSONValue]? { if case .array(let items) = self { items } else { nil } }
  /// The number, or nil.
  var double: Double? { if case .number(let digits) = self { Double(digits) } else { nil } }
  /// The integer, or nil.
  var integer: Int? { if case .number(let digits) = self { Int(digits) } else { nil } }
  /// The Boolean, or nil.
  var boolean: Bool? { if case .boolean(let flag) = self { flag } else { nil } }
  /// The numbers of a list of numbers, or nil.
  var doubles: [Double]? { items?.allMapped(\.double) }
}

extension Array {
  /// The results for all elements; nil if one has none.
  func allMapped<Result>(_ transform: (Element) -> Result?) -> [Result]? {
    let results = compactMap(transform)
    return results.count == count ? results : nil
  }
}
