import Foundation
import NNCore
import NNFormats
import NNTestSupport
import Testing

@Suite struct ExplainCommandTests {
  @Test func explainsRowsOfATable() throws {
    let workspace = try Workspace()
    try workspace.train()
    let output = try CommandLine.succeed(
      "explain", "run", "--rows", "0,7", "--class", "1", in: workspace.folder.path)
    let lines = output.split(separator: "\n", omittingEmptySubsequences: false)
    let heads = lines.filter { $0.hasPrefix("row ") }
    #expect(heads.count == 2)
    #expect(heads[1].hasPrefix("row 7, output 1"))
    #expect(heads.allSatisfy { $0.contains("f(x) = ") && $0.contains("f(baseline) = ") })
    #expect(heads.allSatisfy { $0.contains("completeness error ") })
    let tensor = try NPY.read(workspace.path("run/explanations/integrated_gradients.npy"))
    #expect(tensor.shape == [2, 2] && tensor.dtype == .float64)
    let drawing = try workspace.folder.text(of: "run/explanations/integrated_gradients-row-7.svg")
    #expect(drawing.contains("<svg "))
    // The shares of both inputs add up to 100 %.
    let shares = output.matches(of: /([\d.]+) %/).compactMap { Double($0.1) }
    #expect(shares.count == 4)
    #expect(abs(shares[0] + shares[1] - 100) <= 0.11 && abs(shares[2] + shares[3] - 100) <= 0.11)
    #expect(output.contains("attributions: run/explanations/integrated_gradients.npy"))
  }

  @Test func explainsImages() throws {
    let workspace = try Workspace.images()
    try workspace.train()
    for method in ["grad_cam", "guided_backprop", "occlusion", "smoothgrad"] {
      try CommandLine.succeed(
        "explain", "run", "--method", method, "--rows", "3", "--out", "out",
        in: workspace.folder.path)
      #expect(try NPY.read(workspace.path("out/\(method).npy")).shape == [1, 1, 9, 9])
      #expect(workspace.folder.contains("out/\(method)-row-3.svg"))
    }
    try CommandLine.fail(
      ["explain", "run", "--method", "grad_cam", "--layer", "8"],
      saying: ["whose output is [channels, height, width]", "layers with maps: 0 (Conv2D"],
      in: workspace.folder.path)
  }

  @Test func refusesWhatIsNotThere() throws {
    let workspace = try Workspace()
    try workspace.train()
    func refuses(_ arguments: [String], _ parts: String...) throws {
      try CommandLine.fail(
        ["explain", "run"] + arguments, saying: parts, in: workspace.folder.path)
    }
    try refuses(["--class", "2"], "there is no output 2", "outputs 0 to 1")
    try refuses(["--class", "red"], "--class is red, expected predicted or a number")
    try refuses(["--rows", "50"], "there is no row 50", "0 to 49")
    try refuses(["--rows", "1,x"], "--rows is 1,x, expected integers")
    try refuses(["--method", "occlussion"], "did you mean `occlusion`?")
    try refuses(["--method", "grad_cam"], "grad_cam explains one image")
    try refuses(["--steps", "0"], "1 to 10000 steps")
    try refuses(["--method", "occlusion", "--window", "1,1"], "the window of occlusion is [1, 1]")
    // Options that the method does not read.
    try refuses(
      ["--method", "saliency", "--steps", "9"],
      "saliency does not read --steps, which belongs to integrated_gradients")
    try refuses(
      ["--method", "permutation", "--rows", "1"],
      "permutation does not read --rows, which belongs to methods that explain rows")
    try refuses(["--repeats", "3"], "does not read --repeats, which belongs to permutation")
    try CommandLine.fail(
      ["explain", "other"], saying: ["no such folder"], in: workspace.folder.path)
  }

  /// One column decides the class, and another one is noise.
  private static func table() throws -> Workspace {
    let workspace = try Workspace(
      """
      data:
        train: {csv: table.csv, target: class}
        test: {csv: table.csv, target: class}
        batch_size: 20
        normalize: standard
      model: [{linear: 8}, tanh, {linear: 2}]
      loss: cross_entropy
      optimizer: {adam: {lr: 0.05}}
      metrics: [accuracy]
      epochs: 15
      """)
    let lines = (0..<120).map { row in
      let (size, noise) = (row * 37 % 120, row * 71 % 101)
      return "\(size),\(noise),\(size < 60 ? "low" : "high")"
    }
    _ = try workspace.folder.write(
      (["size,noise,class"] + lines).joined(separator: "\n") + "\n", to: "table.csv")
    return workspace
  }

  @Test func measuresPermutationImportance() throws {
    let workspace = try Self.table()
    try workspace.train("--quiet")
    func explain(_ more: String...) throws -> String {
      try CommandLine.succeed(
        arguments: ["explain", "run", "--method", "permutation"] + more,
        in: workspace.folder.path)
    }
    let output = try explain("--repeats", "3")
    #expect(output.contains(" on 120 examples of "))
    #expect(output.contains("its fall when a feature is shuffled, in percentage points, mean of 3"))
    // The column that decides the class comes first.
    #expect(output.contains(/feature +importance +± std\n-+\nsize +[\d.]+ +[\d.]+\nnoise +/))
    #expect(output.contains("all features: run/importance.json"))
    let drawing = try workspace.folder.text(of: "run/explanations/permutation.svg")
    #expect(drawing.contains("<svg ") && drawing.contains("fall of accuracy"))
    let text = try workspace.folder.text(of: "run/importance.json")
    let json = try JSONValue(parsing: Array(text.utf8)[...], at: "importance.json")
    #expect(json["rows"] == .number("120") && json["score"] == .string("accuracy"))
    guard case .array(let features)? = json["features"] else {
      Issue.record("no features: \(text)")
      return
    }
    #expect(features.map { $0["feature"] } == [.string("size"), .string("noise")])
    // The same seed measures the same, whatever the threads; another one does not.
    _ = try explain("--repeats", "3", "--threads", "1")
    #expect(try workspace.folder.text(of: "run/importance.json") == text)
    _ = try explain("--repeats", "3", "--seed", "7")
    #expect(try workspace.folder.text(of: "run/importance.json") != text)
    let loss = try explain("--metric", "loss", "--top", "1")
    #expect(loss.contains("its rise when a feature is shuffled, mean of 5"))
    #expect(loss.contains("and 1 more"))
    try CommandLine.fail(
      ["explain", "run", "--method", "permutation", "--metric", "mae"],
      saying: ["the metric `mae` needs numbers"], in: workspace.folder.path)
    try CommandLine.fail(
      ["explain", "run", "--method", "permutation", "--metric", "acuracy"],
      saying: ["unknown metric `acuracy`", "did you mean `accuracy`?"], in: workspace.folder.path)
    // The figures are removed when the weights change.
    try workspace.train("--resume", "--set", "epochs=16", "--quiet")
    #expect(!workspace.folder.contains("run/importance.json"))
  }

  @Test func drawsPartialDependence() throws {
    let workspace = try Self.table()
    try workspace.train("--quiet")
    let output = try CommandLine.succeed(
      "explain", "run", "--method", "partial_dependence", "--feature", "size,noise",
      in: workspace.folder.path)
    #expect(output.contains("size: 100 values, 120 examples"))
    #expect(output.contains("mean probability of high  mean probability of low"))
    let numbers = try NPY.read(
      workspace.path("run/explanations/partial_dependence-size.npy"))
    #expect(numbers.shape == [100, 3] && numbers.dtype == .float64)
    let rows = numbers.doubles
    for row in 0..<100 { #expect(abs(rows[3 * row + 1] + rows[3 * row + 2] - 1) <= 1e-5) }
    // The probability of `high` rises with the size.
    #expect(rows[1] < 0.2 && rows[298] > 0.8)
    let drawing = try workspace.folder.text(
      of: "run/explanations/partial_dependence-noise.svg")
    #expect(drawing.contains("<svg "))
    try CommandLine.succeed(
      "explain", "run", "--method", "partial_dependence", "--feature", "noise", "--class", "1",
      "--out", "out", in: workspace.folder.path)
    #expect(try NPY.read(workspace.path("out/partial_dependence-noise.npy")).shape == [100, 2])
    func refuses(_ arguments: [String], _ parts: String...) throws {
      try CommandLine.fail(
        ["explain", "run", "--method", "partial_dependence"] + arguments, saying: parts,
        in: workspace.folder.path)
    }
    try refuses([], "partial_dependence needs --feature")
    try refuses(["--feature", "sice"], "no feature `sice`", "did you mean `size`?")
    try refuses(["--feature", "size", "--class", "2"], "there is no output 2", "outputs 0 to 1")
    try refuses(["--feature", "size", "--class", "predicted"], "averages over rows")
    try refuses(["--feature", "size", "--top", "3"], "does not read --top")
  }

  /// The rows with the highest loss, and the section of the report.
  @Test func explainsTheWorstRows() throws {
    let workspace = try Workspace()
    try workspace.train("--quiet")
    let output = try CommandLine.succeed(
      "explain", "run", "--rows", "worst:4", in: workspace.folder.path)
    let heads = output.matches(
      of: /row (\d+), output [01]: .*, target [01], loss ([\d.e-]+)\n/)
    #expect(heads.count == 4, "\(output)")
    let losses = heads.compactMap { Double($0.2) }
    #expect(losses == losses.sorted(by: >) && losses[0] > losses[3])
    // No other row has a higher loss: the mean over all 50 is smaller than the fourth.
    let evaluated = try CommandLine.succeed("evaluate", "run", in: workspace.folder.path)
    let mean = try #require(evaluated.firstMatch(of: /loss +([\d.e-]+)/))
    #expect(try #require(Double(mean.1)) < losses[3])
    let text = try workspace.folder.text(of: "run/explanation.json")
    let json = try JSONValue(parsing: Array(text.utf8)[...], at: "explanation.json")
    #expect(json["worst"] == .boolean(true) && json["method"] == .string("integrated_gradients"))
    guard case .array(let rows)? = json["rows"] else {
      Issue.record("no rows: \(text)")
      return
    }
    #expect(rows.map { $0["row"] } == heads.map { .number(String($0.1)) })
    try CommandLine.succeed(
      "explain", "run", "--method", "permutation", in: workspace.folder.path)
    try CommandLine.succeed("report", "run", "--quiet", in: workspace.folder.path)
    let report = try workspace.folder.text(of: "run/report.html")
    for part in [
      "Explanations", "the rows with the highest loss", "Row \(heads[0].1)",
      "Importance of features",
    ] {
      #expect(report.contains(part), "\(part)")
    }
    // A damaged file is named in the section.
    _ = try workspace.folder.write("{}", to: "run/explanation.json")
    try CommandLine.succeed("report", "run", "--quiet", in: workspace.folder.path)
    let damaged = try workspace.folder.text(of: "run/report.html")
    #expect(damaged.contains("This section is missing") && damaged.contains("explanation.json"))
    try CommandLine.fail(
      ["explain", "run", "--rows", "worst:0"],
      saying: ["--rows is worst:0, expected worst or a number of them: worst:20"],
      in: workspace.folder.path)
    try workspace.train("--resume", "--set", "epochs=4", "--quiet")
    #expect(!workspace.folder.contains("run/explanation.json"))
  }

  @Test func showsExplainedImagesInTheReport() throws {
    let workspace = try Workspace.images()
    try workspace.train("--quiet")
    try CommandLine.succeed(
      "explain", "run", "--rows", "worst:2", "--method", "grad_cam", in: workspace.folder.path)
    try CommandLine.succeed("report", "run", "--quiet", in: workspace.folder.path)
    let report = try workspace.folder.text(of: "run/report.html")
    let start = try #require(report.range(of: "<h2 id=\"explanations\">"))
    let rest = report[start.upperBound...]
    let section = rest.prefix(upTo: rest.range(of: "<h2")?.lowerBound ?? rest.endIndex)
    // The image, the map and both, for each of two rows.
    #expect(section.matches(of: /data:image\/png;base64,/).count == 6)
    #expect(section.contains("by the method grad_cam, for the rows with the highest loss"))
  }
}
