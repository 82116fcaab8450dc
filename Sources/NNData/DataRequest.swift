/// What a network and its loss ask of the data that they are given.
public struct DataRequest: Sendable, Hashable {
  /// What targets stand for where a source leaves that open, as the loss takes them.
  public var task: LearningTask
  /// The label of rows that do not count, the loss's `ignore_index`; it may be negative. Nil where
  /// the loss takes numbers.
  public var ignoredLabel: Int32?
  /// Whether the network looks up vectors for tokens, so that integers stay integers.
  public var readsTokens: Bool
  /// How many tokens the network knows; nil for as many as there are in the data.
  public var vocabularySize: Int?

  /// Describes a request; by default nothing is asked.
  public init(
    task: LearningTask = .automatic, ignoredLabel: Int32? = nil, readsTokens: Bool = false,
    vocabularySize: Int? = nil
  ) {
    self.task = task
    self.ignoredLabel = ignoredLabel
    self.readsTokens = readsTokens
    self.vocabularySize = vocabularySize
  }
}
