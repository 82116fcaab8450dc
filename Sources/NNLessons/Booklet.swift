public import NNCore
import NNDrawing
import NNFormats
import NNTraining

/// A folder of lessons: for each lesson a page and its figures, and an index of all lessons.
public struct Booklet: Sendable {
  /// A lesson that was run.
  public struct Entry: Sendable {
    /// The lesson.
    public let lesson: any Lesson.Type
    /// Its content and measurements.
    public let report: LessonReport
    /// The duration, in seconds.
    public let seconds: Double
  }

  /// The output folder.
  public let folder: String
  /// Whether each figure is also written as PNG, light and dark, by librsvg's `rsvg-convert`.
  public let writesPNG: Bool

  /// Creates the folder if it does not exist.
  ///
  /// - Throws: `NNError` when it cannot be created, is a file or is not writable.
  public init(folder: String, writesPNG: Bool = false) throws(NNError) {
    self.folder = folder
    self.writesPNG = writesPNG
    try OutputFolder.create(
      folder, for: "folder of lessons", hint: "choose a writable folder with --out")
  }

  /// Checks that a lesson can draw the run that the options name, if they name one.
  ///
  /// - Throws: `NNError` when the lesson draws no runs or the folder holds none.
  public static func check(
    _ options: LessonOptions, for lesson: any Lesson.Type
  ) throws(NNError) {
    guard let folder = options.runFolder else { return }
    guard let kind = lesson.drawsRunsWith else {
      let names = LessonCatalogue.all.filter { $0.drawsRunsWith != nil }.map { $0.name }
      throw .invalid(
        "the lesson \(lesson.name) draws no runs, found the run \(folder.path)",
        hint: names.isEmpty ? nil : "lessons that do: \(names.joined(separator: ", "))")
    }
    guard folder.holdsRun else {
      throw .invalid(
        "is no run folder: it holds no config.yaml; expected a run with \(kind)",
        at: folder.path, hint: "nntrain train CONFIG creates one, in runs/")
    }
  }

  /// Runs a lesson.
  ///
  /// - Throws: `NNError` when the options name a run that it cannot draw.
  public static func run(
    _ lesson: any Lesson.Type, _ options: LessonOptions
  ) throws(NNError) -> Entry {
    try check(options, for: lesson)
    let clock = ContinuousClock()
    let start = clock.now
    var report = LessonReport()
    try lesson.init().run(options, into: &report)
    let spent = start.duration(to: clock.now).components
    return Entry(
      lesson: lesson, report: report,
      seconds: Double(spent.seconds) + Double(spent.attoseconds) * 1e-18)
  }

  /// Writes a lesson's page and its figures.
  ///
  /// - Parameters:
  ///   - previous: The lesson before it in the booklet, if there is one to link to.
  ///   - next: The lesson after it in the booklet, if there is one to link to.
  ///   - hasIndex: Whether there is an index to link to.
  ///   - linked: The lessons that its texts may link to where they mention them.
  /// - Returns: The paths of the files, the page first.
  /// - Throws: `NNError` naming the file that cannot be written.
  @discardableResult
  public func write(
    _ entry: Entry, previous: (any Lesson.Type)? = nil, next: (any Lesson.Type)? = nil,
    hasIndex: Bool = false, linking linked: [any Lesson.Type] = []
  ) throws(NNError) -> [String] {
    let name = entry.lesson.name
    let page = path(of: "\(name).html")
    var files = [page]
    for block in entry.report.blocks {
      switch block {
      case .figure(let figure, let part, _):
        files.append(try write(figure.svg(), to: "\(name)-\(part).svg"))
        files += try writePNG("\(name)-\(part)") { path, theme throws(NNError) in
          try figure.png(path: path, theme: theme)
        }
      case .animation(let animation, let part, _):
        files.append(try write(animation.svg(), to: "\(name)-\(part).svg"))
        files += try writePNG("\(name)-\(part)") { path, theme throws(NNError) in
          try animation.png(path: path, theme: theme)
        }
      case .paragraph, .formula, .table, .numbers: continue
      }
    }
    try write(
      LessonPage(
        entry, previous: previous, next: next, hasIndex: hasIndex, linking: linked
      ).text(),
      to: "\(name).html")
    return files
  }

  /// Writes the index of a booklet.
  ///
  /// - Parameters:
  ///   - entries: The lessons that were run.
  ///   - chapters: The chapters in order; those of the catalogue by default.
  /// - Returns: The file's path.
  /// - Throws: `NNError` naming the file when it cannot be written.
  @discardableResult
  public func writeIndex(
    _ entries: [Entry], chapters: [LessonCatalogue.Chapter] = LessonCatalogue.chapters
  ) throws(NNError) -> String {
    try write(IndexPage(entries, chapters).text(), to: "index.html")
  }

  /// Whether the folder holds a page of a lesson.
  public func holdsPage(of lesson: any Lesson.Type) -> Bool {
    FileBytes.exists(path(of: "\(lesson.name).html"))
  }

  /// Whether the folder holds an index.
  public var holdsIndex: Bool { FileBytes.exists(path(of: "index.html")) }

  /// Writes a PNG for each theme if `writesPNG` is set; returns the paths.
  private func writePNG(
    _ name: String, draw: (_ path: String, _ theme: Theme) throws(NNError) -> Void
  ) throws(NNError) -> [String] {
    guard writesPNG else { return [] }
    return try [(Theme.light, ""), (.dark, "-dark")].map { theme, suffix throws(NNError) in
      let path = path(of: "\(name)\(suffix).png")
      try draw(path, theme)
      return path
    }
  }

  private func path(of name: String) -> String {
    folder.hasSuffix("/") ? folder + name : "\(folder)/\(name)"
  }

  @discardableResult
  private func write(_ text: String, to name: String) throws(NNError) -> String {
    let path = path(of: name)
    // No sync is needed: a lost page can be produced again.
    try AtomicFile.write(path: path, text: text, isSynced: false)
    return path
  }
}
