/// What the values of a column are.
public enum ColumnType: String, Sendable, Hashable, CaseIterable, Codable {
  /// Numbers.
  case number
  /// Integers, which are read as numbers.
  case integer
  /// One of several texts.
  case category
  /// `true` and `false`, `yes` and `no` and the like, read as 1 and 0.
  case boolean
  /// Dates, with or without a time.
  case date
  /// Any texts, which are no inputs.
  case text
}

/// How a column of a table becomes inputs. Everything that depends on values is fitted to the
/// training rows alone.
public struct ColumnOptions: Sendable, Hashable {
  /// What becomes of missing values.
  public enum Missing: Sendable, Hashable {
    /// They are an error.
    case error
    /// They become the mean of the training rows.
    case mean
    /// They become the median of the training rows.
    case median
    /// They become the most frequent value of the training rows, on ties the first in order.
    case mode
    /// They become a value, as written in the table.
    case constant(String)
    /// A further column `NAME.missing` is 1 where the value is missing. Numbers become the mean,
    /// categories none. An embedded column needs no further one: its 0 marks them.
    case indicator
  }

  /// How categories become numbers.
  public enum CategoryEncoding: String, Sendable, Hashable, CaseIterable {
    /// One column of 0 and 1 for each category of the training rows; all are 0 for another one.
    case oneHot = "one_hot"
    /// The position of the category in sorted order, from 0; −1 for another one.
    case ordinal
    /// An input of its own, named after the column, for an embedding layer: int32 [N], the position
    /// of the category in sorted order, from 1; 0 for another one and for none.
    case embedding
  }

  /// How numbers are scaled.
  public enum Scale: String, Sendable, Hashable, CaseIterable {
    /// Not at all.
    case none
    /// (x − mean) ÷ standard deviation.
    case standard
    /// (x − smallest) ÷ (largest − smallest).
    case minMax = "min_max"
    /// (x − median) ÷ interquartile range.
    case robust
    /// sign(x) · ln(1 + |x|).
    case log
    /// The share of the training rows below x: 0 to 1.
    case quantile
  }

  /// What the values are; nil (default) for the type that is found in the training data.
  public var type: ColumnType?
  /// What becomes of missing values.
  public var missing: Missing
  /// How categories become numbers; nil (default) for `oneHot`. Of other types it is an error.
  public var encode: CategoryEncoding?
  /// How numbers are scaled; nil (default) for `none`. Of other types it is an error.
  public var scale: Scale?
  /// The order of the parts of dates such as `3/4/2020`; nil (default) where the year comes first,
  /// and for `3.4.2020`, where the day does.
  public var order: DateOrder?

  /// Creates options; by default the type is found, and missing values are errors.
  public init(
    type: ColumnType? = nil, missing: Missing = .error, encode: CategoryEncoding? = nil,
    scale: Scale? = nil, order: DateOrder? = nil
  ) {
    self.type = type
    self.missing = missing
    self.encode = encode
    self.scale = scale
    self.order = order
  }

  /// The name that stands for all input columns without options of their own.
  public static let others = "*"
}

/// The order of day and month in dates whose year comes last.
public enum DateOrder: String, Sendable, Hashable, CaseIterable, Codable {
  /// Day, month, year.
  case dayFirst = "dmy"
  /// Month, day, year.
  case monthFirst = "mdy"
}
