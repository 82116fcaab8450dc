/// A pattern over parameter names, as a shell matches file names.
///
/// `*` matches any number of characters, dots included; `?` matches one; `[a-d7]` matches one of a
/// set and `[!a-d]` one that is not in it; a `[` without a `]` matches itself. Everything else
/// matches itself, and a pattern matches a whole name: `*.bias` matches `0.bias` and
/// `encoder.2.bias`.
///
/// Source: POSIX.1-2017, "Pattern matching notation"; Python's `fnmatch.fnmatchcase`.
public struct ParameterPattern: Sendable, Hashable {
  /// The pattern as written.
  public let text: String
  /// Where the pattern is written, for messages: `run.yaml:12:10`; nil in a program.
  package let place: String?
  private let parts: [Part]

  /// One position of a pattern.
  private enum Part: Sendable, Hashable {
    case character(Character)
    case any
    case anyNumber
    case set([ClosedRange<Character>], isNegated: Bool)

    func matches(_ character: Character) -> Bool {
      switch self {
      case .character(let own): own == character
      case .any, .anyNumber: true
      case .set(let ranges, let isNegated):
        ranges.contains { $0.contains(character) } != isNegated
      }
    }
  }

  /// Creates a pattern.
  public init(_ text: String) { self.init(text, at: nil) }

  /// Creates a pattern that is written at a place.
  package init(_ text: String, at place: String?) {
    self.text = text
    self.place = place
    parts = Self.parts(of: text)
  }

  private static func parts(of text: String) -> [Part] {
    let letters = Array(text)
    var parts: [Part] = []
    var index = 0
    while index < letters.count {
      defer { index += 1 }
      switch letters[index] {
      case "*": if parts.last != .anyNumber { parts.append(.anyNumber) }
      case "?": parts.append(.any)
      case "[":
        if let (set, end) = set(in: letters, from: index + 1) {
          parts.append(set)
          index = end
        } else {
          parts.append(.character("["))
        }
      case let letter: parts.append(.character(letter))
      }
    }
    return parts
  }

  /// The set that starts after a `[`, and the index of its `]`; nil without one.
  private static func set(in letters: [Character], from start: Int) -> (Part, end: Int)? {
    var index = start
    let isNegated = index < letters.count && letters[index] == "!"
    if isNegated { index += 1 }
    let first = index
    var ranges: [ClosedRange<Character>] = []
    while index < letters.count {
      // A `]` right at the start is a member of the set.
      if letters[index] == "]", index > first { return (.set(ranges, isNegated: isNegated), index) }
      if index + 2 < letters.count, letters[index + 1] == "-", letters[index + 2] != "]" {
        // A range from a greater to a smaller character is empty.
        if letters[index] <= letters[index + 2] {
          ranges.append(letters[index]...letters[index + 2])
        }
        index += 3
      } else {
        ranges.append(letters[index]...letters[index])
        index += 1
      }
    }
    return nil
  }

  /// Whether the pattern matches a whole name.
  public func matches(_ name: String) -> Bool {
    let letters = Array(name)
    var (part, letter) = (0, 0)
    // The last `*`, and the end of what it matches so far.
    var star: (part: Int, letter: Int)?
    while letter < letters.count {
      if part < parts.count, parts[part] == .anyNumber {
        star = (part, letter)
        part += 1
      } else if part < parts.count, parts[part].matches(letters[letter]) {
        part += 1
        letter += 1
      } else if let known = star {
        star = (known.part, known.letter + 1)
        (part, letter) = (known.part + 1, known.letter + 1)
      } else {
        return false
      }
    }
    return parts[part...].allSatisfy { $0 == .anyNumber }
  }
}

extension ParameterPattern: ExpressibleByStringLiteral {
  /// Creates a pattern from a literal.
  public init(stringLiteral text: String) { self.init(text) }
}
