import NNLosses
import NNSearch
import NNTraining

/// The result of a backtest for the terminal: the errors of each method, then those by step.
struct BacktestSummary {
  private let backtest: Backtest

  init(_ backtest: Backtest) { self.backtest = backtest }

  /// A row for each method.
  var table: String {
    let figures = backtest.errors(of: Backtest.network).figures
    var table = Table(columns: [("method", .left)] + figures.map { ($0.name, .right) })
    for method in backtest.methods {
      table.add([method] + backtest.errors(of: method).figures.map { Self.text($0.value) })
    }
    return table.text
  }

  /// MAE by step, the methods as columns.
  private var steps: String {
    let methods = backtest.methods
    var table = Table(columns: [("step", .right)] + methods.map { ($0, .right) })
    for step in 1...backtest.horizon {
      table.add(
        ["\(step)"]
          + methods.map { Self.text(backtest.errors(of: $0, step: step).absoluteError) })
    }
    return table.text
  }

  /// The tables, what was done and where the files are.
  func text(_ described: String, seconds: Double) -> String {
    let folder = backtest.folder
    var lines = [table]
    if backtest.horizon > 1 { lines += ["", "mae by step", steps] }
    if let coverage = backtest.coverage(), let levels = backtest.levels {
      lines.append(
        "\nvalues between the quantiles \(levels.levels[0]) and \(levels.levels[levels.count - 1]): "
          + "\(NumberText.fixed(coverage * 100, decimals: 1)) %, expected "
          + "\(NumberText.fixed(levels.nominalCoverage * 100, decimals: 1)) %")
    }
    lines.append("\(described) finished after \(NumberText.duration(seconds))")
    lines.append("errors: \(folder.table)")
    lines.append("forecasts: \(folder.forecasts)")
    lines.append("report: \(folder.page)")
    return lines.joined(separator: "\n")
  }

  private static func text(_ number: Double) -> String {
    number.isFinite ? NumberText.rounded(number) : "n/a"
  }
}
