/// The distance of a series' rows in time.
public enum SeriesStep: Sendable, Hashable, CustomStringConvertible {
  /// A number of seconds: minutes, hours, days, weeks.
  case seconds(Int)
  /// The days from Monday to Friday.
  case weekdays
  /// A number of months, on the same day of each or on the last one: months, quarters, years.
  case months(Int)

  /// The step in words: `hour`, `15 minutes`, `quarter`.
  public var description: String {
    switch self {
    case .weekdays: return "weekday"
    case .months(let count):
      let units: [(size: Int, name: String)] = [(12, "year"), (3, "quarter"), (1, "month")]
      return Self.text(count, units)
    case .seconds(let count):
      let units: [(size: Int, name: String)] = [
        (604_800, "week"), (86_400, "day"), (3600, "hour"), (60, "minute"), (1, "second"),
      ]
      return Self.text(count, units)
    }
  }

  /// The usual number of steps in a season: 12 months, 4 quarters, 7 days, 52 weeks, the steps of a
  /// day below it; 1 for years and where there is none.
  public var seasonLength: Int {
    switch self {
    case .weekdays: return 5
    case .months(let count): return 12 % count == 0 ? 12 / count : 1
    case .seconds(let count):
      if count < 86_400 { return 86_400 % count == 0 ? 86_400 / count : 1 }
      return count == 86_400 ? 7 : count == 604_800 ? 52 : 1
    }
  }

  private static func text(_ count: Int, _ units: [(size: Int, name: String)]) -> String {
    let unit = units.first { count % $0.size == 0 } ?? (1, "")
    let number = count / unit.size
    return number == 1 ? unit.name : "\(number) \(unit.name)s"
  }

  /// The step of ascending dates; nil for fewer than two, and where they have none.
  ///
  /// Dates on the same day of months, or on their last days, have a step of months, the largest that
  /// divides all distances. Dates without Saturdays and Sundays over a week or more have one of
  /// weekdays. Others have their most frequent distance, of equally frequent ones the smallest.
  init?(of dates: [Double]) {
    guard let first = dates.first, dates.count > 1 else { return nil }
    let calendar = dates.map { TableDate(seconds: $0) }
    let time = first - Double(calendar[0].day) * 86_400
    let haveOneTime = zip(dates, calendar).allSatisfy { $0 - Double($1.day) * 86_400 == time }
    if haveOneTime {
      let civil = calendar.map(\.civil)
      let areMonths =
        civil.allSatisfy { $0.day == civil[0].day } || civil.allSatisfy(Self.isLastDay)
      let months = civil.map { $0.year * 12 + $0.month }
      let distance = zip(months.dropFirst(), months).map { $0 - $1 }.reduce(0, Self.divisor)
      if areMonths, distance > 0 {
        self = .months(distance)
        return
      }
      let days = zip(calendar.dropFirst(), calendar).map { $0.day - $1.day }
      if days.contains(1), calendar[dates.count - 1].day - calendar[0].day >= 7,
        calendar.allSatisfy({ $0.weekday < 5 })
      {
        self = .weekdays
        return
      }
    }
    var counts: [Double: Int] = [:]
    for (later, earlier) in zip(dates.dropFirst(), dates) {
      counts[later - earlier, default: 0] += 1
    }
    let most = counts.max { ($0.value, -$0.key) < ($1.value, -$1.key) }?.key ?? 0
    guard let seconds = Int(exactly: most), seconds > 0 else { return nil }
    self = .seconds(seconds)
  }

  /// The number of steps from one date to another; nil where it is no integer.
  func count(from first: Double, to date: Double) -> Int? {
    switch self {
    case .seconds(let step):
      return Int(exactly: (date - first) / Double(step))
    case .weekdays:
      let (start, end) = (TableDate(seconds: first), TableDate(seconds: date))
      guard end.weekday < 5, Self.time(date) == Self.time(first) else { return nil }
      return Self.weekdays(end) - Self.weekdays(start)
    case .months(let step):
      let (start, end) = (TableDate(seconds: first).civil, TableDate(seconds: date).civil)
      guard Self.time(date) == Self.time(first),
        start.day == end.day || Self.isLastDay(start) && Self.isLastDay(end)
      else { return nil }
      let months = (end.year - start.year) * 12 + end.month - start.month
      return months % step == 0 ? months / step : nil
    }
  }

  /// The date a number of steps after another one.
  ///
  /// - Parameter isAtMonthEnd: Whether a step of months goes from last day to last day.
  func date(_ count: Int, after first: Double, isAtMonthEnd: Bool) -> Double {
    switch self {
    case .seconds(let step): return first + Double(count) * Double(step)
    case .weekdays:
      let number = Self.weekdays(TableDate(seconds: first)) + count
      let week = number >= 0 ? number / 5 : -((4 - number) / 5)
      return Double((week * 7 + number - week * 5 - 3) * 86_400) + Self.time(first)
    case .months(let step):
      let start = TableDate(seconds: first).civil
      let months = start.year * 12 + start.month - 1 + count * step
      let (year, month) = (months / 12, months % 12 + 1)
      let last = TableDate.dayCount(year, month)
      let day = isAtMonthEnd ? last : min(start.day, last)
      return Double(TableDate.days(year, month, day) * 86_400) + Self.time(first)
    }
  }

  /// Whether a date is the last day of its month.
  static func isLastDay(_ date: (year: Int, month: Int, day: Int)) -> Bool {
    date.day == TableDate.dayCount(date.year, date.month)
  }

  /// The weekdays since Monday, 1969-12-29.
  private static func weekdays(_ date: TableDate) -> Int {
    let days = date.day + 3
    return (days - date.weekday) / 7 * 5 + min(date.weekday, 5)
  }

  private static func time(_ seconds: Double) -> Double {
    seconds - Double(TableDate(seconds: seconds).day) * 86_400
  }

  private static func divisor(_ first: Int, _ second: Int) -> Int {
    second == 0 ? first : divisor(second, first % second)
  }
}
