import ArgumentParser
import NNTraining

/// The kinds of progress display.
enum ProgressMode: String, CaseIterable, ExpressibleByArgument {
  /// A bar on a terminal, lines elsewhere.
  case auto
  /// A bar below the lines of `plain`; only the lines if standard output is not a terminal.
  case bar
  /// Curves, bars and the last epochs, redrawn; like `plain` if standard output is not a terminal.
  case dashboard
  /// One line at the start and one per epoch.
  case plain
  /// One JSON object per event and line.
  case json
  /// No progress.
  case none

  /// The observers that display a run's events in this mode.
  var observers: [any TrainingObserver] {
    switch self {
    case .auto, .bar: Console.isTerminal ? [ProgressBar()] : [PlainProgress()]
    case .dashboard: Console.isTerminal ? [Dashboard()] : [PlainProgress()]
    case .plain: [PlainProgress()]
    case .json: [JSONProgress()]
    case .none: []
    }
  }
}
