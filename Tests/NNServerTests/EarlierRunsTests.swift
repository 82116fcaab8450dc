import Foundation
import NNServer
import NNTestSupport
import Testing

/// The live page's list of other runs in the same folder, over real connections.
@Suite struct EarlierRunsTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func addRun(_ name: String, report: String, at date: Int) throws {
    try folder.write("name: a\n", to: "runs/\(name)/config.yaml")
    let path = try folder.write(report, to: "runs/\(name)/report.html")
    try FileManager.default.setAttributes(
      [.modificationDate: Date(timeIntervalSince1970: Double(date))], ofItemAtPath: path)
  }

  /// The response of the live page of `runs/own` to a request for a part.
  private func answers(_ parts: [String], folder own: String? = nil) throws -> [String] {
    let view = try LiveView(
      port: 0, name: "own", folder: own ?? folder.path("runs/own"), stop: {})
    defer { view.end() }
    let address = try #require(URL(string: view.address))
    let port = try #require(address.port)
    return try parts.map { part in
      let client = try #require(RawClient(port: port))
      client.send(
        "GET \(address.path())\(part) HTTP/1.1\r\nHost: 127.0.0.1:\(port)\r\n"
          + "Connection: close\r\n\r\n")
      return client.read()
    }
  }

  @Test func runsWithAReportAreListedNewestFirst() throws {
    try addRun("own", report: "mine", at: 1000)
    try addRun("first", report: "<h1>one</h1>", at: 2000)
    try addRun("second", report: "<h1>two</h1>", at: 3000)
    // Neither a run nor a report.
    try folder.write("x", to: "runs/notes/report.html")
    try folder.write("name: a\n", to: "runs/young/config.yaml")
    try folder.write("x", to: "runs/report.html")
    let found = try answers([
      "runs", "runs/0/report.html", "runs/1/report.html", "runs/2/report.html",
    ])
    let list =
      #"{"runs":[{"name":"second","date":3000,"report":"runs/0/report.html"},"#
      + #"{"name":"first","date":2000,"report":"runs/1/report.html"}]}"#
    #expect(found[0].hasSuffix("\r\n\r\n" + list))
    #expect(found[1].hasSuffix("<h1>two</h1>") && found[2].hasSuffix("<h1>one</h1>"))
    #expect(found[1].contains("default-src 'none'") && !found[1].contains("script-src"))
    #expect(found[3].hasPrefix("HTTP/1.1 404 ") && found[3].contains("no such report"))
  }

  /// A name is data: it is quoted in the list and never part of a URL.
  @Test func aHostileNameIsAName() throws {
    let name = #"<img src=x onerror=alert(1)>"}],"runs":[{"name":"..%2f..\\etc"#
    try addRun(name, report: "harmless", at: 1)
    let found = try answers(["runs", "runs/0/report.html"])
    let body = try #require(found[0].range(of: "\r\n\r\n")).upperBound
    let json = try JSONSerialization.jsonObject(with: Data(found[0][body...].utf8))
    let runs = try #require((json as? [String: Any])?["runs"] as? [[String: Any]])
    #expect(runs.count == 1 && runs[0]["name"] as? String == name)
    #expect(runs[0]["report"] as? String == "runs/0/report.html")
    #expect(found[0].contains("Content-Type: application/json"))
    #expect(found[1].hasSuffix("harmless"))
  }

  @Test(
    arguments: [
      "runs/../own/report.html", "runs/..%2fown/report.html", "runs/-1/report.html",
      "runs/00/../report.html", "runs//report.html", "runs/own/report.html", "runs/0/config.yaml",
      "runs/99999999999999999999/report.html",
    ])
  func nothingElseIsServed(part: String) throws {
    try addRun("other", report: "other", at: 1)
    try addRun("own", report: "mine", at: 1)
    #expect(try answers([part])[0].hasPrefix("HTTP/1.1 404 "))
  }

  /// Links point outside of the folder of runs.
  @Test func linksAreNotFollowed() throws {
    let secret = try folder.write("secret", to: "elsewhere/report.html")
    try folder.write("name: a\n", to: "elsewhere/config.yaml")
    try folder.write("name: a\n", to: "runs/linked/config.yaml")
    let files = FileManager.default
    try files.createSymbolicLink(
      atPath: folder.path("runs/linked/report.html"), withDestinationPath: secret)
    try files.createSymbolicLink(
      atPath: folder.path("runs/outside"), withDestinationPath: folder.path("elsewhere"))
    #expect(try answers(["runs"])[0].hasSuffix(#"{"runs":[]}"#))
  }

  @Test func aLongListIsCut() throws {
    for number in 0..<35 { try addRun("run-\(number)", report: "x", at: 100 + number) }
    let found = try answers(["runs", "runs/29/report.html", "runs/30/report.html"])
    #expect(found[0].contains(#""run-34","date":134,"report":"runs/0/report.html""#))
    #expect(found[0].contains("run-5\"") && !found[0].contains("run-4\""))
    #expect(found[1].hasPrefix("HTTP/1.1 200 ") && found[2].hasPrefix("HTTP/1.1 404 "))
  }

  @Test(arguments: ["nowhere/at/all", "/own"])
  func aFolderWithoutNeighboursListsNone(own: String) throws {
    #expect(try answers(["runs"], folder: own)[0].hasSuffix(#"{"runs":[]}"#))
  }
}
