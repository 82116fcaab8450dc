import NNTestSupport
import Testing

@Suite("Parameter groups")
struct ParameterGroupTests {
  private let workspace: Workspace

  init() throws { workspace = try Workspace() }

  @Test("patterns without a match in the network: position, parameter and suggestion")
  func badPatterns() throws {
    try CommandLine.fail(
      workspace.arguments(["--set", "freeze=[0.wieght]"]), status: 2,
      saying: ["--set freeze: ", "`0.wieght` matches no parameter", "`0.weight`"])
    try CommandLine.fail(
      workspace.arguments([
        "--set", "freeze='0.*'", "--set",
        "optimizer={adam: {lr: 0.02}, groups: [{parameters: '*.bias', lr: 1}]}",
      ]), status: 2,
      saying: ["--set optimizer: ", "parameter `0.bias` belongs to two groups"])
    try CommandLine.fail(
      workspace.arguments(["--set", "freeze='*'"]), status: 2,
      saying: ["every parameter is frozen"])
    #expect(!workspace.folder.contains("run/model.safetensors"))
  }
}
