package import NNCore
import NNFormats

extension TableSource {
  /// The roles of a table's columns.
  struct Roles {
    /// The column with texts; nil for none.
    let text: Int?
    /// The other inputs.
    let features: [Int]
    let targets: [Int]
    let weights: Int?
    /// The columns with groups, which are read with the training data alone.
    let groups: [Int]
  }

  /// The columns of a table that are not inputs, row by row.
  struct OtherColumns {
    var targets: [String] = []
    var weights: [Double] = []
    var lines: [Int] = []
    /// The texts of each column of groups.
    var groups: [[String]] = []
  }

  /// Reads the table.
  ///
  /// - Parameters:
  ///   - path: The file's path.
  ///   - known: The encoding of the training data, to read this table in the same way: columns are
  ///     found by their names there, in any order, and texts get the same labels. Nil for the
  ///     training data themselves, whose texts are numbered in sorted order.
  ///   - request: What the loss requires.
  /// - Returns: Inputs float64 [N, features]; targets int32 [N] or float64 [N, K]; weights.
  /// - Throws: `NNError` naming file, line and column for rows of another length, missing values
  ///   and texts instead of numbers; for unknown columns and classes.
  func load(
    path: String, known: DataEncoding?, request: DataRequest
  ) throws(NNError) -> Dataset {
    try load(
      open(FileBytes.read(path), path: path, header: header, known: known), known: known,
      request: request)
  }

  /// Reads a table from memory; `file` names it in messages and determines the default delimiter.
  ///
  /// - Parameter bytes: The contents of the file.
  /// - Throws: `NNError` as for a file.
  package func load(contents bytes: [UInt8]) throws(NNError) -> Dataset {
    try load(
      open(bytes, path: file, header: header, known: nil), known: nil, request: DataRequest())
  }

  private func load(
    _ table: TableReader, known: DataEncoding?, request: DataRequest
  ) throws(NNError) -> Dataset {
    let roles = try roles(of: table, known, request)
    try requireColumns(roles, of: table)
    if let text = roles.text { return try texts(in: text, of: table, roles, known, request) }
    // Most tables hold numbers alone, which need no columns in memory.
    if columns.isEmpty, known?.columns == nil, table.declarations.isEmpty,
      let dataset = try numbers(table, roles, known, request)
    {
      return dataset
    }
    return try encoded(table, roles, known, request)
  }

  private func roles(
    of table: TableReader, _ known: DataEncoding?, _ request: DataRequest
  ) throws(NNError) -> Roles {
    let path = table.path
    guard !targets.isEmpty else { throw .invalid("no target column is named", at: path) }
    let targetColumns = try targetColumns(of: table, known)
    let weightColumn = try weights.map { column throws(NNError) in try table.columns([column])[0] }
    // Later data need no groups: their columns are left out where they have no names.
    let groupColumns =
      known == nil
      ? try request.groupBy.map { column throws(NNError) in try table.columns([column])[0] }
      : request.groupBy.compactMap { try? table.columns([$0])[0] }
    let others = targetColumns + [weightColumn].compactMap(\.self) + groupColumns
    let textColumn = try textColumn(of: table, known)
    let featureColumns: [Int]
    if let textColumn {
      featureColumns = try columnsNextToTexts(textColumn, of: table, known, except: others)
    } else {
      featureColumns = try self.featureColumns(of: table, known, except: others)
    }
    let inputColumns = [textColumn].compactMap(\.self) + featureColumns
    guard !inputColumns.isEmpty else {
      throw .invalid("no column is left for inputs", at: path)
    }
    if let shared = inputColumns.first(where: targetColumns.contains) {
      throw .invalid("\(table.name(of: shared)) is both an input and a target", at: path)
    }
    if let weightColumn, (inputColumns + targetColumns).contains(weightColumn) {
      throw .invalid(
        "\(table.name(of: weightColumn)) holds the weights, and is "
          + (targetColumns.contains(weightColumn) ? "a target" : "an input"), at: path,
        hint: "name another column in `weights`, or leave it out of `features` and `target`")
    }
    if let column = groupColumns.first(where: (inputColumns + targetColumns).contains) {
      throw .invalid(
        "\(table.name(of: column)) holds the groups, and is "
          + (targetColumns.contains(column) ? "a target" : "an input"), at: path,
        hint: "name another column in `group_by`, or leave it out of `features` and `target`")
    }
    try known?.requireColumnCount(featureColumns.count, at: path)
    return Roles(
      text: textColumn, features: featureColumns, targets: targetColumns, weights: weightColumn,
      groups: known == nil ? groupColumns : [])
  }

  /// Verifies that every column with options is an input.
  private func requireColumns(_ roles: Roles, of table: TableReader) throws(NNError) {
    guard !columns.isEmpty else { return }
    let names = roles.features.map { table.key(of: $0) }
    let known = Set(names)
    for name in columns.keys.sorted() where name != ColumnOptions.others && !known.contains(name) {
      throw .invalid(
        "`columns`: \"\(name.shortened())\" is not an input column", at: table.path,
        hint: Suggestion.nearest(to: name, in: names).map { "did you mean \"\($0)\"?" }
          ?? "the inputs are: \(names.prefix(20).joined(separator: ", "))")
    }
  }

  /// The data if all inputs are numbers; nil otherwise.
  private func numbers(
    _ table: TableReader, _ roles: Roles, _ known: DataEncoding?, _ request: DataRequest
  ) throws(NNError) -> Dataset? {
    var table = table
    let weightColumns = [roles.weights].compactMap(\.self)
    let width = roles.features.count
    var inputs: [Double] = []
    var others = OtherColumns()
    let plain =
      roles.groups.isEmpty
      ? table.plainColumns(numbers: roles.features + weightColumns, texts: roles.targets) : nil
    var block = PlainRows()
    while true {
      table.readPlainRows(plain, into: &block)
      block.move(width: width, to: &inputs, &others)
      guard try table.nextRow() else { break }
      if let weights = roles.weights { others.weights.append(try table.number(weights)) }
      for column in roles.features {
        guard let number = try table.numberIfAny(column) else { return nil }
        inputs.append(number)
      }
      try others.add(table, roles, areLabels: separator != nil)
    }
    let tensor = HostTensor(inputs, shape: [others.lines.count, width])
    return try dataset(table, roles, others, known, request) { targets throws(NNError) in
      try Dataset(
        name: table.path, source: Ports(tensor), targets: targets.tensor,
        classNames: targets.classNames,
        featureNames: header ? roles.features.map { table.header[$0] } : nil,
        ignoredLabel: request.ignoredLabel, weights: targets.weights)
    }
  }

  /// The data with columns of any type, encoded as in training.
  private func encoded(
    _ table: TableReader, _ roles: Roles, _ known: DataEncoding?, _ request: DataRequest
  ) throws(NNError) -> Dataset {
    var table = table
    var readers = columnReaders(roles.features, of: table, known)
    var others = OtherColumns()
    while try table.nextRow() {
      if let weights = roles.weights { others.weights.append(try table.number(weights)) }
      try others.add(table, roles, areLabels: separator != nil)
      for index in readers.indices { try readers[index].add(table, row: others.lines.count - 1) }
    }
    guard !others.lines.isEmpty else { throw .invalid("holds no examples", at: table.path) }
    let (raw, encodings) = try fittedColumns(readers, roles, of: table, others, known)
    let inputs = try raw.inputs(encodings)
    var dataset = try dataset(table, roles, others, known, request) { targets throws(NNError) in
      try Dataset(
        name: table.path, source: Ports(named: inputs.named(PortName.input)),
        targets: targets.tensor,
        vocabulary: inputs.numbers != nil
          ? nil
          : known?.vocabulary
            ?? VocabularySizes(
              input: encodings[0].categoryCount ?? 1, targets: targets.tensor, targets.classNames),
        classNames: targets.classNames, featureNames: encodings.flatMap(\.inputNames),
        ignoredLabel: request.ignoredLabel, weights: targets.weights)
    }
    dataset.describeColumns(encodings)
    // Only training data are fitted, again without the validation rows.
    dataset.table = known == nil ? raw : nil
    dataset.notes = table.notes + inputs.notes
    return dataset
  }

  /// The input columns as read, and their encodings: those of the training data, else fitted to all
  /// rows.
  func fittedColumns(
    _ readers: [RawColumnReader], _ roles: Roles, of table: TableReader, _ others: OtherColumns,
    _ known: DataEncoding?
  ) throws(NNError) -> (raw: TableColumns, encodings: [ColumnEncoding]) {
    let raw = TableColumns(
      columns: try readers.columns { "\(table.path):\(others.lines[$0])" },
      options: roles.features.map { options(of: $0, in: table) }, rowCount: others.lines.count,
      place: table.path)
    if let columns = known?.columns { return (raw, columns) }
    return (raw, try raw.fit(rows: Array(0..<raw.rowCount)))
  }

  /// A reader for each input column.
  func columnReaders(
    _ columns: [Int], of table: TableReader, _ known: DataEncoding?
  ) -> [RawColumnReader] {
    columns.enumerated().map { position, column in
      RawColumnReader(
        name: table.key(of: column), label: table.name(of: column), index: column,
        options: known.map { known in
          // Training data without encodings were numbers.
          known.columns?[position].readingOptions ?? ColumnOptions(type: .number)
        } ?? options(of: column, in: table),
        declaration: table.declarations.isEmpty ? nil : table.declarations[column])
    }
  }

  private func options(of column: Int, in table: TableReader) -> ColumnOptions {
    columns[table.key(of: column)] ?? columns[ColumnOptions.others] ?? ColumnOptions()
  }

  /// The targets and weights of a table's rows.
  struct Targets {
    let tensor: HostTensor
    let classNames: [String]?
    let weights: [Double]?
  }

  /// The data set that `make` creates with the table's targets, weights and groups.
  func dataset(
    _ table: TableReader, _ roles: Roles, _ others: OtherColumns, _ known: DataEncoding?,
    _ request: DataRequest, _ make: (Targets) throws(NNError) -> Dataset
  ) throws(NNError) -> Dataset {
    let columns = TargetColumns(
      texts: others.targets, lines: others.lines,
      names: roles.targets.map { table.name(of: $0) }, place: table.path, format: table.format,
      task: task, classes: classes ?? listedClasses(roles, of: table), separator: separator,
      request: request, known: known)
    let (targets, classNames, labels) = try columns.encoded()
    var dataset = try make(
      Targets(
        tensor: targets, classNames: classNames,
        weights: roles.weights == nil ? nil : others.weights))
    dataset.targetNames = labels ?? (header ? roles.targets.map { table.header[$0] } : nil)
    dataset.notes = table.notes + dataset.notes
    for (column, texts) in zip(request.groupBy, others.groups) {
      dataset.groups[column] = ExampleGroups.numbered(texts, format: table.format)
    }
    return dataset
  }

  /// The classes that the file lists for a target of labels.
  private func listedClasses(_ roles: Roles, of table: TableReader) -> [String]? {
    guard roles.targets.count == 1, task != .regression, !table.declarations.isEmpty else {
      return nil
    }
    return table.declarations[roles.targets[0]].categories
  }
}

extension TableSource.OtherColumns {
  /// Adds the targets and groups of the table's current row.
  ///
  /// - Parameter areLabels: Whether a row may have no label.
  mutating func add(
    _ table: TableReader, _ roles: TableSource.Roles, areLabels: Bool
  ) throws(NNError) {
    if groups.isEmpty { groups = Array(repeating: [], count: roles.groups.count) }
    for (index, column) in roles.groups.enumerated() {
      groups[index].append(try table.value(column))
    }
    for column in roles.targets {
      targets.append(try areLabels ? table.textIfAny(column) : table.value(column))
    }
    lines.append(table.line)
  }
}

extension PlainRows {
  /// Moves the rows to where those of all kinds are collected; after `width` inputs a row may hold a
  /// weight.
  fileprivate mutating func move(
    width: Int, to inputs: inout [Double], _ others: inout TableSource.OtherColumns
  ) {
    guard !lines.isEmpty else { return }
    if numbers.count == lines.count * width {
      if inputs.isEmpty { swap(&inputs, &numbers) } else { inputs += numbers }
    } else {
      for start in stride(from: 0, to: numbers.count, by: width + 1) {
        inputs += numbers[start..<start + width]
        others.weights.append(numbers[start + width])
      }
    }
    others.targets += texts
    others.lines += lines
    numbers.removeAll(keepingCapacity: true)
    texts.removeAll(keepingCapacity: true)
    lines.removeAll(keepingCapacity: true)
  }
}

extension [RawColumnReader] {
  /// The columns as read.
  ///
  /// - Parameter place: The file and line of a row.
  /// - Throws: The first error, row by row.
  func columns(_ place: (Int) -> String) throws(NNError) -> [RawColumn] {
    var columns: [RawColumn] = []
    var first: RawColumnReader.Problem?
    for reader in self {
      let (column, problem) = reader.finish(place)
      if let column { columns.append(column) }
      if let problem, problem.row < first?.row ?? .max { first = problem }
    }
    if let first { throw first.error }
    return columns
  }
}

extension ColumnEncoding {
  /// How later data are read, whose values need not be all that the training data could hold.
  var readingOptions: ColumnOptions {
    ColumnOptions(
      type: type == .integer ? .number : type, missing: missing == "error" ? .error : .indicator,
      order: order)
  }
}
