import NNTestSupport
import Testing

@Suite("lr-find")
struct LearningRateCommandTests {
  @Test("prints a table and suggestions, and draws a picture")
  func table() throws {
    let workspace = try Workspace()
    let text = try CommandLine.succeed(
      "lr-find", workspace.config, "--output", "lr.svg", in: workspace.folder.path)
    #expect(text.firstMatch(of: /step +lr +loss +smoothed\n/) != nil)
    #expect(text.firstMatch(of: /\nsteepest: [\d.e-]+\nminimum\/10: [\d.e-]+\n/) != nil)
    #expect(
      text.firstMatch(of: /\n  nntrain train .*tiny.yaml --set optimizer\.adam\.lr=[\d.e-]+/) != nil
    )
    let picture = try workspace.folder.text(of: "lr.svg")
    #expect(picture.contains("<svg") && picture.contains("learning rate"))
    #expect(!workspace.folder.contains("runs"))
  }

  @Test("prints one document")
  func json() throws {
    let workspace = try Workspace()
    let document = try FixtureOption(
      json: CommandLine.succeed(
        "lr-find", workspace.config, "--steps", "60", "--json", in: workspace.folder.path))
    let rates = try #require(document["lr"]?.numbers)
    #expect(rates.count >= 20 && rates.count <= 60)
    #expect(abs(rates[0] - 1e-7) < 1e-15)
    #expect(document["loss"]?.list?.count == rates.count)
    let steepest = try #require(document["steepest"]?.number)
    #expect(rates.contains(steepest))
  }

  @Test("refuses wrong input")
  func wrong() throws {
    let workspace = try Workspace()
    for (arguments, part) in [
      (["--start", "0"], "0 < start < end"), (["--start", "1", "--end", "0.1"], "0 < start < end"),
      (["--steps", "3"], "--steps is 3"),
      (["--set", "optimizer={lbfgs: {lr: 1}}"], "chooses the lengths of its steps itself"),
    ] {
      try CommandLine.fail(
        ["lr-find", workspace.config] + arguments, saying: [part], in: workspace.folder.path)
    }
  }
}
