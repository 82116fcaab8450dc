import NNTestSupport
import Testing

@Suite struct ExplainStepTests {
  private static let tiny = """
    data: {train: xor, batch_size: 4}
    model: [{linear: 3}, tanh, {linear: 2}]
    loss: cross_entropy
    optimizer: {sgd: {lr: 0.1}}
    epochs: 4
    """

  @Test func explainsStepsOfARun() throws {
    let workspace = try Workspace(Self.tiny)
    let output = try workspace.train("--explain-step", "2:3")
    #expect(output.contains("Step 2: 2 inputs → 3 tanh → 2 linear, 4 examples, C = "))
    #expect(output.contains("\nStep 3: "))
    #expect(!output.contains("\nStep 1: ") && !output.contains("\nStep 4: "))
    #expect(output.contains("explained steps: \(workspace.path("run"))/explained-steps.html\n"))
    let page = try workspace.folder.text(of: "run/explained-steps.html")
    #expect(page.contains("<h2 id=\"step-2\">Step 2</h2>"))
    #expect(page.contains("<tr id=\"s3-new-w2-1-3\">"))
    // The run itself is the same.
    try workspace.train(run: "plain")
    let (explained, plain) = (try workspace.weights(), try workspace.weights(of: "plain"))
    #expect(explained == plain)
  }

  @Test func jsonHasOneLineForThePage() throws {
    let workspace = try Workspace(Self.tiny)
    let output = try workspace.train("--explain-step", "1", "--progress", "json")
    let line = try #require(output.split(separator: "\n").first { $0.contains("\"explained\"") })
    #expect(line.contains("\"steps\":[1]") || line.contains("\"steps\": [1]"), "\(line)")
    #expect(output.split(separator: "\n").allSatisfy { $0.hasPrefix("{") })
  }

  @Test func largeNetworksAreSummarized() throws {
    let workspace = try Workspace()
    let output = try workspace.train(
      "--explain-step", "1", "--set", "model.0.linear.out_features=100")
    #expect(output.contains("This step is shown by layer, not number by number: it has 502 "))
    #expect(output.contains("Dense 100"))
  }

  @Test(arguments: [
    ("x", "expected a step such as 1"), ("0", "counted from 1"), ("3:2", "not before"),
    ("1:2:3", "expected a step such as 1"), ("1:", "expected a step"),
    ("1:100", "asks for 100 steps, expected at most 20"),
  ]) func refusesOtherRanges(text: String, reason: String) throws {
    let workspace = try Workspace(Self.tiny)
    try CommandLine.fail(
      ["train", workspace.config, "--explain-step", text], saying: ["--explain-step", reason],
      in: workspace.folder.path)
    #expect(!workspace.folder.contains("runs"))
  }

  @Test func refusesStepsOfSeveralPasses() throws {
    let workspace = try Workspace(Self.tiny)
    try CommandLine.fail(
      ["train", workspace.config, "--explain-step", "1", "--set", "optimizer=lbfgs"],
      saying: ["`lbfgs`", "several times", "sgd"], in: workspace.folder.path)
    #expect(!workspace.folder.contains("runs"))
  }

  @Test func namesStepsThatWereNotTrained() throws {
    let workspace = try Workspace(Self.tiny)
    let result = try CommandLine.program.run(workspace.arguments(["--explain-step", "4:6"]))
    #expect(result.status == 0)
    #expect(result.standardError.contains("warning: steps 5, 6 of --explain-step were not trained"))
    let again = try CommandLine.program.run(
      workspace.arguments(["--explain-step", "1", "--resume"]))
    #expect(again.standardError.contains("warning: the run is finished"))
  }

  @Test func lessonExplainsARun() throws {
    let workspace = try Workspace(Self.tiny)
    try workspace.train()
    let text = try CommandLine.succeed(
      "lesson", "backpropagation", "--run", "run", in: workspace.folder.path)
    #expect(text.contains("step 1 of the run in run"))
    #expect(text.contains("Example 1: backward pass"))
    let page = try workspace.folder.text(of: "lessons/backpropagation.html")
    #expect(page.contains("href=\"#s1-e4-delta1-3\""))
    let explained = try workspace.train("--explain-step", "1", run: "explained")
    // The first step again, from the same weights.
    let update = explained[try #require(explained.firstRange(of: "new w₀₁[1,1]")).lowerBound...]
    let end = try #require(update.firstRange(of: "new w₀₁[1,2]")).lowerBound
    #expect(text.contains(update[..<end]))
  }
}
