import ArgumentParser
import NNCore
import NNFormats
import NNLayers
import NNReports
import NNTraining

struct GraphCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "graph",
    abstract: "Draws a network: its layers as boxes, their inputs as arrows.",
    discussion: """
      A box holds the layer, its path, the shape of its output for one example and its number of \
      parameters. The drawing goes to standard output without --output.

      EXAMPLES:
        nntrain graph mnist.yaml --output mnist.svg
        nntrain graph runs/mnist-1 --format dot | dot -Tpdf -o mnist.pdf
      """)

  @OptionGroup var source: RunOrConfig

  @Option(help: "svg, a picture, or dot, the language of Graphviz.")
  var format = GraphFormat.svg

  @Option(
    help: ArgumentHelp("The file to write.", valueName: "file"), completion: .file())
  var output: String?

  @OptionGroup(title: "Global options") var globals: GlobalOptions

  func run() throws {
    try globals.useThreads()
    let config = try source.load(seed: globals.seed)
    let drawing = NetworkDrawing(try wiring(config), title: config.name)
    let text =
      switch format {
      case .svg: drawing.svg()
      case .dot: drawing.dot
      }
    if let output {
      try AtomicFile.write(path: output, text: text, isSynced: false)
    } else {
      try Console.print(text, terminator: "")
    }
  }

  /// A run folder holds the input shape; for a config the data must be read.
  private func wiring(_ config: Config) throws(NNError) -> LayerWiring {
    let folder = RunFolder(source.path)
    if source.changes.isEmpty, FileBytes.exists(folder.model) {
      return try TrainedModel(folder: folder).wiring()
    }
    return try config.wiring()
  }
}

/// The formats of a drawing of a network.
enum GraphFormat: String, ExpressibleByArgument, CaseIterable {
  case svg, dot
}
