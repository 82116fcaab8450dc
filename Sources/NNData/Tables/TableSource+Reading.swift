package import NNCore
import NNFormats

extension TableSource {
  /// The hint where a table takes more memory than there is; nil for texts, which cannot be streamed.
  func streamHint(_ known: DataEncoding?) -> String? {
    readsTexts(known) ? nil : "leave inputs in a file: stream: true"
  }

  /// Reads the table.
  ///
  /// - Parameters:
  ///   - path: The file's path.
  ///   - known: The encoding of the training data, to read this table in the same way: columns are
  ///     found by their names there, in any order, and texts get the same labels. Nil for the
  ///     training data themselves, whose texts are numbered in sorted order.
  ///   - request: What the loss requires.
  ///   - cache: Where the columns stay if the table is streamed.
  ///   - blockByteCount: The bytes of a streamed file that are read at once.
  /// - Returns: Inputs float64 [N, features]; targets int32 [N] or float64 [N, K]; weights.
  /// - Throws: `NNError` naming file, line and column for rows of another length, missing values
  ///   and texts instead of numbers; for unknown columns and classes.
  package func load(
    path: String, known: DataEncoding?, request: DataRequest, cache: DataCache?,
    blockByteCount: Int = TableSource.blockByteCount
  ) throws(NNError) -> Dataset {
    if isStreamed {
      let streamed = try streamedContents(
        path, known, request, cache, blockByteCount: blockByteCount)
      return try dataset(streamed, path, known, request)
    }
    if let stamp = FileStamp(path) {
      try MemoryLimit.check(
        stamp.byteCount, "the file", at: path,
        hint: streamHint(known))
    }
    return try load(
      open(FileBytes.read(path), path: path, header: header, known: known), known, request)
  }

  /// Reads a table from memory; `file` names it in messages and determines the default delimiter.
  ///
  /// - Parameter bytes: The contents of the file.
  /// - Throws: `NNError` as for a file.
  package func load(contents bytes: [UInt8]) throws(NNError) -> Dataset {
    try load(open(bytes, path: file, header: header, known: nil), nil, DataRequest())
  }

  /// Whether the network's input is a column of texts.
  func readsTexts(_ known: DataEncoding?) -> Bool { text != nil || known?.readsTexts == true }

  private func load(
    _ table: TableReader, _ known: DataEncoding?, _ request: DataRequest
  ) throws(NNError) -> Dataset {
    let roles = try roles(of: table, known, request)
    if let text = roles.text { return try texts(in: text, of: table, roles, known, request) }
    var cells = CellBlocks(at: table.path, hint: streamHint(known))
    let contents = try contents(of: table, roles, known) { (block) throws(NNError) in
      try cells.append(block)
    }
    let shape: Shape = [contents.others.lines.count, roles.features.count]
    return try dataset((contents, .memory(cells.takeTensor(of: shape))), table.path, known, request)
  }

  /// The cells of input columns that are collected before they are passed on.
  static let blockCellCount = 1 << 19

  /// Reads all rows.
  ///
  /// - Parameters:
  ///   - visit: Reads other columns of the table's current row; nil where there are none.
  ///   - pass: Gets cells [rows, features], in the order of the rows.
  func contents(
    of table: TableReader, _ roles: Roles, _ known: DataEncoding?,
    visit: ((TableReader) throws(NNError) -> Void)? = nil,
    _ pass: ([Double]) throws(NNError) -> Void
  ) throws(NNError) -> TableContents {
    var table = table
    var readers = columnReaders(roles.features, of: table, known)
    var others = OtherColumns(roles)
    var cells: [Double] = []
    var block = PlainRows()
    // Plain rows hold neither groups nor other texts.
    var plain =
      visit == nil && roles.groups.isEmpty && readers.allSatisfy(\.isPlain)
      ? table.plainColumns(
        numbers: roles.features + [roles.weights].compactMap(\.self), texts: roles.targets) : nil
    while true {
      let mayFollow = table.readPlainRows(plain, into: &block)
      block.move(to: &cells, &readers, &others, format: table.format)
      if cells.count >= Self.blockCellCount {
        try pass(cells)
        cells.removeAll(keepingCapacity: true)
      }
      if mayFollow { continue }
      guard try table.nextRow() else { break }
      if let weights = roles.weights { others.weights.append(try table.number(weights)) }
      try others.add(table, roles, areLabels: separator != nil)
      try visit?(table)
      let row = others.lines.count - 1
      for index in readers.indices { cells.append(try readers[index].add(table, row: row)) }
      if plain != nil, !readers.allSatisfy(\.isPlain) { plain = nil }
    }
    guard !others.lines.isEmpty else { throw .invalid("holds no examples", at: table.path) }
    let columns = try readers.columns()
    if !cells.isEmpty { try pass(cells) }
    return TableContents(columns, others, table, roles)
  }

  /// The data set of a table's columns, encoded as in training.
  private func dataset(
    _ table: (contents: TableContents, cells: ExampleRows), _ path: String,
    _ known: DataEncoding?, _ request: DataRequest
  ) throws(NNError) -> Dataset {
    let contents = table.contents
    let targets = try targets(contents, path, known, request)
    let columns =
      try isNumeric(contents, known) ? nil : fittedColumns(contents, table.cells, path, known)
    let inputs = columns.map { Ports(named: $0.inputs.named(PortName.input)) }
    var dataset = try Dataset(
      name: path, rows: inputs ?? Ports(table.cells),
      namedTargets: [PortName.target: targets.tensor],
      vocabulary: columns?.mainCategoryCount.map { count in
        known?.vocabulary
          ?? VocabularySizes(input: count, targets: targets.tensor, targets.classNames)
      }, classNames: targets.classNames,
      featureNames: columns?.encodings.flatMap(\.inputNames)
        ?? (header ? contents.columns.map(\.name) : nil),
      ignoredLabel: request.ignoredLabel, weights: targets.weights)
    complete(&dataset, contents, targets, request)
    if let columns { dataset.describe(columns, isTraining: known == nil) }
    return dataset
  }

  /// The input columns of a table with their encodings: those of the training data, else fitted to all
  /// rows.
  ///
  /// - Throws: `NNError` as `TableColumns.fit(rows:)` and `TableColumns.inputs(_:)`.
  func fittedColumns(
    _ contents: TableContents, _ cells: ExampleRows, _ path: String, _ known: DataEncoding?
  ) throws(NNError) -> FittedColumns {
    let raw = TableColumns(
      columns: contents.columns, cells: cells,
      options: contents.columns.map { options(of: $0.name) }, place: path)
    let encodings =
      if let known = known?.columns { known } else { try raw.fit(rows: Array(0..<cells.shape[0])) }
    return FittedColumns(
      raw: raw, encodings: encodings, inputs: try raw.inputs(encodings, hint: streamHint(known)))
  }

  /// Whether inputs are numbers as they are, without encodings.
  private func isNumeric(_ contents: TableContents, _ known: DataEncoding?) -> Bool {
    // An ARFF file declares types and categories.
    columns.isEmpty && known?.columns == nil && kind != .arff
      && contents.columns.allSatisfy {
        ($0.type == .number || $0.type == .integer) && $0.missingCount == 0
      }
  }

  /// The targets and weights of a table's rows.
  struct Targets {
    let tensor: HostTensor
    let classNames: [String]?
    /// The names of the labels where an example has several.
    let labels: [String]?
    let weights: [Double]?
  }

  /// Encodes the targets as in training.
  func targets(
    _ contents: TableContents, _ path: String, _ known: DataEncoding?, _ request: DataRequest
  ) throws(NNError) -> Targets {
    let others = contents.others
    let columns = TargetColumns(
      texts: others.targets, lines: others.lines, names: contents.targetLabels, place: path,
      format: kind == .csv ? format : .parsed, task: task,
      classes: classes ?? (task == .regression ? nil : contents.listedClasses),
      separator: separator, request: request, known: known)
    let (tensor, classNames, labels) = try columns.encoded()
    return Targets(
      tensor: tensor, classNames: classNames, labels: labels,
      weights: others.weights.isEmpty ? nil : others.weights)
  }

  /// Sets the names, notes and groups of a data set.
  func complete(
    _ dataset: inout Dataset, _ contents: TableContents, _ targets: Targets,
    _ request: DataRequest
  ) {
    dataset.targetNames = targets.labels ?? (header ? contents.targetNames : nil)
    dataset.notes = contents.notes + dataset.notes
    for (column, texts) in zip(request.groupBy, contents.others.groups) {
      dataset.groups[column] = ExampleGroups.numbered(
        texts, format: kind == .csv ? format : .parsed)
    }
  }
}

extension PlainRows {
  /// Moves the rows to where those of all kinds are collected; after the inputs a row may hold a weight.
  fileprivate mutating func move(
    to cells: inout [Double], _ readers: inout [RawColumnReader], _ others: inout OtherColumns,
    format: CSVFormat
  ) {
    guard !lines.isEmpty else { return }
    let width = readers.count
    let rowWidth = numbers.count / lines.count
    for index in readers.indices {
      readers[index].add(plain: numbers, at: index, width: rowWidth)
    }
    if rowWidth == width {
      if cells.isEmpty { swap(&cells, &numbers) } else { cells += numbers }
    } else {
      for start in stride(from: 0, to: numbers.count, by: rowWidth) {
        cells += numbers[start..<start + width]
        others.weights.append(numbers[start + width])
      }
    }
    for text in texts { others.targets.append(text, format: format) }
    for line in lines { others.lines.append(line) }
    numbers.removeAll(keepingCapacity: true)
    texts.removeAll(keepingCapacity: true)
    lines.removeAll(keepingCapacity: true)
  }
}
