import ArgumentParser

struct ManualCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "manual",
    abstract: "Prints the manual page, as roff.",
    discussion: """
      It lists every command with its options; scripts/install installs it for man.

      EXAMPLES:
        nntrain manual > nntrain.1
        nntrain manual | man -l -
      """,
    shouldDisplay: false)

  @OptionGroup(title: "Global options") var globals: GlobalOptions

  func run() throws {
    try Console.print(ManualPage(CommandFacts(NNTrain.self)).text, terminator: "")
  }
}
