import NNAnalysis
public import NNDrawing
import NNReports

/// A lesson as text for a terminal.
public struct LessonText {
  /// The maximum width of lines, in columns.
  public let width: Int
  /// The style of the first figure; nil for no figures.
  public let style: TerminalStyle?

  /// Creates a writer of texts.
  public init(width: Int, style: TerminalStyle? = nil) {
    self.width = max(24, width)
    self.style = style
  }

  /// The title, all blocks of the lesson and the measurements.
  public func text(_ lesson: any Lesson.Type, _ report: LessonReport) -> String {
    var parts = [lesson.title + "\n" + String(repeating: "=", count: lesson.title.count)]
    var hasDrawn = false
    for block in report.blocks {
      switch block {
      case .paragraph(let text): parts.append(wrapped(LessonMention.plain(text)))
      case .formula(let formula):
        let lines = formula.plain.split(separator: "\n")
        parts.append(lines.map { "    \($0)" }.joined(separator: "\n"))
      case .figure(let figure, let name, let caption):
        if let style, !hasDrawn, figure.panels.count == 1 {
          hasDrawn = true
          parts.append(figure.text(width: min(width, 80), height: 16, style: style))
        }
        parts.append(wrapped("[\(lesson.name)-\(name).svg] \(caption)", indent: "  "))
      case .animation(_, let name, let caption):
        parts.append(wrapped("[\(lesson.name)-\(name).svg] \(caption)", indent: "  "))
      case .table(let header, let rows, let caption):
        parts.append(wrapped(caption) + "\n\n" + TextLayout.columns([header] + rows))
      case .numbers(let section, let step):
        // The page has those of the other examples.
        guard (section.example ?? 1) == 1 else { continue }
        parts.append(TextbookText(width: width).text(section, in: step))
      }
    }
    if !report.measured.isEmpty {
      let rows = report.measured.map { [$0.name, Self.number($0.value)] }
      parts.append("Measured:\n\n" + TextLayout.columns(rows))
    }
    return parts.joined(separator: "\n\n")
  }

  /// A measurement as pages and texts list it: six significant digits.
  public static func number(_ value: Double) -> String { value.rounded(digits: 6) }

  /// A text in lines of at most ``width`` columns.
  public func wrapped(_ text: String, indent: String = "") -> String {
    TextLayout.wrapped(text, width: width, indent: indent)
  }
}
