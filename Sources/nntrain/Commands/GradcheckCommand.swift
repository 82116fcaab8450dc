import ArgumentParser
import NNCore
import NNTraining

struct GradcheckCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "gradcheck",
    abstract: "Compares gradients with central differences in Float64, tensor by tensor.",
    discussion: """
      Takes the config's network with initial weights and the first rows of its training data. \
      Ends with status 1 when a tensor fails.

      EXAMPLES:
        nntrain gradcheck mnist.yaml
        nntrain gradcheck runs/mnist-1 --seed 7
      """)

  @OptionGroup var source: RunOrConfig
  @OptionGroup var seedOptions: SeedOptions
  @OptionGroup var threadOptions: ThreadOptions

  func run() throws {
    try threadOptions.apply()
    let rows = try GradientCheck.run(config: source.load(seed: seedOptions.seed))
    var table = Table(
      ("parameter", .left), ("shape", .left), ("checked", .right), ("gradient", .right),
      ("difference", .right), ("", .left))
    for row in rows {
      table.add(
        row.name, "\(row.shape)", NumberText.grouped(row.checked),
        NumberText.rounded(row.largestGradient, digits: 3),
        NumberText.rounded(row.largestDifference, digits: 3), row.passed ? "ok" : "FAILED")
    }
    try Console.print(table.text)
    let failed = rows.filter { !$0.passed }
    guard failed.isEmpty else {
      throw NNError.failed(
        "the gradient of \(failed.map(\.name).joined(separator: ", ")) is wrong",
        at: source.path)
    }
  }
}
