import NNCore
import NNDrawing
import NNReports
import NNTraining

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// The texts of a run in a listing.
enum RunText {
  /// `training (4711)`, `finished`.
  static func state(_ run: RunListing) -> String {
    if case .training(let process) = run.state, process > 0 {
      return "\(run.state.name) (\(process))"
    }
    return run.state.name
  }

  /// `3/10`.
  static func epochs(_ run: RunListing) -> String {
    run.epochs.map { "\(run.epochsDone)/\($0)" } ?? ""
  }

  /// `val_loss 0.1234, epoch 3`.
  static func best(_ run: RunListing) -> String {
    guard let figure = run.figure, let best = run.best else { return "" }
    return "\(figure) \(NumberText.rounded(best.value)), epoch \(best.epoch)"
  }

  /// The run as a JSON object; unknown values are `null`.
  static func json(_ run: RunListing) -> JSONLine {
    var line = JSONLine()
    line.add("run", run.folder.path)
    line.add("name", run.name)
    line.add("state", run.state.name)
    if case .training(let process) = run.state { line.add("process", Int(process)) }
    if case .damaged(let reason) = run.state { line.add("reason", reason) }
    line.add("epochs_done", run.epochsDone)
    if let epochs = run.epochs { line.add("epochs", epochs) }
    if let figure = run.figure { line.add("monitor", figure) }
    line.add("best", run.best?.value)
    if let best = run.best { line.add("best_epoch", best.epoch) }
    line.add("last_loss", run.lastLoss)
    line.add("modified", DateText.utc(run.modified))
    line.add("bytes", run.byteCount)
    return line
  }
}

/// Points in time as text.
enum DateText {
  /// `2026-11-28 16:43`, in local time.
  static func local(_ seconds: Int) -> String {
    var (time, parts) = (time_t(seconds), tm())
    return localtime_r(&time, &parts) == nil ? "" : text(&parts, "%Y-%m-%d %H:%M")
  }

  /// `2026-11-28T16:43:10Z`.
  static func utc(_ seconds: Int) -> String {
    var (time, parts) = (time_t(seconds), tm())
    return gmtime_r(&time, &parts) == nil ? "" : text(&parts, "%Y-%m-%dT%H:%M:%SZ")
  }

  private static func text(_ parts: inout tm, _ format: String) -> String {
    var buffer = [CChar](repeating: 0, count: 64)
    let length = strftime(&buffer, buffer.count, format, &parts)
    return String(decoding: buffer.prefix(length).map(UInt8.init(bitPattern:)), as: UTF8.self)
  }
}
