import ArgumentParser

/// `--progress` and `--quiet`, for commands that take their time.
struct ProgressOptions: ParsableArguments {
  @Option(
    help: """
      What to show while training, on standard output: bar or dashboard (lines where it is no \
      terminal), plain (a line an epoch), json (an object a line for every event; numbers that \
      JSON lacks are null), none, or auto: bar on a terminal, else plain.
      """)
  var progress = ProgressMode.auto

  @Flag(help: "Show nothing but errors.")
  var quiet = false

  /// The mode that the options ask for.
  var mode: ProgressMode { quiet ? .none : progress }
}
