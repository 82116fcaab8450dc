import NNCore
import NNLessons
import NNTestSupport
import Testing

@Suite struct CatalogueTests {
  private static let names = LessonCatalogue.all.map { $0.name }

  @Test func namesAreUniqueAndSafe() {
    #expect(Set(Self.names).count == Self.names.count)
    for lesson in LessonCatalogue.all {
      #expect(lesson.name.wholeMatch(of: /[a-z]+(-[a-z]+)*/) != nil, "\(lesson.name)")
      #expect(!["all", "index"].contains(lesson.name))
      #expect(!lesson.title.isEmpty && !lesson.title.hasSuffix("."))
      #expect(!lesson.summary.hasSuffix(".") && lesson.summary.count <= 110, "\(lesson.name)")
    }
    #expect(Set(LessonCatalogue.all.map { $0.title }).count == Self.names.count)
  }

  @Test func followsTheCourse() {
    let course = [
      "neuron", "activations", "universal-approximation", "linear-or-not", "decision-boundary",
      "hidden-space", "sine", "gradient-descent", "convex-convergence", "backpropagation",
      "convolution", "vanishing-gradient", "memory", "attention", "learning-rate", "batch-size",
      "overfitting",
    ]
    #expect(Self.names == course.filter(Self.names.contains))
  }

  @Test func findsLessons() throws {
    for name in Self.names { #expect(try LessonCatalogue.lesson(named: name).name == name) }
    expectError("no lesson `sinus`", "did you mean `sine`?", "decision-boundary", "all") {
      _ = try LessonCatalogue.lesson(named: "sinus")
    }
    expectError("no lesson `xyzzy-plugh`", "lessons: neuron, activations") {
      _ = try LessonCatalogue.lesson(named: "xyzzy-plugh")
    }
  }

  @Test(arguments: names)
  func everyFigureIsInThePage(_ name: String) throws {
    let entry = try RanLessons.entry(name)
    #expect(!entry.report.measured.isEmpty)
    let folder = try TemporaryFolder()
    let files = try Booklet(folder: folder.path).write(entry)
    let page = try folder.text(of: "\(name).html")
    for measure in entry.report.measured {
      #expect(!measure.value.isNaN, "\(measure.name)")
      #expect(page.contains("\(LessonText.number(measure.value))"), "\(measure.name)")
    }
    #expect(!page.contains("not a number"))
    #expect(page.utf8.count < 3_000_000)
    // Pages fetch nothing: no address but names of XML vocabularies.
    for match in page.matches(of: /https?:\/\/[^"' )<]+/) {
      #expect(match.output.hasPrefix("http://www.w3.org/"), "\(match.output)")
    }
    for file in files.dropFirst() {
      let picture = try folder.text(of: String(file.dropFirst(folder.path.count + 1)))
      #expect(picture.contains("<svg") && picture.contains("</svg>"), "\(file)")
      #expect(picture.contains("<title") && picture.contains("<desc"), "\(file)")
    }
  }
}
