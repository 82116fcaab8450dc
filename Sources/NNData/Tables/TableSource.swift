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

/// A table in a file, with the roles of its columns.
public struct TableSource: Sendable, Hashable {
  /// The file's path; it may be gzip-compressed (`.csv.gz`).
  public var file: String
  /// The format of the file.
  public var kind: TableKind
  /// The columns with targets.
  public var targets: [ColumnReference]
  /// The columns with inputs; nil (default) for all that are neither targets nor weights, and with
  /// ``text`` for none.
  public var features: [ColumnReference]?
  /// The column whose texts are the network's main input; nil (default) for a table of numbers and
  /// categories. Columns other than those of ``features`` are then left out.
  public var text: TextColumn?
  /// The columns that are neither inputs nor targets, such as ids; none by default. With `features`
  /// there are no others.
  public var excluded: [ColumnReference] = []
  /// The column with the weight of each row in losses, which is no input; nil (default) where all
  /// count alike.
  public var weights: ColumnReference?
  /// Whether the first row of a CSV file holds the names of the columns.
  public var header: Bool
  /// How the targets are interpreted.
  public var task: LearningTask
  /// The classes in order, as written in the target column; nil (default) for those in the training
  /// data, in sorted order.
  public var classes: [String]?
  /// The text between the labels of an example with several, such as `;` in `red;round`; nil
  /// (default) where each has one. Each label becomes a target of 0 and 1.
  public var separator: String?
  /// The options of input columns by name, without a header by number; those of
  /// `ColumnOptions.others` apply to all other inputs. Empty (default) for numbers as they are,
  /// and types that are found.
  public var columns: [String: ColumnOptions]
  /// The number of features of a LIBSVM file; nil (default) for the largest index.
  public var featureCount: Int?
  /// The format of a CSV file.
  public var format: CSVFormat
  /// Whether the columns as read stay in a file of the cache, from which each batch is read, so that they
  /// may be larger than the memory; false by default. Texts are read into memory.
  ///
  /// Targets, weights and groups are in memory.
  public var isStreamed = false

  /// The largest index of a LIBSVM file, whose rows are stored with their zeros; a larger one is more
  /// likely a mistake.
  package static let largestFeatureCount = 1_000_000

  /// The bytes of a streamed file that are read at once.
  package static let blockByteCount = 8 << 20

  /// Creates a source; by default the last column of a CSV file is the target, and all others are
  /// inputs.
  public init(
    file: String, kind: TableKind = .csv, targets: [ColumnReference] = [.index(-1)],
    features: [ColumnReference]? = nil, weights: ColumnReference? = nil, header: Bool = true,
    task: LearningTask = .automatic, classes: [String]? = nil, separator: String? = nil,
    columns: [String: ColumnOptions] = [:], featureCount: Int? = nil,
    format: CSVFormat = CSVFormat()
  ) {
    self.file = file
    self.kind = kind
    self.separator = separator
    self.columns = columns
    self.featureCount = featureCount
    self.targets = targets
    self.features = features
    self.weights = weights
    self.header = header
    self.task = task
    self.classes = classes
    self.format = format
  }

  /// The fields of a text's first row, or nil when there is none.
  package static func firstRow(
    of bytes: [UInt8], delimiter: UInt8, at place: String
  ) throws(NNError) -> [String]? {
    var reader = CSVReader(bytes, delimiter: delimiter, at: place)
    var fields: [TableField] = []
    guard try reader.next(&fields) else { return nil }
    return try fields.map { field throws(NNError) in try reader.text(field) }
  }

  /// Opens the table.
  ///
  /// - Parameters:
  ///   - text: The text of the file.
  ///   - hasHeader: Whether the first row of a CSV file holds names.
  ///   - known: The encoding of the training data: their columns exist, even if no row has a value.
  func open(
    _ text: TextBlocks, header hasHeader: Bool, known: DataEncoding?
  ) throws(NNError) -> TableReader {
    let path = text.path
    switch kind {
    case .csv: return try TableReader(text, format: format, header: hasHeader)
    case .jsonl:
      let format = JSONLines(columns: known?.allInputColumns ?? [], at: path)
      return try TableReader(LineRows(format, text))
    case .arff: return try TableReader(LineRows(ARFFFile(at: path), text))
    case .libsvm:
      let format = LIBSVMLines(
        featureCount: known?.inputColumns?.count ?? featureCount, at: path)
      return try TableReader(LineRows(format, text))
    }
  }

  /// Opens the table whose bytes are in memory.
  func open(
    _ bytes: [UInt8], path: String, header hasHeader: Bool, known: DataEncoding?
  ) throws(NNError) -> TableReader {
    try open(TextBlocks(bytes, at: path), header: hasHeader, known: known)
  }

  /// The target columns, by name as in the training data unless names are given here.
  func targetColumns(
    of table: TableReader, _ known: DataEncoding?
  ) throws(NNError) -> [Int] {
    if kind == .libsvm { return [0] }
    // The names of several labels are not those of columns.
    if header, separator == nil, let names = known?.targetNames, names.areUnique,
      !targets.contains(where: \.isName)
    {
      return try table.columns(asInTraining: names)
    }
    return try table.columns(targets)
  }

  /// The input columns, by name as in the training data unless other names are given here.
  func featureColumns(
    of table: TableReader, _ known: DataEncoding?, except others: [Int]
  ) throws(NNError) -> [Int] {
    if header, let names = known?.inputColumns, names.areUnique {
      let given = (features ?? []).compactMap(\.name)
      if given.isEmpty || Set(given) == Set(names) {
        return try table.columns(asInTraining: names)
      }
    }
    if let features { return try table.columns(features) }
    if let columns = known?.columns { return columns.map(\.index).filter { $0 < table.width } }
    let others = Set(try others + table.columns(excluded))
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
