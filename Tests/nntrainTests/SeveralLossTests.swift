import Foundation
import NNCore
import NNFormats
import NNTestSupport
import Testing

/// Networks with several outputs, losses and targets, from configs.
@Suite("Networks with several losses")
struct SeveralLossTests {
  private static let count = 48

  /// The digit is the column of the brightest pixel, and its parity a second target.
  private func workspace(_ changes: [(String, String)] = []) throws -> Workspace {
    var text = """
      data:
        train: {npz: d.npz, targets: {digit: y, odd: o}}
        validation: {split: 0.25}
        test: {npz: d.npz, targets: {digit: y, odd: o}}
        batch_size: 12
      model:
        layers:
          - {name: trunk, sequential: [flatten, {linear: 16}, relu]}
          - {name: digit, from: trunk, linear: 4}
          - {name: odd, from: trunk, linear: 1}
        outputs: [digit, odd]
      loss:
        - {cross_entropy: {}, output: digit, target: digit}
        - {bce_with_logits: {}, output: odd, target: odd, weight: 0.3}
      metrics:
        - accuracy: {output: digit, target: digit}
        - accuracy: {output: odd, target: odd}
      optimizer: {adam: {lr: 0.03}}
      epochs: 30
      log: {every: 1}
      checkpoint: {every: 1000}
      """
    for (old, new) in changes {
      let changed = text.replacing(old, with: new)
      #expect(changed != text)
      text = changed
    }
    let workspace = try Workspace(text)
    let digits: [Int64] = (0..<Self.count).map { Int64($0 * 7 % 4) }
    let images: [UInt8] = (0..<Self.count * 16).map { (index: Int) -> UInt8 in
      let isBright = index % 4 == Int(digits[index / 16])
      return UInt8(index * 31 % 90) + (isBright ? 150 : 0)
    }
    try NPZ.write(
      [
        ("x", HostTensor(images, shape: [Self.count, 1, 4, 4])), ("y", HostTensor(digits)),
        ("o", HostTensor(digits.map { $0 % 2 })),
      ], to: workspace.path("d.npz"))
    return workspace
  }

  private func header(_ file: String, of workspace: Workspace) throws -> String {
    let text = try String(contentsOfFile: workspace.path("run/\(file)"), encoding: .utf8)
    return String(text.prefix { $0 != "\n" })
  }

  @Test("each loss and each metric has its column; predictions have all outputs")
  func wholeWay() throws {
    let workspace = try workspace()
    let output = try workspace.train()
    #expect(
      try header("steps.csv", of: workspace) == "step,loss,loss_digit,loss_odd,lr,grad_norm")
    #expect(
      try header("metrics.csv", of: workspace)
        == "epoch,train_loss,train_loss_digit,train_loss_odd,val_loss,val_loss_digit,val_loss_odd,"
        + "val_accuracy_digit,val_accuracy_odd,lr,seconds,samples_per_s")
    let rows = try String(contentsOfFile: workspace.path("run/metrics.csv"), encoding: .utf8)
      .split(separator: "\n").dropFirst()
    #expect(rows.count == 30)
    for row in rows {
      let numbers = row.split(separator: ",").compactMap { Double($0) }
      #expect(abs(numbers[1] - numbers[2] - 0.3 * numbers[3]) < 1e-5 * numbers[1])
      #expect(abs(numbers[4] - numbers[5] - 0.3 * numbers[6]) < 1e-5 * numbers[4])
    }
    let evaluated = try CommandLine.succeed("evaluate", workspace.path("run"), "--json")
    let figures = try #require(
      (JSONSerialization.jsonObject(with: Data(evaluated.utf8)) as? [String: Any])?["figures"]
        as? [String: Double])
    #expect(
      Set(figures.keys) == ["loss", "loss_digit", "loss_odd", "accuracy_digit", "accuracy_odd"])
    #expect(figures["accuracy_digit"] == 1 && figures["accuracy_odd"] == 1, "\(output)")
    let table = try CommandLine.succeed(
      "predict", workspace.path("run"), "--input", workspace.path("d.npz"), "--probabilities")
    #expect(table.hasPrefix("class,0,1,2,3,odd\n"))
    let last = try #require(table.split(separator: "\n").last?.split(separator: ",").last)
    #expect((0...1).contains(Double(last) ?? -1))
    try CommandLine.succeed(
      "predict", workspace.path("run"), "--input", workspace.path("d.npz"), "--output",
      workspace.path("out.npz"))
    #expect(try NPZ.read("odd", from: workspace.path("out.npz")).shape == [Self.count, 1])
    try CommandLine.fail(
      [
        "predict", workspace.path("run"), "--input", workspace.path("d.npz"), "--output",
        workspace.path("out.npy"),
      ], saying: ["one array cannot hold the outputs digit, odd", "write .npz, .csv or .jsonl"])
    try CommandLine.succeed("report", workspace.path("run"))
  }

  @Test("a resumed run has the bits of an uninterrupted one")
  func resumption() throws {
    let (whole, parts) = (try workspace(), try workspace())
    try whole.train()
    try parts.train("--max-steps", "17")
    try parts.train("--resume")
    // The files also hold the paths of the data, which differ.
    let tensors = try [whole, parts].map {
      try SafeTensorsFile(contentsOf: $0.path("run/model.safetensors")).tensors
    }
    #expect(tensors[0].count == tensors[1].count)
    for (left, right) in zip(tensors[0], tensors[1]) {
      #expect(left.name == right.name)
      expectIdentical(left.tensor, right.tensor, left.name)
    }
    func column(_ workspace: Workspace) throws -> [Substring] {
      try String(contentsOfFile: workspace.path("run/metrics.csv"), encoding: .utf8)
        .split(separator: "\n").map {
          $0.split(separator: ",").prefix(9).joined(separator: ",")[...]
        }
    }
    #expect(try column(whole) == column(parts))
  }

  @Test("an autoencoder without targets")
  func autoencoder() throws {
    let workspace = try Workspace(
      """
      data: {train: {npz: d.npz, y: null}, batch_size: 12}
      model: [{linear: 3}, tanh, {linear: 6}]
      loss: {mse: {}, target: input}
      optimizer: {adam: {lr: 0.02}}
      epochs: 60
      """)
    try NPZ.write(
      [("x", HostTensor.random([48, 6], dtype: .float32, seed: 3))], to: workspace.path("d.npz"))
    try workspace.train()
    let losses = try String(contentsOfFile: workspace.path("run/metrics.csv"), encoding: .utf8)
      .split(separator: "\n").dropFirst().compactMap { Double($0.split(separator: ",")[1]) }
    #expect(losses.last ?? 1 < 0.7 * (losses.first ?? 0))
    try CommandLine.succeed("report", workspace.path("run"))
    try CommandLine.fail(
      ["check", workspace.config, "--set", "loss=mse"],
      saying: ["the loss `mse` reads a target, and the data have none", "target: input"])
    try CommandLine.fail(
      ["check", workspace.config, "--set", "metrics=[mae]"],
      saying: ["the metric `mae` compares outputs with targets, and the data have none"])
  }

  @Test(
    "mistakes in the list of losses",
    arguments: [
      (
        "target: odd, weight", "target: od, weight",
        "reads `od` as its target, which does not exist"
      ),
      (
        "output: odd, target", "output: od, target",
        "reads `od` as its output, which does not exist"
      ),
      ("weight: 0.3", "wieght: 0.3", "the loss `bce_with_logits` has no `wieght`"),
      ("output: odd, target: odd, weight", "output: digit, target: odd, weight", "called `digit`"),
      ("{output: odd, target: odd}", "{output: od, target: odd}", "reads the output `od`"),
      ("cross_entropy: {}", "cross_entropi: {}", "unknown loss `cross_entropi`"),
    ])
  func mistakes(old: String, new: String, message: String) throws {
    let workspace = try workspace([(old, new)])
    try CommandLine.fail(["check", workspace.config], saying: [message])
  }

  @Test("early stopping may monitor one of the losses")
  func monitor() throws {
    let workspace = try workspace()
    try workspace.train("--set", "early_stopping={monitor: val_loss_odd, patience: 2}")
    try CommandLine.fail(
      ["check", workspace.config, "--set", "early_stopping={monitor: val_loss_od}"],
      saying: ["early stopping monitors `val_loss_od`, which is not computed"])
  }
}
