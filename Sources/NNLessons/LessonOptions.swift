public import NNTraining

/// The options of a lesson.
public struct LessonOptions: Sendable {
  /// The seed of all random numbers; 1 by default.
  public var seed: UInt64
  /// A run to draw in addition to the lesson's own, for lessons that can; nil by default.
  public var runFolder: RunFolder?

  /// Creates the options.
  public init(seed: UInt64 = 1, runFolder: RunFolder? = nil) {
    self.seed = seed
    self.runFolder = runFolder
  }
}
