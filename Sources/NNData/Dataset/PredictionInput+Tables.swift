import NNCore

extension PredictionInput {
  /// Reads the rows of a table without targets.
  ///
  /// - Parameter kind: The format of the file; nil for that of the training data's table.
  static func table(
    _ bytes: [UInt8], at path: String, _ kind: TableKind?, _ source: DataSource?,
    _ known: DataEncoding
  ) throws(NNError) -> PredictionRows {
    let trained: TableSource? = if case .table(let source) = source { source } else { nil }
    var own = trained ?? TableSource(file: path)
    own.kind = kind ?? own.kind
    // Models of older versions do not hold the names of columns.
    let listed = trained?.features.map { $0.compactMap(\.name) }
    let names = known.inputColumns ?? (listed.flatMap { $0.isEmpty ? nil : $0 })
    let first = try own.open(bytes, path: path, header: true, known: known)
    // A first row with only numbers is not a header, unless the training data have one.
    let isNamed = own.kind != .csv || first.header.contains { first.format.number($0) == nil }
    let hasHeader =
      trained.map { ($0.header || own.kind != .csv) && (isNamed || known.featureNames != nil) }
      ?? isNamed
    var table =
      hasHeader ? first : try own.open(bytes, path: path, header: false, known: known)
    let inputs = try inputColumns(of: table, trained, known, names: hasHeader ? names : nil)
    let others = otherColumns(
      of: table, inputs, trained, known, areNamed: hasHeader && names?.areUnique == true)
    return try rows(&table, inputs, others, own, known)
  }

  private static func inputColumns(
    of table: TableReader, _ trained: TableSource?, _ known: DataEncoding, names: [String]?
  ) throws(NNError) -> [Int] {
    if let names, names.areUnique { return try table.columns(asInTraining: names) }
    if trained?.kind == .libsvm, table.width > 1 { return Array(1..<table.width) }
    if let columns = known.columns, columns.count != table.width {
      return try table.columns(columns.map { .index($0.index) })
    }
    if let columns = trained?.features, columns.count != table.width {
      return try table.columns(columns)
    }
    return Array(0..<table.width)
  }

  /// The columns that are neither inputs nor targets.
  static func otherColumns(
    of table: TableReader, _ inputs: [Int], _ trained: TableSource?, _ known: DataEncoding,
    areNamed: Bool
  ) -> [Int] {
    guard areNamed, known.featureNames != nil else { return [] }
    var targets = Set(known.targetNames ?? [])
    // The names of several labels are not those of columns.
    if trained?.separator != nil { targets.formUnion(trained?.targets.compactMap(\.name) ?? []) }
    let used = Set(inputs)
    return (0..<table.width).filter { column in
      !used.contains(column) && !targets.contains(table.header[column])
    }
  }

  private static func rows(
    _ table: inout TableReader, _ inputs: [Int], _ others: [Int], _ source: TableSource,
    _ known: DataEncoding
  ) throws(NNError) -> PredictionRows {
    var readers = known.columns == nil ? [] : source.columnReaders(inputs, of: table, known)
    var otherTexts: [[String]] = []
    let plain =
      others.isEmpty && known.columns == nil ? table.plainColumns(numbers: inputs, texts: []) : nil
    var block = PlainRows()
    while true {
      while table.readPlainRows(plain, into: &block) {}
      guard try table.nextRow() else { break }
      if readers.isEmpty {
        for column in inputs { block.numbers.append(try table.number(column)) }
      }
      for index in readers.indices {
        block.numbers.append(try readers[index].add(table, row: block.lines.count))
      }
      block.lines.append(table.line)
      var texts: [String] = []
      for column in others { texts.append(try table.text(column)) }
      otherTexts.append(texts)
    }
    let names = others.map { table.header[$0] }
    let count = block.lines.count
    guard let encodings = known.columns else {
      return PredictionRows(
        inputs: HostTensor(block.numbers, shape: [count, inputs.count]),
        others: (names, others.isEmpty ? Array(repeating: [], count: count) : otherTexts))
    }
    let encoded = try columnInputs(
      readers, block.numbers, count: count, as: encodings, at: table.path)
    var rows = PredictionRows(Ports(named: try encoded.read(PortName.input)))
    rows.others = (names, otherTexts)
    rows.notes = table.notes + encoded.notes
    return rows
  }

  /// The columns of a table as inputs, encoded as in training.
  ///
  /// - Parameters:
  ///   - readers: The readers of the columns, after the last row.
  ///   - cells: Their cells [count, columns].
  static func columnInputs(
    _ readers: [RawColumnReader], _ cells: [Double], count: Int, as encodings: [ColumnEncoding],
    at place: String
  ) throws(NNError) -> ColumnInputs {
    try TableColumns(
      columns: readers.columns(),
      cells: .memory(HostTensor(cells, shape: [count, readers.count])),
      options: encodings.map { _ in ColumnOptions() }, place: place
    ).inputs(encodings)
  }
}
