import Foundation
import NNCore
import NNTestSupport
import Testing

@Suite("generate, translate and forecast")
struct SequenceCommandTests {
  private func workspace(_ data: String, model: String, loss: String = "cross_entropy") throws
    -> Workspace
  {
    try Workspace(
      """
      data: {train: \(data), batch_size: 4}
      model: \(model)
      loss: \(loss)
      optimizer: {adam: {lr: 0.02}}
      epochs: 2
      """)
  }

  private func textRun() throws -> Workspace {
    let workspace = try workspace(
      "{text: text.txt, context: 8}",
      model: "[{embedding: 8}, {multihead_attention: {num_heads: 1, causal: true}}, "
        + "{linear: vocabulary}]")
    try workspace.folder.write(
      String(repeating: "señor, sí. ", count: 20), to: "text.txt")
    try workspace.train("--quiet")
    return workspace
  }

  private func pairsRun() throws -> Workspace {
    let workspace = try workspace(
      "{pairs: pairs.tsv, level: char}",
      model: "[{encoder_decoder: {encoder: [{embedding: 8}], decoder: [{embedding: 8}, "
        + "{dot_attention: {}}, {linear: vocabulary}]}}]")
    try workspace.folder.write("ab\txy\nb\ty\nabb\txyy\na\tx\n", to: "pairs.tsv")
    try workspace.train("--quiet")
    return workspace
  }

  @Test("generates the same text for the same seed and any number of threads")
  func generate() throws {
    let workspace = try textRun()
    let run = workspace.path("run")
    func text(_ options: String...) throws -> String {
      try CommandLine.succeed(
        arguments: ["generate", run, "--prompt", "señ", "--tokens", "30"] + options)
    }
    let first = try text()
    #expect(first.hasPrefix("señ") && first.hasSuffix("\n"))
    #expect(first.unicodeScalars.count == 3 + 30 + 1)
    #expect(try text("--threads", "1") == first)
    #expect(try text("--threads", "3") == first)
    #expect(try text("--seed", "7", "--temperature", "2") != first)
    let greedy = try text("--temperature", "0")
    #expect(try text("--top-k", "1", "--seed", "9") == greedy)
    // The tokenizer is in the run folder.
    #expect(workspace.folder.contains("run/tokenizer.json"))
    #expect(!workspace.folder.contains("run/target-tokenizer.json"))
  }

  @Test("refuses invalid prompts and options")
  func wrongPrompts() throws {
    let workspace = try textRun()
    let run = workspace.path("run")
    func refuse(_ arguments: String..., saying fragments: [String]) throws {
      try CommandLine.fail(["generate", run] + arguments, saying: fragments)
    }
    try refuse("--prompt", "", saying: ["the prompt is empty"])
    try refuse(
      "--prompt", "sΩ",
      saying: ["error: the prompt: character 2", "\"Ω\" (U+03A9)", "vocabulary"])
    try refuse("--prompt", "señor, señor", saying: ["12 tokens", "context is 8"])
    try refuse("--prompt", "s", "--temperature=-1", saying: ["temperature", "-1"])
    try refuse("--prompt", "s", "--top-k", "0", saying: ["top-k"])
    try refuse("--prompt", "s", "--top-p", "1.5", saying: ["top-p"])
    try refuse("--prompt", "s", "--tokens", "0", saying: ["--tokens"])
    try refuse(saying: ["--prompt"])
    let other = try pairsRun()
    try CommandLine.fail(
      ["generate", other.path("run"), "--prompt", "a"], saying: ["which is not a text"])
    try CommandLine.fail(
      ["predict", run, "--input", workspace.path("text.txt")], saying: ["text.txt"])
  }

  @Test("translates lines")
  func translate() throws {
    let workspace = try pairsRun()
    let run = workspace.path("run")
    try workspace.folder.write("ab\n\nb\n", to: "lines.txt")
    let input = workspace.path("lines.txt")
    let lines = try CommandLine.succeed("translate", run, "--input", input)
    let rows = lines.split(separator: "\n", omittingEmptySubsequences: false)
    #expect(rows.count == 4 && rows[1].isEmpty && rows[3].isEmpty)
    #expect(try CommandLine.succeed("translate", run, "--input", input, "--threads", "3") == lines)
    #expect(workspace.folder.contains("run/target-tokenizer.json"))
    try CommandLine.fail(
      ["translate", run, "--input", input, "--beam", "0"], saying: ["beam", "0"])
    try CommandLine.fail(
      ["translate", run, "--input", workspace.path("none.txt")],
      saying: ["none.txt", "no such file"])
    // A line that cannot be translated does not keep the others from it.
    try workspace.folder.write(
      Data("ab\nabab\nb\nacb\na".utf8) + [0xFF] + Data("\nab\n".utf8), to: "mixed.txt")
    let mixed = try CommandLine.program.run(
      ["translate", run, "--input", workspace.path("mixed.txt")])
    #expect(mixed.status == 2)
    let found = mixed.standardOutput.split(separator: "\n", omittingEmptySubsequences: false)
    #expect(found == [rows[0], "", rows[2], "", "", rows[0], ""])
    let errors = mixed.standardError
    #expect(errors.split(separator: "\n").count { $0.hasPrefix("error: ") } == 3)
    #expect(
      errors.contains("mixed.txt:2: the text has 4 tokens, those of the training data at most 3"))
    #expect(errors.contains("mixed.txt:4: character 2 (line 1, column 2) is \"c\" (U+0063)"))
    #expect(errors.contains("mixed.txt:5: not UTF-8 at byte 1"))
    try CommandLine.fail(
      ["translate", run, "--input", workspace.folder.path], saying: ["is a folder; expected a file"]
    )
    let other = try textRun()
    try CommandLine.fail(["translate", other.path("run")], saying: ["no translations"])
  }

  @Test("writes attention weights")
  func attention() throws {
    let workspace = try pairsRun()
    try workspace.folder.write("ab\n\nabab\nb\n", to: "lines.txt")
    let file = workspace.path("weights.json")
    let result = try CommandLine.program.run([
      "translate", workspace.path("run"), "--input", workspace.path("lines.txt"), "--attention",
      file,
    ])
    #expect(result.status == 2)
    let lines = try workspace.folder.text(of: "weights.json").split(separator: "\n")
    try #require(lines.count == 4)
    let all = try lines.map { try FixtureOption(json: String($0)) }
    #expect(all[0]["source"]?.list?.compactMap(\.text) == ["a", "b", "<end>"])
    #expect(all[3]["source"]?.list?.compactMap(\.text) == ["b", "<end>"])
    let text = result.standardOutput.split(separator: "\n", omittingEmptySubsequences: false)[0]
    #expect(
      all[0]["target"]?.list?.compactMap(\.text) == text.unicodeScalars.map(String.init) + ["<end>"]
    )
    let matrix = try #require(all[0]["layers"]?["0.decoder.1"]?.list)
    #expect(matrix.count == text.unicodeScalars.count + 1)
    for row in matrix {
      let numbers = try #require(row.numbers)
      #expect(numbers.count == 3 && abs(numbers.reduce(0, +) - 1) < 1e-5)
    }
    for line in [1, 2] {
      #expect(
        all[line]["source"]?.list?.isEmpty == true && all[line]["target"]?.list?.isEmpty == true)
    }
  }

  @Test("draws attention weights")
  func attentionDrawing() throws {
    let workspace = try pairsRun()
    try workspace.folder.write("ab\n\nb\n", to: "lines.txt")
    let arguments = [
      "translate", workspace.path("run"), "--input", workspace.path("lines.txt"), "--attention",
      workspace.path("picture.svg"),
    ]
    let layer = "0.decoder.1"
    try CommandLine.succeed(arguments: arguments + ["--layer", layer])
    let svg = try workspace.folder.text(of: "picture.svg")
    #expect(svg.contains("<svg") && svg.contains("&lt;end&gt;"))
    #expect(svg.contains(">ab →") && svg.contains(">b →"))
    try CommandLine.fail(
      arguments + ["--layer", "0.encoder.0"], saying: ["`0.encoder.0`", "there are: \(layer)"])
    try CommandLine.fail(
      ["translate", workspace.path("run"), "--layer", layer], saying: ["--attention FILE.svg"])
  }

  @Test("takes the run's own tokenizers and names sources like its own")
  func settledTokens() throws {
    let workspace = try pairsRun()
    let run = workspace.path("run")
    try CommandLine.succeed("evaluate", run, "--data", "{pairs: \(workspace.path("pairs.tsv"))}")
    try CommandLine.fail(
      ["evaluate", run, "--data", "{pairs: \(workspace.path("pairs.tsv")), level: word}"],
      saying: ["`level` is fixed", "the run's own tokenizers", "leave it out"])
    try CommandLine.fail(
      ["evaluate", run, "--data", "{pairs: \(workspace.path("pairs.tsv")), merges: 3}"],
      saying: ["`merges` is fixed"])
    try CommandLine.fail(
      ["evaluate", run], saying: ["has no test source", "--data '{pairs: FILE.tsv}'"])
    let text = try textRun()
    try CommandLine.fail(["evaluate", text.path("run")], saying: ["--data '{text: FILE}'"])
  }

  @Test("scores translations of the test data")
  func scores() throws {
    let workspace = try workspace(
      "{pairs: pairs.tsv, level: char}",
      model: "[{encoder_decoder: {encoder: [{embedding: 8}], decoder: [{embedding: 8}, "
        + "{dot_attention: {}}, {linear: vocabulary}]}}]")
    try workspace.folder.write("ab\txy\nb\ty\nabb\txyy\na\tx\n", to: "pairs.tsv")
    try workspace.folder.write("ab\txy\nabab\txyy\n", to: "test.tsv")
    let metrics = "metrics=[perplexity, bleu, chrf]"
    let untested = try CommandLine.program.run(
      ["train", workspace.config, "--run-dir", workspace.path("other"), "--set", metrics])
    #expect(untested.status == 0)
    #expect(
      untested.standardError.contains(
        "warning: metrics: `bleu` is measured on test data, and `data` names none"))
    let trained = try CommandLine.program.run(
      [
        "train", workspace.config, "--run-dir", workspace.path("run"), "--set", metrics, "--set",
        "data.test={pairs: test.tsv, level: char}",
      ])
    #expect(trained.status == 0)
    let warning =
      "test.tsv: 1 of 2 texts have more than the 3 tokens that the network takes; they count as "
      + "empty translations\n"
    #expect(trained.standardError.contains(warning))
    let figures = /test: loss [\d.]+, perplexity [\d.]+, bleu [\d.]+, chrf [\d.]+\n/
    #expect(trained.standardOutput.firstMatch(of: figures) != nil)
    let evaluated = try CommandLine.program.run(["evaluate", workspace.path("run")])
    #expect(
      evaluated.standardOutput.contains("\nbleu ") && evaluated.standardOutput.contains("\nchrf "))
    #expect(evaluated.standardError.contains(warning))
    let json = try CommandLine.program.run(
      [
        "train", workspace.config, "--run-dir", workspace.path("json"), "--set", metrics, "--set",
        "data.test={pairs: test.tsv, level: char}", "--progress", "json",
      ])
    let last = try #require(json.standardOutput.split(separator: "\n").last)
    let scores = try FixtureOption(json: String(last))["test"]
    #expect(scores?["bleu"]?.number != nil && scores?["chrf"]?.number != nil)
  }

  @Test("forecasts a series")
  func forecast() throws {
    let workspace = try workspace(
      "{series: s.csv, column: y, window: 3, horizon: 2}",
      model: "[flatten, {linear: 2}]", loss: "mse")
    try workspace.folder.write(
      "y\n" + (0..<20).map { "\($0 % 4)\n" }.joined(), to: "s.csv")
    try workspace.train("--quiet")
    let run = workspace.path("run")
    #expect(try CommandLine.succeed("forecast", run).split(separator: "\n").count == 2)
    #expect(
      try CommandLine.succeed("forecast", run, "--steps", "5").split(separator: "\n")
        .compactMap { Double($0) }.count == 5)
    try CommandLine.fail(["forecast", run, "--steps", "0"], saying: ["--steps"])
    try workspace.folder.write("y\n1\n2\n", to: "short.csv")
    try CommandLine.fail(
      ["forecast", run, "--data", workspace.path("short.csv")], saying: ["short.csv", "window"])
    let other = try textRun()
    try CommandLine.fail(["forecast", other.path("run")], saying: ["not a time series"])
  }

  @Test("refuses sources that hold no sequences")
  func wrongSources() throws {
    func refuse(_ data: String, _ file: String, _ contents: Data, saying: [String]) throws {
      let workspace = try workspace(data, model: "[flatten, {linear: 1}]", loss: "mse")
      try contents.write(to: URL(fileURLWithPath: workspace.path(file)))
      try CommandLine.fail(["check", workspace.config], saying: saying)
    }
    try refuse("{text: t.txt}", "t.txt", Data(), saying: ["t.txt", "empty"])
    try refuse(
      "{text: t.txt, context: 9}", "t.txt", Data("short".utf8), saying: ["t.txt", "5 tokens"])
    try refuse("{text: t.txt}", "t.txt", Data([0x61, 0xC3]), saying: ["not UTF-8 at byte 1"])
    try refuse(
      "{text: t.txt, from: 0.5, to: 0.5}", "t.txt", Data("ab".utf8), saying: ["tiny.yaml:1"])
    try refuse("{pairs: p.tsv}", "p.tsv", Data("a\tb\nc\n".utf8), saying: ["p.tsv:2", "tab"])
    try refuse("{pairs: p.tsv}", "p.tsv", Data(), saying: ["p.tsv"])
    try refuse(
      "{series: s.csv, column: y, window: 9}", "s.csv", Data("y\n1\n2\n".utf8),
      saying: ["s.csv", "window of 9", "has 2"])
    try refuse(
      "{ts: s.ts}", "s.ts", Data("@classLabel true a b\n@data\n1,?:a\n".utf8),
      saying: ["s.ts:3"])
  }
}
