/// How a table of text is written: what separates fields and what stands for a missing value.
public struct CSVFormat: Sendable, Hashable {
  /// What separates the fields of a row.
  public enum Delimiter: UInt8, Sendable, Hashable, CaseIterable {
    /// `,`
    case comma = 0x2C
    /// `;`
    case semicolon = 0x3B
    /// A tab.
    case tab = 0x09
    /// `|`
    case bar = 0x7C
  }

  /// What separates fields; nil (default) for a comma, in `.tsv` files a tab, or where the first
  /// row holds none of these the one delimiter that it does hold.
  public var delimiter: Delimiter?
  /// Whether decimals follow a comma, as in `2,5`; false by default.
  public var hasDecimalComma: Bool
  /// The texts that stand for a missing value, in addition to an empty field; nil (default) for
  /// `standardMissing`.
  public var missing: Set<String>?

  /// Describes a format; by default that of most files.
  public init(
    delimiter: Delimiter? = nil, hasDecimalComma: Bool = false, missing: Set<String>? = nil
  ) {
    self.delimiter = delimiter
    self.hasDecimalComma = hasDecimalComma
    self.missing = missing
  }

  /// The texts that stand for a missing value unless others are named: those of pandas, and `?`.
  public static let standardMissing: Set<String> = [
    "?", "#N/A", "#N/A N/A", "#NA", "-1.#IND", "-1.#QNAN", "-NaN", "-nan", "1.#IND", "1.#QNAN",
    "<NA>", "N/A", "NA", "NAN", "NULL", "NaN", "None", "n/a", "nan", "null",
  ]

  /// Whether a path is that of a table: `.csv` or `.tsv`, gzip-compressed or not.
  package static func isTable(_ path: String) -> Bool {
    [".csv", ".tsv", ".csv.gz", ".tsv.gz"].contains { path.lowercased().hasSuffix($0) }
  }

  /// Whether a text stands for a missing value.
  func isMissing(_ text: String) -> Bool {
    text.isEmpty || (missing ?? Self.standardMissing).contains(text)
  }

  /// The number that a text is written as, finite or not; nil for other texts.
  func number(_ text: String) -> Double? {
    guard hasDecimalComma else { return Double(text) }
    guard !text.contains(".") else { return nil }
    return Double(String(text.map { $0 == "," ? "." : $0 }))
  }

  /// Why a text is not taken as a number, as a suggestion; nil where nothing is known.
  func hint(for text: String) -> String? {
    if text.contains(";"), delimiter == nil || delimiter == .comma {
      return "fields seem to be separated by `;`: add `delimiter: ;` to the source"
    }
    if text.hasSuffix("%"), let number = number(String(text.dropLast())) {
      return "write the number without the percent sign: \(CSVFormat.text(number))"
    }
    let commas = text.count { $0 == "," }
    if commas > 0, !hasDecimalComma, let whole = Double(text.filter { $0 != "," }) {
      let thousands = "write numbers without thousands separators: \(CSVFormat.text(whole))"
      guard commas == 1, !text.contains(".") else { return thousands }
      let decimals = "if the comma stands before decimals, add `decimal: ','` to the source"
      let digits = text.split(separator: ",", omittingEmptySubsequences: false).last?.count
      return digits == 3 ? "\(thousands); \(decimals)" : decimals
    }
    if hasDecimalComma, text.contains(".") {
      return "with `decimal: ','` a number holds no point"
    }
    if !text.contains(where: { $0.isLetter || $0.isNumber }) {
      return "if it stands for a missing value, remove the row or fill in a value"
    }
    let ends = text.drop { !$0.isNumber && $0 != "-" }
    let middle = String(ends.reversed().drop { !$0.isNumber }.reversed())
    if middle != text, number(middle) != nil {
      return "write the number alone, without a unit or currency: \(middle)"
    }
    return nil
  }

  /// A number as a text that reads back to it, without a point where it is an integer.
  static func text(_ number: Double) -> String {
    Int(exactly: number).map(String.init) ?? "\(number)"
  }
}
