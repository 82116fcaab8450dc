import NNCore

/// What a division of examples into parts depends on: their number, classes, groups and order, but
/// no input.
public struct SplitRows: Sendable {
  /// Where the examples come from, for messages.
  public let name: String
  /// The number of examples.
  public let count: Int
  /// The class of each example; nil where targets are not one label for each.
  public let labels: [Int32]?
  /// The names of classes 0, 1, …, where known.
  public let classNames: [String]?
  /// The group of each example, by the column or array that determines it.
  public let groups: [ColumnReference: [Int32]]
  /// The overlap of successive examples in time; nil where examples are independent.
  public let timeOrder: TimeOrder?

  /// Creates the facts.
  ///
  /// - Precondition: `labels` and each of `groups` have `count` elements.
  public init(
    name: String, count: Int, labels: [Int32]? = nil, classNames: [String]? = nil,
    groups: [ColumnReference: [Int32]] = [:], timeOrder: TimeOrder? = nil
  ) {
    precondition(labels.map { $0.count == count } ?? true, "a label for each example")
    precondition(groups.values.allSatisfy { $0.count == count }, "a group for each example")
    self.name = name
    self.count = count
    self.labels = labels
    self.classNames = classNames
    self.groups = groups
    self.timeOrder = timeOrder
  }

  /// The members among `rows` of each class, in the order of labels; all rows as one class where
  /// there are no labels or `areStratified` is false.
  func classes(of rows: [Int], areStratified: Bool = true) -> [[Int]] {
    guard areStratified, let labels else { return [rows] }
    var members: [Int32: [Int]] = [:]
    for row in rows { members[labels[row], default: []].append(row) }
    return members.sorted { $0.key < $1.key }.map(\.value)
  }

  /// The name of the class of a row, for messages.
  func className(ofRow row: Int) -> String {
    let label = labels.map { Int($0[row]) } ?? 0
    return classNames.flatMap { $0.indices.contains(label) ? $0[label] : nil } ?? "\(label)"
  }

  /// The group of each row of a column that was read with the data.
  func groups(by column: ColumnReference) throws(NNError) -> [Int32] {
    guard let groups = groups[column] else {
      throw .invalid(
        "`group_by` names \(column), which was not read with the data", at: name,
        hint: "name it in `data.validation`, `data.test` or `cross_validate` of the config")
    }
    return groups
  }
}

extension Dataset {
  /// What a division of these examples into parts depends on.
  public var splitRows: SplitRows {
    let hasOneLabel = hasLabels && targets.shape.rank == 1
    return SplitRows(
      name: name, count: count, labels: hasOneLabel ? targets.scalars(as: Int32.self) : nil,
      classNames: classNames, groups: groups, timeOrder: timeOrder)
  }
}

/// The examples of a source that each part of a run gets: indices from 0, in ascending order.
///
/// Everything that is fitted to data, such as a normalisation, is fitted to `train` alone.
public struct Partition: Sendable, Hashable {
  /// The training examples.
  public var train: [Int]
  /// The validation examples; nil where none are taken from this source.
  public var validation: [Int]?
  /// The test examples; nil where none are taken from this source.
  public var test: [Int]?
  /// What a user should know about the division, such as a class with one example.
  public var notes: [String]

  /// Creates a partition.
  public init(
    train: [Int], validation: [Int]? = nil, test: [Int]? = nil, notes: [String] = []
  ) {
    self.train = train
    self.validation = validation
    self.test = test
    self.notes = notes
  }
}
