import NNCore

/// A table as read, apart from the cells of its input columns.
struct TableContents: Sendable {
  /// The input columns.
  let columns: [RawColumn]
  /// The other columns, row by row.
  let others: OtherColumns
  /// The target columns in messages.
  let targetLabels: [String]
  /// Their names in the header; without a header their numbers.
  let targetNames: [String]
  /// The classes that the file lists for its only target.
  let listedClasses: [String]?
  /// What was left out of the file.
  let notes: [DataNote]
}

extension TableContents {
  /// The contents of a table whose rows have been read.
  init(
    _ columns: [RawColumn], _ others: OtherColumns, _ table: TableReader,
    _ roles: TableSource.Roles
  ) {
    let target = roles.targets.count == 1 ? roles.targets.first : nil
    self.init(
      columns: columns, others: others, targetLabels: roles.targets.map { table.name(of: $0) },
      targetNames: roles.targets.map { table.key(of: $0) },
      listedClasses: table.declarations.isEmpty
        ? nil : target.flatMap { table.declarations[$0].categories }, notes: table.notes)
  }
}

/// The columns of a table that are not inputs, row by row.
struct OtherColumns: Sendable {
  var targets: TableTexts
  /// The weights; empty where there are none.
  var weights: [Double] = []
  var lines = LineNumbers()
  /// The texts of each column of groups.
  var groups: [TableTexts]

  init(targets: TableTexts, weights: [Double], lines: LineNumbers, groups: [TableTexts]) {
    (self.targets, self.weights, self.lines, self.groups) = (targets, weights, lines, groups)
  }

  init(_ roles: TableSource.Roles) {
    targets = TableTexts(areNumbers: roles.targetsAreNumbers)
    groups = roles.groups.map { _ in TableTexts() }
  }

  /// Adds the targets and groups of the table's current row.
  ///
  /// - Parameter areLabels: Whether a row may have no label.
  mutating func add(
    _ table: TableReader, _ roles: TableSource.Roles, areLabels: Bool
  ) throws(NNError) {
    for (index, column) in roles.groups.enumerated() {
      groups[index].append(try table.value(column), format: table.format)
    }
    for column in roles.targets {
      targets.append(
        try areLabels ? table.textIfAny(column) : table.value(column), format: table.format)
    }
    lines.append(table.line)
  }
}
