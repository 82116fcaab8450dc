import NNCore
import NNFormats
import NNTestSupport
import Testing

@Suite("Whole runs against PyTorch")
struct CurveTests {
  @Test(
    "train matches PyTorch's losses, norms and weights",
    arguments: ["mlp", "cnn", "residual", "scheduled"], [DType.float64, .float32])
  func curve(name: String, dtype: DType) throws {
    try compare(name, in: "curves", steps: 50, dtype)
  }

  @Test(
    "train matches PyTorch's losses, norms and weights of sequence networks",
    arguments: ["lstm", "gru", "seq2seq", "seq2seq_states", "gpt"], [DType.float64, .float32])
  func sequenceCurve(name: String, dtype: DType) throws {
    try compare(name, in: "sequence_curves", steps: 30, dtype)
  }

  private func compare(_ name: String, in group: String, steps: Int, _ dtype: DType) throws {
    let source = "\(Fixture.folder)/\(group)/\(name)"
    let reference = try Fixture.load("\(group)/\(name)", "reference").example(name)
    let folder = try TemporaryFolder()
    let result = try Program("nntrain").run(
      "train", "\(source)/config.yaml", "--set", "dtype=\(dtype)",
      "--init", "\(source)/initial.\(dtype).safetensors", "--run-dir", folder.path("run"),
      "--quiet")
    #expect(result.status == 0, "\(result.standardError)")
    let rows = try folder.text(of: "run/steps.csv").split(separator: "\n").dropFirst().map {
      $0.split(separator: ",").compactMap { Double($0) }
    }
    #expect(rows.map { Int($0[0]) } == Array(1...steps))
    let tolerance = dtype == .float64 ? Tolerance.float64Curve : .float32Curve
    for (column, figure) in [(1, "losses"), (2, "lr"), (3, "grad_norm")] {
      try expectClose(
        rows.map { $0[column] }, reference.expected(figure, dtype).doubles, tolerance, figure)
    }
    let weights = try SafeTensorsFile(contentsOf: folder.path("run/model.safetensors"))
    let expected = try reference.expected(prefix: "final.", dtype)
    #expect(weights.tensors.map(\.name).sorted() == expected.map(\.name))
    for (name, tensor) in expected {
      let found = try #require(weights[name])
      expectClose(found, tensor, dtype == .float64 ? .float64 : .float32Parameters, name)
    }
  }
}
