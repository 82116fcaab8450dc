import ArgumentParser
import NNCore
import NNServer
import NNTraining

/// `--ui` and `--ui-port`: a page that shows the run.
struct LivePageOptions: ParsableArguments {
  @Flag(
    help: """
      Serve a page on this machine that shows the run while it trains; its address goes to standard \
      error.
      """)
  var ui = false

  @Option(
    help: ArgumentHelp(
      "The page's port; with this, --ui may be left out (default: any that is free).",
      valueName: "n"))
  var uiPort: Int?

  /// Serves the page if it is asked for, and says where.
  ///
  /// - Throws: `NNError` when the port is taken or may not be used.
  func open(name: String, folder: RunFolder) throws(NNError) -> LiveView? {
    guard ui || uiPort != nil else { return nil }
    let view = try LiveView(port: uiPort ?? 0, name: name, folder: folder.path)
    Console.note("live view: \(view.address)")
    return view
  }
}
