/// A probable mistake in a config or its data, found by a ``MistakeCheck``.
package struct Finding: Sendable, Hashable {
  /// The check's name: `sorted-labels`.
  package let check: String
  /// What was found, with its numbers.
  package let what: String
  /// Why it is a mistake.
  package let why: String
  /// What to change.
  package let fix: String
  /// The key of the config to change: `data.shuffle`.
  package let key: String
  /// The warning of the config that says the same; nil for none.
  package var warning: String?

  /// All of it on one line.
  package var line: String { "\(check): \(what): \(why); fix: \(fix) (\(key))" }
}

/// Numbers in findings.
enum FindingText {
  /// A number with about three significant digits: `0.00123`, `84000`.
  static func short(_ number: Double) -> String {
    guard number != 0, number.isFinite else { return number == 0 ? "0" : "\(number)" }
    var scale = 1.0
    while number.magnitude * scale < 100, scale < 1e12 { scale *= 10 }
    let rounded = (number * scale).rounded() / scale
    if let integer = Int(exactly: rounded) { return "\(integer)" }
    return "\(rounded)"
  }

  /// A share in percent: `98.8 %`.
  static func percent(_ part: Int, of whole: Int) -> String {
    "\(short((Double(part) / Double(max(1, whole)) * 1000).rounded() / 10)) %"
  }

  /// A number of things: `1 row`, `3 rows`.
  static func count(_ number: Int, _ noun: String) -> String {
    "\(number) \(noun)\(number == 1 ? "" : noun.hasSuffix("ss") ? "es" : "s")"
  }
}
