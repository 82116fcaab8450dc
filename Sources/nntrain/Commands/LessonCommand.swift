import ArgumentParser
import NNCore
import NNDrawing
import NNLessons
import NNTraining

struct LessonCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "lesson",
    abstract: "Runs the lessons of the course and writes them as a booklet.",
    discussion: """
      Without a name it lists the lessons in the order of the course. A lesson trains its networks \
      in seconds, prints a short explanation with the measured figures, and writes a page with \
      pictures; all writes every lesson and an index.

      EXAMPLES:
        nntrain lesson
        nntrain lesson decision-boundary
        nntrain lesson all --out booklet
      """)

  @Argument(help: "A lesson's name, or all; none lists them.")
  var name: String?

  @Option(
    name: .customLong("out"),
    help: ArgumentHelp(
      "The folder to write pages and pictures to. (default: lessons)", valueName: "dir"),
    completion: .directory)
  var folderPath: String?

  @Option(
    name: .customLong("run"),
    help: ArgumentHelp(
      "A run folder to draw as well, for lessons that can.", valueName: "run"),
    completion: .directory)
  var runPath: String?

  @Flag(help: "Also write each picture as PNG, light and dark, with librsvg's rsvg-convert.")
  var png = false

  @OptionGroup(title: "Global options") var globals: GlobalOptions

  private var folder: String { folderPath ?? "lessons" }

  func validate() throws {
    guard name == nil else { return }
    let given = [
      (runPath != nil, "--run"), (png, "--png"), (folderPath != nil, "--out"),
    ].filter(\.0).map(\.1)
    guard !given.isEmpty else { return }
    throw ValidationError(
      "\(given.joined(separator: " and ")) without a lesson; give its name, or all")
  }

  func run() throws {
    guard let name else {
      try Console.print(list)
      return
    }
    var options = LessonOptions()
    if let seed = globals.seed { options.seed = UInt64(seed) }
    if let runPath { options.runFolder = RunFolder(runPath) }
    if name == "all" {
      try writeAll(options)
    } else {
      try write(LessonCatalogue.lesson(named: name), options)
    }
  }

  /// Names, titles and summaries by chapter.
  private var list: String {
    let text = LessonText(width: Console.width)
    let indent = String(repeating: " ", count: 4)
    return LessonCatalogue.chapters.filter { !$0.lessons.isEmpty }.map { chapter in
      let lessons = chapter.lessons.map { lesson in
        text.wrapped("\(lesson.name): \(lesson.title)", indent: "  ") + "\n"
          + text.wrapped(lesson.summary, indent: indent)
      }
      return ([chapter.title] + lessons).joined(separator: "\n")
    }.joined(separator: "\n\n")
  }

  private func write(_ lesson: any Lesson.Type, _ options: LessonOptions) throws {
    try Booklet.check(options, for: lesson)
    try globals.useThreads()
    let booklet = try Booklet(folder: folder, writesPNG: png)
    let entry = try Booklet.run(lesson, options)
    let all = LessonCatalogue.all
    let position = all.firstIndex { $0 == lesson } ?? 0
    let neighbours = [position - 1, position + 1].map { index in
      all.indices.contains(index) && booklet.holdsIndex && booklet.holdsPage(of: all[index])
        ? all[index] : nil
    }
    let files = try booklet.write(
      entry, previous: neighbours[0], next: neighbours[1], hasIndex: booklet.holdsIndex,
      linking: all.filter { booklet.holdsPage(of: $0) })
    guard !globals.quiet else { return }
    let text = LessonText(
      width: Console.width, style: Console.isTerminal ? Console.pictureStyle : nil)
    try Console.print(text.text(lesson, entry.report), isDrawing: true)
    try Console.print(
      "\npage: \(files[0])\ntime: \(NumberText.duration(entry.seconds))")
  }

  private func writeAll(_ options: LessonOptions) throws {
    if let runFolder = options.runFolder {
      throw NNError.invalid(
        "--run needs a single lesson; got \(runFolder.path) for all of them",
        hint: "name the lesson: nntrain lesson decision-boundary --run \(runFolder.path)")
    }
    try globals.useThreads()
    let booklet = try Booklet(folder: folder, writesPNG: png)
    let lessons = LessonCatalogue.all
    let width = lessons.map { $0.name.count }.max() ?? 0
    var entries: [Booklet.Entry] = []
    for (position, lesson) in lessons.enumerated() {
      let entry = try Booklet.run(lesson, options)
      try booklet.write(
        entry, previous: position > 0 ? lessons[position - 1] : nil,
        next: position + 1 < lessons.count ? lessons[position + 1] : nil, hasIndex: true,
        linking: lessons)
      entries.append(entry)
      guard !globals.quiet else { continue }
      let space = String(repeating: " ", count: width - lesson.name.count)
      Console.show("\(lesson.name)\(space)  \(NumberText.duration(entry.seconds))")
    }
    let index = try booklet.writeIndex(entries)
    guard !globals.quiet else { return }
    let total = entries.reduce(0) { $0 + $1.seconds }
    try Console.print("booklet: \(index)\ntime: \(NumberText.duration(total))")
  }
}
