extension String {
  /// Whether a terminal would act on a part of this text: control characters, and marks that change
  /// the direction of what follows.
  private static func isControl(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0..<0x20, 0x7F..<0xA0, 0x200E, 0x200F, 0x2028...0x202E, 0x2066...0x2069: true
    default: false
    }
  }

  /// This text with every control character written as `\n`, `\t`, `\u{1B}`, so that a name from a
  /// file can be shown on a terminal.
  ///
  /// - Parameter keeping: Control characters that stay as they are, such as line breaks of a text
  ///   of several lines.
  public func escapingControls(keeping kept: Set<Unicode.Scalar> = []) -> String {
    guard unicodeScalars.contains(where: { Self.isControl($0) && !kept.contains($0) }) else {
      return self
    }
    var result = ""
    for scalar in unicodeScalars {
      if Self.isControl(scalar), !kept.contains(scalar) {
        switch scalar {
        case "\n": result += "\\n"
        case "\r": result += "\\r"
        case "\t": result += "\\t"
        default: result += "\\u{\(String(scalar.value, radix: 16, uppercase: true))}"
        }
      } else {
        result.unicodeScalars.append(scalar)
      }
    }
    return result
  }

  /// The first characters of a long text and how many there are; short texts as they are.
  ///
  /// Messages quote what they found, and a file may hold a word of a megabyte.
  public func shortened(to limit: Int = 80) -> String {
    let scalars = unicodeScalars
    guard let end = scalars.index(scalars.startIndex, offsetBy: limit, limitedBy: scalars.endIndex),
      end != scalars.endIndex
    else { return self }
    return "\(String(scalars[..<end]))… (\(scalars.count) characters)"
  }
}
