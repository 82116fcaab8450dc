import NNCore
import NNData

extension Registry where Product == DataSource {
  /// Series of numbers to forecast.
  static let series = Row(
    "series", "Windows of a time series in columns of a table, and the values that follow each."
  ) { options in
    let file = options.required("series", .path, "the table's file")
    let columns = options.required(
      "column", .list(.column),
      "the columns of the input; the first is also what is forecast unless `target` is set")
    var source = SeriesSource(
      file: file, columns: columns,
      window: options.required(
        "window", .integer(1...), "the number of rows in the network's input"))
    source.targets = options.given(
      "target", .list(.column),
      "the columns that are forecast, which are inputs as well; by default the first `column`")
    source.covariates =
      options.given(
        "covariates", .list(.column),
        "further columns of the input, known up to the end of the window")
      ?? []
    source.known =
      options.given(
        "known", .list(.column),
        "further columns of the input, known ahead: their values in the rows to forecast are inputs"
      )
      ?? []
    source.calendar =
      options.given(
        "calendar", .list(.choice(CalendarFeature.allCases.map { ($0.rawValue, $0) })),
        "features of the dates of the rows to forecast, each as sine and cosine")
      ?? []
    source.horizon = options.value(
      "horizon", .integer(1...), default: 1,
      "the number of rows after the window that are forecast")
    source.index = options.optional(
      "index", .column,
      "the ascending column of numbers or dates that `from` and `to` refer to; null: row numbers "
        + "from 0")
    source.dateOrder = options.given(
      "date_order", .choice(DateOrder.allCases.map { ($0.rawValue, $0) }),
      "the order of day, month and year in dates such as 3/4/2024")
    source.gaps =
      options.given(
        "gaps", .choice(SeriesGaps.allCases.map { ($0.rawValue, $0) }),
        "missing values and rows missing between dates: an error, the default, or filled; "
          + "`indicator` fills as `previous` and adds an input that is 1 where a value was missing")
      ?? .error
    source.from = options.optional(
      "from", .seriesPosition,
      "the first row that is forecast; null: the first one with a full window before it")
    source.to = options.optional(
      "to", .seriesPosition, "the end of the forecast rows, exclusive; null: the end of the series")
    source.header = options.value(
      "header", .bool, default: true, "whether the first row holds the names of the columns")
    source.format = options.tableFormat()
    options.report(source.contradiction)
    return { [source] in .series(source) }
  }
}

extension OptionKind where Value == SeriesPosition {
  /// A number, or a date such as `2024-01-31`, `2024-01` or `2024-Q1`.
  fileprivate static var seriesPosition: Self {
    let number = OptionKind<Double>.number()
    return Self(
      expects: "a number, or a date such as 2024-01-31", schema: .either(number.schema(), .text),
      placeholder: 0,
      encode: { position in
        switch position {
        case .number(let value): number.encode(value)
        case .date(let text): .string(text)
        }
      },
      match: { node in
        switch node.scalar?.value {
        case .integer(let integer): .number(Double(integer))
        case .number(let value) where value.isFinite: .number(value)
        default:
          node.scalar.flatMap { SeriesPosition.isDate($0.text) ? .date($0.text) : nil }
        }
      })
  }
}
