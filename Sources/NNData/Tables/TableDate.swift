/// Dates and times of the Gregorian calendar.
struct TableDate {
  /// Seconds since 1970-01-01 00:00:00 UTC; times without a zone count as UTC.
  let seconds: Double

  init(seconds: Double) { self.seconds = seconds }

  /// Reads a date: `2024-03-31`, `2024/03/31`, `31.3.2024`, with `order` `31/3/2024` or `3/31/2024`,
  /// and after a space or `T` a time `23:59`, `23:59:59` or `23:59:59.5`, with a zone such as `Z` or
  /// `+02:00`; nil for other texts.
  init?(_ text: String, order: DateOrder? = nil) {
    var reader = DigitReader(text)
    guard let first = reader.number(digits: 1...4) else { return nil }
    guard let separator = reader.take(oneOf: "-/.") else { return nil }
    guard let second = reader.number(digits: 1...2), reader.take(oneOf: separator) != nil,
      let third = reader.number(digits: 1...4)
    else { return nil }
    let parts: (year: Int, month: Int, day: Int)
    if first.digits == 4, third.digits <= 2 {
      parts = (first.value, second.value, third.value)
    } else {
      guard third.digits == 4, first.digits <= 2 else { return nil }
      let usual: DateOrder? = separator == "." ? .dayFirst : nil
      switch order ?? usual {
      case .dayFirst: parts = (third.value, second.value, first.value)
      case .monthFirst: parts = (third.value, first.value, second.value)
      case nil: return nil
      }
    }
    guard (1...12).contains(parts.month),
      (1...Self.dayCount(parts.year, parts.month)).contains(parts.day)
    else {
      return nil
    }
    var seconds = Double(Self.days(parts.year, parts.month, parts.day) * 86_400)
    if !reader.isAtEnd {
      guard reader.take(oneOf: "T t") != nil, let time = reader.time() else { return nil }
      seconds += time
    }
    self.seconds = seconds
  }

  /// The share of the year's months before this one: 0 in January, 11/12 in December.
  var monthShare: Double { Double(civil.month - 1) / 12 }

  /// The share of the week's days before this one: 0 on Mondays.
  var weekdayShare: Double { Double(weekday) / 7 }

  /// The day of the week, from 0 on Mondays.
  var weekday: Int {
    // 1970-01-01 was a Thursday.
    let weekday = (day + 3) % 7
    return weekday < 0 ? weekday + 7 : weekday
  }

  /// The share of the day before this time.
  var dayShare: Double { (seconds - Double(day) * 86_400) / 86_400 }

  /// Days since 1970-01-01.
  var day: Int { Int((seconds / 86_400).rounded(.down)) }

  /// Year, month and day, the last two from 1 (Howard Hinnant's `civil_from_days`).
  var civil: (year: Int, month: Int, day: Int) {
    let shifted = day + 719_468
    let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
    let dayOfEra = shifted - era * 146_097
    let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let index = (5 * dayOfYear + 2) / 153
    let month = index < 10 ? index + 3 : index - 9
    let year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
    return (year, month, dayOfYear - (153 * index + 2) / 5 + 1)
  }

  /// Days since 1970-01-01 (Howard Hinnant's `days_from_civil`).
  static func days(_ year: Int, _ month: Int, _ day: Int) -> Int {
    let year = month <= 2 ? year - 1 : year
    let era = (year >= 0 ? year : year - 399) / 400
    let yearOfEra = year - era * 400
    let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
    let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
    return era * 146_097 + dayOfEra - 719_468
  }

  /// The number of days of a month.
  static func dayCount(_ year: Int, _ month: Int) -> Int {
    switch month {
    case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
    case 4, 6, 9, 11: 30
    default: 31
    }
  }
}

/// Reads digits and separators of a text in order.
private struct DigitReader {
  /// A number with the count of its digits.
  struct Number {
    let value: Int
    let digits: Int
  }

  private let bytes: [UInt8]
  private var index = 0

  init(_ text: String) { bytes = Array(text.utf8) }

  var isAtEnd: Bool { index == bytes.count }

  /// A number with a count of digits within bounds; nil for other texts.
  mutating func number(digits: ClosedRange<Int>) -> Number? {
    let start = index
    var value = 0
    while index < bytes.count, bytes[index] &- 48 < 10, index - start < digits.upperBound {
      value = value * 10 + Int(bytes[index] &- 48)
      index += 1
    }
    return digits.contains(index - start) ? Number(value: value, digits: index - start) : nil
  }

  /// Skips one of several characters and returns it; nil if the next one is another.
  mutating func take(oneOf characters: String) -> String? {
    guard index < bytes.count, characters.utf8.contains(bytes[index]) else { return nil }
    index += 1
    return String(decoding: bytes[index - 1..<index], as: UTF8.self)
  }

  /// The rest as a time of day in seconds, to UTC; nil for other texts.
  mutating func time() -> Double? {
    guard let hour = number(digits: 1...2), hour.value < 24, take(oneOf: ":") != nil,
      let minute = number(digits: 2...2), minute.value < 60
    else { return nil }
    var seconds = Double(hour.value * 3600 + minute.value * 60)
    if take(oneOf: ":") != nil {
      guard let second = number(digits: 2...2), second.value <= 60 else { return nil }
      seconds += Double(second.value)
      if take(oneOf: ".,") != nil {
        guard let fraction = number(digits: 1...9) else { return nil }
        seconds += (0..<fraction.digits).reduce(Double(fraction.value)) { value, _ in value / 10 }
      }
    }
    guard !isAtEnd else { return seconds }
    if take(oneOf: "Zz") != nil { return isAtEnd ? seconds : nil }
    guard let sign = take(oneOf: "+-"), let hours = number(digits: 2...2), hours.value < 24 else {
      return nil
    }
    _ = take(oneOf: ":")
    guard let minutes = number(digits: 2...2), minutes.value < 60, isAtEnd else { return nil }
    let offset = Double(hours.value * 3600 + minutes.value * 60)
    return sign == "+" ? seconds - offset : seconds + offset
  }
}
