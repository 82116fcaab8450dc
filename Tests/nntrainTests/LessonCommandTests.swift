import NNTestSupport
import Testing

@Suite struct LessonCommandTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  @Test func listsLessonsInOrder() throws {
    let list = try CommandLine.succeed("lesson")
    let lines = list.split(separator: "\n")
    #expect(lines.first == "Neurons")
    let names = ["neuron: ", "activations: ", "decision-boundary: ", "sine: ", "overfitting: "]
    let positions = names.map { name in lines.firstIndex { $0.hasPrefix("  " + name) } }
    #expect(positions.allSatisfy { $0 != nil })
    #expect(positions.compactMap(\.self) == positions.compactMap(\.self).sorted())
    #expect(lines.allSatisfy { $0.count <= 80 })
  }

  @Test func writesALesson() throws {
    let text = try CommandLine.succeed("lesson", "neuron", in: folder.path)
    #expect(text.hasPrefix("Perceptron: one neuron draws one line\n"))
    #expect(text.contains("AND: correct of 4"))
    #expect(text.contains("\npage: lessons/neuron.html\n"))
    #expect(folder.contains("lessons/neuron.html"))
    #expect(folder.contains("lessons/neuron-gates.svg"))
    // Without an index there is nothing to link to.
    #expect(!(try folder.text(of: "lessons/neuron.html").contains("index.html")))
  }

  @Test func linksToPagesThatAreThere() throws {
    try folder.write("", to: "out/index.html")
    try folder.write("", to: "out/neuron.html")
    let text = try CommandLine.succeed(
      "lesson", "activations", "--out", "out", "--quiet", in: folder.path)
    #expect(text == "")
    let page = try folder.text(of: "out/activations.html")
    #expect(page.contains(#"rel="prev" href="neuron.html""#))
    #expect(page.contains(#"href="index.html""#))
    #expect(!page.contains(#"rel="next""#))
  }

  @Test func dependsOnTheSeedAlone() throws {
    var texts: [String] = []
    for (threads, seed) in [("1", "3"), ("2", "3"), ("2", "4")] {
      try CommandLine.succeed(
        "lesson", "linear-or-not", "--threads", threads, "--seed", seed, "--out", "out", "--quiet",
        in: folder.path)
      texts.append(try folder.text(of: "out/linear-or-not.html"))
    }
    #expect(texts[0] == texts[1])
    #expect(texts[0] != texts[2])
  }

  @Test func namesWhatWasMeant() throws {
    try CommandLine.fail(
      ["lesson", "nueron"],
      saying: ["there is no lesson `nueron`", "did you mean `neuron`?", "activations", "or all"])
    try CommandLine.fail(["lesson", "neuron", "sine"], saying: ["sine"])
    try CommandLine.fail(["lesson", "neuron", "--seed", "-1"], saying: ["seed"])
    try CommandLine.fail(["lesson", "neuron", "--threads", "0"], saying: ["--threads is 0"])
  }

  @Test(arguments: [["--run", "runs/x"], ["--png"], ["--out", "pages"]])
  func refusesOptionsOfALessonWithoutOne(_ options: [String]) throws {
    let error = try CommandLine.fail(
      ["lesson"] + options,
      saying: ["\(options[0]) without a lesson", "or all", "nntrain lesson --help"],
      in: folder.path)
    #expect(error.split(separator: "\n").count == 2)
    #expect(!folder.contains("pages") && !folder.contains("lessons"))
  }

  @Test func namesAllOptionsThatLackALesson() throws {
    try CommandLine.fail(
      ["lesson", "--run", "r", "--png"], saying: ["--run and --png without a lesson"])
  }

  @Test func refusesFoldersThatCannotBeWritten() throws {
    try folder.write("text", to: "taken")
    try CommandLine.fail(
      ["lesson", "neuron", "--out", "taken"],
      saying: ["taken: is a file; expected the folder of lessons", "hint: ", "--out"],
      in: folder.path)
    try CommandLine.fail(
      ["lesson", "all", "--out", "/proc/lessons"], status: 1,
      saying: ["/proc/lessons: cannot create the folder of lessons", "--out"])
    #expect(!folder.contains("lessons"))
  }

  @Test func refusesRunsOfTheWrongKind() throws {
    try CommandLine.fail(
      ["lesson", "neuron", "--run", "runs/x"],
      saying: ["the lesson neuron draws no run", "runs/x", "decision-boundary"], in: folder.path)
    try CommandLine.fail(
      ["lesson", "decision-boundary", "--run", "runs/x"],
      saying: ["runs/x: is no run folder", "two inputs", "nntrain train"], in: folder.path)
    try CommandLine.fail(
      ["lesson", "all", "--run", "runs/x"], saying: ["--run needs a single lesson"], in: folder.path
    )
    #expect(!folder.contains("lessons"))
  }
}
