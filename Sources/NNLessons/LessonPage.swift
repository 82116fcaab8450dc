import NNDrawing

/// The page of a lesson.
struct LessonPage {
  private let entry: Booklet.Entry
  private let previous: (any Lesson.Type)?
  private let next: (any Lesson.Type)?
  private let hasIndex: Bool

  init(
    _ entry: Booklet.Entry, previous: (any Lesson.Type)?, next: (any Lesson.Type)?, hasIndex: Bool
  ) {
    self.entry = entry
    self.previous = previous
    self.next = next
    self.hasIndex = hasIndex
  }

  /// The whole document.
  func text() -> String {
    let lesson = entry.lesson
    var page = Page(title: lesson.title)
    page.summary = lesson.summary
    for block in entry.report.blocks {
      switch block {
      case .paragraph(let text): page.paragraph(text)
      case .formula(let text): page.formula(text)
      case .figure(let figure, _, let caption): page.figure(figure, caption: caption)
      case .animation(let animation, _, let caption): page.figure(animation, caption: caption)
      case .table(let header, let rows, let caption):
        page.table(header: header, rows: rows, caption: caption)
      }
    }
    if !entry.report.measured.isEmpty {
      page.heading("What was measured")
      page.table(
        header: ["Figure", "Value"],
        rows: entry.report.measured.map { [$0.name, LessonText.number($0.value)] })
    }
    page.html(navigation)
    return page.text()
  }

  /// Links to the lessons before and behind this one. Names of lessons are letters and hyphens.
  private var navigation: String {
    let links = [
      previous.map { #"<a rel="prev" href="\#($0.name).html">← \#(escaped($0.title))</a>"# },
      hasIndex ? #"<a href="index.html">All lessons</a>"# : nil,
      next.map { #"<a rel="next" href="\#($0.name).html">\#(escaped($0.title)) →</a>"# },
    ].compactMap(\.self)
    guard !links.isEmpty else { return "" }
    return "<nav aria-label=\"Lessons\"><p>\(links.joined(separator: " · "))</p></nav>"
  }
}

/// The booklet's first page.
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
    page.paragraph(
      "Every picture here was drawn from a network that was trained for it, and every figure was "
        + "measured on it.")
    for chapter in chapters {
      let own = entries.filter { entry in chapter.lessons.contains { $0 == entry.lesson } }
      guard !own.isEmpty else { continue }
      page.heading(chapter.title)
      let items = own.map { entry in
        "<li><a href=\"\(entry.lesson.name).html\">\(escaped(entry.lesson.title))</a><br>"
          + "\(escaped(entry.lesson.summary))</li>"
      }
      page.html("<ul>\(items.joined())</ul>")
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
}
