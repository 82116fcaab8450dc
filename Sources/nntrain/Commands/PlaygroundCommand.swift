import ArgumentParser
import NNCore
import NNServer

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

struct PlaygroundCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "playground",
    abstract: "Opens a page on which you build a network and watch it train.",
    discussion: """
      Networks train in this process. The page is served only to this machine: on 127.0.0.1, at a \
      random address. Ctrl-C ends the playground.

      EXAMPLES:
        nntrain playground
        nntrain playground --port 4711 --no-open
      """)

  @Option(help: ArgumentHelp("The port; 0 selects a free one.", valueName: "port"))
  var port = 0

  @Option(
    help: ArgumentHelp("The largest number of pages with a network.", valueName: "n"))
  var sessions = 32

  @Option(
    help: ArgumentHelp(
      "Minutes without a request after which a page's network is dropped.", valueName: "minutes"))
  var idle = 10

  @Flag(help: "Do not open the browser, only print the address.")
  var noOpen = false

  @OptionGroup(title: "Global options") var globals: GlobalOptions

  func validate() throws {
    guard (0...65_535).contains(port) else {
      throw ValidationError("--port is \(port), expected a number from 0 to 65535")
    }
    guard (1...256).contains(sessions) else {
      throw ValidationError("--sessions is \(sessions), expected a number from 1 to 256")
    }
    guard (1...1440).contains(idle) else {
      throw ValidationError("--idle is \(idle), expected a number from 1 to 1440")
    }
  }

  func run() throws {
    try globals.useThreads()
    let playground = try PlaygroundServer(
      port: port, sessions: sessions, idle: .seconds(60 * idle))
    Interruption.catchSignals()
    try Console.print("playground: \(playground.address)")
    if !noOpen { Browser.open(playground.address) }
    while !Interruption.isRequested { usleep(50_000) }
    playground.stop()
  }
}
