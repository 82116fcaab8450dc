import NNCore

extension RawColumn {
  /// Whether an encoding depends on the cells: not that of numbers, none of which is missing, as they
  /// are or by their logarithms.
  func needsCells(_ options: ColumnOptions) -> Bool {
    let isNumber = type == .number || type == .integer || type == .boolean
    guard isNumber, options.missing == .error, missingCount == 0 else { return true }
    switch options.scale {
    case nil, .some(.none), .log: return false
    case .standard, .minMax, .robust, .quantile: return true
    }
  }

  /// Fits an encoding to some rows.
  ///
  /// - Parameters:
  ///   - cells: The column's cells in the training rows, in their order; not read unless
  ///     `needsCells(_:)`.
  ///   - place: The file, for messages.
  /// - Throws: `NNError` for options that the column's type does not have, and where no training
  ///   row has a value that missing ones could become.
  func fit(
    _ options: ColumnOptions, cells: [Double], at place: String
  ) throws(NNError) -> ColumnEncoding {
    try requireOptions(options, at: place)
    guard needsCells(options) else {
      return encoding(options, scale: options.scale == .log ? .logarithm : nil)
    }
    return type == .category
      ? try fitCategories(options, cells, place) : try fitNumbers(options, cells, place)
  }

  private func requireOptions(_ options: ColumnOptions, at place: String) throws(NNError) {
    func refuse(_ option: String, _ reason: String) -> NNError {
      .invalid(
        "`columns`: `\(option)` of \"\(name)\" is for \(reason), and the column holds "
          + type.plural, at: place,
        hint: "leave `\(option)` out, or set the column's `type`"
          + (reason == "categories" ? ": category" : ""))
    }
    if type != .category, options.encode != nil { throw refuse("encode", "categories") }
    if type == .category || type == .date, options.scale.map({ $0 != .none }) == true {
      throw refuse("scale", "numbers")
    }
    if type != .date, options.order != nil { throw refuse("order", "dates") }
    if type == .category, options.missing == .mean || options.missing == .median {
      throw refuse("missing: \(options.missing.word)", "numbers")
    }
  }

  private func encoding(
    _ options: ColumnOptions, fill: Double? = nil, fillCategory: String? = nil,
    categories: [String]? = nil, scale: ColumnEncoding.Scale? = nil, dates: [Double]? = nil,
    hasTimes: Bool = false
  ) -> ColumnEncoding {
    ColumnEncoding(
      name: name, index: index, type: type, missing: options.missing.word, fill: fill,
      fillCategory: fillCategory,
      hasIndicator: options.missing == .indicator && options.encode != .embedding,
      categories: categories, isOrdinal: options.encode == .ordinal,
      ownInput: options.encode == .embedding ? true : nil, scale: scale,
      order: options.order, dates: dates, hasTimes: hasTimes)
  }

  private func noValues(_ options: ColumnOptions, _ place: String) -> NNError {
    .invalid(
      "column \"\(name)\": no training row has a value, so that `missing: \(options.missing.word)` "
        + "finds none", at: place, hint: "leave the column out of `features`")
  }

  // MARK: Categories

  private func fitCategories(
    _ options: ColumnOptions, _ cells: [Double], _ place: String
  ) throws(NNError) -> ColumnEncoding {
    var counts = [Int](repeating: 0, count: texts.count)
    for cell in cells { if let text = TableCell.textIndex(of: cell) { counts[text] += 1 } }
    let present = texts.indices.filter { counts[$0] > 0 }
    var categories = listed ?? Self.sorted(present.map { texts[$0] })
    var fill: String?
    switch options.missing {
    case .mode:
      let largest = counts.max() ?? 0
      let modes = Set(present.filter { counts[$0] == largest }.map { texts[$0] })
      guard let mode = categories.first(where: modes.contains) else {
        throw noValues(options, place)
      }
      fill = mode
    case .constant(let text):
      fill = text
      if !categories.contains(text) { categories = Self.sorted(categories + [text]) }
    case .error, .mean, .median, .indicator: break
    }
    guard !categories.isEmpty else { throw noValues(options, place) }
    return encoding(options, fillCategory: fill, categories: categories)
  }

  /// Numbers in numerical order if all are, else texts in sorted order.
  private static func sorted(_ texts: [String]) -> [String] {
    let numbers = texts.compactMap { text in Double(text).map { (text, $0) } }
    guard numbers.count == texts.count else { return texts.sorted() }
    return numbers.sorted { $0.1 == $1.1 ? $0.0 < $1.0 : $0.1 < $1.1 }.map { $0.0 }
  }

  // MARK: Numbers

  private func fitNumbers(
    _ options: ColumnOptions, _ cells: [Double], _ place: String
  ) throws(NNError) -> ColumnEncoding {
    var values = cells.map(number).filter { !$0.isNaN }
    let fill: Double?
    if case .error = options.missing {
      fill = nil
    } else if case .constant(let text) = options.missing {
      fill = try constant(text, options, place)
    } else {
      guard !values.isEmpty else { throw noValues(options, place) }
      switch options.missing {
      case .median: fill = SortedNumbers(values).quantile(0.5)
      case .mode: fill = SortedNumbers(values).mode
      default: fill = values.reduce(0) { $0 + $1 / Double(values.count) }
      }
    }
    guard !values.isEmpty || fill != nil else { throw noValues(options, place) }
    if type == .date {
      let dates = values.isEmpty ? [fill ?? 0] : values
      let hasTimes = dates.contains { TableDate(seconds: $0).dayShare != 0 }
      return encoding(
        options, fill: fill, dates: [dates.min() ?? 0, dates.max() ?? 0], hasTimes: hasTimes)
    }
    // Scales are those of the rows as the network reads them.
    if let fill {
      values += [Double](repeating: fill, count: cells.count - values.count)
    }
    return encoding(options, fill: fill, scale: try scale(options.scale ?? .none, values, place))
  }

  private func constant(
    _ text: String, _ options: ColumnOptions, _ place: String
  ) throws(NNError) -> Double {
    let value =
      type == .date ? TableDate(text, order: options.order)?.seconds : Double(text)
    guard let value, value.isFinite else {
      throw .invalid(
        "`columns`: the value for missing ones of \"\(name)\" is \"\(text.shortened())\"; expected "
          + (type == .date ? "a date" : "a number"), at: place)
    }
    return value
  }

  private func scale(
    _ kind: ColumnOptions.Scale, _ values: [Double], _ place: String
  ) throws(NNError) -> ColumnEncoding.Scale? {
    let offset: Double
    let divisor: Double
    switch kind {
    case .none: return nil
    case .log: return .logarithm
    case .quantile:
      let sorted = SortedNumbers(values)
      let count = min(Self.quantileCount, max(2, values.count))
      return .quantiles((0..<count).map { sorted.quantile(Double($0) / Double(count - 1)) })
    case .standard:
      let count = Double(values.count)
      // A mean of equal numbers would be rounded.
      let isConstant = values.allSatisfy { $0 == values[0] }
      let mean = isConstant ? values.first ?? 0 : values.reduce(0) { $0 + $1 / count }
      offset = mean
      divisor = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) / count }.squareRoot()
    case .minMax:
      offset = values.min() ?? 0
      divisor = (values.max() ?? 0) - offset
    case .robust:
      let sorted = SortedNumbers(values)
      offset = sorted.quantile(0.5)
      divisor = sorted.quantile(0.75) - sorted.quantile(0.25)
    }
    guard offset.isFinite, divisor.isFinite, divisor == 0 || (1 / divisor).isFinite else {
      throw .invalid(
        "column \"\(name)\": its range is too large or too small to be scaled", at: place,
        hint: "change the column's unit, or leave it out")
    }
    return .linear(offset: offset, divisor: divisor == 0 ? 1 : divisor)
  }

  /// The most quantiles that are kept.
  private static let quantileCount = 256
}

/// Numbers in ascending order.
struct SortedNumbers {
  private let numbers: [Double]

  /// Sorts numbers, of which there is at least one.
  init(_ numbers: some Sequence<Double>) { self.numbers = numbers.sorted() }

  /// The quantile with linear interpolation, NumPy's default.
  func quantile(_ share: Double) -> Double {
    let position = share * Double(numbers.count - 1)
    // A rounding error of the share must not move an element off the equal ones next to it.
    if abs(position - position.rounded()) < 1e-9 { return numbers[Int(position.rounded())] }
    let low = Int(position)
    return numbers[low] + (numbers[low + 1] - numbers[low]) * (position - Double(low))
  }

  /// The most frequent number, on ties the smallest.
  var mode: Double {
    var best = (value: numbers[0], count: 0)
    var start = 0
    for index in numbers.indices
    where index + 1 == numbers.count || numbers[index + 1] != numbers[index] {
      if index + 1 - start > best.count { best = (numbers[index], index + 1 - start) }
      start = index + 1
    }
    return best.value
  }
}

extension ColumnType {
  /// What a column of this type holds, in messages.
  var plural: String {
    switch self {
    case .number: "numbers"
    case .integer: "integers"
    case .category: "categories"
    case .boolean: "Booleans"
    case .date: "dates"
    case .text: "texts"
    }
  }
}

extension ColumnOptions.Missing {
  /// The word in a config: `median`.
  package var word: String {
    switch self {
    case .error: "error"
    case .mean: "mean"
    case .median: "median"
    case .mode: "mode"
    case .constant: "constant"
    case .indicator: "indicator"
    }
  }
}
