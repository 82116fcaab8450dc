/// Texts as lists of code points, which, unlike characters, are compared exactly, as in Python.
package typealias CodePoints = [Unicode.Scalar]

extension Sequence<Unicode.Scalar> {
  /// The words between white space, like Python's `str.split()`.
  var words: [CodePoints] {
    split(whereSeparator: \.isPythonSpace).map(Array.init)
  }
}

extension Unicode.Scalar {
  /// Whether the character is white space in Python: Unicode's, and the information separators.
  fileprivate var isPythonSpace: Bool {
    properties.isWhitespace || ("\u{1C}"..."\u{1F}").contains(self)
  }
}

/// The tokenization 13a of the WMT conferences, mteval-v13a.pl without its rules for other scripts.
package enum Tokenization13a {
  /// The tokens of a line.
  package static func tokens(of line: String) -> [CodePoints] {
    var text = CodePoints(line.unicodeScalars)
    // White space at the end must be removed first: it could hide the line's end in "-\n".
    while let last = text.last, CodePoints([last]).words.isEmpty { text.removeLast() }
    for (target, replacement) in [
      ("<skipped>", ""), ("-\n", ""), ("\n", " "), ("&quot;", "\""), ("&amp;", "&"), ("&lt;", "<"),
      ("&gt;", ">"),
    ] {
      text = replacing(target, in: text, with: replacement)
    }
    text = [" "] + text + [" "]
    text = text.flatMap { isSeparated($0) ? [" ", $0, " "] : [$0] }
    // A period or comma stays where it is between digits.
    text = replacingPairs(in: text, { !isDigit($0) && isPeriodOrComma($1) }) { [$0, " ", $1, " "] }
    text = replacingPairs(in: text, { isPeriodOrComma($0) && !isDigit($1) }) { [" ", $0, " ", $1] }
    text = replacingPairs(in: text, { isDigit($0) && $1 == "-" }) { [$0, " ", $1, " "] }
    return text.words
  }

  private static func isSeparated(_ character: Unicode.Scalar) -> Bool {
    switch character {
    case "{"..."~", "["..."`", " "..."&", "("..."+", ":"..."@", "/": true
    default: false
    }
  }

  private static func isDigit(_ character: Unicode.Scalar) -> Bool {
    ("0"..."9").contains(character)
  }

  private static func isPeriodOrComma(_ character: Unicode.Scalar) -> Bool {
    character == "." || character == ","
  }

  /// Replaces pairs of neighbours from left to right; pairs do not overlap.
  private static func replacingPairs(
    in text: CodePoints, _ matches: (Unicode.Scalar, Unicode.Scalar) -> Bool,
    with replacement: (Unicode.Scalar, Unicode.Scalar) -> CodePoints
  ) -> CodePoints {
    var result: CodePoints = []
    var index = 0
    while index < text.count {
      if index + 1 < text.count, matches(text[index], text[index + 1]) {
        result += replacement(text[index], text[index + 1])
        index += 2
      } else {
        result.append(text[index])
        index += 1
      }
    }
    return result
  }

  private static func replacing(
    _ target: String, in text: CodePoints, with replacement: String
  ) -> CodePoints {
    let target = CodePoints(target.unicodeScalars)
    var result: CodePoints = []
    var index = 0
    while index < text.count {
      if text[index...].starts(with: target) {
        result += replacement.unicodeScalars
        index += target.count
      } else {
        result.append(text[index])
        index += 1
      }
    }
    return result
  }
}
