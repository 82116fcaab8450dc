/// Names of files and folders chosen by users.
enum FileName {
  /// The maximum length in bytes of UTF-8: file systems allow 255, and a number is appended.
  static let largestByteCount = 200

  /// Whether a text is a plain file name without a folder: no `/`, no control characters, not `.`
  /// or `..`.
  static func isPlain(_ text: String) -> Bool {
    !text.isEmpty && text != "." && text != ".." && text.utf8.count <= largestByteCount
      && text.unicodeScalars.allSatisfy(isPlain)
  }

  /// The closest plain name: the last part of the text, with `-` for forbidden characters.
  static func cleaned(_ text: String) -> String {
    if isPlain(text) { return text }
    let part = text.split(separator: "/").last { $0 != "." && $0 != ".." } ?? ""
    var name = ""
    for scalar in part.unicodeScalars {
      let next = isPlain(scalar) ? String(scalar) : "-"
      guard name.utf8.count + next.utf8.count <= largestByteCount else { break }
      name += next
    }
    return isPlain(name) ? name : "run"
  }

  private static func isPlain(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.properties.generalCategory {
    case .control, .format, .lineSeparator, .paragraphSeparator: false
    default: scalar != "/"
    }
  }
}

extension OptionKind where Value == String {
  /// A text that can be part of a file name.
  static var fileName: Self {
    let expectation =
      "a plain file name (no `/`, no control characters, at most \(FileName.largestByteCount) bytes)"
    return Self(
      expectation: expectation,
      schema: .pattern("^[^/]+$", largestLength: FileName.largestByteCount), placeholder: "run",
      parse: { node, place in
        guard let text = node.scalar?.text, !text.isEmpty else {
          place.mismatch(node, expects: expectation)
          return nil
        }
        if FileName.isPlain(text) { return text }
        place.context.problems.report(
          "`\(place.name)` expects \(expectation), gets \(Self.quoted(text))", at: node.position,
          hint: "such as \(FileName.cleaned(text))")
        return nil
      }, encode: ConfigValue.string)
  }

  /// A text in quotes on one line, with control characters escaped.
  private static func quoted(_ text: String) -> String {
    let characters = text.unicodeScalars.map { scalar in
      switch scalar.properties.generalCategory {
      case .control, .format, .lineSeparator, .paragraphSeparator:
        "\\u{\(String(scalar.value, radix: 16))}"
      default: String(scalar)
      }
    }
    return "\"\(characters.prefix(80).joined())\(characters.count > 80 ? "…" : "")\""
  }
}
