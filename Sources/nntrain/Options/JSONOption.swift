import ArgumentParser

/// `--json`, for commands that print tables.
struct JSONOption: ParsableArguments {
  @Flag(help: "Print one JSON document in place of the table, with numbers that read back exactly.")
  var json = false
}
