import ArgumentParser
import NNCore
import NNDrawing
import NNFormats
import NNReports
import NNTraining

struct PreviewCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "preview",
    abstract: "Shows training examples before and after augmentation.",
    discussion: """
      The first training examples as they are and as the first epochs train on them, with the \
      config's seed. Images, series, tables and texts are shown in the terminal or, with --output, \
      on a page. Examples that are mixed (mixup, cutmix) form one batch.

      EXAMPLES:
        nntrain preview fashion-augmented.yaml
        nntrain preview fashion-augmented.yaml --rows 12 --output preview.html
        nntrain preview fashion-augmented.yaml --set 'data.augment=[{random_rotation: 20}]'
      """)

  @OptionGroup var source: RunOrConfig

  @Option(help: ArgumentHelp("The number of examples.", valueName: "n"))
  var rows = 8

  @Option(help: ArgumentHelp("The number of epochs.", valueName: "n"))
  var epochs = 4

  @Option(
    help: ArgumentHelp("The page to write.", valueName: "file"),
    completion: .file(extensions: ["html"]))
  var output: String?

  @OptionGroup(title: "Global options") var globals: GlobalOptions

  func validate() throws {
    guard (1...1000).contains(rows) else {
      throw ValidationError("--rows is \(rows), expected a number from 1 to 1000")
    }
    guard (1...8).contains(epochs) else {
      throw ValidationError("--epochs is \(epochs), expected a number from 1 to 8")
    }
  }

  func run() throws {
    try globals.useThreads()
    let config = try source.load(seed: globals.seed)
    let preview = try AugmentationPreview(
      config, data: RunData(config), count: rows, epochs: epochs)
    if let output {
      try AtomicFile.write(
        path: output, text: preview.page(config.name).text(), isSynced: false)
      try globals.report("preview: \(output)")
      return
    }
    try globals.report(preview.augmentations.map { "- \($0)" }.joined(separator: "\n") + "\n")
    if let text = preview.text(width: Console.width, style: Console.pictureStyle) {
      try Console.print(text, isDrawing: true)
      return
    }
    var table = Table(columns: preview.tableHeader.map { (heading: $0, alignment: .right) })
    for row in preview.tableRows { table.add(row) }
    try Console.print(table.text)
  }
}
