import NNCore

/// Which columns of a table are read, and how.
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
    /// Whether targets are numbers, whose texts do not matter.
    let targetsAreNumbers: Bool
  }

  /// The roles of the columns, which are those of the training data if these are known.
  ///
  /// - Throws: `NNError` for a column that does not exist, or that has two roles.
  func roles(
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
    let roles = Roles(
      text: textColumn, features: featureColumns, targets: targetColumns, weights: weightColumn,
      groups: known == nil ? groupColumns : [], targetsAreNumbers: targetsAreNumbers(request))
    try requireColumns(roles, of: table)
    return roles
  }

  /// Whether targets are numbers by the source or the loss.
  func targetsAreNumbers(_ request: DataRequest) -> Bool {
    separator == nil && (task == .regression || request.task == .regression)
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
        } ?? options(of: table.key(of: column)),
        declaration: table.declarations.isEmpty ? nil : table.declarations[column])
    }
  }

  /// The options of an input column with a name.
  func options(of name: String) -> ColumnOptions {
    columns[name] ?? columns[ColumnOptions.others] ?? ColumnOptions()
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
