import NNCore
import NNData
import NNTestSupport
import Testing

@Suite("Gaps, covariates and what is known ahead")
struct SeriesGapTests {
  /// Reads a table with the columns `y`, `z`, `price` and `promo`, as far as a row has them.
  private func source(
    _ rows: [String], header: String = "y,z,price,promo", window: Int = 2, horizon: Int = 1,
    _ change: (inout SeriesSource) -> Void = { _ in }
  ) throws -> (source: SeriesSource, folder: TemporaryFolder) {
    let folder = try TemporaryFolder()
    let path = try folder.write(([header] + rows).joined(separator: "\n") + "\n", to: "a.csv")
    var source = SeriesSource(file: path, columns: ["y"], window: window, horizon: horizon)
    change(&source)
    return (source, folder)
  }

  private func windows(
    _ rows: [String], header: String = "y,z,price,promo", window: Int = 2, horizon: Int = 1,
    _ change: (inout SeriesSource) -> Void = { _ in }
  ) throws -> SeriesWindows {
    let (source, folder) = try source(
      rows, header: header, window: window, horizon: horizon, change)
    return try withExtendedLifetime(folder) { try source.windows(path: source.file) }
  }

  @Test("filled values are those of pandas", arguments: [SeriesGaps.linear, .previous])
  func filled(gaps: SeriesGaps) throws {
    let fixture = try #require(SeriesFixture.all?.filled)
    let rows = fixture.values.map { $0.map { "\($0)" } ?? "NaN" }
    let (source, folder) = try source(rows, header: "y") { $0.gaps = gaps }
    try withExtendedLifetime(folder) {
      let series = try source.series(path: source.file)
      expectClose(series.values, gaps == .linear ? fixture.linear : fixture.previous)
      let windows = try source.windows(path: source.file)
      // Those whose value was missing are left out.
      #expect(windows.firstRows == [3, 4, 6, 10])
      #expect(windows.targets.doubles == [4, -2, 7.25, 0.5])
      #expect(windows.notes.map(\.count) == [5])
    }
  }

  @Test func interpolationNeverLooksAhead() throws {
    // Rows 1 and 2 are missing; the window of rows 1 and 2 ends before the value 4.
    let windows = try windows(["1", "?", "?", "4", "5"], header: "y") { $0.gaps = .linear }
    #expect(windows.firstRows == [3, 4])
    expectClose(windows.inputs.doubles, [1, 1, 3, 4])
  }

  @Test func historiesNeverLookAhead() throws {
    let (source, folder) = try source(["1", "2", "?", "?", "8", "?", "3"], header: "y") {
      $0.gaps = .linear
    }
    try withExtendedLifetime(folder) {
      let table = try SeriesTable(source, path: source.file, known: nil)
      #expect(table.history(ofTarget: 0, before: 2) == [1, 2])
      // Rows 2 and 3 are 4 and 6 only once the 8 is known.
      #expect(table.history(ofTarget: 0, before: 4) == [1, 2, 2, 2])
      #expect(table.history(ofTarget: 0, before: 6) == [1, 2, 4, 6, 8, 8])
    }
  }

  @Test func theIndicatorMarksMissingValues() throws {
    let windows = try windows(["1,9", ",8", "3,", "4,6", "5,5"], header: "y,price") {
      $0.covariates = ["price"]
      $0.gaps = .indicator
    }
    #expect(windows.columnNames == ["y", "price", "y.missing", "price.missing"])
    #expect(windows.firstRows == [2, 3, 4])
    #expect(
      windows.inputs.doubles == [
        1, 9, 0, 0, 1, 8, 1, 0,
        1, 8, 1, 0, 3, 8, 0, 1,
        3, 8, 0, 1, 4, 6, 0, 0,
      ])
  }

  @Test func severalTargets() throws {
    let windows = try windows(["1,10", "2,20", "3,30", "4,40"], header: "y,z", horizon: 2) {
      $0.targets = ["z", "y"]
    }
    // z is an input because it is forecast.
    #expect(windows.columnNames == ["y", "z"])
    #expect(windows.inputs.doubles == [1, 10, 2, 20])
    #expect(windows.targets == HostTensor([30.0, 3, 40, 4], shape: [1, 4]))
    let (source, folder) = try source(["1,10", "2,20", "3,30"], header: "y,z") {
      $0.targets = ["z", "y"]
    }
    try withExtendedLifetime(folder) {
      let dataset = try DataSource.series(source).load()
      #expect(dataset.targetNames == ["z", "y"])
      let series = try source.series(path: source.file)
      #expect(series.targets.map(\.name) == ["z", "y"] && series.valueName == "z")
    }
  }

  @Test func whatIsKnownAheadIsThatOfTheRowsToForecast() throws {
    let rows = (0..<6).map { "\($0),\(10 + $0),\(100 + $0)" }
    let windows = try windows(rows, header: "y,price,promo", window: 3, horizon: 2) {
      $0.covariates = ["price"]
      $0.known = ["promo"]
    }
    #expect(windows.columnNames == ["y", "price", "promo", "promo+2"])
    #expect(
      Array(windows.inputs.doubles.prefix(12)) == [
        0, 10, 100, 102, 1, 11, 101, 103, 2, 12, 102, 104,
      ])
    #expect(windows.firstRows == [3, 4])
  }

  /// Values at or after the first row to forecast, other than those known ahead, change no input.
  @Test("nothing of the future is an input", arguments: [SeriesGaps.linear, .previous, .indicator])
  func noLeak(gaps: SeriesGaps) throws {
    let random = Philox(seed: 3)
    func rows(changedFrom first: Int) -> [String] {
      (0..<12).map { row in
        let change = row >= first ? 1000.0 : 0
        let cells = (0..<3).map { column -> String in
          let place = 3 * row + column
          let isMissing = row > 0 && row < 11 && column < 2 && place % 4 == 1
          return isMissing ? "" : "\(random.normal(place) + (column < 2 ? change : 0))"
        }
        return cells.joined(separator: ",")
      }
    }
    func inputs(changedFrom first: Int) throws -> (rows: [Int], inputs: [[Double]]) {
      let windows = try windows(
        rows(changedFrom: first), header: "y,price,promo", window: 3, horizon: 2
      ) {
        $0.covariates = ["price"]
        $0.known = ["promo"]
        $0.gaps = gaps
      }
      let size = windows.inputs.elementCount / windows.firstRows.count
      let numbers = windows.inputs.doubles
      return (
        windows.firstRows,
        windows.firstRows.indices.map { Array(numbers[$0 * size..<($0 + 1) * size]) }
      )
    }
    let (starts, plain) = try inputs(changedFrom: 12)
    #expect(starts.count > 2)
    for (place, start) in starts.enumerated() {
      let changed = try inputs(changedFrom: start)
      #expect(changed.rows == starts && changed.inputs[place] == plain[place], "\(start)")
      // The test would notice an input that is changed.
      #expect(try inputs(changedFrom: start - 1).inputs[place] != plain[place])
    }
  }

  @Test func rowsAfterTheLastValueHoldWhatIsKnownAhead() throws {
    let rows = ["1,7", "2,8", "3,9", ",5", ",6"]
    let (source, folder) = try source(rows, header: "y,promo", window: 3, horizon: 2) {
      $0.known = ["promo"]
    }
    try withExtendedLifetime(folder) {
      let last = try source.lastWindow(path: source.file)
      #expect(last == HostTensor([1.0, 7, 9, 2, 8, 5, 3, 9, 6], shape: [1, 3, 3]))
      let series = try source.series(path: source.file)
      #expect(series.values == [1, 2, 3])
      var longer = source
      longer.horizon = 3
      expectError(
        "the forecast needs column \"promo\" from 3.0 to 5.0, and values end at 4.0",
        "add 1 row up to 5.0"
      ) { _ = try longer.lastWindow(path: source.file) }
    }
    // A gap before the last value is one.
    expectError("a.csv:3: column \"promo\": the value is missing", "gaps: linear") {
      _ = try windows(["1,7", "2,", "3,9", "4,8"], header: "y,promo") { $0.known = ["promo"] }
    }
  }

  @Test func refusesWhatCannotBeFilledOrContradicts() {
    expectError("a.csv:2: column \"y\": the series begins with missing values", "before line 4") {
      _ = try windows(["NaN", "NaN", "3", "4", "5"], header: "y") { $0.gaps = .previous }
    }
    expectError("each of 3 windows has a missing value among the 2 to forecast", "shorter") {
      _ = try windows(["1", "2", "?", "4", "?", "6"], header: "y", horizon: 2) {
        $0.gaps = .previous
      }
    }
    expectError("\"y\" is forecast, so it is not known ahead") {
      _ = try windows(["1", "2", "3"], header: "y") { $0.known = ["y"] }
    }
    expectError("\"promo\" is both a covariate known up to now and known ahead") {
      _ = try windows(["1,1", "2,1", "3,1"], header: "y,promo") {
        $0.covariates = ["promo"]
        $0.known = ["promo"]
      }
    }
    expectError("a.csv:3: column \"y\": expected a finite number, found \"inf\"") {
      _ = try windows(["1", "inf", "3"], header: "y") { $0.gaps = .linear }
    }
    expectError("which has 0") {
      _ = try windows(["?", "?", "?"], header: "y") { $0.gaps = .linear }
    }
  }
}
