import ArgumentParser
import NNCore
import NNDrawing
import NNReports
import NNTraining

struct GradcheckCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "gradcheck",
    abstract: "Compares gradients with central differences in Float64, tensor by tensor.",
    discussion: """
      Uses the config's network with initial weights and the first examples of its training data. \
      Exits with status 1 when a tensor fails.

      EXAMPLES:
        nntrain gradcheck mnist.yaml
        nntrain gradcheck runs/mnist-1 --seed 7
      """)

  @OptionGroup var source: RunOrConfig
  @OptionGroup var jsonOption: JSONOption
  @OptionGroup(title: "Global options") var globals: GlobalOptions

  func run() throws {
    try globals.useThreads()
    let rows = try GradientCheck.run(config: source.load(seed: globals.seed))
    try jsonOption.json ? Console.print(Self.json(rows).text) : Console.print(Self.table(rows))
    let failed = rows.filter { !$0.passed }
    guard failed.isEmpty else {
      throw NNError.failed(
        "the gradient of \(failed.map(\.name).joined(separator: ", ")) is wrong",
        at: source.path)
    }
  }

  private static func table(_ rows: [GradientCheck.Row]) -> String {
    var table = Table(
      ("parameter", .left), ("shape", .left), ("checked", .right), ("gradient", .right),
      ("difference", .right), ("", .left))
    for row in rows {
      table.add(
        row.name, "\(row.shape)", NumberText.grouped(row.checked),
        NumberText.rounded(row.largestGradient, digits: 3),
        NumberText.rounded(row.largestDifference, digits: 3), row.passed ? "ok" : "FAILED")
    }
    return table.text
  }

  private static func json(_ rows: [GradientCheck.Row]) -> JSONLine {
    var document = JSONLine()
    document.add("passed", rows.allSatisfy(\.passed))
    document.add(
      "parameters",
      rows.map { row in
        var line = JSONLine()
        line.add("name", row.name)
        line.add("shape", row.shape.dimensions)
        line.add("checked", row.checked)
        line.add("largest_gradient", row.largestGradient)
        line.add("largest_difference", row.largestDifference)
        line.add("passed", row.passed)
        return line
      })
    return document
  }
}
