import Foundation
import NNCore
import NNDrawing
import NNLessons
import NNTestSupport
import NNTraining
import Testing

/// A lesson with a block of every kind, and texts that would be tags if they were not escaped.
private struct FirstLesson: Lesson {
  static let name = "first"
  static let title = "Less < more & <b>bold</b>"
  static let summary = "A \"quoted\" <summary>."

  func run(_ options: LessonOptions, into report: inout LessonReport) throws(NNError) {
    report.paragraph("A <script>alert(1)</script> in a paragraph.")
    report.formula("a < b && c > d")
    report.measure("seed <doubled>", Double(2 * options.seed))
    report.measure("a small one", 0.000_012_345_67)
    let figure = Figure(
      title: "A <line>", description: "It rises.",
      panels: [Plot(marks: [Line(x: [0, 1], y: [0, 1])])])
    report.show(figure, name: "line", caption: "It <rises>.")
    report.show(
      Animation(
        title: "Twice", description: "The same twice.", frames: [("one", figure), ("two", figure)]),
      name: "moving", caption: "Frames.")
    report.table(header: ["<name>", "b"], rows: [["<x>", "1"]], caption: "Cells & rows")
  }
}

private struct SecondLesson: Lesson {
  static let name = "second"
  static let title = "The second"
  static let summary = "After the first."
  static let drawsRunsWith: String? = "anything"

  func run(_ options: LessonOptions, into report: inout LessonReport) throws(NNError) {
    report.paragraph("Nothing is measured here.")
  }
}

@Suite struct BookletTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func links(in page: String) -> [String] {
    page.matches(of: /href="([^"#]+)"/).map { String($0.output.1) }
  }

  @Test func writesAPageAndItsFigures() throws {
    let booklet = try Booklet(folder: folder.path("deep/inside"))
    let entry = try Booklet.run(FirstLesson.self, LessonOptions(seed: 21))
    let files = try booklet.write(entry)
    #expect(
      files
        == ["first.html", "first-line.svg", "first-moving.svg"].map {
          folder.path("deep/inside/\($0)")
        })
    for file in files { #expect(FileManager.default.fileExists(atPath: file)) }
    let page = try folder.text(of: "deep/inside/first.html")
    #expect(page.contains("42"))
    #expect(page.contains("1.23457 · 10⁻⁵"))
    #expect(page.contains("<summary>2 figures</summary>"))
    #expect(page.contains("<table>\n<caption>Cells &amp; rows</caption>"))
    #expect(links(in: page) == [])
    #expect(try folder.text(of: "deep/inside/first-line.svg").contains("<svg"))
  }

  @Test func escapesEveryText() throws {
    let booklet = try Booklet(folder: folder.path)
    let entry = try Booklet.run(FirstLesson.self, LessonOptions())
    try booklet.write(entry, next: SecondLesson.self, hasIndex: true)
    let second = try Booklet.run(SecondLesson.self, LessonOptions())
    try booklet.write(second, previous: FirstLesson.self)
    try booklet.writeIndex(
      [entry, second],
      chapters: [.init(title: "Both <of> them", lessons: [FirstLesson.self, SecondLesson.self])])
    for name in ["first.html", "second.html", "index.html"] {
      let page = try folder.text(of: name)
      for tag in ["<script>alert", "<b>bold", "<summary>.", "<doubled>", "<x>", "<rises>", "<of>"] {
        #expect(!page.contains(tag), "\(name) holds \(tag)")
      }
      #expect(!page.contains("http://www.w3.org/1999/xhtml"))
    }
    #expect(try folder.text(of: "first.html").contains("&lt;script&gt;alert(1)&lt;/script&gt;"))
  }

  @Test func linksToWhatIsThere() throws {
    let booklet = try Booklet(folder: folder.path + "/")
    let first = try Booklet.run(FirstLesson.self, LessonOptions())
    let second = try Booklet.run(SecondLesson.self, LessonOptions())
    try booklet.write(first, next: SecondLesson.self, hasIndex: true)
    try booklet.write(second, previous: FirstLesson.self, hasIndex: true)
    #expect(booklet.holdsPage(of: FirstLesson.self))
    #expect(!booklet.holdsIndex)
    let index = try booklet.writeIndex(
      [first, second],
      chapters: [.init(title: "All", lessons: [FirstLesson.self, SecondLesson.self])])
    #expect(index == folder.path("index.html"))
    #expect(booklet.holdsIndex)
    // Lessons have their links before and after the text.
    for (name, count) in [("index.html", 2), ("first.html", 4), ("second.html", 4)] {
      let targets = links(in: try folder.text(of: name))
      #expect(targets.count == count, "\(name): \(targets)")
      for target in targets { #expect(folder.contains(target), "\(name) links to \(target)") }
    }
    let page = try folder.text(of: "index.html")
    // The index shows the first figure of a lesson; the second lesson has none.
    let images = page.matches(of: /<img src="([^"]+)" alt=""/).map { String($0.output.1) }
    #expect(images == ["first-line.svg"] && folder.contains("first-line.svg"))
    #expect(page.contains("a small one") && page.contains("1.23457 · 10⁻⁵"))
  }

  /// A lesson that mentions others, and has a long table.
  private struct Mentioning: Lesson {
    static let name = "mentioning"
    static let title = "Mentions"
    static let summary = "Links"

    func run(_ options: LessonOptions, into report: inout LessonReport) throws(NNError) {
      report.paragraph("See [[sine]] and [[overfitting]], not [[nothing]] or [[sine.")
      report.table(header: ["n"], rows: (1...9).map { ["\($0)"] }, caption: "Nine & more")
      report.table(header: ["n"], rows: (1...8).map { ["\($0)"] }, caption: "Eight")
    }
  }

  @Test func mentionsAreLinksToPagesThatAreThere() throws {
    let entry = try Booklet.run(Mentioning.self, LessonOptions())
    let sine = try LessonCatalogue.lesson(named: "sine")
    try Booklet(folder: folder.path).write(entry, linking: [sine])
    let page = try folder.text(of: "mentioning.html")
    #expect(links(in: page) == ["sine.html"])
    #expect(
      page.contains(
        "<p>See <a href=\"sine.html\">Regression: a sine from switches</a> and "
          + "<i>Overfitting: memorizing the training data</i>, not [[nothing]] or [[sine.</p>"))
    let text = LessonText(width: 80).text(Mentioning.self, entry.report)
    #expect(text.contains("See sine and overfitting, not [[nothing]] or [[sine."))
  }

  @Test func longTablesAreFolded() throws {
    let entry = try Booklet.run(Mentioning.self, LessonOptions())
    try Booklet(folder: folder.path).write(entry)
    let page = try folder.text(of: "mentioning.html")
    #expect(page.contains("<details>\n<summary>Nine &amp; more (9 rows)</summary>"))
    #expect(page.contains("<caption>Eight</caption>"))
    #expect(page.matches(of: /<details/).count == 1)
  }

  @Test func replacesFilesWhole() throws {
    try folder.write("old", to: "second.html")
    try Booklet(folder: folder.path).write(Booklet.run(SecondLesson.self, LessonOptions()))
    let names = try FileManager.default.contentsOfDirectory(atPath: folder.path)
    #expect(names == ["second.html"])
    #expect(try folder.text(of: "second.html").contains("Nothing is measured here."))
  }

  @Test func rejectsAFileInPlaceOfTheFolder() throws {
    let file = try folder.write("text", to: "taken")
    expectError("is a file", "folder of lessons", file, "--out") { _ = try Booklet(folder: file) }
    expectError("is a file", file) { _ = try Booklet(folder: file + "/below") }
  }

  @Test func rejectsAFolderThatCannotBeCreated() {
    expectError("cannot create the folder of lessons", "/proc/", "--out", kind: .runFailed) {
      _ = try Booklet(folder: "/proc/lessons")
    }
  }

  @Test func rejectsRunsThatALessonDoesNotDraw() throws {
    let nothing = LessonOptions(runFolder: RunFolder(folder.path))
    expectError("first draws no run", folder.path) {
      _ = try Booklet.run(FirstLesson.self, nothing)
    }
    expectError("is no run folder", "a run with anything", folder.path, "nntrain train") {
      _ = try Booklet.run(SecondLesson.self, nothing)
    }
  }

  @Test func textFitsItsWidth() throws {
    let entry = try Booklet.run(FirstLesson.self, LessonOptions())
    let text = LessonText(width: 40).text(FirstLesson.self, entry.report)
    #expect(text.hasPrefix("Less < more & <b>bold</b>\n=========================\n\n"))
    #expect(text.contains("    a < b && c > d"))
    #expect(text.contains("  <name>  b\n  <x>     1"))
    #expect(text.contains("  seed <doubled>  2\n  a small one     1.23457 · 10⁻⁵"))
    #expect(text.contains("  [first-line.svg] It <rises>."))
    #expect(text.split(separator: "\n").allSatisfy { $0.count <= 40 })
    let wrapped = LessonText(width: 24).wrapped("one two three four five six seven", indent: "  ")
    #expect(wrapped == "  one two three four\n  five six seven")
  }
}
