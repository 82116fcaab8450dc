import NNAnalysis
import NNDrawing
import NNReports

/// The page of a lesson.
struct LessonPage {
  private let entry: Booklet.Entry
  private let previous: (any Lesson.Type)?
  private let next: (any Lesson.Type)?
  private let hasIndex: Bool
  private let linked: [any Lesson.Type]

  init(
    _ entry: Booklet.Entry, previous: (any Lesson.Type)?, next: (any Lesson.Type)?, hasIndex: Bool,
    linking linked: [any Lesson.Type]
  ) {
    self.entry = entry
    self.previous = previous
    self.next = next
    self.hasIndex = hasIndex
    self.linked = linked
  }

  /// The whole document.
  func text() -> String {
    let lesson = entry.lesson
    var page = Page(title: lesson.title)
    page.addedStyle = LessonStyle.css + TextbookPage.css
    page.summary = lesson.summary
    page.html(navigation(label: "Lessons before and after") { $0.term })
    for block in entry.report.blocks {
      switch block {
      case .paragraph(let text): page.html("<p>\(LessonMention.html(text, linking: linked))</p>")
      case .formula(let formula): page.html(formula.html)
      case .figure(let figure, _, let caption): page.figure(figure, caption: caption)
      case .animation(let animation, _, let caption): page.figure(animation, caption: caption)
      case .table(let header, let rows, let caption):
        guard rows.count > Self.longestTable else {
          page.table(header: header, rows: rows, caption: caption)
          continue
        }
        page.details(summary: "\(caption) (\(rows.count) rows)") { page in
          page.table(header: header, rows: rows)
        }
      case .numbers(let section, let step):
        page.heading(section.title, level: 3)
        page.html(TextbookPage.html(section, in: step))
      }
    }
    if !entry.report.measured.isEmpty {
      let count = entry.report.measured.count
      page.heading("What was measured")
      page.details(summary: "\(count) figure\(count == 1 ? "" : "s")") { page in
        page.table(
          header: ["Figure", "Value"],
          rows: entry.report.measured.map { [$0.name, LessonText.number($0.value)] })
      }
    }
    page.html(navigation(label: "Lessons") { $0.title })
    return page.text()
  }

  /// The maximum number of rows of a table that is not folded.
  private static let longestTable = 8

  /// Links to the lessons before and after this one. Names of lessons are letters and hyphens.
  private func navigation(
    label: String, _ text: (any Lesson.Type) -> String
  ) -> String {
    let links = [
      previous.map { #"<a rel="prev" href="\#($0.name).html">← \#(escaped(text($0)))</a>"# },
      hasIndex ? #"<a href="index.html">All lessons</a>"# : nil,
      next.map { #"<a rel="next" href="\#($0.name).html">\#(escaped(text($0))) →</a>"# },
    ]
    guard links.contains(where: { $0 != nil }) else { return "" }
    let items = links.map { "<span>\($0 ?? "")</span>" }.joined()
    return "<nav class=\"lessons\" aria-label=\"\(label)\">\(items)</nav>"
  }
}

/// The CSS that lessons add to that of all pages.
enum LessonStyle {
  /// The style sheet.
  static let css = String(decoding: Asset.bytes("lesson.css"), as: UTF8.self)
}

/// The booklet's index page.
struct IndexPage {
  private let entries: [Booklet.Entry]

  private let chapters: [LessonCatalogue.Chapter]

  init(_ entries: [Booklet.Entry], _ chapters: [LessonCatalogue.Chapter]) {
    self.entries = entries
    self.chapters = chapters
  }

  /// The whole document.
  func text() -> String {
    var page = Page(title: "Neural networks in pictures")
    page.addedStyle = LessonStyle.css
    page.summary =
      "Every plot shows a network that was trained for it, and every number was measured "
      + "on that network."
    for chapter in chapters {
      let own = entries.filter { entry in chapter.lessons.contains { $0 == entry.lesson } }
      guard !own.isEmpty else { continue }
      page.heading(chapter.title)
      page.html("<ul class=\"cards\">\(own.map(card).joined())</ul>")
    }
    page.heading("What was measured")
    for entry in entries {
      let count = entry.report.measured.count
      let figures = "\(count) figure\(count == 1 ? "" : "s")"
      page.details(
        summary: "\(entry.lesson.title): \(figures) in \(entry.seconds.rounded(digits: 2)) s"
      ) { page in
        page.table(
          header: ["Figure", "Value"],
          rows: entry.report.measured.map { [$0.name, LessonText.number($0.value)] })
      }
    }
    let total = entries.reduce(0) { $0 + $1.seconds }
    page.paragraph("All lessons together took \(total.rounded(digits: 3)) s.")
    return page.text()
  }

  /// A lesson's title and summary under its first figure, a file next to the page.
  private func card(_ entry: Booklet.Entry) -> String {
    let lesson = entry.lesson
    let figure = entry.report.blocks.lazy.compactMap { block in
      if case .figure(_, let name, _) = block { name } else { nil }
    }.first
    // The title describes the lesson, so the figure needs no alternative text.
    let image = figure.map { name in
      "<img src=\"\(lesson.name)-\(escaped(name)).svg\" alt=\"\">"
    }
    return "<li><a href=\"\(lesson.name).html\">\(image ?? "")<b>\(escaped(lesson.title))</b></a>"
      + "<p>\(escaped(lesson.summary))</p></li>"
  }
}
