import Foundation
import NNCore
import NNFormats
import NNTestSupport
import Testing

@Suite("attack and certify")
struct AttackCommandTests {
  private let workspace: Workspace
  private let run: String

  init() throws {
    workspace = try Workspace()
    try workspace.train("--quiet")
    run = workspace.path("run")
  }

  @Test("prints a table, and writes it to attack.json with the worst inputs")
  func table() throws {
    let file = workspace.path("worst.npy")
    let output = try CommandLine.succeed(
      "attack", run, "--eps", "0.05,0.2", "--attack", "fgsm, pgd,noise", "--steps", "5", "--save",
      file,
      "--quiet")
    #expect(output.hasPrefix("accuracy in percent, 50 examples of "))
    #expect(
      output.firstMatch(
        of: /eps +clean +fgsm +pgd-5 +noise +worst case +mean norm +seconds\n-+\n0\.05 +[\d.]+/)
        != nil)
    let text = try String(contentsOfFile: run + "/attack.json", encoding: .utf8)
    let json = try JSONValue(parsing: Array(text.utf8)[...], at: "attack.json")
    #expect(json["norm"] == .string("linf") && json["rows"] == .number("50"))
    #expect(try NPY.read(file).shape == [50, 2])
    let same = try CommandLine.succeed(
      "attack", run, "--eps", "0.05,0.2", "--attack", "fgsm,pgd,noise", "--steps", "5", "--quiet",
      "--json", "--threads", "1")
    let again = try JSONValue(parsing: Array(same.utf8)[...], at: "output")
    #expect(again["clean"] == json["clean"] && again["examples"] == json["examples"])
    // The report shows it, until the weights change.
    try CommandLine.succeed("report", run, "--quiet")
    let report = try String(contentsOfFile: run + "/report.html", encoding: .utf8)
    #expect(report.contains("Attacks") && report.contains("worst case"))
    try workspace.train("--resume", "--set", "epochs=4", "--quiet")
    #expect(!FileManager.default.fileExists(atPath: run + "/attack.json"))
  }

  @Test("targets a class, and shows the inputs to another run")
  func targetAndTransfer() throws {
    let output = try CommandLine.succeed(
      "attack", run, "--attack", "pgd", "--eps", "0.3", "--targeted", "1", "--transfer", run,
      "--quiet")
    #expect(output.hasPrefix("percent not predicted as class 1, "))
    #expect(output.contains("transfer: clean") && output.contains("transfer: pgd-40"))
  }

  @Test("images before and after are in the report")
  func images() throws {
    let images = try Workspace.images()
    try images.train("--quiet")
    let data = images.path("images.npz")
    try CommandLine.succeed(
      "attack", images.path("run"), "--attack", "fgsm", "--eps", "0.9", "--data", data, "--quiet")
    try CommandLine.succeed("report", images.path("run"), "--quiet")
    let report = try String(
      contentsOfFile: images.path("run") + "/report.html", encoding: .utf8)
    #expect(report.contains("before, the change times"))
  }

  @Test("without test data, the validation data are attacked, certified and explained")
  func validationData() throws {
    let images = try Workspace.images()
    try images.train("--quiet")
    let run = images.path("run")
    // A quarter of 61 rows.
    let attack = try CommandLine.succeed(
      "attack", run, "--attack", "fgsm", "--eps", "0.1", "--quiet")
    #expect(attack.hasPrefix("accuracy in percent, 15 examples of "))
    let certificate = try CommandLine.succeed("certify", run, "--eps", "0.001", "--quiet")
    #expect(certificate.contains("15 examples of "))
    try CommandLine.succeed("explain", run, "--method", "saliency", "--rows", "14", "--quiet")
    try CommandLine.fail(
      ["explain", run, "--method", "saliency", "--rows", "15"], saying: ["its rows are 0 to 14"])
  }

  @Test("refuses wrong options")
  func wrongOptions() throws {
    try CommandLine.fail(
      ["attack", run, "--eps", "0.1", "--attack", "pdg"], saying: ["unknown attack `pdg`", "`pgd`"])
    try CommandLine.fail(
      ["attack", run, "--eps", "8"], saying: ["larger than the range of the data", "raw inputs"])
    try CommandLine.fail(["attack", run, "--eps", "a"], saying: ["`a` is no number"])
    try CommandLine.fail(
      ["attack", run, "--eps", "0.1", "--targeted", "7"], saying: ["no class 7"])
    try CommandLine.fail(
      ["attack", run, "--eps", "50", "--norm", "l2"],
      saying: ["larger than the range of the data", "norm l2"])
    try CommandLine.fail(
      ["attack", run, "--eps", "0.1", "--queries", "5"],
      saying: ["--queries belongs to square", "fgsm, pgd"])
    try CommandLine.fail(
      ["attack", run, "--eps", "0.1", "--attack", "fgsm", "--steps", "5"],
      saying: ["--steps belongs to pgd"])
    try CommandLine.fail(
      ["attack", run, "--eps", "0.1", "--no-random-start", "--restarts", "3"],
      saying: ["--restarts belongs to square, noise"])
    try CommandLine.fail(["certify", run], saying: ["expected --sigma", "or --eps"])
    try CommandLine.fail(
      ["certify", run, "--sigma", "0.1", "--eps", "0.1"], saying: ["expected one of --sigma"])
    try CommandLine.fail(
      ["certify", run, "--sigma=-1"], saying: ["--sigma is -1.0, expected above 0"])
    try CommandLine.fail(
      ["certify", run, "--eps", "0.1", "--n", "5"], saying: ["--n, --alpha and --radii"])
    try CommandLine.fail(
      ["certify", run, "--sigma", "0.1", "--radii", "0,-1"], saying: ["-1.0 is below 0"])
    try CommandLine.fail(
      ["certify", run, "--sigma", "0.1", "--n", "9"], saying: ["nothing can be certified", "10"])
    try CommandLine.fail(
      ["certify", run, "--sigma", "64"], saying: ["sigma 64.0 is larger than the range"])
  }

  @Test("a regression needs a loss")
  func regression() throws {
    let other = try Workspace(
      """
      data: {train: {sine: {samples: 60}}, test: {sine: {samples: 20}}, batch_size: 20}
      model: [{linear: 8}, tanh, {linear: 1}]
      loss: mse
      optimizer: adam
      epochs: 2
      """)
    try other.train("--quiet")
    let run = other.path("run")
    try CommandLine.fail(
      ["attack", run, "--eps", "0.1"], saying: ["regression needs a loss", "--loss mse"])
    let output = try CommandLine.succeed(
      "attack", run, "--eps", "0.1", "--loss", "{huber: {delta: 0.5}}", "--quiet")
    #expect(output.hasPrefix("mean loss"))
  }

  @Test("certifies by smoothing and by interval bounds")
  func certificates() throws {
    let smoothing = try CommandLine.succeed(
      "certify", run, "--sigma", "0.1", "--n", "200", "--rows", "10")
    #expect(smoothing.firstMatch(of: /radius +certified %\n-+\n +0 +[\d.]+\n +0\.1 +/) != nil)
    let bounds = try CommandLine.succeed("certify", run, "--eps", "0,0.01", "--json")
    let json = try JSONValue(parsing: Array(bounds.utf8)[...], at: "output")
    #expect(json["method"] == .string("interval_bounds") && json["rows"] == .number("50"))
  }
}
