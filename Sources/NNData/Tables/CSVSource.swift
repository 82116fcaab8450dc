package import NNCore

/// How targets are interpreted: as class labels or as numbers.
public enum LearningTask: Sendable, Hashable {
  /// Texts and integers ≥ 0 in one column are labels, everything else numbers. A config's loss
  /// decides instead if it takes only one of the two.
  case automatic
  /// Labels: integers from 0, which are kept, or one class for each different number or text, in
  /// sorted order.
  case classification
  /// Numbers.
  case regression
}

/// A reference to a column of a table.
public enum ColumnReference: Sendable, Hashable, ExpressibleByStringLiteral,
  ExpressibleByIntegerLiteral, CustomStringConvertible
{
  /// By its name in the header.
  case name(String)
  /// By its number from 0; a negative number counts from the end.
  case index(Int)

  /// References a column by its name.
  public init(stringLiteral name: String) { self = .name(name) }
  /// References a column by its number.
  public init(integerLiteral index: Int) { self = .index(index) }

  /// `"age"` or `column 3`.
  public var description: String {
    switch self {
    case .name(let name): "\"\(name)\""
    case .index(let index): "column \(index)"
    }
  }
}

/// A table in a CSV file, with the roles of its columns.
public struct CSVSource: Sendable, Hashable {
  /// The file's path; it may be gzip-compressed (`.csv.gz`).
  public var file: String
  /// The columns with targets.
  public var targets: [ColumnReference]
  /// The columns with inputs; nil (default) for all that are neither targets nor
  /// weights.
  public var features: [ColumnReference]?
  /// The column with the weight of each row in losses, which is no input; nil (default) where all
  /// count alike.
  public var weights: ColumnReference?
  /// Whether the first row holds the names of the columns.
  public var header: Bool
  /// How the targets are interpreted.
  public var task: LearningTask
  /// The classes in order, as written in the target column; nil (default) for those in the training
  /// data, in sorted order.
  public var classes: [String]?
  /// The format of the table.
  public var format: CSVFormat

  /// Creates a source; by default the last column is the target and all others are inputs.
  public init(
    file: String, targets: [ColumnReference] = [.index(-1)], features: [ColumnReference]? = nil,
    weights: ColumnReference? = nil, header: Bool = true, task: LearningTask = .automatic,
    classes: [String]? = nil,
    format: CSVFormat = CSVFormat()
  ) {
    self.file = file
    self.targets = targets
    self.features = features
    self.weights = weights
    self.header = header
    self.task = task
    self.classes = classes
    self.format = format
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
      CSVTable(path: path, format: format, header: header), path: path, known: known,
      request: request)
  }

  /// The fields of a text's first row, or nil when there is none.
  package static func firstRow(
    of bytes: [UInt8], delimiter: UInt8, at place: String
  ) throws(NNError) -> [String]? {
    var reader = CSVReader(bytes, delimiter: delimiter, at: place)
    var fields: [CSVReader.Field] = []
    guard try reader.next(&fields) else { return nil }
    return try fields.map { field throws(NNError) in try reader.text(field) }
  }

  /// Reads a table from memory; `file` names it in messages and determines the default delimiter.
  ///
  /// - Parameter bytes: The contents of the file.
  /// - Throws: `NNError` as for a file.
  package func load(contents bytes: [UInt8]) throws(NNError) -> Dataset {
    try load(
      CSVTable(bytes: bytes, path: file, format: format, header: header), path: file, known: nil,
      request: DataRequest())
  }

  private func load(
    _ table: CSVTable, path: String, known: DataEncoding?, request: DataRequest
  ) throws(NNError) -> Dataset {
    guard !targets.isEmpty else { throw .invalid("no target column is named", at: path) }
    var table = table
    let targetColumns = try targetColumns(of: table, known)
    let weightColumn = try weights.map { column throws(NNError) in try table.columns([column])[0] }
    let others = targetColumns + [weightColumn].compactMap(\.self)
    let featureColumns = try featureColumns(of: table, known, except: others)
    guard !featureColumns.isEmpty else {
      throw .invalid("no column is left for inputs", at: path)
    }
    if let shared = featureColumns.first(where: targetColumns.contains) {
      throw .invalid("\(table.name(of: shared)) is both an input and a target", at: path)
    }
    if let weightColumn, (featureColumns + targetColumns).contains(weightColumn) {
      throw .invalid(
        "\(table.name(of: weightColumn)) holds the weights, and is "
          + (targetColumns.contains(weightColumn) ? "a target" : "an input"), at: path,
        hint: "name another column in `weights`, or leave it out of `features` and `target`")
    }
    var inputs: [Double] = []
    var targetTexts: [String] = []
    var targetLines: [Int] = []
    var rowWeights: [Double] = []
    var rows = 0
    while try table.nextRow() {
      if let weightColumn { rowWeights.append(try table.number(weightColumn)) }
      for column in featureColumns {
        inputs.append(try table.number(column, advice: Self.advice))
      }
      for column in targetColumns { targetTexts.append(try table.value(column)) }
      targetLines.append(table.line)
      rows += 1
    }
    let columns = TargetColumns(
      texts: targetTexts, lines: targetLines, names: targetColumns.map { table.name(of: $0) },
      place: path, format: format, task: task, classes: classes, request: request, known: known)
    let (targets, names) = try columns.encoded()
    var dataset = try Dataset(
      name: path,
      source: Ports(HostTensor(inputs, shape: [rows, featureColumns.count])),
      targets: targets, classNames: names,
      featureNames: header ? featureColumns.map { table.header[$0] } : nil,
      ignoredLabel: request.ignoredLabel, weights: weightColumn == nil ? nil : rowWeights)
    dataset.targetNames = header ? targetColumns.map { table.header[$0] } : nil
    return dataset
  }

  /// The hint for a text in an input column.
  static let advice =
    "to leave the column out, list the others in `features: […]`; or encode its texts as numbers"

  /// The target columns, by name as in the training data unless names are given here.
  private func targetColumns(
    of table: CSVTable, _ known: DataEncoding?
  ) throws(NNError) -> [Int] {
    if header, let names = known?.targetNames, names.areUnique, !targets.contains(where: \.isName) {
      return try table.columns(asInTraining: names)
    }
    return try table.columns(targets)
  }

  /// The input columns, by name as in the training data unless other names are given here.
  private func featureColumns(
    of table: CSVTable, _ known: DataEncoding?, except others: [Int]
  ) throws(NNError) -> [Int] {
    if header, let names = known?.featureNames, names.areUnique {
      let given = (features ?? []).compactMap(\.name)
      if given.isEmpty || Set(given) == Set(names) {
        return try table.columns(asInTraining: names)
      }
    }
    if let features { return try table.columns(features) }
    return (0..<table.width).filter { !others.contains($0) }
  }
}

extension ColumnReference {
  /// The name; nil for a number.
  var name: String? {
    if case .name(let name) = self { name } else { nil }
  }

  fileprivate var isName: Bool { name != nil }
}

extension [String] {
  /// Whether all texts are different.
  var areUnique: Bool { Set(self).count == count }
}
