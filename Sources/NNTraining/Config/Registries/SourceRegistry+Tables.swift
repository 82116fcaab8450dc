import NNCore
import NNData

extension Registry where Product == DataSource {
  /// The tables, one row for each format of files.
  static let tables: [Row] = [
    table(.csv, "A table in a CSV or TSV file, gzip-compressed or not."),
    table(
      .jsonl, "A table in a file with one JSON object per line, whose keys are the columns."),
    table(.arff, "A table in Weka's format, with the types of its columns."),
    table(.libsvm, "A sparse table in the format of LIBSVM: `label index:value …`."),
  ]

  private static func table(_ kind: TableKind, _ meaning: String) -> Row {
    Row(kind.rawValue, meaning) { options in
      var source = TableSource(
        file: options.required(kind.rawValue, .path, "the file"), kind: kind)
      if kind != .libsvm {
        source.targets = options.value(
          "target", .list(.column), default: [.index(-1)],
          "the columns to predict; -1 is the last one")
        source.features = options.optional(
          "features", .list(.column),
          "the columns of inputs; null: all others, and next to `text` none")
        source.excluded =
          options.given(
            "exclude", .list(.column),
            "the columns that are neither inputs nor targets, such as ids; in place of `features`")
          ?? []
        options.check(
          source.features == nil || source.excluded.isEmpty, on: "exclude",
          "with `features` no other columns are inputs; leave `exclude` out")
        source.text = options.given(
          "text", .textColumn,
          "the column whose texts are the network's main input, and its tokens; the columns of "
            + "`features` are the input `columns` next to it")
        let isText = source.text != nil
        options.check(
          !isText || !options.isGiven("exclude"), on: "exclude",
          "next to `text` no columns are inputs but those of `features`; leave `exclude` out")
        options.check(
          !isText || source.features != nil || !options.isGiven("columns"), on: "columns",
          "next to `text` the columns of `features` alone are inputs; name them, or leave `columns` "
            + "out")
        source.weights = options.optional(
          "weights", .column,
          "the column with the weight of each row in losses, a number ≥ 0; null: 1 each")
      }
      if kind == .csv {
        source.header = options.value(
          "header", .bool, default: true, "whether the first row holds the names of the columns")
      }
      source.task = options.value(
        "task",
        .choice([
          ("automatic", LearningTask.automatic), ("classification", .classification),
          ("regression", .regression),
        ]), default: .automatic,
        "how targets are read: as classes, as numbers, or as the loss and the column suggest")
      source.classes = options.optional(
        "classes", .list(.text("a class")),
        "the classes in order; null: those of the training data, sorted")
      if kind == .csv { source.format = options.tableFormat() }
      source.separator = options.given(
        "separator", .text("a text"),
        "the text between several labels of an example, such as `;`; each becomes a target of 0 and "
          + "1, for bce_with_logits")
      if kind == .libsvm {
        source.featureCount = options.given(
          "features", .integer(1...TableSource.largestFeatureCount),
          "the number of features; null: the largest index in the training data")
      } else {
        source.columns =
          options.given(
            "columns", .columnOptions,
            "types, missing values, categories and scales of inputs, by name; `*`: all others")
          ?? [:]
      }
      source.isStreamed = options.stream("the columns as read stay in a file of the cache")
      options.check(
        !source.isStreamed || source.text == nil, on: "stream",
        "texts are read into memory; leave `stream` out")
      return { [source] in .table(source) }
    }
  }
}

extension OptionReader {
  /// The format of a CSV file: `delimiter`, `decimal`, `missing` and `comment`.
  func tableFormat() -> CSVFormat {
    let delimiter = optional(
      "delimiter", .delimiter, "the character between fields; null: detected from the first row")
    let hasDecimalComma = value(
      "decimal", .choice([(".", false), (",", true)]), default: false, "the decimal separator")
    let missing = optional(
      "missing", .list(.text(), count: 0...Int.max),
      "the texts that mark a missing value, in addition to an empty field; null: those of pandas")
    let comment = given(
      "comment", .delimiter, "the character at the start of lines that are skipped, such as `#`")
    check(
      !hasDecimalComma || delimiter != .comma, on: "decimal",
      "a comma cannot be both the decimal mark and the delimiter")
    check(
      comment == nil || comment != delimiter, on: "comment",
      "the delimiter cannot start comments as well")
    return CSVFormat(
      delimiter: delimiter, hasDecimalComma: hasDecimalComma, missing: missing.map { Set($0) },
      comment: comment)
  }
}

extension OptionKind where Value == CSVFormat.Delimiter {
  /// A character that may stand between fields.
  fileprivate static var delimiter: Self {
    Self(
      expects: "one character, such as `,`, `;` or `tab`", schema: .text, placeholder: .comma,
      encode: { delimiter in
        .string(delimiter == .tab ? "tab" : String(UnicodeScalar(delimiter.byte)))
      },
      match: { node in
        guard let text = node.scalar?.text else { return nil }
        if ["tab", "\\t"].contains(text) { return .tab }
        if text == "space" { return CSVFormat.Delimiter(" ") }
        return text.count == 1 ? text.first.flatMap { CSVFormat.Delimiter($0) } : nil
      })
  }
}

extension OptionKind where Value == ColumnReference {
  /// A column by its name, or by its index from 0; negative indices count from the end.
  static var column: Self {
    Self(
      expects: "a column's name or number", schema: .text, placeholder: .index(0),
      encode: { column in
        switch column {
        case .name(let name): .string(name)
        case .index(let index): .integer(index)
        }
      },
      match: { node in
        guard let scalar = node.scalar, !scalar.text.isEmpty else { return nil }
        if case .integer(let index) = scalar.value, let small = Int32(exactly: index) {
          return .index(Int(small))
        }
        return .name(scalar.text)
      })
  }
}

extension OptionKind where Value == ColumnOptions {
  /// The options of one column; a bare value is its type.
  fileprivate static var column: Self {
    section("columns", placeholder: ColumnOptions(), encode: \.configValue) { options in
      let type = options.given(
        "type", .choice(ColumnType.allCases.map { ($0.rawValue, $0) }),
        "what the values are; by default the type that all values of the training data have, "
          + "`category` for texts with `encode`")
      let missing = options.value(
        "missing", .missing, default: .error,
        "what becomes of missing values; `indicator` adds a column that is 1 where they are")
      let encode = options.given(
        "encode", .choice(ColumnOptions.CategoryEncoding.allCases.map { ($0.rawValue, $0) }),
        "how categories become numbers: a column each, their positions in sorted order, or an input "
          + "of their own, named after the column, for an embedding layer")
      let scale = options.given(
        "scale", .choice(ColumnOptions.Scale.allCases.map { ($0.rawValue, $0) }),
        "how numbers are scaled")
      let order = options.given(
        "order", .choice(DateOrder.allCases.map { ($0.rawValue, $0) }),
        "the order of day, month and year in dates such as 3/4/2024")
      let isCategory = type == .category
      options.check(
        type == nil || isCategory || encode == nil, on: "encode",
        "`encode` is for columns of categories")
      options.check(
        !(isCategory || type == .date) || scale == nil || scale == .some(.none), on: "scale",
        "`scale` is for columns of numbers")
      options.check(
        type == nil || type == .date || order == nil, on: "order",
        "`order` is for columns of dates")
      options.check(
        !isCategory || missing != .mean && missing != .median, on: "missing",
        "categories have no \(missing.word); use mode, indicator or {constant: VALUE}")
      return ColumnOptions(
        type: type, missing: missing, encode: encode, scale: scale, order: order)
    }
  }
}

extension OptionKind where Value == ColumnOptions.Missing {
  /// A word, or `{constant: VALUE}`.
  fileprivate static var missing: Self {
    let word = OptionKind.choice(
      [ColumnOptions.Missing.error, .mean, .median, .mode, .indicator].map { ($0.word, $0) })
    let constant = section(
      "missing", placeholder: ColumnOptions.Missing.error, encode: \.configValue
    ) { options in
      .constant(options.required("constant", .text("a value"), "the value of missing ones"))
    }
    return Self(
      expectation: "\(word.expectation), or {constant: VALUE}",
      schema: .either(word.schema(), constant.schema()), nested: constant.nested(),
      placeholder: .error,
      parse: { node, place in
        node.entries == nil ? word.parse(node, place) : constant.parse(node, place)
      }, encode: \.configValue)
  }
}

extension ColumnOptions.Missing {
  /// The policy as a config states it.
  fileprivate var configValue: ConfigValue {
    if case .constant(let text) = self {
      return .mapping([ConfigOption("constant", .string(text))])
    }
    return .string(word)
  }
}

extension ColumnOptions {
  /// The options as a config states them.
  fileprivate var configValue: ConfigValue {
    let options: [(String, ConfigValue?)] = [
      ("type", type.map { .string($0.rawValue) }), ("missing", missing.configValue),
      ("encode", encode.map { .string($0.rawValue) }),
      ("scale", scale.map { .string($0.rawValue) }),
      ("order", order.map { .string($0.rawValue) }),
    ]
    return .mapping(options.compactMap { name, value in value.map { ConfigOption(name, $0) } })
  }
}

extension OptionKind where Value == [String: ColumnOptions] {
  /// A mapping of columns to their options: `{age: {missing: median}, zip: category}`.
  fileprivate static var columnOptions: Self {
    let expectation = "a mapping of columns to options, such as {age: {missing: median}}"
    let column = OptionKind<ColumnOptions>.column
    return Self(
      expectation: expectation, schema: .mapping(of: column.schema()),
      placeholder: [:],
      parse: { node, place in
        guard let entries = node.entries, !entries.isEmpty else {
          place.mismatch(node, expects: expectation)
          return nil
        }
        var columns: [String: ColumnOptions] = [:]
        for entry in entries {
          let own = OptionPlace(name: entry.key, context: place.context)
          guard let options = column.parse(entry.value, own) else { continue }
          columns[entry.key] = options
        }
        return columns
      },
      encode: { columns in
        .mapping(
          columns.sorted { $0.key < $1.key }.map { ConfigOption($0.key, $0.value.configValue) })
      })
  }
}
