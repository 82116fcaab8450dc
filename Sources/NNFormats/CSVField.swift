/// A field of a CSV text.
package enum CSVField {
  /// A text as a field: in quotes if it holds a separator, a quote or a line break (RFC 4180).
  package static func quoted(_ text: String) -> String {
    // By bytes: CR LF is a single character, equal to neither of the two.
    guard text.utf8.contains(where: { [0x22, 0x2C, 0x0A, 0x0D].contains($0) }) else { return text }
    var quoted = "\""
    for scalar in text.unicodeScalars {
      if scalar == "\"" { quoted.unicodeScalars.append(scalar) }
      quoted.unicodeScalars.append(scalar)
    }
    return quoted + "\""
  }

  /// Fields as a line with its break.
  package static func line(_ fields: [String]) -> String {
    fields.map(quoted).joined(separator: ",") + "\n"
  }
}
