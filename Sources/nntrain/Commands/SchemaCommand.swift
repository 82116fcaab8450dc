import ArgumentParser
import NNTraining

struct SchemaCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "schema",
    abstract: "Prints the JSON Schema of configs, for editors.",
    discussion: """
      An editor with a YAML language server completes names, shows meanings and underlines mistakes \
      in a config whose first line names the schema:
        # yaml-language-server: $schema=nntrain.schema.json

      With --markdown the output is the reference of all keys, as in docs/config.md.

      EXAMPLES:
        nntrain schema > nntrain.schema.json
        nntrain schema --markdown | less
      """)

  @Flag(help: "Print the reference in Markdown instead.")
  var markdown = false

  @OptionGroup(title: "Global options") var globals: GlobalOptions

  func run() throws {
    let reference = ConfigReference()
    try Console.print(markdown ? reference.markdown : reference.schemaText, terminator: "")
  }
}
