import Foundation
import NNCore
import NNFormats
import NNTestSupport
import Testing

@Suite("--init and --partial")
struct InitialWeightTests {
  private let workspace: Workspace
  private let weights: String
  private let first = (0..<32).map { Float($0) / 64 }

  init() throws {
    workspace = try Workspace()
    weights = workspace.path("w.safetensors")
    try SafeTensorsFile(tensors: [
      ("0.weight", HostTensor(first, shape: [16, 2])),
      ("0.bias", HostTensor([Float](repeating: 0.25, count: 16))),
      ("3.weight", HostTensor([Float](repeating: 0, count: 48), shape: [3, 16])),
      ("head.bias", HostTensor([Float](repeating: 0, count: 3))),
    ]).write(to: weights)
  }

  /// Trains no step and reads the weights that result.
  private func train(_ more: [String]) throws -> (ProgramResult, SafeTensorsFile?) {
    let result = try CommandLine.program.run(
      workspace.arguments(["--init", weights, "--max-steps", "0", "--no-report"] + more))
    let model = workspace.path("run/model.safetensors")
    return (result, try? SafeTensorsFile(contentsOf: model))
  }

  @Test("loads matching tensors and lists the others, on both sides")
  func partial() throws {
    let (result, model) = try train(["--partial"])
    #expect(result.status == 0)
    #expect(
      result.standardError.split(separator: "\n") == [
        "warning: not loaded: `3.weight` [2, 16]: [3, 16] in the file",
        "warning: not loaded: `3.bias` [2]: not in the file",
        "warning: not loaded: `head.bias` [3]: not in the network",
      ])
    let tensors = try #require(model).tensors
    #expect(tensors.first { $0.name == "0.weight" }?.tensor.doubles == first.map(Double.init))
    let own = try #require(tensors.first { $0.name == "3.weight" }).tensor
    #expect(own.shape == [2, 16] && own.doubles.contains { $0 != 0 })
  }

  @Test("without --partial all tensors must match, and the error suggests it")
  func whole() throws {
    try CommandLine.fail(
      workspace.arguments(["--init", weights]),
      saying: [weights, "3.weight", "3.bias", "head.bias", "hint: ", "--partial"])
    #expect(!workspace.folder.contains("run"))
  }

  @Test("refuses a file without a matching tensor, and --partial without a file")
  func refusals() throws {
    try SafeTensorsFile(tensors: [("x", HostTensor([Float(1)]))]).write(to: weights)
    try CommandLine.fail(
      workspace.arguments(["--init", weights, "--partial"]),
      saying: ["\(weights): none of its 1 tensors matches the network", "`0.weight` [16, 2]"])
    try CommandLine.fail(workspace.arguments(["--partial"]), saying: ["--partial needs --init"])
  }
}
