package import NNCore
public import NNData

/// A cross-validation: how the rows of the training source are divided into folds, each of which is
/// held out of one training.
///
/// `nntrain cross-validate` trains all folds. A training of the config ignores the section, unless
/// ``fold`` names the one that is held out.
public struct CrossValidationConfig: Sendable, Hashable {
  /// The division into folds; five by default.
  public var rule: FoldRule
  /// The number of divisions, each in another random order; 1 by default.
  public var repeats: Int
  /// The number of runs of each fold with different seeds; 1 by default.
  public var seeds: Int
  /// The fold that a training of the config holds out as its test data, from 1; nil (default) for
  /// none.
  public var fold: Int?
  /// The division that ``fold`` belongs to, from 1; 1 by default.
  public var repetition: Int

  /// Creates the section, with the defaults of a config file.
  public init(
    _ rule: FoldRule = FoldRule(), repeats: Int = 1, seeds: Int = 1, fold: Int? = nil,
    repetition: Int = 1
  ) {
    self.rule = rule
    self.repeats = repeats
    self.seeds = seeds
    self.fold = fold
    self.repetition = repetition
  }
}

extension Config {
  /// The columns and arrays of the training source that hold groups, each once.
  var groupColumns: [ColumnReference] {
    let all = [
      data.validation?.rule?.groupBy, data.test?.rule?.groupBy, crossValidate?.rule.groupBy,
    ]
    var columns: [ColumnReference] = []
    for column in all.compactMap(\.self) where !columns.contains(column) { columns.append(column) }
    return columns
  }

  /// Whether the test data are rows of the training source.
  package var testIsHeldOut: Bool { crossValidate?.fold != nil || data.test?.rule != nil }

  /// The config with another seed for weights, order and dropout, but the same data.
  package func reseeded(_ seed: Int) -> Config {
    var config = self
    config.data.validation = data.validation?.keepingRows(seed: self.seed)
    config.data.test = data.test?.keepingRows(seed: self.seed)
    if let subset = data.subset { config.data.subset?.seed = subset.seed ?? self.seed }
    if let folds = crossValidate {
      config.crossValidate?.rule.seed = folds.rule.seed ?? self.seed
    }
    config.seed = seed
    return config
  }

  /// The division of the training source into parts: first the test rows, then the validation rows,
  /// then the share of the others that is trained on.
  ///
  /// - Parameter rows: The facts about the rows of the training source.
  /// - Throws: `NNError` when a part would be empty, and as ``SplitRule`` and ``FoldRule`` do.
  package func partition(of rows: SplitRows) throws(NNError) -> Partition {
    let seed = UInt64(self.seed)
    var partition = Partition(train: Array(0..<rows.count))
    var areInTime = false
    if let folds = crossValidate, let fold = folds.fold {
      let parts = try folds.rule.fold(fold, repetition: folds.repetition, of: rows, seed: seed)
      (partition.train, partition.test) = (parts.kept, parts.held)
      partition.notes += parts.notes
      areInTime = folds.rule.kind(for: rows) == .time
    } else if let rule = data.test?.rule {
      let parts = try rule.split(partition.train, of: rows, for: .test, seed: seed)
      (partition.train, partition.test) = (parts.kept, parts.held)
      partition.notes += parts.notes
      areInTime = rule.order == .time
    }
    if let rule = data.validation?.rule {
      let parts = try rule.split(partition.train, of: rows, for: .validation, seed: seed)
      (partition.train, partition.validation) = (parts.kept, parts.held)
      partition.notes += parts.notes
      areInTime = areInTime || rule.order == .time
    }
    if let subset = data.subset {
      partition.train = try subset.select(
        partition.train, of: rows, areInTime: areInTime, seed: seed)
    }
    return partition
  }
}
