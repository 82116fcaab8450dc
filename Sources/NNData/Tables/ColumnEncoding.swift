/// How a column of a table becomes inputs, as fitted to the training rows; part of a trained model.
public struct ColumnEncoding: Sendable, Hashable, Codable {
  /// A fitted scale of numbers.
  public enum Scale: Sendable, Hashable, Codable {
    /// (x − offset) ÷ divisor.
    case linear(offset: Double, divisor: Double)
    /// sign(x) · ln(1 + |x|).
    case logarithm
    /// The share of the training rows below x, interpolated between evenly spaced quantiles.
    case quantiles([Double])
  }

  /// The name of the column in the table; without a header its number.
  public let name: String
  /// Its position in the table, from 0.
  public let index: Int
  /// What its values are.
  public let type: ColumnType
  /// What becomes of missing values, in words: `error`, `median`.
  public let missing: String
  /// The number that missing values become; nil where they are errors, and for categories.
  public let fill: Double?
  /// The category that missing values become; nil for none.
  public let fillCategory: String?
  /// Whether a column says where values are missing.
  public let hasIndicator: Bool
  /// The categories in order; nil for other types.
  public let categories: [String]?
  /// Whether categories are their positions instead of a column each.
  public let isOrdinal: Bool
  /// Whether the column is an input of its own; nil for no, as in models of older versions.
  let ownInput: Bool?
  /// The scale; nil for none.
  public let scale: Scale?
  /// The order of the parts of dates, where it is given.
  public let order: DateOrder?
  /// The first and the last date of the training rows; nil for other types.
  public let dates: [Double]?
  /// Whether dates have times.
  public let hasTimes: Bool

  /// Whether the column is an input of its own, for an embedding layer.
  public var isEmbedded: Bool { ownInput == true }

  /// The number of different integers in the input that an embedded column becomes: its categories,
  /// and 0 for others; nil for other columns.
  public var categoryCount: Int? { isEmbedded ? categories.map { $0.count + 1 } : nil }

  /// How categories become numbers; nil for other types.
  package var encode: ColumnOptions.CategoryEncoding? {
    categories.map { _ in isEmbedded ? .embedding : isOrdinal ? .ordinal : .oneHot }
  }

  /// The names of the columns of the input of numbers that the column becomes, in order; none for an
  /// embedded column.
  public var inputNames: [String] {
    guard !isEmbedded else { return [] }
    let names: [String]
    if let categories, !isOrdinal {
      names = categories.map { "\(name)=\($0)" }
    } else if dates != nil {
      let parts = ["month", "weekday"] + (hasTimes ? ["hour"] : [])
      names = ["\(name).trend"] + parts.flatMap { ["\(name).\($0)_sin", "\(name).\($0)_cos"] }
    } else {
      names = [name]
    }
    return names + (hasIndicator ? ["\(name).missing"] : [])
  }

  /// The number of these columns.
  public var inputCount: Int {
    guard !isEmbedded else { return 0 }
    let count =
      if let categories, !isOrdinal { categories.count } else if dates != nil {
        hasTimes ? 7 : 5
      } else { 1 }
    return count + (hasIndicator ? 1 : 0)
  }

  /// Whether the encoding is possible, whoever wrote it.
  package var isValid: Bool {
    let scaling: [Double]
    switch scale {
    case .linear(let offset, let divisor): scaling = [offset, divisor, 1 / divisor]
    case .quantiles(let quantiles): scaling = quantiles.count < 2 ? [.nan] : quantiles
    case .logarithm, nil: scaling = []
    }
    guard scaling.allSatisfy(\.isFinite), fill?.isFinite != false, index >= 0, type != .text else {
      return false
    }
    guard (type == .date) == (dates != nil), (type == .category) == (categories != nil) else {
      return false
    }
    if let dates {
      // Later than the year 30,000 days no longer fit the arithmetic of calendars.
      guard dates.count == 2, scale == nil else { return false }
      guard (dates + [fill ?? 0]).allSatisfy({ abs($0) < 1e12 }) else { return false }
    }
    guard let categories else { return !isOrdinal && !isEmbedded }
    return scale == nil && Set(categories).count == categories.count && !categories.isEmpty
      && !(isEmbedded && (isOrdinal || hasIndicator))
  }
}
