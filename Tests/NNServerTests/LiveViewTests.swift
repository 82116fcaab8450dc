import Foundation
import NNServer
import NNTestSupport
import Synchronization
import Testing

@Suite struct LiveViewTests {
  private final class Presses: Sendable {
    let count = Atomic(0)
  }

  private let folder: TemporaryFolder
  private let presses = Presses()
  private let view: LiveView

  init() throws {
    let presses = presses
    folder = try TemporaryFolder()
    view = try LiveView(port: 0, name: "test", folder: folder.path) {
      presses.count.add(1, ordering: .relaxed)
    }
  }

  /// A connection on which a request for a part of the page has been sent.
  private func client(_ method: String, _ part: String) throws -> RawClient {
    let address = try #require(URL(string: view.address))
    let port = try #require(address.port)
    let client = try #require(RawClient(port: port))
    client.send(
      "\(method) \(address.path())\(part) HTTP/1.1\r\nHost: 127.0.0.1:\(port)\r\n"
        + "Connection: close\r\n\r\n")
    return client
  }

  @Test func thePageStaysUntilItIsClosed() throws {
    var page: RawClient? = try client("GET", "events")
    #expect(page?.read(until: "event: history").contains("event: history") == true)
    var questions = 0
    view.stay(patience: .zero, hasReport: true) {
      questions += 1
      // The page stays open for a while after the end.
      if questions == 20 {
        #expect(page?.read(until: "report").contains("\"report\": \"report.html\"") == true)
        page = nil
      }
      return false
    }
    #expect(questions > 20)
  }

  @Test func withoutAPageTheServerStopsAfterAWhile() {
    let time = ContinuousClock().measure {
      view.stay(patience: .milliseconds(100), hasReport: false) { false }
    }
    #expect(time >= .milliseconds(100))
  }

  @Test func stayingEndsOnRequest() throws {
    let page = try client("GET", "events")
    #expect(page.read(until: "event: history").contains("event: history"))
    view.stay(patience: .seconds(600), hasReport: false) { true }
    #expect(page.isClosedByServer())
    // A second end does nothing.
    view.end()
  }

  @Test func pagesReceiveTheEndBeforeTheServerStops() throws {
    let page = try client("GET", "events")
    #expect(page.read(until: "event: history").contains("event: history"))
    view.end(failure: "the loss became nan")
    #expect(page.read().contains("the loss became nan"))
  }

  @Test func theButtonStopsTheRun() throws {
    #expect(try client("POST", "stop").read().hasPrefix("HTTP/1.1 200 "))
    #expect(presses.count.load(ordering: .relaxed) == 1)
    #expect(try client("GET", "stop").read().hasPrefix("HTTP/1.1 405 "))
    #expect(presses.count.load(ordering: .relaxed) == 1)
    view.end()
  }

  @Test func theReportIsServedOnceItExists() throws {
    #expect(try client("GET", "report.html").read().hasPrefix("HTTP/1.1 404 "))
    try Data("<h1>report</h1>".utf8).write(to: URL(filePath: folder.path + "/report.html"))
    let text = try client("GET", "report.html").read()
    #expect(text.hasSuffix("\r\n\r\n<h1>report</h1>"))
    #expect(text.contains("default-src 'none'; style-src 'unsafe-inline'; img-src data:"))
    #expect(!text.contains("script-src"))
    view.end()
  }
}
