import ArgumentParser

/// `--json`, for commands that print tables.
struct JSONOption: ParsableArguments {
  @Flag(help: "Print one JSON document instead of the table, with numbers in full precision.")
  var json = false
}
