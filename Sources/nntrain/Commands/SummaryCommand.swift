import ArgumentParser
import NNCore
import NNTraining

struct SummaryCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "summary",
    abstract: "Shows a network's layers: output shapes, parameters, multiply-adds, memory.",
    discussion: """
      Output shapes and multiply-adds are those of one row. Memory is what a training step of the \
      config's batch size takes.

      EXAMPLES:
        nntrain summary mnist.yaml
        nntrain summary runs/mnist-1
      """)

  @OptionGroup var source: RunOrConfig

  func run() throws {
    let summary = try ModelSummary(config: source.load())
    var table = Table(
      ("path", .left), ("layer", .left), ("output", .left), ("parameters", .right),
      ("multiply-adds", .right))
    for row in summary.rows {
      table.add(
        row.path, row.layer, "\(row.outputShape)", NumberText.grouped(row.parameters),
        NumberText.grouped(row.multiplyAdds))
    }
    table.setFooter(
      "total", "", "", NumberText.grouped(summary.parameterCount),
      NumberText.grouped(summary.multiplyAdds))
    try Console.print(
      """
      \(table.text)

      memory for batches of \(summary.batchSize): \
      \(NumberText.bytes(summary.stateByteCount)) parameters and optimizer state, \
      \(NumberText.bytes(summary.arenaByteCount)) intermediate results, \
      \(NumberText.bytes(summary.inputByteCount)) batch
      """)
  }
}
