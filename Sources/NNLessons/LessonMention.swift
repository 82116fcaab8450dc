import NNDrawing

/// Mentions of lessons in a text: `[[vanishing-gradient]]`.
enum LessonMention {
  /// A part of a text.
  private enum Part {
    case text(Substring)
    case lesson(any Lesson.Type)
  }

  /// The text with the names of lessons, as commands accept them.
  static func plain(_ text: String) -> String {
    parts(text).map { part in
      switch part {
      case .text(let text): String(text)
      case .lesson(let lesson): lesson.name
      }
    }.joined()
  }

  /// The text as HTML with the titles of lessons, as links to those in `linked`.
  static func html(_ text: String, linking linked: [any Lesson.Type]) -> String {
    parts(text).map { part in
      switch part {
      case .text(let text): escaped(String(text))
      case .lesson(let lesson):
        linked.contains { $0 == lesson }
          ? "<a href=\"\(lesson.name).html\">\(escaped(lesson.title))</a>"
          : "<i>\(escaped(lesson.title))</i>"
      }
    }.joined()
  }

  /// The text split at mentions of lessons; unknown names stay text.
  private static func parts(_ text: String) -> [Part] {
    var parts: [Part] = []
    var rest = Substring(text)
    while let start = rest.range(ofText: "[["),
      let end = rest[start.upperBound...].range(ofText: "]]")
    {
      let name = rest[start.upperBound..<end.lowerBound]
      if let lesson = LessonCatalogue.all.first(where: { $0.name == name }) {
        parts += [.text(rest[..<start.lowerBound]), .lesson(lesson)]
      } else {
        parts.append(.text(rest[..<end.upperBound]))
      }
      rest = rest[end.upperBound...]
    }
    return parts + [.text(rest)]
  }
}

extension Substring {
  /// The range of the first occurrence of a text.
  fileprivate func range(ofText text: String) -> Range<Index>? {
    var index = startIndex
    while index < endIndex {
      if self[index...].hasPrefix(text) { return index..<self.index(index, offsetBy: text.count) }
      formIndex(after: &index)
    }
    return nil
  }
}
