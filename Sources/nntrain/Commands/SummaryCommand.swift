import ArgumentParser
import NNCore
import NNDrawing
import NNReports
import NNTraining

struct SummaryCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "summary",
    abstract: "Shows a network's layers: output shapes, parameters, multiply-adds, memory.",
    discussion: """
      Output shapes and multiply-adds are for one example. Memory is that of a training step with \
      the config's batch size.

      EXAMPLES:
        nntrain summary mnist.yaml
        nntrain summary runs/mnist-1
      """)

  @OptionGroup var source: RunOrConfig
  @OptionGroup var jsonOption: JSONOption
  @OptionGroup(title: "Global options") var globals: GlobalOptions

  func run() throws {
    try globals.useThreads()
    let summary = try ModelSummary(config: source.load(seed: globals.seed))
    try Console.print(jsonOption.json ? Self.json(summary).text : Self.text(summary))
  }

  private static func text(_ summary: ModelSummary) -> String {
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
    let frozen = summary.frozenParameterCount
    return """
      \(table.text)
      \(frozen == 0 ? "" : "\(NumberText.grouped(frozen)) parameters are frozen\n")
      memory for batches of \(summary.batchSize): \
      \(NumberText.bytes(summary.stateByteCount)) parameters and optimizer state, \
      \(NumberText.bytes(summary.arenaByteCount)) intermediate results, \
      \(NumberText.bytes(summary.inputByteCount)) batch
      """
  }

  private static func json(_ summary: ModelSummary) -> JSONLine {
    var document = JSONLine()
    document.add(
      "layers",
      summary.rows.map { row in
        var line = JSONLine()
        line.add("path", row.path)
        line.add("layer", row.layer)
        line.add("output_shape", row.outputShape.dimensions)
        line.add("parameters", row.parameters)
        line.add("multiply_adds", row.multiplyAdds)
        return line
      })
    document.add("parameters", summary.parameterCount)
    if summary.frozenParameterCount > 0 {
      document.add("frozen_parameters", summary.frozenParameterCount)
    }
    document.add("multiply_adds", summary.multiplyAdds)
    document.add("batch_size", summary.batchSize)
    document.add("state_bytes", summary.stateByteCount)
    document.add("arena_bytes", summary.arenaByteCount)
    document.add("batch_bytes", summary.inputByteCount)
    return document
  }
}
