import Foundation
import NNTestSupport
import Testing

private let isAskedFor =
  ProcessInfo.processInfo.environment["NN_FULL_TESTS"] == "1"
  && FileManager.default.fileExists(atPath: Repository.path("data/GunPoint_TEST.ts"))

/// The tutorial's statements about its longer configs, for every instruction set of this processor.
///
/// Minutes of training on the data of `scripts/prepare-data`, hence part of `scripts/check --full`.
@Suite("Statements of the tutorial", .serialized, .enabled(if: isAskedFor))
struct TutorialTests {
  /// The widest set first; nil is the best of the processor.
  static let sets: [String?] = [nil, "avx2", "scalar"]

  private let folder: TemporaryFolder

  init() throws {
    folder = try TemporaryFolder()
    try FileManager.default.createSymbolicLink(
      atPath: folder.path("data"), withDestinationPath: Repository.path("data"))
    let text = try Repository.text("docs/tutorial.md")
    for block in text.components(separatedBy: "```yaml\n").dropFirst() {
      let yaml = block.components(separatedBy: "```")[0]
      if let name = yaml.firstMatch(of: /name: (\S+)/)?.1 {
        _ = try folder.write(yaml, to: "\(name).yaml")
      }
    }
  }

  private func train(
    _ config: String, _ set: String?, _ changes: String...
  ) throws -> ProgramResult {
    try? FileManager.default.removeItem(atPath: folder.path("run"))
    return try CommandLine.program.run(
      ["train", "\(config).yaml", "--run-dir", "run", "--quiet", "--no-report"]
        + changes.flatMap { ["--set", $0] },
      environment: ["NN_MAX_ISA": set], in: folder.path)
  }

  /// A figure of the test data after training.
  private func figure(
    _ name: String, _ config: String, _ set: String?, seed: Int, _ change: String = "seed=1"
  ) throws -> Double {
    let result = try train(config, set, change, "seed=\(seed)")
    try #require(result.status == 0, "\(result.standardError)")
    let text = try CommandLine.succeed(
      "evaluate", "run", environment: ["NN_MAX_ISA": set], in: folder.path)
    let line = try #require(text.split(separator: "\n").first { $0.hasPrefix("\(name) ") })
    return try #require(line.split(separator: " ").last.flatMap { Double($0) })
  }

  @Test("15: the recurrent network forecasts about as a linear one does", arguments: sets)
  func sunspots(set: String?) throws {
    for seed in [42, 1, 2, 3, 4, 5] {
      let error = try figure("nmse", "sunspots-rnn", set, seed: seed)
      #expect((0.09...0.2).contains(error), "seed \(seed): \(error)")
    }
  }

  @Test("16: the gradient falls by a factor of about 0.2247 from layer to layer", arguments: sets)
  func chain(set: String?) throws {
    let text = try CommandLine.succeed(
      "gradcheck", "chain.yaml", environment: ["NN_MAX_ISA": set], in: folder.path)
    let gradients = ["8": "0.00251", "10": "0.0113", "12": "0.0501", "14": "0.223"]
    for (layer, gradient) in gradients {
      let line = try #require(text.split(separator: "\n").first { $0.hasPrefix("\(layer).weight") })
      #expect(line.split(separator: " ").contains(Substring(gradient)), "\(line)")
    }
  }

  @Test("16: the gradient's norms at the first step", arguments: sets)
  func vanishing(set: String?) throws {
    #expect(try train("gun-point-rnn", set).status == 0)
    let rows = try folder.text(of: "run/gradients.csv").split(separator: "\n")
    let norms = [
      "1": 9.030148028620238e-32, "50": 2.2695623120858337e-22, "100": 1.6363580730738692e-12,
      "150": 0.013549414053148167,
    ]
    for (step, expected) in norms {
      let row = try #require(rows.first { $0.hasPrefix("1,0.l0,\(step),") })
      let norm = try #require(row.split(separator: ",").last.flatMap { Double($0) })
      #expect(abs(norm / expected - 1) < 1e-12, "\(row)")
    }
  }

  @Test(
    "16: with seed 5 the weights explode, with others and with clipping they do not",
    arguments: sets)
  func exploding(set: String?) throws {
    let result = try train("exploding", set)
    #expect(result.status == 1)
    #expect(result.standardError.contains("the loss became nan at step 180 (epoch 36)"))
    func highestNorm() throws -> Double {
      let rows = try folder.text(of: "run/steps.csv").split(separator: "\n").dropFirst()
      return rows.compactMap { $0.split(separator: ",").last.flatMap { Double($0) } }.max() ?? .nan
    }
    for seed in 1...4 {
      #expect(try train("exploding", set, "seed=\(seed)").status == 0)
      #expect(try highestNorm() < 4.3)
    }
    #expect(try train("exploding", set, "clip_grad_norm=1").status == 0)
    #expect(try highestNorm() < 6)
  }

  /// With vector kernels: fifteen trainings with scalar ones would take an hour.
  @Test(
    "17, 18: gates carry the beginning to the end, a plain network hardly",
    arguments: sets.filter { $0 != "scalar" })
  func gates(set: String?) throws {
    func accuracies(_ kind: String) throws -> [Double] {
      try (1...5).map { seed in
        try figure(
          "accuracy", "gun-point", set, seed: seed,
          "model.0={\(kind): {hidden_size: 32, return: last}}")
      }
    }
    for kind in ["lstm", "gru"] {
      let found = try accuracies(kind)
      #expect(found.count { $0 >= 0.8 } >= 4, "\(kind): \(found)")
    }
    let plain = try accuracies("rnn")
    #expect(plain.allSatisfy { (0.4...0.8).contains($0) }, "rnn: \(plain)")
  }
}
