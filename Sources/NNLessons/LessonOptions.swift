public import NNTraining

/// What a lesson depends on.
public struct LessonOptions: Sendable {
  /// Decides all random numbers; 1 by default.
  public var seed: UInt64
  /// A run to draw beside the lesson's own, for lessons that can; nil by default.
  public var runFolder: RunFolder?

  /// Creates the options.
  public init(seed: UInt64 = 1, runFolder: RunFolder? = nil) {
    self.seed = seed
    self.runFolder = runFolder
  }
}
