import ArgumentParser
import NNCore
import NNTraining

struct GenerateCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "generate",
    abstract: "Continues a prompt with text sampled from a trained language model.",
    discussion: """
      Prints the prompt and its continuation. The same model, prompt, options and seed always \
      generate the same text.

      EXAMPLES:
        nntrain generate runs/king-james-1 --prompt "In the beginning"
        nntrain generate runs/king-james-1 --prompt "And he said" --temperature 0.7 --top-k 20
      """)

  @Argument(
    help: ArgumentHelp("The run folder.", valueName: "run"), completion: .directory)
  var folder: String

  @Option(help: ArgumentHelp("The beginning of the text.", valueName: "text"))
  var prompt: String

  @Option(help: ArgumentHelp("The number of tokens to generate.", valueName: "n"))
  var tokens = 500

  @Option(
    help: ArgumentHelp(
      "Above 1 for more variety, below for less; 0 always selects the most probable token.",
      valueName: "t"))
  var temperature = 1.0

  @Option(
    help: ArgumentHelp("Sample among the k most probable tokens (default: all).", valueName: "k"))
  var topK: Int?

  @Option(
    help: ArgumentHelp(
      "Sample among the fewest tokens with this share of the probability (default: all).",
      valueName: "p"))
  var topP: Double?

  @OptionGroup(title: "Global options") var globals: GlobalOptions

  func validate() throws {
    guard tokens >= 1 else { throw ValidationError("--tokens must be 1 or more, got \(tokens)") }
    guard tokens <= Self.largestCount else {
      throw ValidationError("--tokens must be at most \(Self.largestCount), got \(tokens)")
    }
  }

  private static let largestCount = 1_000_000_000

  func run() throws {
    let model = try TrainedModel(folder: RunFolder(folder))
    let sampling = try Sampling(
      temperature: temperature, topK: topK, topP: topP,
      seed: UInt64(globals.seed ?? model.recordedConfig().seed))
    try globals.useThreads()
    let generator = try TextGenerator(model)
    var failure: NNError?
    var unprinted = prompt
    try generator.text(after: prompt, count: tokens, sampling: sampling) { piece in
      do throws(NNError) {
        try Console.print(unprinted + piece, terminator: "")
      } catch { failure = error }
      unprinted = ""
      return failure == nil
    }
    if let failure { throw failure }
    try Console.print("")
  }
}
