import ArgumentParser

/// `--seed`, for commands whose results depend on random numbers.
struct SeedOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "What all random numbers depend on, in place of the config's.", valueName: "n"))
  var seed: Int?

  func validate() throws {
    if let seed, seed < 0 { throw ValidationError("--seed is \(seed), expected at least 0") }
  }
}
