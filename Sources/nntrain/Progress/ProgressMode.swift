import ArgumentParser
import NNTraining

/// How a run tells what it does.
enum ProgressMode: String, CaseIterable, ExpressibleByArgument {
  /// A bar on a terminal, lines elsewhere.
  case auto
  /// A bar below the lines of `plain`; those alone where standard output is no terminal.
  case bar
  /// Curves, bars and the last epochs, drawn over themselves; as `plain` where standard output is no
  /// terminal.
  case dashboard
  /// A line at the start and one for each epoch.
  case plain
  /// An object a line for every event.
  case json
  /// Nothing.
  case none

  /// What shows a run's events in this mode.
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
