import NNCore
import NNTraining

/// The data sets of trials, read once for all configs that have the same ones.
final class SharedData: Sendable {
  /// More data sets are forgotten and read again, so that a search over data sources does not fill
  /// the memory.
  private static let largestCount = 4

  private let known = Guarded<[RunDataKey: RunData]>([:])

  /// The data of a config.
  ///
  /// - Throws: `NNError` that names file, line, row or column of an error.
  func data(for config: Config) throws(NNError) -> RunData {
    let key = RunDataKey(config)
    return try known.withLock { (known) throws(NNError) in
      if let data = known[key] { return data }
      let data = try RunData(config)
      if known.count >= Self.largestCount { known.removeAll() }
      known[key] = data
      return data
    }
  }
}
