#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// The index of a series: the number or date of each of its rows, in ascending order.
public struct SeriesIndex: Sendable {
  /// The name of the index column; `row` without one.
  public let name: String
  /// The distance of the rows in time; nil unless the index holds dates.
  public let step: SeriesStep?
  /// Whether keys are dates: seconds since 1970-01-01 00:00:00 UTC.
  public let hasDates: Bool
  /// The key of each row of the file, and of rows that were missing between dates.
  public internal(set) var keys: [Double]
  private let isAtMonthEnd: Bool

  /// Creates an index of numbers.
  init(name: String, numbers: [Double]) {
    self.name = name
    step = nil
    hasDates = false
    keys = numbers
    isAtMonthEnd = false
  }

  /// Creates an index of dates: one for each step from the first date on.
  ///
  /// - Parameters:
  ///   - dates: The dates of the file's rows.
  ///   - count: The number of rows; more than `dates` where there are gaps.
  init(name: String, dates: [Double], step: SeriesStep?, count: Int) {
    self.name = name
    self.step = step
    hasDates = true
    isAtMonthEnd = dates.allSatisfy { SeriesStep.isLastDay(TableDate(seconds: $0).civil) }
    keys = dates
    guard count > dates.count, let step, let first = dates.first else { return }
    keys = (0..<count).map { step.date($0, after: first, isAtMonthEnd: isAtMonthEnd) }
  }

  /// An index without rows.
  package static let empty = SeriesIndex(name: "row", numbers: [])

  /// The name of a key on an axis: `2024-01` where rows are months, `2024` where they are years.
  package func label(_ key: Double) -> String {
    let text = text(key)
    guard hasDates, case .months(let count)? = step else { return text }
    return String(text.prefix(count % 12 == 0 ? 4 : 7))
  }

  /// A key as written: `2024-01-31` or `1921`.
  public func text(_ key: Double) -> String {
    hasDates ? SeriesDate.text(key) : CSVFormat.text(key)
  }

  /// The key of a row, which may come after the last one of the file: the next dates, or the next
  /// numbers with the mean spacing of the last ten.
  public func key(_ row: Int) -> Double {
    guard row >= keys.count else { return keys[row] }
    guard let last = keys.last else { return Double(row) }
    if let step { return step.date(row, after: keys[0], isAtMonthEnd: isAtMonthEnd) }
    let steps = row - keys.count + 1
    let back = min(keys.count - 1, 10)
    let spacing = back > 0 ? (last - keys[keys.count - 1 - back]) / Double(back) : 1
    return last + Double(steps) * spacing
  }
}

/// A feature of a date that repeats: two inputs, sine and cosine.
public enum CalendarFeature: String, Sendable, Hashable, CaseIterable {
  /// The month of the year.
  case month
  /// The day of the week.
  case weekday
  /// The time of the day.
  case hour

  /// Sine and cosine of the share of the cycle before a date, in seconds since 1970-01-01.
  func values(_ seconds: Double) -> [Double] {
    let date = TableDate(seconds: seconds)
    let share =
      switch self {
      case .month: date.monthShare
      case .weekday: date.weekdayShare
      case .hour: date.dayShare
      }
    return [sin(2 * .pi * share), cos(2 * .pi * share)]
  }
}
