import NNCore
import NNData
import NNTestSupport
import Testing

@Suite("Windows of series")
struct SeriesSourceTests {
  /// Ten rows: year 2000 + i, level i² and flow −i.
  private let table =
    "year,level,flow\n" + (0..<10).map { "\(2000 + $0),\($0 * $0),\(-$0)\n" }.joined()

  /// The result of `body` for a source whose file has this text.
  func with<Result>(
    _ text: String, _ columns: [ColumnReference] = ["level"], window: Int = 3, horizon: Int = 1,
    index: ColumnReference? = nil, from: SeriesPosition? = nil, to: SeriesPosition? = nil,
    header: Bool = true,
    _ body: (SeriesSource, String) throws -> Result
  ) throws -> Result {
    let folder = try TemporaryFolder()
    let path = try folder.write(text, to: "a.csv")
    return try withExtendedLifetime(folder) {
      try body(
        SeriesSource(
          file: "a.csv", columns: columns, window: window, horizon: horizon, index: index,
          from: from, to: to, header: header), path)
    }
  }

  @Test(arguments: [1, 2, 3, 9], [1, 2, 7])
  func everyWindowIsFollowedByItsTargets(window: Int, horizon: Int) throws {
    try with(table, ["level", "flow"], window: window, horizon: horizon) { source, path in
      guard window + horizon <= 10 else {
        expectError(
          "a window of \(window) and a horizon of \(horizon) rows are longer than the series, "
            + "which has 10"
        ) { _ = try source.windows(path: path) }
        return
      }
      let windows = try source.windows(path: path)
      let starts = 0...10 - window - horizon
      let inputs = starts.flatMap { start in
        (start..<start + window).flatMap { [Double($0 * $0), Double(-$0)] }
      }
      let targets = starts.flatMap { start in
        (start + window..<start + window + horizon).map { Double($0 * $0) }
      }
      #expect(windows.inputs == HostTensor(inputs, shape: [starts.count, window, 2]))
      #expect(windows.targets == HostTensor(targets, shape: [starts.count, horizon]))
      #expect(windows.firstTargets == starts.map { Double($0 + window) })
      #expect(windows.columnNames == ["level", "flow"])
    }
  }

  @Test func theWholeSeries() throws {
    // Whatever the ranges of targets are.
    let series = try with(
      table, ["level", "flow"], index: "year", from: 2003, to: 2005
    ) { try $0.series(path: $1) }
    #expect(series.valueName == "level" && series.keyName == "year")
    #expect(series.keys == [2000, 2001, 2002, 2003, 2004, 2005, 2006, 2007, 2008, 2009])
    #expect(series.values == [0, 1, 4, 9, 16, 25, 36, 49, 64, 81])
    let plain = try with("5\n7\n", [0], window: 1, header: false) { try $0.series(path: $1) }
    #expect(plain.valueName == "column 0" && plain.keyName == "row")
    #expect(plain.keys == [0, 1] && plain.values == [5, 7])
    expectError("there is no column \"speed\"") {
      try with(table, ["speed"]) { _ = try $0.series(path: $1) }
    }
  }

  @Test func rangesSayWhereTargetsAre() throws {
    func firstTargets(
      from: SeriesPosition? = nil, to: SeriesPosition? = nil, horizon: Int = 1,
      index: ColumnReference? = nil
    ) throws -> [Double] {
      try with(table, horizon: horizon, index: index, from: from, to: to) {
        try $0.windows(path: $1).firstTargets
      }
    }
    #expect(try firstTargets(to: 6) == [3, 4, 5])
    #expect(try firstTargets(from: 6) == [6, 7, 8, 9])
    // Windows of a test range reach back before it, those of the first rows cannot.
    #expect(try firstTargets(from: 1, to: 5) == [3, 4])
    #expect(try firstTargets(from: -5, to: 100) == [3, 4, 5, 6, 7, 8, 9])
    #expect(try firstTargets(from: 4, to: 8, horizon: 2) == [4, 5, 6])
    #expect(try firstTargets(to: 2006, index: "year") == [2003, 2004, 2005])
    #expect(try firstTargets(from: 2005.5, to: 2008, index: 0) == [2006, 2007])
    expectError(
      "no 3 successive targets from 5.0 up to 7.0 have 3 rows before them",
      "begins at 0.0 and ends at 9.0"
    ) { _ = try firstTargets(from: 5, to: 7, horizon: 3) }
    expectError("no 1 successive targets up to 2000.0") {
      _ = try firstTargets(to: 2000, index: "year")
    }
    expectError("no 1 successive targets from 10.0") { _ = try firstTargets(from: 10) }
    expectError("the targets begin at 7.0 and end before 7.0: there are none") {
      _ = try firstTargets(from: 7, to: 7)
    }
  }

  @Test func theLastWindowStandsBeforeTheEnd() throws {
    let last = try with(table, ["flow", "level"]) { try $0.lastWindow(path: $1) }
    #expect(last == HostTensor([-7.0, 49, -8, 64, -9, 81], shape: [1, 3, 2]))
    let earlier = try with(table, index: "year", to: 2003) { try $0.lastWindow(path: $1) }
    #expect(earlier == HostTensor([0.0, 1, 4], shape: [1, 3, 1]))
    // As long as the series: nothing is left to learn from, but much to forecast from.
    let all = try with(table, window: 10) { try $0.lastWindow(path: $1) }
    #expect(all.shape == [1, 10, 1])
    expectError("a window of 3 needs as many rows; there are 2 before 2.0") {
      _ = try with(table, to: 2) { try $0.lastWindow(path: $1) }
    }
  }

  @Test func readsSeriesWithoutHeaderAndWithCRLF() throws {
    let windows = try with("1\r\n2\r\n4\r\n", [0], window: 2, header: false) {
      try $0.windows(path: $1)
    }
    #expect(windows.inputs == HostTensor([1.0, 2], shape: [1, 2, 1]))
    #expect(windows.targets == HostTensor([4.0], shape: [1, 1]))
    #expect(windows.columnNames == ["column 0"])
  }

  @Test func refusesInvalidSeries() {
    func refuse(
      _ message: String, _ text: String? = nil, _ columns: [ColumnReference] = ["level"],
      window: Int = 3, horizon: Int = 1, index: ColumnReference? = nil,
      sourceLocation: SourceLocation = #_sourceLocation
    ) {
      expectError(message, sourceLocation: sourceLocation) {
        _ = try with(text ?? table, columns, window: window, horizon: horizon, index: index) {
          try $0.windows(path: $1)
        }
      }
    }
    refuse("a window of 0 rows; expected 1 or more", window: 0)
    refuse("a horizon of 0 rows; expected 1 or more", horizon: 0)
    refuse(
      "a window of 10 and a horizon of 1 rows are longer than the series, which has 10", window: 10)
    refuse("are longer than the series, which has 10", window: .max)
    refuse("no column is named", nil, [])
    refuse("there is no column \"depth\"", nil, ["depth"])
    refuse("a.csv:3: column \"level\": the value is missing", "level\n1\n?\n3\n")
    refuse("a.csv:2: column \"level\": expected a number, found \"a\"", "level\na\n")
    refuse("which has 0", "level\n")
    refuse(
      "a.csv:4: column \"t\": 2.0 follows 2.0; expected ascending numbers",
      "t,level\n1,1\n2,1\n2,1\n", index: "t")
  }
}
