import NNCore

/// A position in a series: a number or a date of its index.
public enum SeriesPosition: Sendable, Hashable, ExpressibleByFloatLiteral,
  ExpressibleByIntegerLiteral, ExpressibleByStringLiteral, CustomStringConvertible
{
  /// A number of the index column, or a row number.
  case number(Double)
  /// A date as written, such as `2024-01-31`, `2024-01`, `2024-Q1` or `2024-01-31 12:00`: its start.
  case date(String)

  /// Creates a number.
  public init(floatLiteral value: Double) { self = .number(value) }
  /// Creates a number.
  public init(integerLiteral value: Int) { self = .number(Double(value)) }
  /// Creates a date.
  public init(stringLiteral value: String) { self = .date(value) }

  /// The number, or the date as written.
  public var description: String {
    switch self {
    case .number(let number): "\(number)"
    case .date(let text): text
    }
  }

  /// Whether a text is a date that positions may have, whatever the order of day and month.
  package static func isDate(_ text: String) -> Bool {
    SeriesDate.seconds(text, order: .dayFirst) != nil
      || SeriesDate.seconds(text, order: .monthFirst) != nil
  }

  /// The key of an index that the position refers to.
  ///
  /// - Parameters:
  ///   - hasDates: Whether the index holds dates.
  ///   - order: The order of day and month in dates.
  ///   - option: The name of the option, for messages.
  ///   - place: The file.
  /// - Throws: `NNError` for a date in an index of numbers, and for a number that is no year in one
  ///   of dates.
  func key(
    hasDates: Bool, order: DateOrder?, option: String, at place: String
  ) throws(NNError) -> Double {
    switch self {
    case .number(let number) where hasDates:
      guard let year = Int(exactly: number), (1...9999).contains(year) else {
        throw .invalid(
          "`\(option)` is \(CSVFormat.text(number)), and the index holds dates", at: place,
          hint: "write a date, such as \(option): 2024-01-31")
      }
      return Double(TableDate.days(year, 1, 1) * 86_400)
    case .number(let number): return number
    case .date(let text):
      guard hasDates else {
        throw .invalid(
          "`\(option)` is the date \(text), and the index holds numbers", at: place,
          hint: "name a column of dates with `index`, or write a number")
      }
      guard let seconds = SeriesDate.seconds(text, order: order) else {
        throw .invalid(
          "`\(option)`: expected a date, found \"\(text)\"", at: place,
          hint: SeriesDate.hint(for: text))
      }
      return seconds
    }
  }
}

/// Dates of series: those of tables, and months and quarters.
enum SeriesDate {
  /// Seconds since 1970-01-01 00:00:00 UTC of a date such as `2024-01-31`, `2024-01-31 12:00`, or
  /// of the start of `2024-01`, `2024/01`, `2024-Q1` or `2024Q1`; nil for other texts.
  static func seconds(_ text: String, order: DateOrder?) -> Double? {
    if let date = TableDate(text, order: order) { return date.seconds }
    let bytes = Array(text.utf8)
    func number(_ range: Range<Int>) -> Int? {
      bytes[range].reduce(Optional(0)) { sum, byte in
        let digit = byte &- 48
        return digit < 10 ? sum.map { $0 * 10 + Int(digit) } : nil
      }
    }
    guard (6...7).contains(bytes.count), let year = number(0..<4) else { return nil }
    let last = number(bytes.count - 1..<bytes.count)
    let isQuarter = bytes[bytes.count - 2] | 0x20 == UInt8(ascii: "q")
    let hasSeparator = bytes[4] == UInt8(ascii: "-") || bytes[4] == UInt8(ascii: "/")
    let month: Int
    if isQuarter, bytes.count == 6 || hasSeparator, let quarter = last, (1...4).contains(quarter) {
      month = 3 * quarter - 2
    } else if hasSeparator, let named = number(5..<bytes.count), (1...12).contains(named) {
      month = named
    } else {
      return nil
    }
    return Double(TableDate.days(year, month, 1) * 86_400)
  }

  /// The date, with the time of day where there is one: `2024-01-31`, `2024-01-31 12:00`.
  static func text(_ seconds: Double) -> String {
    let date = TableDate(seconds: seconds)
    let (year, month, day) = date.civil
    func digits(_ number: Int, _ count: Int = 2) -> String {
      let text = "\(number)"
      return String(repeating: "0", count: max(0, count - text.count)) + text
    }
    let text = "\(digits(year, 4))-\(digits(month))-\(digits(day))"
    let time = (seconds - Double(date.day) * 86_400).rounded(.down)
    guard time > 0 else { return text }
    let (hour, minute, second) = (Int(time) / 3600, Int(time) / 60 % 60, Int(time) % 60)
    return text + " \(digits(hour)):\(digits(minute))" + (second == 0 ? "" : ":\(digits(second))")
  }

  /// How to write a date that could not be read.
  static func hint(for text: String) -> String {
    let slashed = text.split(separator: "/").count == 3
    return slashed && seconds(text, order: .dayFirst) ?? seconds(text, order: .monthFirst) != nil
      ? "add `date_order: dmy` or `date_order: mdy` to the source"
      : "dates are written as 2024-01-31, 2024-01, 2024-Q1, 31.1.2024 or 2024-01-31 12:00"
  }
}
