import ArgumentParser
import NNCore
import NNServer
import NNTraining

/// `--ui` and `--ui-port`: a page that shows the run.
struct LivePageOptions: ParsableArguments {
  @Flag(
    help: """
      Serve a page on this machine that shows the run while it trains; its address is printed to \
      standard error. The page remains after the end until it is closed.
      """)
  var ui = false

  @Option(
    help: ArgumentHelp(
      "The page's port; implies --ui (default: a free one).",
      valueName: "n"))
  var uiPort: Int?

  @Option(
    help: ArgumentHelp(
      """
      After the end, keep the page until it is closed or Ctrl-C is pressed, and wait n seconds for \
      it to be opened; 0 exits at once (default: 30, or 0 if standard error is not a terminal).
      """, valueName: "seconds"))
  var uiStay: Int?

  func validate() throws {
    if uiStay != nil, !ui, uiPort == nil {
      throw ValidationError("--ui-stay needs --ui")
    }
    if let uiStay, !(0...86_400).contains(uiStay) {
      throw ValidationError("--ui-stay is \(uiStay), expected a number from 0 to 86400")
    }
  }

  /// Serves the page if it is requested, and prints its address.
  ///
  /// - Throws: `NNError` when the port is taken or may not be used.
  func open(name: String, folder: RunFolder) throws(NNError) -> LiveView? {
    guard ui || uiPort != nil else { return nil }
    let view = try LiveView(port: uiPort ?? 0, name: name, folder: folder.path) {
      Interruption.request()
    }
    Console.note("live view: \(view.address)")
    return view
  }

  /// Serves the page of a finished run for as long as it is open in a browser.
  func end(_ page: LiveView, hasReport: Bool) {
    let seconds = uiStay ?? (Console.reportsToTerminal ? 30 : 0)
    if seconds == 0 { return page.end() }
    Console.note("the live view remains until its page is closed; Ctrl-C ends it: \(page.address)")
    Interruption.catchSignals()
    page.stay(patience: .seconds(seconds), hasReport: hasReport) { Interruption.isRequested }
  }
}
