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

  /// A reader who looks for the field's term finds it in the title.
  @Test(
    arguments: [
      ("neuron", "Perceptron"), ("activations", "Activation functions"),
      ("universal-approximation", "Universal approximation"), ("linear-or-not", "Nonlinearity"),
      ("decision-boundary", "Decision boundaries"), ("hidden-space", "Hidden representations"),
      ("sine", "Regression"), ("gradient-descent", "Gradient descent"),
      ("convex-convergence", "Convergence rates"), ("backpropagation", "Backpropagation"),
      ("convolution", "Convolution"), ("vanishing-gradient", "Vanishing and exploding gradients"),
      ("memory", "LSTM and GRU"), ("attention", "Attention"), ("learning-rate", "Learning rate"),
      ("learning-rate-finder", "Learning-rate finder"), ("overfitting", "Overfitting"),
      ("hyper-parameters", "Hyper-parameter search"), ("attacks", "Adversarial examples"),
      ("robust", "Adversarial training"), ("explanations", "Explanations"),
    ])
  func titlesHaveTheTerm(name: String, term: String) throws {
    #expect(try LessonCatalogue.lesson(named: name).title.hasPrefix(term))
  }

  @Test(arguments: names)
  func everyMentionIsOfALesson(_ name: String) throws {
    for case .paragraph(let text) in try LessonResults.entry(name).report.blocks {
      for match in text.matches(of: /\[\[([^\]]*)\]?\]?/) {
        #expect(Self.names.contains(String(match.output.1)), "\(match.output.0)")
        #expect(match.output.0.hasSuffix("]]") && match.output.1 != name)
      }
    }
  }

  @Test func followsTheCourse() {
    let course = [
      "neuron", "activations", "universal-approximation", "linear-or-not", "decision-boundary",
      "hidden-space", "sine", "gradient-descent", "convex-convergence", "backpropagation",
      "convolution", "vanishing-gradient", "memory", "attention", "learning-rate", "batch-size",
      "learning-rate-finder", "overfitting", "hyper-parameters", "attacks", "robust",
      "explanations",
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

  /// Numbers in the texts that were chosen, or are not measured on a network.
  private static let chosen: [String: Set<String>] = [
    "attacks": ["0.1"],
    "convex-convergence": ["0.08"],
    "gradient-descent": ["4.5", "1.5", "0.05", "2.1", "0.36", "0.01"],
    "hidden-space": ["0.1"],
    "learning-rate": ["0.0078", "0.693"],
    "learning-rate-finder": ["0.693", "0.98"],
    "robust": ["0.2", "0.5"],
    "vanishing-gradient": ["0.1", "0.2", "0.3"],
  ]

  /// A number with decimals in a text is a measured value, rounded as written.
  @Test(arguments: names)
  func everyNumberOfTheTextIsMeasured(_ name: String) throws {
    let report = try LessonResults.entry(name).report
    #expect(!report.measured.isEmpty)
    let digits = Dictionary(uniqueKeysWithValues: zip("⁻⁰¹²³⁴⁵⁶⁷⁸⁹", "-0123456789"))
    for case .paragraph(let text) in report.blocks {
      for match in text.matches(of: /([0-9]+\.([0-9]+))( · 10([⁻⁰¹²³⁴⁵⁶⁷⁸⁹]+))?( %)?/) {
        let (_, number, decimals, _, power, percent) = match.output
        if Self.chosen[name]?.contains(String(number)) ?? false { continue }
        let written = power.map { String($0.compactMap { digits[$0] }) }
        let exponent = written.map { Int($0) } ?? (percent == nil ? 0 : -2)
        let scale = try #require(exponent)
        let value = try #require(Double("\(number)e\(scale)"))
        let unit = try #require(Double("1e\(scale - decimals.count)"))
        #expect(
          report.measured.contains { abs($0.value.magnitude - value) <= 0.500_001 * unit },
          "\(match.output.0) in “\(text)”")
      }
    }
  }

  @Test(arguments: names)
  func everyPageIsWholeAndStandsAlone(_ name: String) throws {
    let entry = try LessonResults.entry(name)
    let folder = try TemporaryFolder()
    let files = try Booklet(folder: folder.path).write(entry)
    let page = try folder.text(of: "\(name).html")
    for measure in entry.report.measured { #expect(!measure.value.isNaN, "\(measure.name)") }
    #expect(!page.contains("not a number"))
    #expect(page.utf8.count < 3_000_000)
    // Pages load nothing: the only addresses are XML namespaces.
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
