/// The format of a table of text: delimiter, decimal separator and missing values.
public struct CSVFormat: Sendable, Hashable {
  /// The character between the fields of a row.
  public struct Delimiter: Sendable, Hashable {
    /// The character's ASCII code.
    public let byte: UInt8

    /// Creates a delimiter from a character; nil unless it is ASCII and neither a letter, a digit,
    /// a quote, a point, a sign nor a line break.
    public init?(_ character: Character) {
      guard let byte = character.asciiValue, byte == 0x09 || 0x20..<0x7F ~= byte,
        !character.isLetter, !character.isNumber, !"\"'.+-".contains(character)
      else { return nil }
      self.byte = byte
    }

    private init(byte: UInt8) { self.byte = byte }

    /// `,`
    public static let comma = Delimiter(byte: 0x2C)
    /// `;`
    public static let semicolon = Delimiter(byte: 0x3B)
    /// A tab.
    public static let tab = Delimiter(byte: 0x09)
    /// `|`
    public static let bar = Delimiter(byte: 0x7C)

    /// Those that are found in a file's first row.
    static let detected = [comma, semicolon, tab, bar]
  }

  /// The delimiter; nil (default) for a comma (in `.tsv` files a tab), or, when the first row has
  /// none of these, the only other delimiter that it has.
  public var delimiter: Delimiter?
  /// Whether the decimal separator is a comma, as in `2,5`; false by default.
  public var hasDecimalComma: Bool
  /// The texts that mark a missing value, in addition to an empty field; nil (default) for
  /// `standardMissing`.
  public var missing: Set<String>?
  /// The character at the start of lines that are skipped; nil (default) for none.
  public var comment: Delimiter?

  /// Creates a format; by default that of most files.
  public init(
    delimiter: Delimiter? = nil, hasDecimalComma: Bool = false, missing: Set<String>? = nil,
    comment: Delimiter? = nil
  ) {
    self.delimiter = delimiter
    self.hasDecimalComma = hasDecimalComma
    self.missing = missing
    self.comment = comment
  }

  /// The format of values that a reader has found itself, with missing ones empty.
  static let parsed = CSVFormat(missing: [])

  /// The default texts for missing values: those of pandas, and `?`.
  public static let standardMissing: Set<String> = [
    "?", "#N/A", "#N/A N/A", "#NA", "-1.#IND", "-1.#QNAN", "-NaN", "-nan", "1.#IND", "1.#QNAN",
    "<NA>", "N/A", "NA", "NAN", "NULL", "NaN", "None", "n/a", "nan", "null",
  ]

  /// Whether a text marks a missing value.
  func isMissing(_ text: String) -> Bool {
    text.isEmpty || (missing ?? Self.standardMissing).contains(text)
  }

  /// The decimal separator.
  var point: UInt8 { UInt8(ascii: hasDecimalComma ? "," : ".") }

  /// The number that a text holds, finite or not; nil for other texts.
  func number(_ text: String) -> Double? {
    if let number = DecimalNumber.value(text, point: point) { return number }
    guard hasDecimalComma else { return Double(text) }
    guard !text.contains(".") else { return nil }
    return Double(String(text.map { $0 == "," ? "." : $0 }))
  }

  /// A hint for a text that is not a number; nil when no cause is recognised.
  func hint(for text: String) -> String? {
    if text.contains(";"), delimiter == nil || delimiter == .comma {
      return "fields seem to be separated by `;`: add `delimiter: ;` to the source"
    }
    if text.hasSuffix("%"), let number = number(String(text.dropLast())) {
      return "write the number without the percent sign: \(CSVFormat.text(number))"
    }
    let commas = text.count { $0 == "," }
    if commas > 0, !hasDecimalComma, let joined = Double(text.filter { $0 != "," }) {
      let thousands = "write numbers without thousands separators: \(CSVFormat.text(joined))"
      guard commas == 1, !text.contains(".") else { return thousands }
      let decimals = "if the comma is a decimal comma, add `decimal: ','` to the source"
      let digits = text.split(separator: ",", omittingEmptySubsequences: false).last?.count
      return digits == 3 ? "\(thousands); \(decimals)" : decimals
    }
    if hasDecimalComma, text.contains(".") {
      return "with `decimal: ','` a number must not contain a point"
    }
    if !text.contains(where: { $0.isLetter || $0.isNumber }) {
      return "if it marks a missing value, remove the row or fill in a value"
    }
    let ends = text.drop { !$0.isNumber && $0 != "-" }
    let middle = String(ends.reversed().drop { !$0.isNumber }.reversed())
    if middle != text, number(middle) != nil {
      return "write the number alone, without a unit or currency: \(middle)"
    }
    return nil
  }

  /// The shortest text that reads back as the number, without a decimal point for integers.
  static func text(_ number: Double) -> String {
    Int(exactly: number).map(String.init) ?? "\(number)"
  }
}
