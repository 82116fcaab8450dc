/// The requirements of a network and its loss on the data.
public struct DataRequest: Sendable, Hashable {
  /// How the loss interprets targets, where a source leaves that open.
  public var task: LearningTask
  /// The label of examples that the loss ignores, its `ignore_index`; it may be negative. Nil where
  /// the loss takes numbers.
  public var ignoredLabel: Int32?
  /// Whether the network embeds tokens, so that integers stay integers.
  public var readsTokens: Bool
  /// The vocabulary size of the network; nil for the number of tokens in the data.
  public var vocabularySize: Int?
  /// The columns or arrays that hold groups of examples and are no inputs; they are read with the
  /// training data alone.
  public var groupBy: [ColumnReference] = []
  /// The number of threads that decode images, on which results do not depend; 1 by default.
  public var threads: Int

  /// Creates a request; by default there are no requirements.
  public init(
    task: LearningTask = .automatic, ignoredLabel: Int32? = nil, readsTokens: Bool = false,
    vocabularySize: Int? = nil, threads: Int = 1
  ) {
    self.task = task
    self.ignoredLabel = ignoredLabel
    self.readsTokens = readsTokens
    self.vocabularySize = vocabularySize
    self.threads = threads
  }
}
