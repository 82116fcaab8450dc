import NNCore
import NNData
import NNTestSupport
import Testing

@Suite("Series with dates")
struct SeriesDateTests {
  /// Reads a table of the columns `date` and `y`.
  private func read(
    _ rows: [(date: String, value: String)], gaps: SeriesGaps = .error,
    change: (inout SeriesSource) -> Void = { _ in }
  ) throws -> SeriesTable {
    let folder = try TemporaryFolder()
    let text = "date,y\n" + rows.map { "\($0.date),\($0.value)\n" }.joined()
    let path = try folder.write(text, to: "a.csv")
    return try withExtendedLifetime(folder) {
      var source = SeriesSource(
        file: path, columns: ["y"], window: 2, index: "date", gaps: gaps)
      change(&source)
      return try SeriesTable(source, path: path, known: nil)
    }
  }

  private func read(
    dates: [String], gaps: SeriesGaps = .error, change: (inout SeriesSource) -> Void = { _ in }
  ) throws -> SeriesTable {
    try read(dates.enumerated().map { ($1, "\($0)") }, gaps: gaps, change: change)
  }

  @Test("the dates of pandas continue with their step", arguments: SeriesFixture.all?.steps ?? [])
  func steps(_ fixture: SeriesFixture.Steps) throws {
    let names = [
      "h": "hour", "15min": "15 minutes", "D": "day", "B": "weekday", "W-WED": "week",
      "MS": "month", "ME": "month", "QS": "quarter", "QE": "quarter", "YS": "year", "YE": "year",
      "2D": "2 days", "s": "second",
    ]
    // The first ones determine the others.
    let known = 11
    let table = try read(dates: Array(fixture.dates.prefix(known)))
    #expect(table.index.step.map { "\($0)" } == names[fixture.frequency])
    for (row, seconds) in fixture.seconds.enumerated() {
      #expect(table.index.key(row) == Double(seconds), "\(fixture.dates[row])")
    }
    // A gap is filled with the dates that are missing.
    var some = Array(fixture.dates.prefix(known))
    some.removeSubrange(5..<8)
    let filled = try read(dates: some, gaps: .previous)
    #expect(filled.index.keys == fixture.seconds.prefix(known).map(Double.init))
    #expect(filled.notes.map(\.count) == [known, 3])
    #expect(filled.series.values == [0, 1, 2, 3, 4, 4, 4, 4, 5, 6, 7])
  }

  @Test func calendarsNeedDates() throws {
    let folder = try TemporaryFolder()
    let path = try folder.write("year,y\n1990,1\n1991,2\n1992,3\n1993,4\n", to: "a.csv")
    var source = SeriesSource(file: path, columns: ["y"], window: 2)
    source.index = "year"
    source.calendar = [.month]
    expectError("`calendar` needs dates, and the index year holds numbers") {
      _ = try source.windows(path: path)
    }
  }

  @Test func formsOfDates() throws {
    func keys(_ dates: String..., order: DateOrder? = nil) throws -> [String] {
      let table = try read(dates: dates) { $0.dateOrder = order }
      return table.index.keys.map(table.index.text)
    }
    #expect(try keys("2023-12", "2024-01") == ["2023-12-01", "2024-01-01"])
    #expect(try keys("2023-Q4", "2024-Q1") == ["2023-10-01", "2024-01-01"])
    #expect(try keys("2023q4", "2024q1") == ["2023-10-01", "2024-01-01"])
    #expect(try keys("31.12.2023", "1.1.2024") == ["2023-12-31", "2024-01-01"])
    #expect(try keys("1/2/2024", "1/3/2024", order: .monthFirst) == ["2024-01-02", "2024-01-03"])
    #expect(try keys("1/2/2024", "1/3/2024", order: .dayFirst) == ["2024-02-01", "2024-03-01"])
    #expect(
      try keys("2024-01-01 23:00", "2024-01-02T00:00") == ["2024-01-01 23:00", "2024-01-02"])
    // Years alone are numbers.
    #expect(try !read(dates: ["1999", "2000"]).index.hasDates)
    let one = try read(dates: ["2024-01-01"])
    #expect(one.index.step == nil && one.index.hasDates)
  }

  @Test func rangesAreDates() throws {
    let dates = (1...9).map { "2024-0\($0)" }
    func rows(_ from: SeriesPosition?, _ to: SeriesPosition?) throws -> [Int] {
      try read(dates: dates) { ($0.from, $0.to) = (from, to) }.windows().firstRows
    }
    #expect(try rows(nil, nil) == [2, 3, 4, 5, 6, 7, 8])
    #expect(try rows("2024-04-01", "2024-06-15") == [3, 4, 5])
    #expect(try rows("2024-Q2", "2024-07") == [3, 4, 5])
    #expect(try rows(nil, "2024-05-01 00:00") == [2, 3])
    #expect(try rows(2024, 2025) == [2, 3, 4, 5, 6, 7, 8])
    expectError("`from` is 0.5, and the index holds dates", "from: 2024-01-31") {
      _ = try rows(0.5, nil)
    }
    expectError("the targets begin at 2024-05 and end before 2024-04: there are none") {
      _ = try rows("2024-05", "2024-04")
    }
    expectError(
      "no 1 successive targets from 2025-01 have 2 rows before them",
      "begins at 2024-01-01 and ends at 2024-09-01"
    ) { _ = try rows("2025-01", nil) }
    expectError("`to` is the date 2024-02, and the index holds numbers", "a column of dates") {
      _ = try read(dates: ["1", "2", "3"]) { $0.to = "2024-02" }.windows()
    }
  }

  @Test func wrongDatesAreNamedWithTheirLines() {
    func refuse(
      _ dates: [String], _ parts: String..., sourceLocation: SourceLocation = #_sourceLocation
    ) {
      let error = #expect(throws: NNError.self, sourceLocation: sourceLocation) {
        _ = try read(dates: dates)
      }
      for part in parts {
        #expect("\(error.map { "\($0)" } ?? "")".contains(part), sourceLocation: sourceLocation)
      }
    }
    refuse(
      ["2024-01-01", "2024-01-02", "2024-01-02"], "a.csv:4: ",
      "the date 2024-01-02 stands in line 3 already", "merge them")
    refuse(
      ["2024-01-01", "2024-01-03", "2024-01-02"], "a.csv:4: ",
      "2024-01-02 follows 2024-01-03 in line 3; expected ascending dates", "sort the rows")
    refuse(
      ["2024-01-01", "2024-01-02", "2024-01-05"], "a.csv:4: ",
      "2024-01-05 follows 2024-01-02 in line 3: 2 rows are missing with one for each day",
      "`gaps: linear`")
    refuse(
      ["2024-01-01", "2024-01-02", "2024-01-03", "2024-01-03 12:00"], "a.csv:5: ",
      "2024-01-03 12:00 follows 2024-01-03 in line 4, which is no multiple of the step of one day")
    refuse(["2024-01-01", "soon"], "a.csv:3: ", "expected a date, found \"soon\"")
    refuse(["soon"], "a.csv:2: ", "expected a number or a date, found \"soon\"", "2024-Q1")
    refuse(["1/2/2024"], "a.csv:2: ", "found \"1/2/2024\"", "date_order: dmy")
    refuse(["2024-02-30"], "expected a number or a date, found \"2024-02-30\"")
    refuse(["2024-01-01", ""], "a.csv:3: ", "the value is missing")
  }

  @Test func calendarFeaturesAreThoseOfTheRowsToForecast() throws {
    let folder = try TemporaryFolder()
    let text =
      "date,y\n"
      + (0..<5).map { "2024-01-0\($0 + 1) 06:00,\($0)\n" }.joined()
    let path = try folder.write(text, to: "a.csv")
    let source = SeriesSource(
      file: path, columns: ["y"], calendar: [.month, .weekday, .hour], window: 2, horizon: 2,
      index: "date")
    let windows = try source.windows(path: path)
    #expect(
      windows.columnNames == [
        "y", "month+2 sin", "month+2 cos", "weekday+2 sin", "weekday+2 cos", "hour+2 sin",
        "hour+2 cos",
      ])
    #expect(windows.inputs.shape == [2, 2, 7])
    // The first row's features are those of January 3, 2024, a Wednesday: two of seven days.
    let angle = 2 * Double.pi * 2 / 7
    expectClose(
      Array(windows.inputs.doubles.prefix(7)), [0, 0, 1, sine(angle), cosine(angle), 1, 0],
      Tolerance(relative: 1e-12, absolute: 1e-12))
    // Of rows after the last one, too: January 7 is a Sunday.
    let last = try source.lastWindow(path: path).doubles
    expectClose(
      Array(last.suffix(4).prefix(2)),
      [sine(2 * Double.pi * 6 / 7), cosine(2 * Double.pi * 6 / 7)], Tolerance(relative: 1e-12))
    var other = source
    other.index = nil
    expectError("features of dates need a column of dates", "`index`") {
      _ = try other.windows(path: path)
    }
    other = source
    other.window = 1
    expectError("the last 2 rows of a window hold what is known ahead, and it has 1") {
      _ = try other.windows(path: path)
    }
  }
}

/// By Taylor's series, independent of the system's library.
private func sine(_ angle: Double) -> Double {
  var (term, sum) = (angle, angle)
  for order in 1..<25 {
    term *= -angle * angle / Double(2 * order * (2 * order + 1))
    sum += term
  }
  return sum
}

private func cosine(_ angle: Double) -> Double { sine(angle + .pi / 2) }
