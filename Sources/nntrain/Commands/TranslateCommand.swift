import ArgumentParser
import NNCore
import NNTraining

struct TranslateCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "translate",
    abstract: "Translates lines of text with a trained encoder–decoder.",
    discussion: """
      Reads a text a line from standard input or --input, and prints its translation on a line.

      EXAMPLES:
        echo "In the beginning" | nntrain translate runs/verses-1
        nntrain translate runs/verses-1 --input english.txt --beam 8
      """)

  @Argument(
    help: ArgumentHelp("The run folder.", valueName: "run"), completion: .directory)
  var folder: String

  @Option(
    help: ArgumentHelp("The texts, one a line (default: standard input).", valueName: "file"),
    completion: .file())
  var input: String?

  @Option(help: ArgumentHelp("How many beginnings to follow; 1 is greedy.", valueName: "n"))
  var beam = 4

  @Option(
    help: ArgumentHelp("How much long translations are preferred; 0 not at all.", valueName: "a"))
  var lengthPenalty = 1.0

  @OptionGroup var threadOptions: ThreadOptions

  func run() throws {
    try threadOptions.apply()
    let translator = try Translator(
      TrainedModel(folder: RunFolder(folder)), beamWidth: beam, lengthPenalty: lengthPenalty)
    var lines = try TextLines(input)
    while let line = try lines.next() {
      do throws(NNError) {
        try Console.print(line.isEmpty ? "" : translator.translate(line))
      } catch { throw error.at("\(lines.name):\(lines.number)") }
    }
  }
}
