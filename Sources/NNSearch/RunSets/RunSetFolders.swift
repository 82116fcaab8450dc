/// The folder of a cross-validation and the paths of its files.
public struct CrossValidationFolder: Sendable, Hashable {
  /// The folder's path.
  public let path: String

  /// Creates a reference to a folder; nothing is read or written.
  public init(_ path: String) { self.path = path }

  /// The default parent folder of cross-validations.
  public static let parent = "folds"

  /// The config with its section `cross_validate`, resolved.
  public var config: String { path + "/config.yaml" }
  /// The run folders of the folds.
  public var runs: String { path + "/runs" }
  /// The table of the folds.
  public var table: String { path + "/folds.csv" }
  /// Folds and summary as one JSON object.
  public var document: String { path + "/folds.json" }
  /// The outputs for all rows, each by the network whose fold holds it out.
  public var predictions: String { path + "/predictions.csv" }
  /// The page about the folds.
  public var page: String { path + "/folds.html" }
}

/// The folder of a backtest and the paths of its files, in addition to those of its folds
/// (``CrossValidationFolder``).
public struct BacktestFolder: Sendable, Hashable {
  /// The folder's path.
  public let path: String

  /// Creates a reference to a folder; nothing is read or written.
  public init(_ path: String) { self.path = path }

  /// The default parent folder of backtests.
  public static let parent = "backtests"

  /// The errors of all methods, for each step and in all.
  public var table: String { path + "/backtest.csv" }
  /// All forecasts.
  public var forecasts: String { path + "/forecasts.csv" }
  /// Errors and forecasts as one JSON object.
  public var document: String { path + "/backtest.json" }
  /// The page.
  public var page: String { path + "/backtest.html" }
}

/// The folder of a learning curve and the paths of its files.
public struct LearningCurveFolder: Sendable, Hashable {
  /// The folder's path.
  public let path: String

  /// Creates a reference to a folder; nothing is read or written.
  public init(_ path: String) { self.path = path }

  /// The default parent folder of learning curves.
  public static let parent = "learning-curves"

  /// The config, resolved.
  public var config: String { path + "/config.yaml" }
  /// The run folders.
  public var runs: String { path + "/runs" }
  /// The table of the runs.
  public var table: String { path + "/learning-curve.csv" }
  /// Sizes and figures as one JSON object.
  public var document: String { path + "/learning-curve.json" }
  /// The drawing.
  public var picture: String { path + "/learning-curve.svg" }
  /// The page.
  public var page: String { path + "/learning-curve.html" }
}
